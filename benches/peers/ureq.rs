//! What a program on plain ureq would do: one agent, serde for what it wants to know.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;
use std::fs::File;
use std::process::ExitCode;

use mdcloud_bench::{Done, KEY, Orders};
use serde::Deserialize;

#[derive(Deserialize)]
struct Report {
    data_id: String,
    scan_results: ScanResults,
}

#[derive(Deserialize)]
struct ScanResults {
    scan_all_result_i: i64,
    scan_details: BTreeMap<String, Engine>,
}

#[derive(Deserialize)]
#[allow(dead_code)] // read, as a program would, and not looked at
struct Engine {
    threat_found: String,
    scan_result_i: i64,
    scan_time: Option<i64>,
    def_time: Option<String>,
}

#[derive(Deserialize)]
struct Bulk {
    data: Vec<Found>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Found {
    hash: String,
    data_id: Option<String>,
    scan_result_i: Option<i64>,
}

struct Plain {
    agent: ureq::Agent,
    base_url: String,
}

impl Plain {
    fn get(&self, hash: &str) -> Done<Vec<u8>> {
        let mut answer =
            self.agent.get(format!("{}/v4/hash/{hash}", self.base_url)).header("apikey", KEY).call()?;
        Ok(answer.body_mut().read_to_vec()?)
    }

    fn report(&self, hash: &str) -> Done<Report> {
        Ok(serde_json::from_slice(&self.get(hash)?)?)
    }
}

impl mdcloud_bench::Client for Plain {
    fn raw(&self, hash: &str) -> Done {
        Ok(self.get(hash)?.len())
    }

    fn lookup(&self, hash: &str) -> Done {
        Ok(self.report(hash)?.scan_results.scan_all_result_i as usize)
    }

    fn full(&self, hash: &str) -> Done {
        let report = self.report(hash)?;
        Ok(report.scan_results.scan_details.len() + report.data_id.len())
    }

    fn bulk(&self, mut hashes: impl Iterator<Item = String>) -> Done {
        let ask = |batch: &[String]| -> Done {
            let request = self.agent.post(format!("{}/v4/hash", self.base_url)).header("apikey", KEY);
            let body = serde_json::to_vec(&serde_json::json!({ "hash": batch }))?;
            let mut answer = request.content_type("application/json").send(&body)?;
            let bulk: Bulk = serde_json::from_slice(&answer.body_mut().read_to_vec()?)?;
            Ok(bulk.data.iter().filter(|found| found.data_id.is_some()).count())
        };
        let mut known = 0;
        loop {
            let batch: Vec<String> = hashes.by_ref().take(1000).collect();
            if batch.is_empty() {
                return Ok(known);
            }
            known += ask(&batch)?;
        }
    }

    fn upload(&self, path: &str) -> Done {
        let request = self.agent.post(format!("{}/v4/file", self.base_url)).header("apikey", KEY);
        let mut answer = request.content_type("application/octet-stream").send(File::open(path)?)?;
        Ok(answer.body_mut().read_to_vec()?.len())
    }
}

fn main() -> ExitCode {
    mdcloud_bench::run(|orders: &Orders| {
        Ok(Plain { agent: ureq::Agent::new_with_defaults(), base_url: orders.base_url.clone() })
    })
}
