//! What the emulator sends itself: callbacks, and requests for files that are named by a link.
#![allow(clippy::unwrap_used)] // Helpers of tests may fail as tests do.

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use common::{House, eicar, house};
use serde_json::Value;

/// One request as a receiver sees it.
struct Posted {
    head: String,
    body: String,
}

/// A receiver that gives each connection the next answer; no answer is a connection that just ends.
fn receiver(answers: Vec<&'static str>) -> (String, Receiver<Posted>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook?who=me", listener.local_addr().unwrap());
    let (send, receive) = channel();
    std::thread::spawn(move || {
        for (answer, stream) in answers.into_iter().zip(listener.incoming()) {
            let mut stream = stream.unwrap();
            send.send(read(&stream)).unwrap();
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    (url, receive)
}

fn read(stream: &TcpStream) -> Posted {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        let lower = line.to_ascii_lowercase();
        if let Some(text) = lower.strip_prefix("content-length:") {
            length = text.trim().parse().unwrap();
        }
        head.push_str(&lower);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    Posted { head, body: String::from_utf8(body).unwrap() }
}

const OK: &str = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
const GONE: &str = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// Waits for the status of a delivery, which comes a little after the receiver has seen it.
fn status(house: &House, data_id: &str) -> Value {
    let end = Instant::now() + Duration::from_secs(10);
    loop {
        let answer = house.get(&format!("/file/webhooks/{data_id}"));
        if answer.status == 200 {
            return answer.json();
        }
        assert!(Instant::now() < end, "no delivery: {}", answer.text());
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn the_result_is_posted_when_it_is_there_just_as_it_is_read() {
    let (url, posted) = receiver(vec![OK]);
    let house = house(&[("scan_time", "10s")]);
    let data_id = house.submit(&eicar(), &[("callbackurl", &url)]);
    let path = format!("/file/webhooks/{data_id}");
    assert_eq!(house.get(&path).code(), 404_001, "nothing is told before");
    house.advance(9_999);
    assert!(posted.recv_timeout(Duration::from_millis(50)).is_err(), "the scan goes on");
    house.advance(1);
    let call = posted.recv_timeout(Duration::from_secs(10)).unwrap();
    assert!(call.head.starts_with("post /hook?who=me http/1.1"), "{}", call.head);
    assert!(call.head.contains("content-type: application/json"));
    assert!(call.head.contains("user-agent: opswat metadefender cloud"));
    assert!(!call.head.contains("apikey"));
    assert_eq!(call.body, house.get(&format!("/file/{data_id}")).text());
    let told = status(&house, &data_id);
    assert_eq!((&told["status_code"], &told["url"]), (&204.into(), &url.clone().into()));
    assert_eq!(told["request_time"], "2026-03-11T09:15:10.000Z");
    assert_eq!(house.get("/file/webhooks").json()["data"].as_array().unwrap().len(), 1);
    house.advance(12 * 3600 * 1000);
    assert_eq!(house.get(&path).code(), 404_001, "12 hours after the upload");
    assert_eq!(house.get("/file/webhooks").json()["data"].as_array().unwrap().len(), 0);
}

#[test]
fn without_a_virtual_clock_the_callback_comes_by_itself() {
    let (url, posted) = receiver(vec![OK]);
    let house = house(&[("virtual_clock", "false"), ("scan_time", "50ms")]);
    let data_id = house.submit(b"text", &[("callbackurl", &url), ("rule", "sanitize")]);
    let body: Value =
        serde_json::from_str(&posted.recv_timeout(Duration::from_secs(10)).unwrap().body).unwrap();
    assert_eq!(body["sanitized"]["result"], "Allowed", "it waits for the clean copy");
    assert_eq!(status(&house, &data_id)["status_code"], 204);
}

#[test]
fn failed_deliveries_are_told_and_tried_again_only_if_so_set() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}/", silent.local_addr().unwrap());
    drop(silent);
    let house = house(&[("scan_time", "0ms")]);
    let (gone, seen) = receiver(vec![GONE, OK]);
    let (hangs_up, _kept) = receiver(vec![""]);
    for (url, code) in [
        (gone, 404),
        (hangs_up, 520),
        (nobody, 503),
        ("http://hooks.example.com/md".to_owned(), 503),
        ("https://127.0.0.1:1/".to_owned(), 444),
    ] {
        let data_id = house.submit(b"x", &[("callbackurl", &url)]);
        assert_eq!(status(&house, &data_id)["status_code"], code, "{url}");
    }
    assert!(seen.try_recv().is_ok() && seen.try_recv().is_err(), "one attempt");
    let stubborn = common::house(&[("scan_time", "0ms"), ("webhook_retries", "1")]);
    let (url, _seen) = receiver(vec![GONE, OK]);
    let data_id = stubborn.submit(b"x", &[("callbackurl", &url)]);
    assert_eq!(status(&stubborn, &data_id)["status_code"], 204);
}

#[test]
fn without_a_callback_nothing_is_told() {
    let house = house(&[]);
    let data_id = house.submit(b"x", &[]);
    assert_eq!(house.get(&format!("/file/webhooks/{data_id}")).code(), 404_001);
    assert_eq!(house.get("/file/webhooks/unknown").code(), 404_001);
    assert_eq!(house.get("/file/webhooks").json()["data"], serde_json::json!([]));
}

#[test]
fn files_are_fetched_from_this_machine_only() {
    let house = house(&[("scan_time", "0ms")]);
    let ask = |link: &str| house.upload(b"", &[("downloadfrom", link)]);
    let answer =
        format!("HTTP/1.1 200 OK\r\nContent-Length: 68\r\n\r\n{}", String::from_utf8(eicar()).unwrap());
    let (url, seen) = receiver(vec![answer.leak()]);
    let sent = ask(&url.replace("/hook?who=me", "/a/remote.bin?x=1"));
    assert_eq!(sent.json()["md5"], "44D88612FEA8A8F36DE82E1278ABB02F", "{}", sent.text());
    assert!(seen.recv().unwrap().head.starts_with("get /a/remote.bin?x=1"));
    let report = house.get(&format!("/file/{}", sent.json()["data_id"].as_str().unwrap())).json();
    assert_eq!(report["file_info"]["display_name"], "remote.bin");
    assert_eq!(report["download_info"]["status"], "Download Success");
    let (missing, _seen) = receiver(vec![GONE]);
    let (redirect, _also) = receiver(vec!["HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"]);
    assert_eq!(ask(&missing).code(), 400_146);
    assert_eq!(ask(&redirect).code(), 400_155);
    assert_eq!(ask("http://192.0.2.1/file").code(), 400_146, "not this machine");
    assert_eq!(
        house.get("/apikey/limits").json()["prevention_api"],
        "1",
        "what was not fetched costs nothing"
    );
}
