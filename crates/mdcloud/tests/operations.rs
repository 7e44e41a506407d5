//! Every operation once, against the emulator, and the workflows over many calls.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::time::Duration;

use mdcloud::{Client, Config, FeedQuery, Operation, Options, Source, Status, Verdict};
use mdcloud_emulator::{Emulator, Fault, FaultKind, Settings};

const HASH: &str = "44d88612fea8a8f36de82e1278abb02f";

fn eicar() -> Source {
    let halves = [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"];
    Source::bytes(halves.concat().into_bytes())
}

fn emulator(settings: &[(&str, &str)]) -> (Emulator, Client) {
    let mut all = Settings::new();
    all.set("scan_time_ms", "50").unwrap();
    all.set("paid", "true").unwrap();
    for (name, value) in settings {
        all.set(name, value).unwrap();
    }
    let emulator = Emulator::start(all).unwrap();
    let client =
        Client::new(&Config::new().base_url(emulator.base_url()).api_key(emulator.api_key())).unwrap();
    (emulator, client)
}

fn folder(name: &str) -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("mdcloud-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&path).unwrap();
    path
}

#[test]
fn every_lookup_of_a_hash_gives_its_typed_result() {
    let (_emulator, client) = emulator(&[]);
    assert!(client.file_scan(eicar()).is_ok());
    let history = client.hash_history(HASH, None, None).unwrap();
    assert_eq!(history.entries()[0].verdict(), Verdict::Infected);
    assert!(!client.hash_peinfo(HASH).unwrap().sections().is_empty());
    assert!(client.hash_exif(HASH).unwrap().document().value().is_object());
    assert!(client.hash_apk_manifest(HASH).unwrap().package().is_some());
    assert!(client.hash_appinfo(HASH).unwrap().entries()[0].product_name().is_some());
    assert!(client.hash_sandbox(HASH).unwrap().sandbox_id().is_some());
    let badge = client.hash_badge(HASH, Some("medium"), Some("svg")).unwrap();
    assert!(badge.media_type.starts_with("image/svg") && !badge.data.is_empty());
    assert_eq!(client.hash_badge(HASH, Some("huge"), None).unwrap_err().status(), Status::InvalidArgument);
    assert!(client.hash_vulnerability(HASH, Some(1), Some(0)).is_ok());
}

#[test]
fn reputation_of_one_and_of_many() {
    let (emulator, client) = emulator(&[]);
    let one = client.ip_lookup("203.0.113.7").unwrap();
    assert_eq!(one.address(), Some("203.0.113.7"));
    assert!(!one.sources().is_empty());
    assert!(client.url_lookup("http://malware.example/path?x=1&y=2").unwrap().address().is_some());
    assert!(client.domain_lookup("malware.example").unwrap().detected_by().is_some());
    let inputs: Vec<String> =
        (0..120).map(|i| format!("203.0.113.{}", i % 100)).chain(["nonsense".into()]).collect();
    let all: Vec<_> = client.ip_lookup_many(&inputs).collect();
    assert_eq!(all.len(), inputs.len());
    for (input, result) in inputs.iter().zip(&all).take(120) {
        assert_eq!((result.address(), result.error().is_none()), (Some(input.as_str()), true));
    }
    assert_eq!(all[120].error().unwrap().status(), Status::InvalidArgument);
    let requests = emulator.requests().iter().filter(|r| r.method == "POST").count();
    assert_eq!(requests, 2, "50 to a request, and what was asked is not asked again");
    assert_eq!(client.url_lookup_many(["http://a.example/", "http://b.example/"]).count(), 2);
    assert!(client.domain_lookup_many(["a.example", "B.example"]).all(|result| result.error().is_none()));
    for error in
        [client.ip_lookup("x"), client.url_lookup("x"), client.domain_lookup("x")].map(Result::unwrap_err)
    {
        assert_eq!((error.status(), error.is_local()), (Status::InvalidArgument, true));
    }
}

#[test]
fn a_file_is_sanitized_beside_its_target_and_the_link_never_sees_the_key() {
    let (emulator, client) = emulator(&[]);
    let folder = folder("sanitize");
    let target = folder.join("clean.txt");
    let report = client.file_sanitize(Source::bytes(*b"a plain text"), &target).unwrap();
    assert_eq!(report.sanitized().unwrap().result(), Some("Allowed"));
    assert!(std::fs::metadata(&target).unwrap().len() > 0);
    let fetched =
        emulator.requests().into_iter().find(|request| request.path.starts_with("/files/")).unwrap();
    assert!(!fetched.headers.iter().any(|(name, _)| name == "apikey"));
    let again = client.sanitized_download(report.data_id().unwrap(), &target).unwrap();
    assert_eq!(again, std::fs::metadata(&target).unwrap().len());
    // A download that breaks leaves the old file and nothing beside it.
    emulator.fault(Fault { path: "/files/".into(), count: 1, kind: FaultKind::CloseAfter(300) });
    let before = std::fs::read(&target).unwrap();
    assert!(client.sanitized_download(report.data_id().unwrap(), &target).is_err());
    assert_eq!(std::fs::read(&target).unwrap(), before);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    client.sanitized_delete(report.data_id().unwrap()).unwrap();
    assert_eq!(client.sanitized_link(report.data_id().unwrap()).unwrap_err().status(), Status::NotFound);
    // A target that cannot be written is found before the upload is spent.
    let uploads = || emulator.requests().iter().filter(|request| request.method == "POST").count();
    let before = uploads();
    assert_eq!(client.file_sanitize(eicar(), folder.join("no/such")).unwrap_err().status(), Status::Io);
    assert_eq!(uploads(), before);
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn feeds_give_pages_and_all_pages() {
    let (_emulator, client) = emulator(&[]);
    let page = client.feed_infected(&FeedQuery::new()).unwrap();
    assert!(page.entries()[0].sha256().is_some());
    assert!(client.feed_clean(&FeedQuery::new().page(1).category("E")).is_ok());
    assert!(client.feed_hashes(&FeedQuery::new()).unwrap().entries()[0].download_link().is_some());
    assert!(client.feed_false_positives(&FeedQuery::new().page(1)).is_ok());
    assert!(client.feed_false_positives(&FeedQuery::new().page(1).engine("Vir.IT eXplorer")).is_ok());
    assert!(client.feed_infected_top(&FeedQuery::new()).unwrap().entries()[0].rank().is_some());
    let pages: Vec<_> = client.feed_pages(Operation::FeedInfected, &FeedQuery::new()).collect();
    assert!(pages.iter().all(Result::is_ok) && !pages.is_empty());
    for bad in [FeedQuery::new().page(0), FeedQuery::new().date("today"), FeedQuery::new().category("exe")] {
        assert_eq!(client.feed_infected(&bad).unwrap_err().status(), Status::InvalidArgument);
    }
    assert!(client.sample_link(HASH).unwrap().starts_with("http"));
}

#[test]
fn the_rest_of_the_table() {
    let (_emulator, client) = emulator(&[]);
    let receiver = support::Server::answering("{}");
    let callback = Options::new().callback_url(&receiver.url()).unwrap();
    let submitted = client.with(&callback).file_submit(eicar()).unwrap();
    assert!(client.file_wait(submitted.data_id().unwrap()).unwrap().is_finished());
    let (data_id, file_id) = (submitted.data_id().unwrap(), "bzI2MDMxMUxaNVNtVlJRUg");
    // The service notes the delivery a moment after the receiver has answered.
    let delivered = || client.webhook_status(data_id).is_ok_and(|status| status.is_delivered());
    assert!((0..100).any(|_| delivered() || {
        std::thread::sleep(Duration::from_millis(20));
        false
    }));
    assert_eq!(receiver.connections(), 1);
    assert!(!client.webhook_status_all().unwrap().entries().is_empty());
    assert!(client.repo_submit("github", "example", "project", None).unwrap().in_queue().is_some());
    assert!(client.repo_submit("sourceforge", "example", "project", None).is_err());
    assert!(client.file_rescan(file_id).unwrap().data_id().is_some());
    let rescans = client.file_rescan_many([file_id, "../x", file_id]).unwrap();
    assert_eq!(rescans.len(), 3);
    assert_eq!(rescans[1].error().unwrap().status(), Status::InvalidArgument);
    let run = client.sandbox_submit_url("http://a.example/").unwrap();
    let report = client.sandbox_wait(run.sandbox_id().unwrap()).unwrap();
    assert!(report.is_finished() && report.verdict().is_some() && report.threat_level().is_some());
    assert!(client.sandbox_submit_file(data_id, "windows10").unwrap().sandbox_id().is_some());
    assert!(client.sanitized_link_legacy(file_id).is_ok());
    let history = client.apikey_scan_history(Some(10), None).unwrap();
    assert_eq!(history.entries()[0].data_id(), Some(data_id));
    assert!(client.apikey_scan_history(Some(10_001), None).is_err());
    assert!(client.service_version().unwrap().pointer("/version").is_some());
    assert!(client.engine_definitions().unwrap().value().as_object().unwrap().len() > 10);
    for document in [
        client.cve_list(),
        client.cve_info("CVE-2024-1234"),
        client.cve_products("CVE-2024-1234"),
        client.cve_vendors("CVE-2024-1234"),
        client.cve_hashes("CVE-2024-1234"),
    ] {
        document.unwrap();
    }
}

#[test]
fn bulk_lookups_go_out_at_once_keep_the_order_and_take_no_more_inputs_than_they_need() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let (emulator, client) = emulator(&[("delay", "300ms"), ("allowance.reputation_api", "1000000")]);
    let taken = AtomicUsize::new(0);
    let hash = |i: usize| format!("{:064x}", i % 15_000);
    // Nobody can know how many these are.
    let inputs = std::iter::from_fn(|| {
        let i = taken.fetch_add(1, Ordering::Relaxed);
        (i < 20_000).then(|| hash(i))
    });
    let mut results = client.hash_lookup_many(inputs);
    let first = results.next().unwrap();
    assert_eq!(first.hash(), Some(hash(0).as_str()));
    assert!(taken.load(Ordering::Relaxed) <= 8 * 1000, "eight batches ahead at the most");
    let all: Vec<_> = std::iter::once(first).chain(results).collect();
    assert_eq!(all.len(), 20_000);
    for (i, result) in all.iter().enumerate() {
        assert_eq!((result.hash(), result.error().is_none()), (Some(hash(i).as_str()), true), "{i}");
    }
    let mut starts: Vec<u64> = emulator.requests().iter().map(|request| request.at).collect();
    assert_eq!(starts.len(), 15, "what stands twice is asked once");
    starts.sort_unstable();
    // Each answer takes 300 ms, so requests one after the other would come further apart.
    assert!(starts.windows(4).any(|four| four[3] - four[0] < 300), "{starts:?}");
}

#[test]
fn a_list_is_read_ahead_within_bounds_and_not_where_its_inputs_take_long() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let (_emulator, client) = emulator(&[("allowance.reputation_api", "1000000")]);
    let taken = AtomicUsize::new(0);
    for (pause, most) in [(Duration::ZERO, 21_000), (Duration::from_millis(6), 8 * 1000)] {
        taken.store(0, Ordering::Relaxed);
        let mut results = client.hash_lookup_many((0..100_000_u32).map(|i| {
            if i.is_multiple_of(1000) {
                std::thread::sleep(pause);
            }
            taken.fetch_add(1, Ordering::Relaxed);
            format!("{i:064x}")
        }));
        assert!(results.next().unwrap().error().is_none());
        assert!(taken.load(Ordering::Relaxed) <= most, "{taken:?}");
    }
}

#[test]
fn of_a_list_what_stands_twice_is_asked_and_charged_once() {
    let (_emulator, client) = emulator(&[("allowance.reputation_api", "1000000")]);
    // One comes again and again, some once far behind, some in capital letters.
    let hash = |i: usize| match i {
        _ if i.is_multiple_of(500) => {
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".to_owned()
        }
        15_000.. => format!("{:064X}", i - 15_000),
        _ => format!("{i:064x}"),
    };
    let list: Vec<_> = (0..19_000).map(hash).collect();
    let results: Vec<_> = client.hash_lookup_many(&list).collect();
    for (hash, result) in list.iter().zip(&results) {
        assert_eq!((result.hash(), result.error().is_none()), (Some(hash.as_str()), true));
    }
    assert_eq!(results.len(), list.len());
    let distinct: std::collections::HashSet<_> = list.iter().map(|hash| hash.to_lowercase()).collect();
    let quota = client.quota().unwrap();
    let left = quota.families.iter().find(|family| family.name == "reputation_api").unwrap().remaining;
    assert_eq!(left, Some(1_000_000 - distinct.len() as u64));
}

#[test]
fn a_bulk_lookup_that_is_dropped_or_cancelled_ends() {
    let (emulator, client) = emulator(&[("delay", "200ms"), ("allowance.reputation_api", "1000000")]);
    let cancel = mdcloud::Cancel::new();
    let mut results = client
        .with(&Options::new().cancel(&cancel))
        .hash_lookup_many((0..100_000).map(|i| format!("{i:064x}")));
    assert!(results.next().unwrap().error().is_none());
    cancel.cancel();
    let rest: Vec<_> = results.collect();
    assert_eq!(rest.len(), 99_999);
    assert_eq!(rest[99_998].error().unwrap().status(), Status::Cancelled);
    assert!(emulator.requests().len() <= 16, "{}", emulator.requests().len());
}

#[test]
fn many_scans_finish_each_with_its_own_outcome() {
    let (emulator, client) = emulator(&[("scan_time_ms", "300")]);
    let mut sources: Vec<Source> =
        (0..60).map(|i| Source::bytes(format!("file number {i}").into_bytes())).collect();
    sources.push(eicar());
    sources.push(Source::path("/nonexistent"));
    let mut outcomes: Vec<_> = client.file_scan_many(sources).collect();
    outcomes.sort_by_key(|outcome| outcome.index);
    assert_eq!(outcomes.len(), 62);
    assert!(outcomes[..60].iter().all(|o| o.result.as_ref().unwrap().verdict() == Verdict::Clean));
    assert_eq!(outcomes[60].result.as_ref().unwrap().verdict(), Verdict::Infected);
    assert_eq!(outcomes[61].result.as_ref().unwrap_err().status(), Status::Io);
    let uploads = emulator.requests().iter().filter(|request| request.method == "POST").count();
    assert_eq!(uploads, 61);
}

#[test]
fn with_a_callback_one_list_saves_the_polls_of_many_scans() {
    let (emulator, client) = emulator(&[("scan_time", "3s")]);
    let receiver = support::Server::new(|mut stream| {
        support::request(&mut stream);
        support::answer(&mut stream, "{}");
    });
    let options = Options::new().reuse(false).callback_url(&receiver.url()).unwrap();
    let sources: Vec<Source> =
        (0..20).map(|i| Source::bytes(format!("called back {i}").into_bytes())).collect();
    let outcomes: Vec<_> = client.with(&options).file_scan_many(&sources).collect();
    assert!(outcomes.iter().all(|outcome| outcome.result.as_ref().unwrap().is_finished()));
    let asked = |part: &str| {
        emulator.requests().iter().filter(|r| r.method == "GET" && r.path.contains(part)).count()
    };
    let lists = asked("/file/webhooks");
    assert_eq!(asked("/file/") - lists, 20, "one report for each scan");
    assert!((1..10).contains(&lists), "{lists}");
}

#[test]
fn dropping_many_scans_ends_them_and_a_deadline_counts_for_each() {
    let (_emulator, client) = emulator(&[("scan_time", "60s")]);
    let short = client.with(&Options::new().deadline(Some(Duration::from_millis(400))));
    let sources: Vec<Source> = (0..5).map(|i| Source::bytes(format!("slow {i}").into_bytes())).collect();
    for outcome in short.file_scan_many(&sources) {
        let error = outcome.result.unwrap_err();
        assert_eq!(error.status(), Status::Deadline);
        assert!(error.data_id().is_some());
    }
    let start = std::time::Instant::now();
    let mut scans = client.file_scan_many(&sources);
    std::thread::spawn({
        let client = client.clone();
        move || {
            std::thread::sleep(Duration::from_millis(200));
            client.close();
        }
    });
    assert!(scans.by_ref().all(|outcome| outcome.result.unwrap_err().status() == Status::Cancelled));
    drop(scans);
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn an_archive_is_a_tree_that_is_walked_as_far_as_someone_looks() {
    let scripted = |depth: usize| -> Client {
        // Every report has two members: a file, and an archive that in the end holds itself.
        let server = support::Server::new(move |mut stream| {
            while let Some(head) = support::request(&mut stream) {
                let path = head.split(' ').nth(1).unwrap();
                let level: usize = path.rsplit('n').next().unwrap().parse().unwrap_or(0);
                let body = if path.contains("leaf") {
                    "{}".to_owned()
                } else {
                    let next = if level == depth { 0 } else { level + 1 };
                    format!(
                        r#"{{"data_id":"n{level}","extracted_files":{{"files_in_archive":[
                            {{"display_name":"{level}/leaf","data_id":"leafn{level}"}},
                            {{"display_name":"{level}/zip","data_id":"n{next}"}}]}}}}"#
                    )
                };
                if !support::answer(&mut stream, &body) {
                    return;
                }
            }
        });
        support::client(&server.url())
    };
    let client = scripted(3);
    let files: Vec<_> = client.file_tree("n0", None).unwrap().map(Result::unwrap).collect();
    let names: Vec<_> = files.iter().map(|f| (f.depth, f.file.display_name().unwrap())).collect();
    let wanted = [
        (1, "0/leaf"),
        (1, "0/zip"),
        (2, "1/leaf"),
        (2, "1/zip"),
        (3, "2/leaf"),
        (3, "2/zip"),
        (4, "3/leaf"),
        (4, "3/zip"),
    ];
    assert_eq!(names, wanted, "the archive that holds itself is opened once");
    assert_eq!(client.file_tree("n0", Some(2)).unwrap().count(), 4);
    assert_eq!(client.file_tree("n0", Some(1)).unwrap().next().unwrap().unwrap().parent, "n0");
    assert!(client.file_tree("n0", Some(0)).is_err());
}

#[test]
fn no_input_is_no_request() {
    let (emulator, client) = emulator(&[]);
    assert_eq!(client.hash_lookup_many([""; 0]).count(), 0);
    assert_eq!(client.domain_lookup_many(Vec::<String>::new()).count(), 0);
    assert_eq!(client.file_scan_many(Vec::<Source>::new()).count(), 0);
    let refused = client.file_rescan_many([""; 0]).unwrap_err();
    assert_eq!(refused.status(), Status::InvalidArgument);
    assert!(emulator.requests().is_empty());
}
