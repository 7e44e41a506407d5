//! Proxies go on working with our own sockets. That a call through one can be ended is shown in `cancel.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use mdcloud::{Client, Status};
use support::{Server, config, request};

const HASH: &str = "44d88612fea8a8f36de82e1278abb02f";

/// Carries bytes both ways until one side ends.
fn tunnel(near: TcpStream, port: u16) {
    let far = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let (mut near_in, mut far_out) = (near.try_clone().unwrap(), far.try_clone().unwrap());
    std::thread::spawn(move || std::io::copy(&mut near_in, &mut far_out));
    let (mut far_in, mut near_out) = (far, near);
    let _ = std::io::copy(&mut far_in, &mut near_out);
}

fn looks_up_through(proxy: &str, target: &Server) {
    let client = Client::new(&config(&target.url()).proxy(proxy)).unwrap();
    for _ in 0..3 {
        let report = client.hash_lookup(HASH).unwrap();
        assert_eq!(report.data_id(), Some("through"));
    }
    assert_eq!(target.connections(), 1, "the tunnel is kept");
}

fn target() -> Server {
    Server::answering(r#"{"data_id":"through"}"#)
}

#[test]
fn an_http_proxy_is_asked_to_connect_and_never_sees_the_key() {
    let target = target();
    let (port, heads) = (target.port, Arc::new(Mutex::new(Vec::new())));
    let seen = heads.clone();
    let proxy = Server::new(move |mut stream| {
        let head = request(&mut stream).unwrap();
        seen.lock().unwrap().push(head);
        stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").unwrap();
        tunnel(stream, port);
    });
    looks_up_through(&format!("http://user:secret@127.0.0.1:{}", proxy.port), &target);
    let heads = heads.lock().unwrap().join("");
    assert!(heads.starts_with(&format!("CONNECT 127.0.0.1:{port} HTTP/1.1")), "{heads}");
    assert!(heads.contains("Proxy-Authorization: Basic dXNlcjpzZWNyZXQ="), "{heads}");
    assert!(!heads.contains("testkey"));
}

#[test]
fn socks5_with_a_login() {
    let target = target();
    let port = target.port;
    let proxy = Server::new(move |mut stream| {
        let mut bytes = [0; 4];
        stream.read_exact(&mut bytes).unwrap();
        assert_eq!(bytes, [5, 2, 0, 2]);
        stream.write_all(&[5, 2]).unwrap();
        let mut login = [0; 13];
        stream.read_exact(&mut login).unwrap();
        assert_eq!(&login, b"\x01\x04user\x06secret");
        stream.write_all(&[1, 0]).unwrap();
        let mut ask = [0; 10];
        stream.read_exact(&mut ask).unwrap();
        assert_eq!(&ask[..8], &[5, 1, 0, 1, 127, 0, 0, 1]);
        assert_eq!(u16::from_be_bytes([ask[8], ask[9]]), port);
        stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
        tunnel(stream, port);
    });
    looks_up_through(&format!("socks5://user:secret@127.0.0.1:{}", proxy.port), &target);
}

#[test]
fn socks4_and_a_refusal() {
    let target = target();
    let port = target.port;
    let proxy = Server::new(move |mut stream| {
        let mut ask = [0; 9];
        stream.read_exact(&mut ask).unwrap();
        assert_eq!((&ask[..2], &ask[4..]), (&[4, 1][..], &[127, 0, 0, 1, 0][..]));
        stream.write_all(&[0, 90, 0, 0, 0, 0, 0, 0]).unwrap();
        tunnel(stream, port);
    });
    looks_up_through(&format!("socks4://127.0.0.1:{}", proxy.port), &target);
    let refusing = Server::new(|mut stream| {
        let mut ask = [0; 9];
        stream.read_exact(&mut ask).unwrap();
        stream.write_all(&[0, 91, 0, 0, 0, 0, 0, 0]).unwrap();
    });
    let config = config(&target.url()).proxy(format!("socks4://127.0.0.1:{}", refusing.port));
    let error = Client::new(&config).unwrap().hash_lookup(HASH).unwrap_err();
    assert_eq!(error.status(), Status::Network);
    assert!(error.is_local() && error.to_string().contains("SOCKS4 code 91"), "{error}");
}

#[test]
fn a_proxy_that_cannot_be_read_is_refused_without_showing_its_password() {
    let error = Client::new(&config("http://127.0.0.1:9/v4").proxy("nonsense://u:topsecret@h")).unwrap_err();
    assert_eq!(error.status(), Status::InvalidArgument);
    assert!(!error.to_string().contains("topsecret"));
}
