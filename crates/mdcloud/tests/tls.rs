//! TLS: whom we trust, what we say when we do not, and that a call ends under it as it does without.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mdcloud::{Cancel, Client, Config, Options, Source, Status};
use rustls::pki_types::PrivateKeyDer;
use support::{Server, answer, config, request};

const HASH: &str = "44d88612fea8a8f36de82e1278abb02f";

/// A server with a certificate of its own for `localhost`, and the file that makes it trusted.
fn secure(
    handle: impl Fn(&mut rustls::StreamOwned<rustls::ServerConnection, TcpStream>) + Send + Sync + 'static,
) -> (Server, Trust) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let server = Server::new(move |stream| {
        let connection = rustls::ServerConnection::new(config.clone()).unwrap();
        handle(&mut rustls::StreamOwned::new(connection, stream));
    });
    (server, Trust::new(&made.cert.pem()))
}

struct Trust(PathBuf);

impl Trust {
    fn new(pem: &str) -> Self {
        static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("mdcloud-ca-{}-{count}.pem", std::process::id()));
        std::fs::write(&path, pem).unwrap();
        Trust(path)
    }
}

impl Drop for Trust {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn https(server: &Server) -> Config {
    config(&format!("https://localhost:{}/v4", server.port))
}

fn answering() -> (Server, Trust) {
    secure(|stream| while request(stream).is_some() && answer(stream, r#"{"data_id":"secure"}"#) {})
}

#[test]
fn a_root_in_ca_file_is_trusted_and_one_handshake_serves_many_calls() {
    let (server, trust) = answering();
    let client = Client::new(&https(&server).ca_file(&trust.0)).unwrap();
    for _ in 0..10 {
        assert_eq!(client.hash_lookup(HASH).unwrap().data_id(), Some("secure"));
    }
    assert_eq!(server.connections(), 1);
}

/// Records that fill up are held back until there are several; none may stay behind, or go out twice.
#[test]
fn uploads_of_any_size_arrive_whole() {
    let content = |size: usize| (0..size).map(|index| (index % 251) as u8).collect::<Vec<_>>();
    let (server, trust) = secure(move |stream| {
        while let Some(head) = request(stream) {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length = length.unwrap().parse().unwrap();
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
            answer(stream, &format!(r#"{{"data_id":"{}"}}"#, body == content(length)));
        }
    });
    let client = Client::new(&https(&server).ca_file(&trust.0)).unwrap();
    let record = 16 * 1024;
    for size in [1, record - 1, record, record + 1, 4 * record, 8 * record, 9 * record, 1_000_000] {
        let submission = client.file_submit(Source::bytes(content(size))).unwrap();
        assert_eq!(submission.data_id(), Some("true"), "{size}");
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_a_tls_error_and_the_key_stays_here() {
    let (server, _trust) = answering();
    let error = Client::new(&https(&server)).unwrap().hash_lookup(HASH).unwrap_err();
    assert_eq!(error.status(), Status::Tls, "{error}");
    assert!(error.is_local(), "no request went out");
    assert!(error.to_string().contains("ca_file"), "it says what to do: {error}");
}

#[test]
fn a_ca_file_that_cannot_be_used_is_refused_at_once() {
    let status =
        |path: PathBuf| Client::new(&config("https://localhost/v4").ca_file(path)).unwrap_err().status();
    assert_eq!(status("/nonexistent.pem".into()), Status::Io);
    let nonsense = Trust::new("this is no certificate");
    assert_eq!(status(nonsense.0.clone()), Status::InvalidArgument);
}

/// rustls swallows an error in the middle of a buffered write; a token that did not stay cancelled would
/// let the upload go on until the server gives up.
#[test]
fn a_stuck_upload_and_a_stuck_handshake_can_be_cancelled() {
    let (stuck, trust) = secure(|stream| {
        request(stream);
        std::thread::sleep(Duration::from_secs(20));
    });
    let silent = Server::new(|mut stream| {
        let _ = stream.read_to_end(&mut Vec::new());
    });
    for server in [&stuck, &silent] {
        let client = Client::new(&https(server).ca_file(&trust.0)).unwrap();
        let best = (0..3)
            .map(|_| {
                let cancel = Cancel::new();
                let (token, at) = (cancel.clone(), Instant::now() + Duration::from_millis(400));
                std::thread::spawn(move || {
                    std::thread::sleep(Duration::from_millis(400));
                    token.cancel();
                });
                let client = client.with(&Options::new().cancel(&cancel));
                let error = client.file_submit(Source::bytes(vec![0; 32 << 20])).unwrap_err();
                assert_eq!(error.status(), Status::Cancelled, "{error}");
                at.elapsed()
            })
            .min()
            .unwrap();
        assert!(best < Duration::from_millis(150), "{best:?}");
    }
    let (start, config) = (Instant::now(), https(&silent).connect_timeout(Duration::from_millis(300)));
    assert_eq!(Client::new(&config).unwrap().hash_lookup(HASH).unwrap_err().status(), Status::Timeout);
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_link_cut_in_the_middle_is_a_network_error() {
    let (server, trust) = secure(|stream| {
        request(stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"data_id\":");
        let _ = stream.flush();
    });
    let client = Client::new(&https(&server).ca_file(&trust.0)).unwrap();
    assert_eq!(client.hash_lookup(HASH).unwrap_err().status(), Status::Network);
}
