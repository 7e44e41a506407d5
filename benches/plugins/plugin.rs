//! mdcloud in Rust, as a program would use it; its command line is described in `mdcloud_bench`.
#![forbid(unsafe_code)]

use std::process::ExitCode;

use mdcloud::{Client, Config, PlanAllow, Source};
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

    fn bulk(&self, hashes: &[String]) -> Done {
        let one = |result: mdcloud::HashResult| match result.error() {
            Some(error) => Err(error.clone().into()),
            None => Ok(usize::from(result.is_known())),
        };
        self.0.hash_lookup_many(hashes).map(one).sum()
    }

    fn upload(&self, path: &str) -> Done {
        Ok(usize::from(self.0.file_submit(Source::path(path))?.data_id().is_some()))
    }

    fn sha256(&self, path: &str) -> Option<Done> {
        let plan = self.0.plan([Source::path(path)], PlanAllow::NOTHING);
        Some(plan.map(|plan| plan.files().len()).map_err(Into::into))
    }

    fn decide(&self, count: usize) -> Option<Done> {
        // A reservation is what every call asks for first; dropped, it is given back.
        let one = |_| Ok(self.0.reserve("reputation_api", 1).map(drop).map(|()| 1)?);
        Some((0..count).map(one).sum())
    }
}

fn main() -> ExitCode {
    mdcloud_bench::run(|orders| {
        let config = Config::new().api_key(KEY).base_url(format!("{}/v4", orders.base_url));
        Ok(Ours(Client::new(&config)?))
    })
}
