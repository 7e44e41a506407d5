//! mdcloud in Rust, as a program would use it; its command line is described in `mdcloud_bench`.
#![forbid(unsafe_code)]

use std::fs::File;
use std::process::ExitCode;

use mdcloud::{Client, Config, HashResult, PlanAllow, Source};
use mdcloud_bench::{Done, KEY};

struct Ours(Client);

impl mdcloud_bench::Client for Ours {
    fn raw(&self, hash: &str) -> Done {
        Ok(self.0.call("GET", &format!("/hash/{hash}"), &[], None)?.raw().len())
    }

    fn lookup(&self, hash: &str) -> Done {
        Ok(self.0.hash_lookup(hash)?.verdict() as usize)
    }

    fn full(&self, hash: &str) -> Done {
        let report = self.0.hash_lookup(hash)?;
        Ok(report.engines().iter().filter(|engine| engine.name().is_some()).count())
    }

    fn bulk(&self, hashes: impl Iterator<Item = String>) -> Done {
        known(self.0.hash_lookup_many(hashes))
    }

    fn upload(&self, path: &str) -> Done {
        Ok(usize::from(self.0.file_submit(Source::path(path))?.data_id().is_some()))
    }

    fn special(&self, mode: &str, count: usize, file: &str) -> Option<Done> {
        Some(match mode {
            "sha256" => {
                self.0.plan([Source::path(file)], PlanAllow::NOTHING).map_err(Into::into).map(|_| count)
            }
            "reader" => read(&self.0, file),
            "decide" => decide(&self.0, count),
            "in_turn" => in_turn(&self.0, count),
            _ => {
                let keys = mode.strip_prefix("keys")?.parse().ok()?;
                (1..keys)
                    .try_for_each(|number| other_key(&self.0, number))
                    .and_then(|()| decide(&self.0, count))
            }
        })
    }
}

fn known(results: impl Iterator<Item = HashResult>) -> Done {
    let one = |result: HashResult| match result.error() {
        Some(error) => Err(error.clone().into()),
        None => Ok(usize::from(result.is_known())),
    };
    results.map(one).sum()
}

/// Bulk lookups, one batch after the other.
fn in_turn(client: &Client, count: usize) -> Done {
    let config = Config::new().api_key(KEY).base_url(client.base_url()).concurrency(1);
    known(Client::new(&config)?.hash_lookup_many((0..count).map(mdcloud_bench::hash)))
}

/// Uploads what a reader gives.
fn read(client: &Client, file: &str) -> Done {
    let file = File::open(file)?;
    let length = file.metadata()?.len();
    Ok(usize::from(client.file_submit(Source::reader(file, length))?.data_id().is_some()))
}

/// A reservation is what every call asks for first; dropped, it is given back. Nothing is sent.
fn decide(client: &Client, count: usize) -> Done {
    (0..count).map(|_| Ok(client.reserve("reputation_api", 1).map(|_| 1)?)).sum()
}

/// Makes the ledger keep another key.
fn other_key(client: &Client, number: usize) -> Done<()> {
    let config = Config::new().api_key(format!("{number:032x}")).base_url(client.base_url());
    Client::new(&config)?.reserve("reputation_api", 1)?;
    Ok(())
}

fn main() -> ExitCode {
    mdcloud_bench::run(|orders| {
        let config = Config::new().api_key(KEY).base_url(format!("{}/v4", orders.base_url));
        Ok(Ours(Client::new(&config)?))
    })
}
