//! Servers that do one thing, for what the emulator has no word for.
#![allow(dead_code, clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use mdcloud::{Client, Config};

/// A listener on loopback whose connections are each handled on a thread of their own.
pub(crate) struct Server {
    pub(crate) port: u16,
    pub(crate) connections: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) fn new(handle: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = connections.clone();
        let handle = Arc::new(handle);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                count.fetch_add(1, Ordering::SeqCst);
                let handle = handle.clone();
                std::thread::spawn(move || handle(stream));
            }
        });
        Server { port, connections }
    }

    /// Answers every request with this body.
    pub(crate) fn answering(body: &'static str) -> Self {
        Self::new(move |mut stream| while request(&mut stream).is_some() && answer(&mut stream, body) {})
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/v4", self.port)
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// The head of one request.
pub(crate) fn request(stream: &mut impl Read) -> Option<String> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read(&mut byte).ok()? == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}

pub(crate) fn answer(stream: &mut impl Write, body: &str) -> bool {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).is_ok()
}

/// A client whose key no other test uses, since tests of one process share a ledger by key and address.
pub(crate) fn config(url: &str) -> Config {
    Config::new().base_url(url).api_key("testkey").retries(0)
}

pub(crate) fn client(url: &str) -> Client {
    Client::new(&config(url)).unwrap()
}
