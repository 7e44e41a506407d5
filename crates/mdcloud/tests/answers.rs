//! Answers as bytes: what is bounded, what is kept, and what is refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::io::Write;
use std::sync::{Arc, Mutex};

use mdcloud::{Client, Delivery, Source, Status};
use support::{Server, client, config, request};

const HASH: &str = "44d88612fea8a8f36de82e1278abb02f";

/// The status of a lookup that is answered with these bytes.
fn raw(bytes: impl Into<Vec<u8>>) -> mdcloud::Result<mdcloud::Report> {
    let bytes = bytes.into();
    let server = Server::new(move |mut stream| {
        request(&mut stream);
        let _ = stream.write_all(&bytes);
    });
    client(&server.url()).hash_lookup(HASH)
}

fn ok(body: &[u8]) -> Vec<u8> {
    let mut all = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes();
    all.extend(body);
    all
}

#[test]
fn what_is_no_answer_is_an_error_of_its_kind() {
    let status = |bytes: &[u8]| raw(bytes).unwrap_err().status();
    assert_eq!(status(b""), Status::Network);
    assert_eq!(status(b"HTTP/1.1 200 OK\r\ncontent-le"), Status::Network);
    assert_eq!(status(b"nonsense\r\n\r\n"), Status::Protocol);
    assert_eq!(status(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{}"), Status::Network);
    assert_eq!(status(&ok(b"\xff\xfe{}")), Status::Protocol);
    assert_eq!(status(&ok(b"{\"data_id\":")), Status::Protocol);
    assert_eq!(status(&ok(b"null")), Status::Protocol);
    let deep = [b"{\"a\":".repeat(5000), b"1".to_vec(), b"}".repeat(5000)].concat();
    // A field that nobody asks for may be nested however deep; asking for it finds nothing.
    assert!(raw(ok(&deep)).unwrap().document().pointer("/a").is_none());
}

#[test]
fn an_answer_larger_than_the_bound_is_refused_without_reading_it() {
    let announced = b"HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n{";
    let error = raw(announced.to_vec()).unwrap_err();
    assert_eq!(error.status(), Status::Protocol);
    assert!(error.to_string().contains("64 MiB"), "{error}");
    assert_eq!(error.delivery(), Delivery::Unknown, "the service has answered, and so has counted it");
    let server = Server::new(|mut stream| {
        request(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n");
        let block = vec![b' '; 1 << 20];
        while stream.write_all(&block).is_ok() {}
    });
    assert_eq!(client(&server.url()).hash_lookup(HASH).unwrap_err().status(), Status::Protocol);
}

#[test]
fn the_bytes_are_kept_as_they_came() {
    let body = r#"{ "data_id" : "x",   "brand_new": [1, 2.50, "é"] , "data_id2":null}"#;
    let report = raw(ok(body.as_bytes())).unwrap();
    assert_eq!(report.raw(), body.as_bytes());
    assert_eq!(report.document().pointer("/brand_new/2").and_then(|v| v.as_str()), Some("é"));
}

#[test]
fn an_upload_is_streamed_with_its_length_and_the_key_in_its_header_alone() {
    let heads = Arc::new(Mutex::new(Vec::new()));
    let seen = heads.clone();
    let server = Server::new(move |mut stream| {
        use std::io::Read;
        let head = request(&mut stream).unwrap();
        seen.lock().unwrap().push(head);
        let mut body = vec![0; 3_000_000];
        stream.read_exact(&mut body).unwrap();
        assert!(body.iter().all(|byte| *byte == 7));
        support::answer(&mut stream, r#"{"data_id":"abc"}"#);
    });
    let client = Client::new(&config(&server.url()).api_key("marker-key")).unwrap();
    let source = Source::reader(std::io::repeat(7).take_bytes(3_000_000), 3_000_000);
    assert_eq!(client.file_submit(source).unwrap().data_id(), Some("abc"));
    let head = heads.lock().unwrap().remove(0).to_lowercase();
    assert!(head.starts_with("post /v4/file http/1.1"), "{head}");
    assert!(head.contains("content-length: 3000000\r\n") && !head.contains("transfer-encoding"), "{head}");
    assert!(head.contains("apikey: marker-key\r\n") && head.matches("marker-key").count() == 1, "{head}");
    assert!(head.contains("content-type: application/octet-stream"), "{head}");
    assert!(head.contains(&format!("user-agent: mdcloud/{}", mdcloud::VERSION)), "{head}");
}

trait TakeBytes: std::io::Read + Sized {
    fn take_bytes(self, count: u64) -> std::io::Take<Self> {
        self.take(count)
    }
}
impl<T: std::io::Read> TakeBytes for T {}
