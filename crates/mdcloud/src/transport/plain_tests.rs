//! A service that answers word for word, asked with and without ureq.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::*;
use crate::config::Config;
use crate::error::{Delivery, Status};
use crate::transport::shown::shown;
use crate::transport::{Failure, Http, Limits, Transport};
use crate::wait::{Patience, SystemClock};

/// A service on this machine that gives one answer a request, in the order given, and then no more.
struct Service {
    base: String,
    /// The requests, each with the number of the connection that it came on.
    seen: Arc<Mutex<Vec<(usize, String)>>>,
}

impl Service {
    /// `slowly`: byte by byte.
    fn start(answers: &[&[u8]], slowly: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::<Mutex<Vec<_>>>::default();
        let mut answers: Vec<Vec<u8>> = answers.iter().rev().map(|answer| answer.to_vec()).collect();
        let log = seen.clone();
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().enumerate() {
                let mut stream = stream.unwrap();
                stream.set_nodelay(true).unwrap();
                while let Some(request) = read_request(&mut stream) {
                    log.lock().unwrap().push((number, request));
                    let Some(answer) = answers.pop() else { return };
                    let pieces = if slowly && answer.len() < 4096 { 1 } else { answer.len().max(1) };
                    if answer.chunks(pieces).any(|piece| stream.write_all(piece).is_err()) || ends(&answer) {
                        break;
                    }
                }
            }
        });
        Service { base, seen }
    }

    fn client(&self) -> Http {
        let config = Config::new().base_url(&self.base);
        Http::new(&config.resolve(|_| None).unwrap()).unwrap()
    }

    fn seen(&self) -> Vec<(usize, String)> {
        self.seen.lock().unwrap().clone()
    }

    fn get(&self, client: &Http, path: &str, headers: &[(&str, &str)]) -> Result<Reply, Failure> {
        let patience = Patience::new(Arc::new(SystemClock), Default::default());
        let limit = Duration::from_secs(20);
        let limits = Limits { patience: &patience, connect: limit, silence: limit };
        let url = format!("{}{path}", self.base);
        let request = Request { method: "GET", url: &url, headers, body: Body::None, careful: false };
        client.send(request, Sink::Memory, &limits)
    }
}

fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        request.push(byte[0]);
    }
    String::from_utf8(request).ok()
}

/// Whether the service closes the connection behind this answer, as its end or as a fault.
fn ends(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer).to_ascii_lowercase();
    text.contains("connection: close") || text.contains("x-then: close") || text.starts_with("http/1.0")
}

const WARM: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwarm";
const LAST: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlast";

fn lines(request: &str) -> Vec<String> {
    let mut lines: Vec<String> = request.lines().map(str::to_owned).collect();
    lines[1..].sort();
    lines
}

#[test]
fn the_service_sees_the_same_request_as_from_ureq() {
    let key = ("apikey", "0123456789abcdef0123456789abcdef");
    let cases: [(&str, &[(&str, &str)]); 4] = [
        ("/v4/hash/AB", &[key]),
        ("/v4/feed?page=1&from=2026-01-01T00:00:00Z", &[key, ("x-file-metadata", "1, 2")]),
        ("/v4/a%20b/~c;d=e(f)!$'*+,@:", &[]),
        ("/v4/empty", &[("x-empty", "")]),
    ];
    for (path, headers) in cases {
        let service = Service::start(&[WARM, LAST], false);
        let client = service.client();
        service.get(&client, path, headers).unwrap();
        assert_eq!(service.get(&client, path, headers).unwrap().body, b"last");
        let seen = service.seen();
        assert_eq!(lines(&seen[0].1), lines(&seen[1].1));
        assert_eq!((seen[0].0, seen[1].0), (0, 0), "one connection serves both");
        assert_ne!(seen[0].1, seen[1].1, "the second is not ureq's: it has another order");
    }
}

#[test]
fn what_could_begin_another_request_or_belongs_to_the_exchange_is_for_ureq() {
    let plain = |url: &str, headers: &[(&str, &str)]| {
        let request = Request { method: "GET", url, headers, body: Body::None, careful: false };
        let plain = Plain::of(&request, &Sink::Memory, "http://h:80", "")?;
        let mut room = [0; 100];
        let length = plain.write(&mut room).unwrap();
        Some(room[..length].to_vec())
    };
    assert_eq!(plain("http://h:80/a", &[("b", "c")]).unwrap(), b"GET /a HTTP/1.1\r\nhost: h\r\nb: c\r\n\r\n");
    for path in ["", "?x", "/ ", "/\r\n", "/#", "/\u{e4}", "/\"", "/<", "/a\\b"] {
        assert_eq!(plain(&format!("http://h:80{path}"), &[]), None, "{path:?}");
    }
    let headers =
        [("a b", ""), ("", ""), ("a:", ""), ("a\r\n", ""), ("a", "\r\nb: c"), ("a", "\u{e4}"), ("a", "\0")];
    let ours =
        ["Host", "accept", "Connection", "content-length", "Transfer-Encoding", "User-Agent", "expect"];
    for header in headers.into_iter().chain(ours.map(|name| (name, "x"))) {
        assert_eq!(plain("http://h:80/a", &[header]), None, "{header:?}");
    }
    for (target, host) in [
        ("http://h", Some("h")),
        ("http://[::1]:8080", Some("[::1]:8080")),
        ("http://h:443", Some("h:443")),
        ("https://h:443", Some("h")),
        ("https://h:80", Some("h:80")),
        ("http://u@h", None),
        ("http://h:", None),
        ("http://", None),
        ("ftp://h", None),
        ("h", None),
    ] {
        assert_eq!(host_of(target), host, "{target}");
    }
}

/// Answers as they come, as they may come, and as they should not.
fn answers() -> Vec<Vec<u8>> {
    let gzip = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\xcb\xcf\x06\x00\x47\xdd\xdc\x79\x02\x00\x00\x00";
    let with = |head: &str, body: &[u8]| [head.as_bytes(), body].concat();
    let ok = |headers: &str, body: &[u8]| with(&format!("HTTP/1.1 200 OK\r\n{headers}\r\n\r\n"), body);
    let many: String = (0..70).map(|number| format!("X-{number}: {number}\r\n")).collect();
    let long = "x".repeat(40_000);
    vec![
        ok("Content-Length: 2", b"ok"),
        ok("content-length:2\r\nX-Odd: \u{e4}\r\nX-A: 1\r\nx-a: 2", b"ok"),
        ok("Content-Length: 2\r\nConnection: keep-alive", b"ok"),
        ok("Content-Length: 0", b""),
        ok("Content-Length: 40000", long.as_bytes()),
        with("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n", b"no"),
        with("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 2\r\n\r\n", b"no"),
        with("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n", b"ok"),
        with("HTTP/1.1 200 OK\nContent-Length: 2\n\n", b"ok"),
        // Not plain.
        ok("Content-Length: 22\r\nContent-Encoding: gzip", gzip),
        ok("Transfer-Encoding: chunked", b"2\r\nok\r\n0\r\n\r\n"),
        ok(
            "Transfer-Encoding: chunked\r\nContent-Encoding: gzip",
            &[b"16\r\n", &gzip[..], b"\r\n0\r\n\r\n"].concat(),
        ),
        ok("Transfer-Encoding: chunked\r\nContent-Length: 2", b"2\r\nok\r\n0\r\n\r\n"),
        ok("Content-Length: 2\r\nConnection: close", b"ok"),
        ok("Connection: close", b"to the end"),
        ok("X-Then: close", b"to the end"),
        with("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n", b"ok"),
        with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", b"ok"),
        with(
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n",
            b"ok",
        ),
        with("HTTP/1.1 204 No Content\r\n\r\n", b""),
        with("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", b""),
        ok(&format!("{many}Content-Length: 2"), b"ok"),
        // Wrong.
        ok("Content-Length: 2\r\nContent-Length: 2", b"ok"),
        ok("Content-Length: 2\r\nContent-Length: 3\r\nX-Then: close", b"ok"),
        ok("Content-Length: -2\r\nX-Then: close", b"ok"),
        ok("Content-Length: +2\r\nX-Then: close", b"ok"),
        ok("Content-Length: 2 2\r\nX-Then: close", b"ok"),
        ok("Content-Length: \r\nX-Then: close", b"ok"),
        ok("Content-Length: 99999999999999999999999\r\nX-Then: close", b"ok"),
        ok("Content-Length: 67108865\r\nX-Then: close", b"ok"),
        ok("Content-Length: 3\r\nX-Then: close", b"ok"),
        ok("Content-Length: 2\r\nX-Then: close\r\n folded", b"ok"),
        ok("No colon\r\nX-Then: close", b"ok"),
        ok(&format!("X-Then: close\r\nX: {long}"), b"ok"),
        with("HTTP/1.1 200 OK\r\nX-Then: close\r\nContent-Le", b""),
        with("HTTP/1.1 999 OK\r\nContent-Length: 2\r\n\r\n", b"ok"),
        with("HTTP/1.1 20 OK\r\nX-Then: close\r\nContent-Length: 2\r\n\r\n", b"ok"),
        with("HTTP/2 200 OK\r\nX-Then: close\r\nContent-Length: 2\r\n\r\n", b"ok"),
        with("SSH-2.0-OpenSSH X-Then: close\r\n", b""),
        with("HTTP/1.0", b""),
    ]
}

#[test]
fn any_answer_is_read_as_ureq_reads_it_and_the_next_one_is_right() {
    for (answer, slowly) in answers().iter().flat_map(|answer| [(answer, false), (answer, true)]) {
        let about =
            format!("slowly: {slowly}, {}", String::from_utf8_lossy(&answer[..answer.len().min(200)]));
        // The first request of a client is ureq's: there is no connection yet.
        let by_ureq = Service::start(&[answer, LAST], slowly);
        let client = by_ureq.client();
        let expected = shown(&by_ureq.get(&client, "/v4/x", &[]));
        let after = shown(&by_ureq.get(&client, "/v4/y", &[]));

        let service = Service::start(&[WARM, answer, LAST], slowly);
        let client = service.client();
        assert_eq!(service.get(&client, "/v4/warm", &[]).unwrap().body, b"warm");
        assert_eq!(shown(&service.get(&client, "/v4/x", &[])), expected, "{about}");
        assert_eq!(shown(&service.get(&client, "/v4/y", &[])), after, "{about}");
        assert!(after.ends_with("\"last\""), "{after}, {about}");
        let asked = |service: &Service| -> Vec<String> {
            service
                .seen()
                .iter()
                .map(|(_, request)| request.lines().next().unwrap_or_default().to_owned())
                .collect()
        };
        assert_eq!(asked(&service)[1..], asked(&by_ureq)[..], "each was sent once: {about}");
        let connections = |service: &Service| service.seen().last().map(|(number, _)| *number);
        assert_eq!(connections(&service), connections(&by_ureq), "{about}");
    }
}

#[test]
fn bytes_that_nobody_asked_for_are_no_answer_to_the_next_request() {
    let more = [WARM, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong"].concat();
    let service = Service::start(&[WARM, &more, LAST], false);
    let client = service.client();
    for _ in 0..2 {
        assert_eq!(service.get(&client, "/", &[]).unwrap().body, b"warm");
    }
    assert_eq!(service.get(&client, "/", &[]).unwrap().body, b"last");
    assert_eq!(service.seen().last().unwrap().0, 1, "on a connection of its own");
}

#[test]
fn a_connection_that_closes_without_an_answer_may_have_brought_the_request() {
    let service = Service::start(&[WARM], false);
    let client = service.client();
    service.get(&client, "/", &[]).unwrap();
    let failure = service.get(&client, "/", &[]).unwrap_err();
    assert_eq!((failure.status, failure.delivery), (Status::Network, Delivery::Unknown));
    assert!(failure.detail.contains("closed before it answered"), "{}", failure.detail);
}
