//! What is sent again after a failure, and what never is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::time::Duration;

use mdcloud::endpoints::{ENDPOINTS, Endpoint, Method};
use mdcloud::{Client, Config, Delivery, Error, Operation, Status};
use mdcloud_emulator::{Emulator, Fault, FaultKind, Settings};

fn house() -> (Emulator, Client) {
    let mut settings = Settings::new();
    for (name, value) in [("paid", "true"), ("allowance.sandbox_api", "1000")] {
        settings.set(name, value).unwrap();
    }
    let emulator = Emulator::start(settings).unwrap();
    let config = Config::new().base_url(emulator.base_url()).api_key(emulator.api_key());
    let config = config.retries(2).read_timeout(Duration::from_millis(300)).max_wait(Duration::ZERO);
    let client = Client::new(&config).unwrap();
    (emulator, client)
}

/// Calls a row by its path; a fault decides what comes of it.
fn call(client: &Client, row: &Endpoint) -> Error {
    let path: Vec<&str> =
        row.path.split('/').map(|part| if part.starts_with('{') { "bzI2" } else { part }).collect();
    let body = (row.method == Method::Post).then_some(&b"{}"[..]);
    client.call(row.method.as_str(), &path.join("/"), &[], body).unwrap_err()
}

fn sent_under(row: &Endpoint, kind: FaultKind) -> (usize, Error) {
    let (emulator, client) = house();
    emulator.fault(Fault { path: String::new(), count: 100, kind });
    let error = call(&client, row);
    (emulator.requests().len(), error)
}

/// Rows that change something, spend what cannot be had back, or whose second answer says something else.
const ONCE: [Operation; 7] = [
    Operation::FileSubmit,
    Operation::RepoSubmit,
    Operation::FileRescan,
    Operation::FileRescanMany,
    Operation::SanitizedDelete,
    Operation::SandboxSubmitUrl,
    Operation::SandboxSubmitFile,
];

#[test]
fn what_changes_something_is_never_sent_again_and_the_error_says_that_nothing_is_known() {
    for operation in ONCE {
        let row = operation.endpoint();
        for kind in [FaultKind::Close, FaultKind::CloseAfter(0), FaultKind::CloseAfter(40), FaultKind::Stall]
        {
            let (sent, error) = sent_under(row, kind.clone());
            let what = format!("{} under {kind:?}: {error}", row.name);
            assert_eq!((sent, error.delivery()), (1, Delivery::Unknown), "{what}");
            assert!(matches!(error.status(), Status::Network | Status::Timeout), "{what}");
        }
        for code in [500_000, 503_000, 408_000] {
            let (sent, error) = sent_under(row, FaultKind::Code(code));
            assert_eq!((sent, error.delivery()), (1, Delivery::Refused), "{} {code}: {error}", row.name);
        }
    }
}

#[test]
fn what_only_asks_is_sent_again_as_often_as_the_settings_say() {
    let rows = ENDPOINTS.iter().filter(|row| !ONCE.contains(&row.operation));
    std::thread::scope(|scope| {
        for row in rows {
            scope.spawn(move || {
                let (sent, error) = sent_under(row, FaultKind::Close);
                assert_eq!((sent, error.status()), (3, Status::Network), "{}: {error}", row.name);
                let (sent, error) = sent_under(row, FaultKind::Code(503_000));
                assert_eq!((sent, error.delivery()), (3, Delivery::Refused), "{}: {error}", row.name);
            });
        }
    });
}

#[test]
fn a_repeat_keeps_the_deadline_and_the_quota() {
    let (emulator, client) = house();
    emulator.fault(Fault { path: String::new(), count: 100, kind: FaultKind::Code(503_000) });
    let hurried = client.with(&mdcloud::Options::new().deadline(Some(Duration::from_millis(100))));
    assert_eq!(hurried.apikey_info().unwrap_err().status(), Status::Server);
    assert_eq!(emulator.requests().len(), 1, "the pause would end after the deadline");
    // Two are left, as the first answer says. A lost one may have been counted, so two lost ones use them up.
    let (emulator, client) = house();
    let hash = "44d88612fea8a8f36de82e1278abb02f";
    let headers = [("x-ratelimit-limit", "4000"), ("x-ratelimit-remaining", "2")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    emulator.fault(Fault { path: String::new(), count: 1, kind: FaultKind::Headers(headers) });
    assert_eq!(client.hash_lookup(hash).unwrap_err().status(), Status::NotFound);
    emulator.fault(Fault { path: String::new(), count: 100, kind: FaultKind::Close });
    let error = client.hash_lookup(hash).unwrap_err();
    assert_eq!(emulator.requests().len(), 3, "the first, and two of three: {error}");
}

#[test]
fn what_was_never_sent_says_so() {
    let config = Config::new().base_url("http://127.0.0.1:9/v4").api_key("testkey").retries(0);
    let client = Client::new(&config).unwrap();
    for row in &ENDPOINTS {
        let error = call(&client, row);
        assert_eq!((error.status(), error.delivery()), (Status::Network, Delivery::NotSent), "{}", row.name);
    }
}
