//! Scans files: `cargo run --example scan -- [--json] FILE...`
//!
//! `--demo` scans two samples from memory, `--throttle-demo` looks up hashes until the service says that it
//! is too much, `--json` prints one JSON object per line. The key comes from MDCLOUD_API_KEY.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use mdcloud::{Client, Config, Error, Options, Report, Source, Status};
use serde_json::json;

struct Scan {
    client: Client,
    as_json: bool,
}

impl Scan {
    fn scan(&self, name: &str, source: Source) -> bool {
        let start = Instant::now();
        match self.client.with(&Options::new().filename(name)).file_scan(source) {
            Ok(report) => self.print(name, &report, start.elapsed()),
            Err(error) => self.fail(Some(name), &error),
        }
    }

    fn print(&self, name: &str, report: &Report, waited: Duration) -> bool {
        let (detected, total) = (report.detected_engines().unwrap_or(0), report.total_engines().unwrap_or(0));
        if self.as_json {
            let line = json!({
                "language": "Rust", "file": name, "verdict": report.verdict().name(), "detected": detected,
                "total": total, "threat": report.threat_name(), "waited_ms": waited.as_millis() as u64,
            });
            println!("{line}");
        } else {
            let threat = report.threat_name().unwrap_or_default();
            println!("{name}: {}  {detected}/{total} engines  {threat}", report.verdict());
        }
        true
    }

    fn fail(&self, name: Option<&str>, error: &Error) -> bool {
        if self.as_json {
            let line = json!({
                "language": "Rust", "file": name,
                "error": {
                    "status": error.status().name(), "code": error.code(), "is_local": error.is_local(),
                    "retry_after": error.retry_after().map(|after| after.as_secs_f64()),
                },
            });
            println!("{line}");
        } else {
            eprintln!("{}: {error}", name.unwrap_or("scan"));
        }
        false
    }

    fn demo(&self) -> bool {
        // In two halves, so that no scanner stumbles over this program.
        let eicar = [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*"].concat();
        let clean = self.scan("clean.txt", Source::bytes(*b"Nothing to see here.\n"));
        self.scan("eicar.com", Source::bytes(eicar.into_bytes())) && clean
    }

    /// Looks up hashes without ever waiting, until the service, or the ledger, says that it is too much.
    fn throttle_demo(&self) -> bool {
        let client = self.client.with(&Options::new().max_wait(Duration::ZERO));
        for _ in 0..1000 {
            let mut results = client.hash_lookup_many(["44d88612fea8a8f36de82e1278abb02f"]);
            if let Some(error) = results.next().as_ref().and_then(|result| result.error()) {
                self.fail(None, error);
                return error.status() == Status::Throttled;
            }
        }
        eprintln!("scan: the service never said that it was too much");
        false
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let as_json = arguments.iter().any(|argument| argument == "--json");
    let client = match Client::new(&Config::new()) {
        Ok(client) => client,
        Err(error) => {
            eprintln!("scan: {error}");
            return ExitCode::FAILURE;
        }
    };
    let scan = Scan { client, as_json };
    let mut well = true;
    for argument in arguments.iter().filter(|argument| *argument != "--json") {
        well &= match argument.as_str() {
            "--demo" => scan.demo(),
            "--throttle-demo" => scan.throttle_demo(),
            file => scan.scan(file, Source::path(file)),
        };
    }
    if well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
