//! The main job against the emulator: what a user of the Rust crate does first.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use mdcloud::{Client, Config, Options, Source, Status, Verdict};
use mdcloud_emulator::{Emulator, Settings};

fn eicar() -> Vec<u8> {
    // In two halves, so that no scanner takes this file for the test virus.
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat().into_bytes()
}

fn emulator(settings: &[(&str, &str)]) -> Emulator {
    let mut all = Settings::new();
    all.set("scan_time_ms", "50").unwrap();
    for (name, value) in settings {
        all.set(name, value).unwrap();
    }
    Emulator::start(all).unwrap()
}

fn client(emulator: &Emulator) -> Client {
    Client::new(&Config::new().base_url(emulator.base_url()).api_key(emulator.api_key())).unwrap()
}

#[test]
fn a_scan_tells_the_infected_file_from_the_clean_one() {
    let emulator = emulator(&[]);
    let client = client(&emulator);
    let report = client.file_scan(Source::bytes(eicar())).unwrap();
    assert_eq!(report.verdict(), Verdict::Infected);
    assert!(report.is_finished());
    assert!(report.detected_engines().unwrap() > 10);
    assert_eq!(report.engines().len() as i64, report.total_engines().unwrap());
    let named: Vec<_> = report.engines().iter().filter(|engine| engine.threat().is_some()).collect();
    assert!(named.len() > 10);
    let report = client.file_scan(Source::bytes(*b"nothing to see")).unwrap();
    assert_eq!((report.verdict(), report.detected_engines()), (Verdict::Clean, Some(0)));
}

#[test]
fn a_known_file_is_not_uploaded_again() {
    let emulator = emulator(&[]);
    let client = client(&emulator);
    let first = client.file_scan(Source::bytes(*b"seen before")).unwrap();
    let second = client.file_scan(Source::bytes(*b"seen before")).unwrap();
    assert_eq!(first.data_id(), second.data_id());
    let uploads = |emulator: &Emulator| emulator.requests().iter().filter(|r| r.method == "POST").count();
    assert_eq!(uploads(&emulator), 1);
    client.with(&Options::new().reuse(false)).file_scan(Source::bytes(*b"seen before")).unwrap();
    assert_eq!(uploads(&emulator), 2);
}

#[test]
fn waiting_longer_than_the_deadline_names_the_scan_that_goes_on() {
    let emulator = emulator(&[("scan_time", "60s")]);
    let client = client(&emulator);
    let error = client
        .with(&Options::new().deadline(Some(Duration::from_millis(300))))
        .file_scan("Cargo.toml")
        .unwrap_err();
    assert_eq!(error.status(), Status::Deadline);
    let data_id = error.data_id().unwrap();
    assert!(!client.file_report(data_id).unwrap().is_finished());
}

#[test]
fn the_same_connection_serves_call_after_call() {
    let emulator = emulator(&[]);
    let client = client(&emulator);
    for _ in 0..20 {
        client.apikey_info().unwrap();
    }
    let limits = client.apikey_limits_left().unwrap();
    assert_eq!(limits.reputation_api(), Some(4000));
    assert!(client.apikey_limits().unwrap().reputation_api().is_some());
}

#[test]
fn many_hashes_give_one_outcome_each_in_order() {
    let emulator = emulator(&[]);
    let client = client(&emulator);
    let known = client.file_scan(Source::bytes(eicar())).unwrap();
    let sha1 = known.sha1().unwrap().to_lowercase();
    let inputs = [sha1.as_str(), "not a hash", &"0".repeat(64), &sha1.to_uppercase()];
    let results: Vec<_> = client.hash_lookup_many(inputs).collect();
    assert_eq!(results.len(), 4);
    assert_eq!((results[0].verdict(), results[0].is_known()), (Verdict::Infected, true));
    assert_eq!(results[1].error().unwrap().status(), Status::InvalidArgument);
    assert!(!results[2].is_known() && results[2].error().is_none());
    assert_eq!((results[3].hash(), results[3].is_known()), (Some(inputs[3]), true));
    let bulk = emulator.requests().into_iter().filter(|r| r.path.ends_with("/hash")).count();
    assert_eq!(bulk, 1);
}
