//! What can be made to go wrong, and that the emulator survives it.

mod common;

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use common::{House, house};
use mdcloud_emulator::{Fault, FaultKind};

fn order(house: &House, path: &str, kind: FaultKind) {
    house.emulator.fault(Fault { path: path.to_owned(), count: 1, kind });
}

/// A request for a small page on a connection that the client would keep.
const VERSION: &str = "GET /v4/status/version HTTP/1.1\r\nHost: x\r\n\r\n";

/// The same with the connection closed after.
const VERSION_LAST: &str = "GET /v4/status/version HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

#[test]
fn answers_of_others_can_take_the_place_of_the_services() {
    let house = house(&[]);
    let page = FaultKind::Status { status: 502, body: "<html/>".into(), content_type: "text/html".into() };
    order(&house, "/apikey", page);
    let answer = house.get("/apikey/");
    assert_eq!((answer.status, answer.text().as_str()), (502, "<html/>"));
    assert_eq!(answer.header("x-authenticated"), "");

    order(&house, "", FaultKind::Code(503_000));
    assert_eq!(house.get("/apikey/").code(), 503_000);
    order(&house, "", FaultKind::NotJson);
    assert!(house.get("/apikey/").text().starts_with("<html>"));
    order(&house, "", FaultKind::Redirect("https://elsewhere.example/".into()));
    let answer = house.get("/apikey/");
    assert_eq!((answer.status, answer.header("location")), (302, "https://elsewhere.example/"));
    order(&house, "", FaultKind::NoHeaders);
    let answer = house.upload(b"x", &[]);
    assert_eq!((answer.code(), answer.header("x-ratelimit-for")), (429_001, ""));
    assert_eq!(house.get("/apikey/").status, 200, "each fault hit once");
    assert_eq!(house.get("/apikey/scan-history").json()["data"].as_array().unwrap().len(), 0);
}

#[test]
fn a_fault_in_place_of_the_answer_leaves_no_trace_and_one_after_it_does() {
    let house = house(&[]);
    order(&house, "POST /v4/file", FaultKind::Close);
    let octets = [("content-type", "application/octet-stream")];
    assert!(house.request("POST", "/file", &octets, b"lost").is_err());
    assert_eq!(house.get("/apikey/limits").json()["prevention_api"], "0");
    order(&house, "POST /v4/file", FaultKind::CloseAfter(0));
    assert!(house.request("POST", "/file", &octets, b"done, but never told").is_err());
    assert_eq!(house.get("/apikey/limits").json()["prevention_api"], "1");
    let log = house.emulator.requests();
    assert_eq!((log[0].status, log[0].body_length), (0, 4));
    assert_eq!((log[2].status, log[2].body_length), (200, 20));
}

#[test]
fn an_answer_can_be_cut_at_any_byte() {
    let house = house(&[]);
    let whole = house.raw_exchange(VERSION_LAST).0;
    for bytes in [1, 10, whole.len() / 2, whole.len() - 1] {
        order(&house, "version", FaultKind::CloseAfter(bytes));
        let (cut, end) = house.raw_exchange(VERSION_LAST);
        assert_eq!(cut.len(), bytes);
        assert!(end.is_ok(), "an orderly end, so that the cut is all there is to see");
    }
}

#[test]
fn a_stalled_answer_holds_up_only_its_own_connection() {
    let house = house(&[]);
    for (kind, expected) in [(FaultKind::Stall, 0), (FaultKind::StallAfter(12), 12)] {
        order(&house, "version", kind);
        let mut stalled = house.raw();
        stalled.write_all(VERSION.as_bytes()).unwrap();
        stalled.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        let mut bytes = Vec::new();
        assert!(stalled.read_to_end(&mut bytes).is_err(), "still open");
        assert_eq!(bytes.len(), expected);
        assert_eq!(house.get("/status/version").status, 200);
    }
}

#[test]
fn a_dripping_answer_arrives_whole_and_late() {
    let house = house(&[]);
    order(&house, "version", FaultKind::Drip { bytes: 20, every: Duration::from_millis(10) });
    let begin = Instant::now();
    let answer = house.raw_exchange(VERSION_LAST).0;
    assert!(begin.elapsed() >= Duration::from_millis(10) * (answer.len() / 20) as u32);
    assert!(answer.ends_with(b"{\"version\":\"4.0.0\"}"));
}

#[test]
fn a_wrong_length_and_raw_bytes_reach_the_client_as_ordered() {
    let house = house(&[]);
    for (off, length) in [(7, "26"), (-4, "15")] {
        order(&house, "version", FaultKind::WrongLength(off));
        let answer = String::from_utf8(house.raw_exchange(VERSION).0).unwrap();
        assert!(answer.contains(&format!("content-length: {length}\r\n")), "{answer}");
        assert!(answer.ends_with("{\"version\":\"4.0.0\"}"));
    }
    order(&house, "version", FaultKind::Raw(b"SSH-2.0-Oops\r\n".to_vec()));
    assert_eq!(house.raw_exchange(VERSION).0, b"SSH-2.0-Oops\r\n");
}

#[test]
fn a_reset_connection_shows_as_an_error_and_not_as_an_end() {
    let house = house(&[]);
    order(&house, "version", FaultKind::Reset);
    let (bytes, end) = house.raw_exchange(VERSION);
    assert!(bytes.is_empty());
    assert_eq!(end.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
}

#[test]
fn headers_can_be_replaced_by_nonsense() {
    let house = house(&[]);
    let nonsense =
        [("x-ratelimit-remaining", "-5"), ("x-ratelimit-reset-in", "soon"), ("x-ratelimit-for", "")];
    order(&house, "/hash/", FaultKind::Headers(nonsense.map(|(n, v)| (n.into(), v.into())).to_vec()));
    let answer = house.get("/hash/AD921D60486366258809553A3DB49A4A");
    assert_eq!(answer.header("x-ratelimit-remaining"), "-5");
    assert_eq!(answer.header("x-ratelimit-reset-in"), "soon");
    assert!(!answer.headers.contains_key("x-ratelimit-for"));
    assert_eq!(answer.header("x-ratelimit-limit"), "4000");
}

#[test]
fn the_log_tells_what_was_sent_but_never_the_key() {
    let house = house(&[]);
    house.advance(1_234);
    house.upload(b"12345", &[("filename", "n")]);
    let url = format!("{}/hash/zz?x=1", house.emulator.base_url());
    house.bare("GET", &url, &[("apikey", "secret")], b"").unwrap();
    let log = house.emulator.requests();
    let upload = &log[0];
    assert_eq!((upload.method.as_str(), upload.path.as_str()), ("POST", "/v4/file"));
    assert_eq!((upload.status, upload.code, upload.body_length, upload.at), (200, 0, 5, 1234));
    assert!(upload.key_ok && upload.headers.contains(&("filename".into(), "n".into())));
    assert_eq!((log[1].path.as_str(), log[1].code, log[1].key_ok), ("/v4/hash/zz?x=1", 401_006, false));
    let all = format!("{log:?}");
    assert!(!all.contains(&house.key()) && !all.contains("secret"));
}

#[test]
fn stopping_does_not_wait_for_idle_busy_or_stalled_connections() {
    let house = house(&[]);
    let _idle = house.raw();
    let mut kept = house.raw();
    kept.write_all(VERSION.as_bytes()).unwrap();
    let mut half = house.raw();
    half.write_all(b"POST /v4/file HTTP/1.1\r\nContent-Length: 100\r\n\r\nhal").unwrap();
    order(&house, "version", FaultKind::Stall);
    let mut stalled = house.raw();
    stalled.write_all(VERSION.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(100));
    let begin = Instant::now();
    let url = house.emulator.base_url();
    drop(house);
    assert!(begin.elapsed() < Duration::from_secs(1));
    let address = url.trim_start_matches("http://").trim_end_matches("/v4").to_owned();
    assert!(std::net::TcpStream::connect(address).is_err(), "nobody listens any more");
    let mut rest = Vec::new();
    let _ = kept.read_to_end(&mut rest);
}

fn key_info_with(kind: FaultKind) -> common::Answer {
    let house = house(&[]);
    order(&house, "apikey", kind);
    house.get("/apikey/")
}

#[test]
fn values_texts_and_depth_of_an_answer_can_be_hostile() {
    let nulls = key_info_with(FaultKind::Nulls).json();
    let fields = nulls.as_object().unwrap();
    assert!(fields.len() > 3 && fields["max_upload_file_size"].is_null());
    let texts = key_info_with(FaultKind::Texts("\u{1b}[2J".into())).json();
    assert!(texts.as_object().unwrap().values().any(|value| value == "\u{1b}[2J"));
    let deep = key_info_with(FaultKind::Deep(100_000)).body;
    assert!(deep.len() == 1_400_000 && deep.starts_with(br#"{"data_id":[{"data_id":["#));
    assert!(std::str::from_utf8(&key_info_with(FaultKind::InvalidUtf8).body).is_err());
}

#[test]
fn a_header_can_come_twice() {
    let house = house(&[]);
    order(&house, "version", FaultKind::ExtraHeaders(vec![("content-type".into(), "text/html".into())]));
    let answer = String::from_utf8(house.raw_exchange(VERSION_LAST).0).unwrap();
    assert!(answer.contains("content-type: text/html\r\n"), "{answer}");
    order(&house, "version", FaultKind::ExtraHeaders(vec![("date".into(), "never".into())]));
    let answer = String::from_utf8(house.raw_exchange(VERSION_LAST).0).unwrap();
    assert_eq!(answer.matches("\r\ndate: ").count(), 2, "{answer}");
}

#[test]
fn large_answers_are_small_here() {
    let house = house(&[]);
    order(&house, "version", FaultKind::Large(10_000_000));
    let answer = house.raw_exchange(VERSION).0;
    assert!(answer.len() > 10_000_000 && answer.len() < 10_001_000 && answer.ends_with(b"xxxx"));
    order(&house, "version", FaultKind::GzipBomb(100 << 20));
    let bomb = house.raw_exchange(VERSION_LAST).0;
    assert!(bomb.len() < 200_000, "{}", bomb.len());
    order(&house, "version", FaultKind::Gzip);
    assert_eq!(house.get("/status/version").json()["version"], "4.0.0");
}
