//! Uploads whose answer never came.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use mdcloud::{Client, Config, Delivery, Source, Status};
use mdcloud_emulator::{Emulator, Fault, FaultKind, Settings};

fn emulator() -> (Emulator, Client) {
    let mut settings = Settings::new();
    settings.set("scan_time_ms", "1").unwrap();
    let emulator = Emulator::start(settings).unwrap();
    let config = Config::new().base_url(emulator.base_url()).api_key(emulator.api_key());
    (emulator, Client::new(&config).unwrap())
}

fn break_upload(emulator: &Emulator, kind: FaultKind) {
    emulator.fault(Fault { path: "POST /v4/file".into(), count: 1, kind });
}

fn sent(emulator: &Emulator) -> Vec<String> {
    emulator.requests().iter().map(|request| format!("{} {}", request.method, request.path)).collect()
}

fn uploads(emulator: &Emulator) -> usize {
    sent(emulator).iter().filter(|line| line.starts_with("POST")).count()
}

#[test]
fn an_upload_that_the_service_took_is_found_and_not_sent_again() {
    // With a length that is too small the answer ends within its JSON, and nothing of it can be read.
    for kind in [
        FaultKind::CloseAfter(0),
        FaultKind::CloseAfter(30),
        FaultKind::WrongLength(100),
        FaultKind::WrongLength(-5),
    ] {
        let (emulator, client) = emulator();
        break_upload(&emulator, kind);
        let submission = client.file_submit(Source::bytes(*b"a file")).unwrap();
        assert!(client.file_wait(submission.data_id().unwrap()).unwrap().is_finished());
        assert_eq!(uploads(&emulator), 1);
    }
}

#[test]
fn an_older_scan_of_the_same_file_is_not_taken_for_the_lost_one() {
    let (emulator, client) = emulator();
    client.file_submit(Source::bytes(*b"a file")).unwrap();
    emulator.advance(std::time::Duration::from_secs(60));
    // The service never saw this one.
    break_upload(&emulator, FaultKind::Close);
    let error = client.file_submit(Source::bytes(*b"a file")).unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::Network, Delivery::Unknown));
    assert_eq!(uploads(&emulator), 2, "the one before, and the lost one once");
}

#[test]
fn what_the_service_cannot_have_taken_is_sent_again() {
    let (emulator, client) = emulator();
    // Reset while the body is on its way: larger than what the sockets between us hold.
    break_upload(&emulator, FaultKind::Reset);
    let submission = client.file_submit(Source::bytes(vec![7; 32 << 20])).unwrap();
    assert!(submission.data_id().is_some());
    assert_eq!(sent(&emulator), ["POST /v4/file"; 2]);
}

#[test]
fn an_answer_that_cannot_be_read_is_not_taken_for_a_refusal() {
    let (emulator, client) = emulator();
    break_upload(&emulator, FaultKind::NotJson);
    let error = client.file_submit(Source::bytes(*b"a file")).unwrap_err();
    assert_eq!((error.status(), error.delivery()), (Status::Protocol, Delivery::Unknown));
    assert_eq!(uploads(&emulator), 1);
}

#[test]
fn a_stream_that_is_gone_is_looked_for_by_nobody_and_the_error_says_what_is_known() {
    let (emulator, client) = emulator();
    break_upload(&emulator, FaultKind::CloseAfter(0));
    let error = client.file_submit(Source::reader(&b"once"[..], 4)).unwrap_err();
    assert_eq!((error.delivery(), sent(&emulator).len()), (Delivery::Unknown, 1));
}

#[test]
fn where_the_history_cannot_be_had_the_hash_finds_it() {
    let (emulator, client) = emulator();
    break_upload(&emulator, FaultKind::CloseAfter(0));
    emulator.fault(Fault { path: "scan-history".into(), count: 9, kind: FaultKind::Code(403_000) });
    let submission = client.file_submit(Source::bytes(*b"a file")).unwrap();
    assert!(submission.data_id().is_some());
    assert_eq!(uploads(&emulator), 1);
}
