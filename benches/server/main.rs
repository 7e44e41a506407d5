//! A service on loopback that costs little, so that clients are what is measured: one thread a connection, and
//! one write an answer. It knows lookups, bulk lookups and uploads, keeps nothing, and refuses nobody.
//!
//! `bench-server [--engines N] [--delay-ms N] [--padding BYTES] [--tls CERTIFICATE KEY]` says `port=N`, and ends
//! when its standard input does, with a line of how many connections, requests and TLS handshakes there were.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr)] // the port is its output

mod exchange;
mod report;
mod tls;

use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use mdcloud_bench::{Done, Failure};

use crate::report::Report;

/// What all connections share.
struct Service {
    report: Report,
    delay: Duration,
    tls: Option<Arc<rustls::ServerConfig>>,
    connections: AtomicU64,
    requests: AtomicU64,
    handshakes: AtomicU64,
    resumed: AtomicU64,
}

fn main() -> ExitCode {
    match serve(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("bench-server: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn serve(mut words: impl Iterator<Item = String>) -> Done<()> {
    let (mut engines, mut delay, mut padding, mut tls) = (30, 0, 0, None);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| Failure::from(format!("{word} wants a value")));
        match word.as_str() {
            "--engines" => engines = value()?.parse()?,
            "--delay-ms" => delay = value()?.parse()?,
            "--padding" => padding = value()?.parse()?,
            "--tls" => tls = Some(tls::config(&value()?, &value()?)?),
            _ => return Err(format!("{word:?} is not understood").into()),
        }
    }
    let service = Arc::new(Service {
        report: Report::new(engines, padding),
        delay: Duration::from_millis(delay),
        tls,
        connections: AtomicU64::new(0),
        requests: AtomicU64::new(0),
        handshakes: AtomicU64::new(0),
        resumed: AtomicU64::new(0),
    });
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    println!("port={}", listener.local_addr()?.port());
    let shared = Arc::clone(&service);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let service = Arc::clone(&shared);
            // A connection that breaks is its client's affair, and shows there.
            std::thread::spawn(move || drop(exchange::answer(&service, stream)));
        }
    });
    std::io::copy(&mut std::io::stdin(), &mut std::io::sink())?;
    let counts = [&service.connections, &service.requests, &service.handshakes, &service.resumed];
    let [connections, requests, handshakes, resumed] = counts.map(|count| count.load(Relaxed));
    println!("connections={connections} requests={requests} handshakes={handshakes} resumed={resumed}");
    Ok(())
}
