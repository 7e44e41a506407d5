//! The worker in Rust: soak-worker NAME THREADS SECONDS SEED. What it prints is described in `outcomes.rs`.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr)] // its lines are its result

#[path = "../random.rs"]
mod random;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use mdcloud::{Cancel, Client, Config, Delivery, Error, Options, Result, Source};

use crate::random::Random;

const EICAR: &str = "44d88612fea8a8f36de82e1278abb02f";

/// The calls of one thread.
struct Calls {
    name: String,
    client: Client,
    random: Random,
    files: u64,
    asked: u64,
    ended: BTreeMap<&'static str, u64>,
    longest: Duration,
}

impl Calls {
    /// A new content with a name of its own; sometimes a large one.
    fn file(&mut self) -> (String, Source) {
        self.files += 1;
        let name = format!("{}-{}", self.name, self.files);
        let mut content = format!("soak {name}\n").into_bytes();
        if self.random.below(10) == 0 {
            content.resize(200_000, b'.');
        }
        (name, Source::bytes(content))
    }

    fn call<T>(&mut self, upload: Option<&str>, act: impl FnOnce(&Client) -> Result<T>) -> Option<T> {
        self.asked += 1;
        let start = Instant::now();
        let result = act(&self.client);
        self.longest = self.longest.max(start.elapsed());
        let status = result.as_ref().map_or_else(|error| error.status().name(), |_| "OK");
        *self.ended.entry(status).or_default() += 1;
        if let Some(name) = upload {
            println!("upload {name} {} {status}", claim(result.as_ref().err()));
        }
        result.ok()
    }

    fn one(&mut self) {
        match self.random.below(100) {
            0..25 => self.scan(&ending()),
            25..35 => {
                let (name, source) = self.file();
                let options = ending().filename(&name);
                let submission = self.call(Some(&name), |client| client.with(&options).file_submit(source));
                if let Some(data_id) = submission.as_ref().and_then(|submission| submission.data_id()) {
                    self.call(None, |client| client.with(&ending()).file_wait(data_id));
                }
            }
            35..60 => {
                self.call(None, |client| client.with(&ending()).hash_lookup(EICAR));
            }
            60..75 => {
                let hashes: Vec<String> =
                    (0..5).map(|i| format!("{:032x}", self.random.below(1 << 40) + i)).collect();
                self.call(None, |client| {
                    let mut results = client.with(&ending()).hash_lookup_many(&hashes);
                    results.try_for_each(|one| one.error().map_or(Ok(()), |error| Err(error.clone())))
                });
            }
            75..85 => {
                self.call(None, |client| client.with(&ending()).ip_lookup("203.0.113.7"));
            }
            85..92 => {
                let (name, source) = self.file();
                let clean = std::env::temp_dir().join(format!("mdcloud-soak-{}-{name}", std::process::id()));
                let options = ending().filename(&name);
                self.call(Some(&name), |client| client.with(&options).file_sanitize(source, &clean));
                let _ = std::fs::remove_file(clean);
            }
            _ => {
                let cancel = Cancel::new();
                let pause = Duration::from_millis(self.random.below(60));
                std::thread::scope(|scope| {
                    scope.spawn(|| {
                        std::thread::sleep(pause);
                        cancel.cancel();
                    });
                    self.scan(&ending().cancel(&cancel));
                });
            }
        }
    }

    fn scan(&mut self, options: &Options) {
        let (name, source) = self.file();
        let options = options.clone().filename(&name);
        self.call(Some(&name), |client| client.with(&options).file_scan(source));
    }
}

/// Every call has an end.
fn ending() -> Options {
    Options::new().deadline(Some(Duration::from_secs(10)))
}

/// What the caller of an upload knows. An error with a `data_id` came after the upload.
fn claim(error: Option<&Error>) -> &'static str {
    match error {
        None => "taken",
        Some(error) if error.data_id().is_some() => "taken",
        Some(error) => match error.delivery() {
            Delivery::NotSent => "not_sent",
            Delivery::Refused => "refused",
            _ => "unknown",
        },
    }
}

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().collect();
    let [_, name, threads, seconds, seed] = &words[..] else {
        eprintln!("usage: soak-worker NAME THREADS SECONDS SEED");
        return Ok(());
    };
    let number = |text: &String| text.parse::<u64>().unwrap_or(0);
    let config = Config::new()
        .read_timeout(Duration::from_secs(2))
        .max_wait(Duration::from_secs(8))
        .strict_store(true);
    let client = Client::new(&config)?;
    let end = Instant::now() + Duration::from_secs(number(seconds));
    std::thread::scope(|scope| {
        for thread in 0..number(threads) {
            let mut calls = Calls {
                name: format!("{name}-{thread}"),
                client: client.clone(),
                random: Random::new(number(seed) * 100 + thread),
                files: 0,
                asked: 0,
                ended: BTreeMap::new(),
                longest: Duration::ZERO,
            };
            scope.spawn(move || {
                while Instant::now() < end {
                    calls.one();
                }
                println!("asked {}", calls.asked);
                for (status, count) in &calls.ended {
                    println!("ended {status} {count}");
                }
                println!("longest {}", calls.longest.as_millis());
            });
        }
    });
    Ok(())
}
