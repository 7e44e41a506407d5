//! A call can be ended in whatever phase it is, by its token and by its deadline, and never later than 150 ms
//! after. Names are resolved in the same way as connections are made: see `wait_for` in `transport/scope.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod support;

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use mdcloud::{Cancel, Client, Config, Error, Options, Source, Status};
use support::{Server, client, config, request};

const HASH: &str = "44d88612fea8a8f36de82e1278abb02f";

/// How long a call goes on after it was cancelled, or after its deadline, whichever takes longer. The machine
/// may be busy elsewhere for a moment, so the best of three counts: what is bounded is what the library does.
fn latency(client: &Client, call: impl Fn(&Client) -> Result<(), Error>) -> Duration {
    let best = |measure: &dyn Fn() -> Duration| (0..3).map(|_| measure()).min().unwrap();
    let cancelled = best(&|| {
        let cancel = Cancel::new();
        let client = client.with(&Options::new().cancel(&cancel));
        let at = Arc::new(std::sync::Mutex::new(Instant::now()));
        let when = at.clone();
        let thread = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(250));
            *when.lock().unwrap() = Instant::now();
            cancel.cancel();
        });
        let error = call(&client).unwrap_err();
        let took = at.lock().unwrap().elapsed();
        assert_eq!(error.status(), Status::Cancelled, "{error}");
        thread.join().unwrap();
        took
    });
    let deadline = Duration::from_millis(250);
    let late = best(&|| {
        let client = client.with(&Options::new().deadline(Some(deadline)));
        let start = Instant::now();
        let error = call(&client).unwrap_err();
        let took = start.elapsed();
        let known = [Status::Timeout, Status::Deadline, Status::Throttled];
        assert!(known.contains(&error.status()), "{error}");
        took.saturating_sub(deadline)
    });
    let phase = std::thread::current().name().unwrap_or_default().to_owned();
    println!(
        "{phase}: {} ms after cancel, {} ms after the deadline",
        cancelled.as_millis(),
        late.as_millis()
    );
    cancelled.max(late)
}

const MOST: Duration = Duration::from_millis(150);

#[test]
fn while_it_connects() {
    // A listener whose queue is full: further connections hang.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut held = Vec::new();
    while held.len() < 5000 {
        match std::net::TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
            Ok(stream) => held.push(stream),
            Err(_) => break,
        }
    }
    let client = client(&format!("http://{address}/v4"));
    assert!(latency(&client, |client| client.hash_lookup(HASH).map(drop)) < MOST);
}

/// Takes connections and says nothing.
fn silent() -> Server {
    Server::new(|mut stream| drop(std::io::copy(&mut stream, &mut std::io::sink())))
}

#[test]
fn while_tls_shakes_hands() {
    let url = format!("https://127.0.0.1:{}/v4", silent().port);
    let client = client(&url);
    assert!(latency(&client, |client| client.hash_lookup(HASH).map(drop)) < MOST);
}

#[test]
fn while_a_proxy_says_nothing() {
    for scheme in ["http", "socks4", "socks5"] {
        let proxy = format!("{scheme}://127.0.0.1:{}", silent().port);
        let client = Client::new(&config("http://127.0.0.1:9/v4").proxy(proxy)).unwrap();
        assert!(latency(&client, |client| client.hash_lookup(HASH).map(drop)) < MOST, "{scheme}");
    }
}

#[test]
fn while_a_download_stalls() {
    let server = Server::new(|mut stream| {
        let head = request(&mut stream).unwrap_or_default();
        let link = r#"{"sanitizedFilePath":"http://ADDRESS/file"}"#
            .replace("ADDRESS", &stream.local_addr().unwrap().to_string());
        if head.contains("/converted/") {
            support::answer(&mut stream, &link);
        } else {
            use std::io::Write;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\nabc");
        }
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    let client = client(&server.url());
    let call = |client: &Client| client.sanitized_download_to("abc", std::io::sink()).map(drop);
    assert!(latency(&client, call) < MOST);
}

#[test]
fn while_it_waits_for_an_answer() {
    let server = Server::new(|mut stream| {
        request(&mut stream);
        std::thread::sleep(Duration::from_secs(20));
    });
    let client = client(&server.url());
    assert!(latency(&client, |client| client.hash_lookup(HASH).map(drop)) < MOST);
}

#[test]
fn while_an_answer_drips() {
    let server = Server::new(|mut stream| {
        use std::io::Write;
        request(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n");
        while stream.write_all(b" ").is_ok() {
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    let client = client(&server.url());
    assert!(latency(&client, |client| client.hash_lookup(HASH).map(drop)) < MOST);
}

#[test]
fn while_an_upload_is_stuck() {
    let server = Server::new(|mut stream| {
        request(&mut stream);
        std::thread::sleep(Duration::from_secs(20));
    });
    let client = client(&server.url());
    let source = Source::bytes(vec![0; 64 << 20]);
    assert!(latency(&client, |client| client.file_submit(&source).map(drop)) < MOST);
}

#[test]
fn while_it_waits_for_quota() {
    let server = Server::answering("{\"data\":[]}");
    let client = Client::new(
        &config(&server.url()).throttle("1/1h".parse().unwrap()).max_wait(Duration::from_secs(7200)),
    );
    let client = client.unwrap();
    client.hash_lookup_many([HASH]).for_each(drop);
    let call = |client: &Client| match client.hash_lookup_many([HASH]).next().unwrap().error() {
        Some(error) => Err(error.clone()),
        None => Ok(()),
    };
    assert!(latency(&client, call) < MOST);
}

#[test]
fn while_it_polls_for_a_result() {
    let server = Server::answering(r#"{"data_id":"abc","status":"inqueue"}"#);
    let client = client(&server.url());
    assert!(latency(&client, |client| client.file_wait("abc").map(drop)) < MOST);
}

#[test]
fn close_ends_the_calls_of_other_threads_and_all_later_ones() {
    let server = Server::new(|mut stream| {
        request(&mut stream);
        std::thread::sleep(Duration::from_secs(20));
    });
    let client = client(&server.url());
    let other = client.clone();
    let call = std::thread::spawn(move || other.hash_lookup(HASH).unwrap_err().status());
    while server.connections() == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    client.close();
    assert_eq!(call.join().unwrap(), Status::Cancelled);
    assert_eq!(client.hash_lookup(HASH).unwrap_err().status(), Status::Cancelled);
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_cancelled_token_sends_nothing() {
    let server = Server::answering("{}");
    let cancel = Cancel::new();
    cancel.cancel();
    let error = client(&server.url()).with(&Options::new().cancel(&cancel)).hash_lookup(HASH).unwrap_err();
    assert_eq!((error.status(), server.connections()), (Status::Cancelled, 0));
}

#[test]
fn an_interrupt_is_asked_on_the_calling_thread_and_ends_the_call() {
    let server = Server::new(|mut stream| {
        request(&mut stream);
        std::thread::sleep(Duration::from_secs(20));
    });
    let own = std::thread::current().id();
    let elsewhere = Arc::new(AtomicBool::new(false));
    let seen = elsewhere.clone();
    let start = Instant::now();
    let ask = Arc::new(move || {
        if std::thread::current().id() != own {
            seen.store(true, Ordering::SeqCst);
        }
        start.elapsed() > Duration::from_millis(100)
    });
    let error = client(&server.url()).with(&Options::new().interrupt(ask)).hash_lookup(HASH).unwrap_err();
    assert_eq!(error.status(), Status::Cancelled);
    assert!(!elsewhere.load(Ordering::SeqCst));
}

#[test]
fn limits_of_time_hold_in_every_phase() {
    let silent = Server::new(|mut stream| {
        request(&mut stream);
        std::thread::sleep(Duration::from_secs(20));
    });
    let short = Duration::from_millis(200);
    let status = |config: Config| {
        let start = Instant::now();
        let status = Client::new(&config).unwrap().hash_lookup(HASH).unwrap_err().status();
        assert!(start.elapsed() < Duration::from_secs(5));
        status
    };
    assert_eq!(status(config(&silent.url()).read_timeout(short)), Status::Timeout);
    assert_eq!(status(config(&silent.url()).timeout(Some(short))), Status::Timeout);
    let call = client(&silent.url()).with(&Options::new().deadline(Some(short))).hash_lookup(HASH);
    assert_eq!(call.unwrap_err().status(), Status::Timeout);
}
