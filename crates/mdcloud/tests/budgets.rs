//! Parts of an allowance kept for someone, floors, and plans, against the emulator.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use mdcloud::{Client, Config, Options, PlanAllow, Source, Status, Verdict};
use mdcloud_emulator::{Emulator, Settings};

fn emulator(settings: &[(&str, &str)]) -> (Emulator, Client) {
    let mut all = Settings::new();
    all.set("scan_time_ms", "1").unwrap();
    for (name, value) in settings {
        all.set(name, value).unwrap();
    }
    let emulator = Emulator::start(all).unwrap();
    let config =
        Config::new().base_url(emulator.base_url()).api_key(emulator.api_key()).max_wait(Duration::ZERO);
    (emulator, Client::new(&config).unwrap())
}

fn hash(number: usize) -> String {
    format!("{number:032x}")
}

fn remaining(client: &Client, family: &str) -> Option<u64> {
    client.quota()?.families.iter().find(|known| known.name == family)?.remaining
}

/// Looks hashes up until it is refused; gives how many went.
fn spend(client: &Client, from: usize) -> usize {
    let refused = |number: &usize| {
        let error = client.hash_lookup(&hash(from + number)).unwrap_err();
        assert!(matches!(error.status(), Status::NotFound | Status::QuotaExhausted), "{error}");
        error.status() == Status::QuotaExhausted
    };
    (0..1000).find(refused).unwrap()
}

#[test]
fn what_is_reserved_is_there_for_whoever_holds_it_and_for_nobody_else() {
    let (emulator, client) = emulator(&[("allowance.reputation_api", "20")]);
    let reservation = client.reserve("reputation_api", 5).unwrap();
    assert_eq!((reservation.family(), reservation.amount()), ("reputation_api", 5));
    assert_eq!(spend(&client, 0), 15);
    let family = client.quota().unwrap().families.remove(0);
    assert_eq!((family.remaining, family.reserved, family.in_flight), (Some(5), 5, 0));
    let holder = client.with(&Options::new().reservation(&reservation));
    assert_eq!(spend(&holder, 100), 5);
    assert_eq!(emulator.requests().len(), 20);
    assert_eq!(client.quota().unwrap().families[0].reserved, 0);
}

#[test]
fn a_reservation_that_is_dropped_gives_back_what_is_left_of_it() {
    let (_emulator, client) = emulator(&[("allowance.reputation_api", "10")]);
    assert!(client.hash_lookup(&hash(0)).is_err());
    let reservation = client.reserve("reputation_api", 9).unwrap();
    let more = client.reserve("reputation_api", 1).unwrap_err();
    assert_eq!((more.status(), more.is_local()), (Status::QuotaExhausted, true));
    assert!(more.retry_after().is_some() && more.family() == Some("reputation_api"));
    let holder = client.with(&Options::new().reservation(&reservation));
    assert_eq!(holder.hash_lookup(&hash(1)).unwrap_err().status(), Status::NotFound);
    assert_eq!(client.hash_lookup(&hash(2)).unwrap_err().status(), Status::QuotaExhausted);
    drop(reservation);
    assert_eq!(
        client.hash_lookup(&hash(3)).unwrap_err().status(),
        Status::QuotaExhausted,
        "options hold it too"
    );
    drop(holder);
    assert_eq!(spend(&client, 10), 8);
    for (family, amount) in [("", 1), ("prevention_api", 0), ("two words", 1), (&*"x".repeat(48), 1)] {
        assert_eq!(client.reserve(family, amount).unwrap_err().status(), Status::InvalidArgument);
    }
}

#[test]
fn bulk_work_leaves_the_floor_that_it_was_told_to_leave() {
    let (_emulator, client) = emulator(&[("allowance.reputation_api", "100")]);
    let modest = client.with(&Options::new().leave(30));
    let hashes: Vec<String> = (0..500).map(hash).collect();
    let results: Vec<_> = modest.hash_lookup_many(&hashes).collect();
    let refused = results.iter().filter(|result| result.error().is_some()).count();
    assert_eq!((results.len(), refused), (500, 430));
    assert_eq!(remaining(&client, "reputation_api"), Some(30));
    assert_eq!(spend(&client, 1000), 30, "the rest is there for everybody else");
}

#[test]
fn a_plan_says_what_fits_without_sending_anything() {
    let (emulator, client) = emulator(&[("allowance.prevention_api", "3"), ("throttle", "2/min")]);
    let sources: Vec<Source> =
        ["a", "b", "a", "c", "d", "e"].iter().map(|text| Source::bytes(text.as_bytes())).collect();
    let plan = client.plan(&sources, PlanAllow::NOTHING).unwrap();
    assert_eq!(
        (plan.distinct(), plan.uploads(), plan.lookups(), plan.bytes()),
        (Some(5), Some(5), Some(5), Some(5))
    );
    assert_eq!((plan.uploads_now(), plan.known()), (None, None), "nothing is known of the key");
    assert_eq!(plan.files()[2].duplicate_of(), Some(0));
    assert!(emulator.requests().is_empty());

    let plan = client.plan(&sources, PlanAllow::NOTHING.limits(true)).unwrap();
    assert_eq!(
        (plan.uploads_now(), plan.uploads_after_reset(), plan.uploads_later()),
        (Some(3), Some(2), Some(0))
    );
    let fits: Vec<_> = plan.files().iter().map(|file| file.fits_now()).collect();
    assert_eq!(fits, [Some(true), Some(true), None, Some(true), Some(false), Some(false)]);
    assert!(emulator.requests().iter().all(|request| request.path.contains("/apikey")));

    let modest = client.with(&Options::new().leave(2));
    let plan = modest.plan(&sources, PlanAllow::NOTHING).unwrap();
    assert_eq!(
        (plan.uploads_now(), plan.uploads_after_reset(), plan.uploads_later()),
        (Some(1), Some(1), Some(3))
    );
}

#[test]
fn a_plan_that_may_look_up_knows_what_needs_no_upload() {
    let (emulator, client) = emulator(&[]);
    let infected = [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat();
    client.file_scan(Source::bytes(infected.clone().into_bytes())).unwrap();
    let before = emulator.requests().len();
    let sources =
        [Source::bytes(infected.into_bytes()), Source::bytes(*b"new"), Source::path("no such file")];
    let plan = client.plan(sources, PlanAllow::NOTHING.lookups(true)).unwrap();
    assert_eq!(emulator.requests().len(), before + 1, "one bulk request");
    assert_eq!((plan.known(), plan.uploads(), plan.lookups()), (Some(1), Some(1), Some(0)));
    assert_eq!((plan.files()[0].is_known(), plan.files()[0].verdict()), (Some(true), Verdict::Infected));
    assert_eq!((plan.files()[1].is_known(), plan.files()[1].verdict()), (Some(false), Verdict::Unknown));
    assert!(plan.files()[2].problem().is_some_and(|problem| problem.contains("no such file")));
    assert_eq!(plan.files()[2].fits_now(), None);
    let none = client.plan(Vec::<Source>::new(), PlanAllow::NOTHING).unwrap_err();
    assert_eq!(none.status(), Status::InvalidArgument);
}

#[test]
fn the_same_hash_asked_by_many_threads_at_once_is_one_request() {
    let (emulator, client) = emulator(&[("delay_ms", "200")]);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..32).map(|_| scope.spawn(|| client.ip_lookup("203.0.113.7"))).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap().unwrap().address(), Some("203.0.113.7"));
        }
    });
    let asked = emulator.requests().len();
    assert!(asked < 32, "at least some of them at once: {asked} requests for 32 threads");
    client.ip_lookup("203.0.113.7").unwrap();
    assert_eq!(emulator.requests().len(), asked + 1, "nothing is remembered");
}

#[test]
fn a_bulk_lookup_takes_what_is_left_although_nobody_knew() {
    let (emulator, client) = emulator(&[("allowance.reputation_api", "300")]);
    let hashes: Vec<String> = (0..1500).map(hash).collect();
    let results: Vec<_> = client.hash_lookup_many(&hashes).collect();
    let answered = results.iter().take_while(|result| result.error().is_none()).count();
    assert_eq!(answered, 300, "the first ones");
    let refused = |result: &mdcloud::HashResult| result.error().map(mdcloud::Error::status);
    assert!(results[300..].iter().all(|result| refused(result) == Some(Status::QuotaExhausted)));
    assert_eq!(emulator.requests().len(), 2, "one is refused, and tells how much is left");
}
