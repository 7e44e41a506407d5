//! The key is in the `apikey` header to the service's own origin, and nowhere else: not in what is shown or
//! logged, and not on any other wire. Alone in its program, as it takes the program's log.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod support;

#[path = "support/calls.rs"]
mod calls;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use calls::{KINDS, faults, order, sanitized};
use mdcloud::endpoints::{ENDPOINTS, Method};
use mdcloud::{Client, Config};
use mdcloud_emulator::{Emulator, Fault, FaultKind, Settings};
use support::Server;

const MARKER: &str = "MARKERd41d8cd98f00b204e9800998ecf";

/// All that was logged, of every library in the program.
struct Log;

static LOGGED: Mutex<String> = Mutex::new(String::new());

impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{} {} {}\n", record.level(), record.target(), record.args());
        LOGGED.lock().unwrap().push_str(&line);
    }
    fn flush(&self) {}
}

/// What was seen, and whether the key was in it; bytes that are no text count as well.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<u8>>>);

impl Seen {
    fn add(&self, bytes: &[u8]) {
        self.0.lock().unwrap().extend(bytes);
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

/// A wire to `port` that keeps what goes out over it.
fn tapped(port: u16) -> (Server, Seen) {
    let seen = Seen::default();
    let tap = seen.clone();
    let server = Server::new(move |near| {
        let far = TcpStream::connect(("127.0.0.1", port)).unwrap();
        let (mut back, mut client) = (far.try_clone().unwrap(), near.try_clone().unwrap());
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut back, &mut client);
            let _ = client.shutdown(std::net::Shutdown::Both);
        });
        pump(near, far, &tap);
    });
    (server, seen)
}

fn pump(mut near: TcpStream, mut far: TcpStream, seen: &Seen) {
    let mut block = [0; 16 * 1024];
    while let Ok(count) = near.read(&mut block) {
        if count == 0 || far.write_all(&block[..count]).is_err() {
            break;
        }
        seen.add(&block[..count]);
    }
    let _ = far.shutdown(std::net::Shutdown::Both);
}

/// A listener of somebody else, which answers all with a small file.
fn stranger() -> (Server, Seen) {
    let seen = Seen::default();
    let tap = seen.clone();
    let server = Server::new(move |mut stream| {
        while let Some(head) = support::request(&mut stream) {
            tap.add(head.as_bytes());
            support::answer(&mut stream, "{}");
        }
    });
    (server, seen)
}

fn port(emulator: &Emulator) -> u16 {
    emulator.base_url().trim_end_matches("/v4").rsplit(':').next().unwrap().parse().unwrap()
}

fn config(url: String) -> Config {
    Config::new()
        .base_url(url)
        .api_key(MARKER)
        .read_timeout(Duration::from_millis(100))
        .timeout(Some(Duration::from_millis(300)))
        .deadline(Some(Duration::from_millis(500)))
        .max_wait(Duration::ZERO)
        .retries(1)
}

/// Every row of the table, by its own path.
fn all_operations(client: &Client, out: &mut String) {
    for row in &ENDPOINTS {
        let path: Vec<&str> =
            row.path.split('/').map(|part| if part.starts_with('{') { "bzI2MDMx" } else { part }).collect();
        let body = (row.method == Method::Post).then_some(&b"{}"[..]);
        let result = client.call(row.method.as_str(), &path.join("/"), &[("x-more", "1")], body);
        out.push_str(&format!("{} {result:?}\n", row.name));
        match result {
            // The service tells the key to its owner, in the answer about the key.
            Ok(document) => out.push_str(&String::from_utf8_lossy(document.raw())),
            Err(error) => {
                out.push_str(&format!("{error} {error:#?} {:?} {:?}\n", error.messages(), error.request()));
                out.push_str(&String::from_utf8_lossy(error.raw()));
            }
        }
    }
}

#[test]
fn a_marker_key_is_found_in_its_header_and_nowhere_else() {
    log::set_logger(&Log).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let mut settings = Settings::new();
    for (name, value) in
        [("api_key", MARKER), ("scan_time", "1ms"), ("sanitize_time", "1ms"), ("paid", "true")]
    {
        settings.set(name, value).unwrap();
    }
    let emulator = Emulator::start(settings).unwrap();
    let (service, wire) = tapped(port(&emulator));
    let (elsewhere, strange) = stranger();
    let config = config(service.url());
    let client = Client::new(&config).unwrap();
    let data_id = sanitized(&Client::new(&config.clone().deadline(None)).unwrap());
    let mut out = format!("{config:?} {config:#?} {client:?} {client:#?} {:?}", mdcloud::quota());

    all_operations(&client, &mut out);
    // The same with a key that the service refuses, which is the one that people paste into a report.
    let strict = Emulator::start(Settings::new()).unwrap();
    let (refusing, refused) = tapped(port(&strict));
    all_operations(&Client::new(&config.clone().base_url(refusing.url())).unwrap(), &mut out);

    let faults = faults();
    for fault in faults.iter().filter(|fault| !matches!(fault["kind"].as_str(), Some("large" | "gzip_bomb")))
    {
        for kind in KINDS.iter().filter(|kind| matches!(kind.name, "lookup" | "upload" | "account")) {
            emulator.fault(order(fault, kind.path));
            match (kind.run)(&client, &data_id) {
                Ok(text) => out.push_str(&text),
                Err(error) => {
                    out.push_str(&format!("{error} {error:?} {}", String::from_utf8_lossy(error.raw())))
                }
            }
            emulator.reset();
        }
    }

    // Answers that lead elsewhere: redirects of every kind, and links to files.
    let foreign = elsewhere.url();
    for kind in &KINDS {
        emulator.fault(Fault { path: String::new(), count: 9, kind: FaultKind::Redirect(foreign.clone()) });
        out.push_str(&format!("{:?}", (kind.run)(&client, &data_id)));
        emulator.reset();
    }
    let calm = Client::new(&config.clone().deadline(None).read_timeout(Duration::from_secs(30))).unwrap();
    let body = format!(r#"{{"sanitizedFilePath": "{foreign}/clean.txt?X-Amz-Signature=1"}}"#);
    let link = FaultKind::Status { status: 200, body, content_type: "application/json".into() };
    emulator.fault(Fault { path: "/file/converted/".into(), count: 1, kind: link });
    assert_eq!(calm.sanitized_download_to(&data_id, std::io::sink()).unwrap(), 2);
    assert!(
        strange.text().starts_with("GET /v4/clean.txt?X-Amz-Signature=1 HTTP/1.1\r\n"),
        "{}",
        strange.text()
    );
    assert_eq!(strange.text().matches("HTTP/1.1").count(), 1, "redirects were followed: {}", strange.text());

    drop((client, calm));
    let marker = |text: &str| text.to_lowercase().contains(&MARKER.to_lowercase());
    assert!(!marker(&strange.text()), "another origin got the key: {}", strange.text());
    assert!(!marker(&out), "{}", around(&out));
    let logged = LOGGED.lock().unwrap().clone();
    assert!(!marker(&logged), "{}", around(&logged));
    for line in ["DEBUG mdcloud::perform", "INFO mdcloud::", "DEBUG ureq", "TRACE ureq"] {
        assert!(logged.contains(line), "the log was not taken: no {line}");
    }
    // A client that was told that its key is wrong soon stops asking.
    for (name, text, least) in [("service", wire.text(), 100), ("refusing", refused.text(), 5)] {
        let all = text.matches(MARKER).count();
        let headers = text.matches(&format!("\r\napikey: {MARKER}\r\n")).count();
        assert!(all == headers && headers >= least, "{name}: {all} times, {headers} in the header");
        println!("{name}: the key went out {all} times, each in its header");
    }
    println!("{} bytes shown, {} logged, without the key", out.len(), logged.len());
}

#[test]
fn a_proxy_is_not_told_the_key() {
    let asked = Seen::default();
    let tap = asked.clone();
    let proxy = Server::new(move |mut stream| {
        if let Some(head) = support::request(&mut stream) {
            tap.add(head.as_bytes());
            let _ =
                stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
        }
    });
    let config = config("https://service.example/v4".into());
    let client = Client::new(&config.proxy(format!("http://user:secret@127.0.0.1:{}", proxy.port))).unwrap();
    let error = client.apikey_info().unwrap_err();
    let shown = format!("{error} {error:?} {client:?}");
    assert!(asked.text().starts_with("CONNECT service.example:443 "), "{}", asked.text());
    assert!(
        !asked.text().contains(MARKER) && !shown.contains(MARKER) && !shown.contains("secret"),
        "{shown}"
    );
}

fn around(text: &str) -> String {
    let at = text.to_lowercase().find(&MARKER.to_lowercase()).unwrap_or(0);
    String::from_utf8_lossy(&text.as_bytes()[at.saturating_sub(200)..text.len().min(at + 100)]).into_owned()
}
