use std::time::Duration;

use crate::error::{Delivery, Status};
use crate::options::Options;
use crate::source::Source;
use crate::transport::scripted::{Act, client};
use crate::wait::Clock;

const HASH: &str = "44d88612fea8a8f36de82e1278abb02f";
const DOWN: Act = Act::Answer(503, r#"{"error":{"code":503000,"messages":["down"]}}"#);
const BUSY: Act = Act::Answer(429, r#"{"error":{"code":429002,"messages":["busy"]}}"#);
const GOOD: Act = Act::Answer(200, r#"{"data_id":"x"}"#);

#[test]
fn a_lookup_is_repeated_with_growing_pauses_and_not_for_ever() {
    let (client, script, clock) = client([DOWN, Act::Fail(Status::Timeout, Delivery::Unknown), DOWN, GOOD]);
    let start = clock.now();
    assert_eq!(client.hash_lookup(HASH).unwrap().data_id(), Some("x"));
    let took = clock.now() - start;
    assert!(
        (Duration::from_millis(2600)..Duration::from_millis(3600)).contains(&took),
        "0.5 + 1 + 2 s: {took:?}"
    );
    assert_eq!(script.seen.lock().unwrap().len(), 4);
    let (client, script, _) = self::client([DOWN, DOWN, DOWN, DOWN, DOWN]);
    assert_eq!(client.hash_lookup(HASH).unwrap_err().code(), Some(503_000));
    assert_eq!(script.seen.lock().unwrap().len(), 4, "once, and three repeats");
}

fn client_for_upload(first: Act) -> (Result<(), crate::Error>, usize) {
    let (client, script, _) = client([first, GOOD]);
    let result = client.file_submit(Source::bytes(*b"x")).map(drop);
    let sent = script.seen.lock().unwrap().len();
    (result, sent)
}

#[test]
fn an_upload_is_sent_again_only_when_the_service_cannot_have_taken_it() {
    const NONE: Act = Act::Answer(200, r#"{"data":[]}"#);
    for lost in [Status::Network, Status::Timeout] {
        let (client, script, _) = client([Act::Fail(lost, Delivery::Unknown), NONE, NONE]);
        let error = client.file_submit(Source::bytes(*b"x")).unwrap_err();
        assert_eq!(error.delivery(), Delivery::Unknown);
        let methods: Vec<_> = script.seen.lock().unwrap().iter().map(|line| line[..4].to_owned()).collect();
        assert_eq!(methods, ["POST", "GET ", "GET "], "looked for, and not sent again");
    }
    let (result, sent) = client_for_upload(DOWN);
    assert_eq!((result.unwrap_err().status(), sent), (Status::Server, 1));
    for harmless in [BUSY, Act::Fail(Status::Network, Delivery::NotSent)] {
        let (result, sent) = client_for_upload(harmless);
        assert_eq!((result.is_ok(), sent), (true, 2));
    }
}

#[test]
fn a_stream_that_was_read_is_not_sent_again() {
    let (client, script, _) = client([BUSY, GOOD]);
    let error = client.file_submit(Source::reader(&b"abc"[..], 3)).unwrap_err();
    assert_eq!((error.status(), script.seen.lock().unwrap().len()), (Status::Busy, 1));
    let (client, script, _) = self::client([BUSY, GOOD]);
    assert!(client.file_submit(Source::seekable(std::io::Cursor::new(b"abc".to_vec())).unwrap()).is_ok());
    assert_eq!(script.seen.lock().unwrap().len(), 2);
}

#[test]
fn repeats_end_at_the_deadline() {
    let (client, script, clock) = client([DOWN, DOWN, DOWN, DOWN]);
    let start = clock.now();
    let short = client.with(&Options::new().deadline(Some(Duration::from_millis(1000))));
    assert_eq!(short.hash_lookup(HASH).unwrap_err().status(), Status::Server);
    assert!(clock.now() - start <= Duration::from_millis(1000));
    assert_eq!(script.seen.lock().unwrap().len(), 2, "the second pause would have passed it");
}

#[test]
fn a_scan_is_polled_at_growing_intervals() {
    const QUEUED: Act = Act::Answer(200, r#"{"data_id":"x","status":"inqueue"}"#);
    let (client, script, clock) = client((0..200).map(|_| QUEUED));
    let start = clock.now();
    let patient = client.with(&Options::new().deadline(Some(Duration::from_secs(600))));
    let error = patient.file_wait("x").unwrap_err();
    assert_eq!((error.status(), error.data_id()), (Status::Deadline, Some("x")));
    assert_eq!(clock.now() - start, Duration::from_secs(600));
    let polls = script.seen.lock().unwrap().len();
    assert!((45..65).contains(&polls), "{polls} polls in ten minutes");
}
