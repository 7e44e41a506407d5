//! Clients side by side: they take turns in an order that is new in each round, ratios are taken round by
//! round, and their median counts. So a machine that is busy with other things is busy for all of them.

use std::fs::File;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use super::clients::{Client, Run};
use super::stand::Stand;
use super::{Bench, Shown, chart};
use crate::run::{self, LIMIT};

/// Something that all clients do.
struct Event {
    title: &'static str,
    mode: &'static str,
    /// For the quickest client.
    count: usize,
    /// Client and server on this core: what is measured is then their work, not the wake-up of a core.
    core: Option<&'static str>,
}

/// Seconds for one of what an event is of, by client and round; None for a client that does not do it.
type Results = Vec<Vec<Option<f64>>>;

impl Event {
    /// How often this client does it. Eight threads share it evenly.
    fn count(&self, client: &Client, smoke: bool) -> usize {
        match self.mode {
            "upload" => 1,
            "bulk1000" => self.count,
            _ if smoke => 16,
            _ => (self.count / client.slower).next_multiple_of(8),
        }
    }
}

const EVENTS: [Event; 6] = [
    Event { title: "lookup, bytes", mode: "raw", count: 4000, core: Some("0") },
    Event { title: "lookup, verdict", mode: "lookup", count: 4000, core: Some("0") },
    Event { title: "lookup, every engine", mode: "full", count: 4000, core: Some("0") },
    Event { title: "8 threads, verdict", mode: "lookup8", count: 8000, core: None },
    Event { title: "10,000 hashes in bulk", mode: "bulk1000", count: 10_000, core: Some("0") },
    Event { title: "upload of 256 MiB", mode: "upload", count: 1, core: None },
];

/// Files up to this size are kept in memory by the system.
const READ_BEFORE: u64 = 1 << 30;

/// The event that the chart is of.
const CHARTED: usize = 1;

/// The table of all clients and events, and a chart of one.
pub fn comparison(bench: &Bench) -> Result<Shown, String> {
    let mut columns = Vec::new();
    for event in &EVENTS {
        let stand = Stand::start(&[], pinned(event.core))?;
        columns.push(medians(&hold(bench, event, &stand.url(), bench.rounds)?));
    }
    let titles: Vec<&str> = EVENTS.iter().map(|event| event.title).collect();
    let names: Vec<&Client> = bench.clients.iter().collect();
    let bars: Vec<chart::Bar<'_>> = names
        .iter()
        .zip(&columns[CHARTED])
        .filter_map(|(client, ratio)| {
            Some(chart::Bar { name: &client.name, ours: client.ours, ratio: (*ratio)? })
        })
        .collect();
    let title = "Time of a hash lookup, verdict read, over that of mdcloud in Rust";
    Ok(Shown { markdown: table(&names, &titles, &columns), picture: Some(chart::bars(title, &bars)) })
}

/// What a lookup takes over a network: the stand-in waits before it answers.
pub fn network(bench: &Bench) -> Result<Shown, String> {
    const DELAYS: [(&str, &str); 3] = [("0", "none"), ("5", "5 ms"), ("20", "20 ms")];
    let (mut columns, mut titles) = (Vec::new(), Vec::new());
    for (delay, title) in DELAYS {
        let count = if delay == "0" { 1000 } else { 100 };
        for (mode, threads) in [("lookup", ""), ("lookup8", ", 8 threads")] {
            let event =
                Event { title: "", mode, count: count * if threads.is_empty() { 1 } else { 8 }, core: None };
            let stand = Stand::start(&["--delay-ms", delay], None)?;
            columns.push(medians(&hold(bench, &event, &stand.url(), bench.rounds.min(3))?));
            titles.push(format!("{title}{threads}"));
        }
    }
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    let names: Vec<&Client> = bench.clients.iter().collect();
    Ok(Shown { markdown: table(&names, &titles, &columns), picture: None })
}

/// Runs an event for so many rounds.
fn hold(bench: &Bench, event: &Event, url: &str, rounds: usize) -> Result<Results, String> {
    let file = if event.mode == "upload" { Some(upload(bench, 256 << 20)?) } else { None };
    let before: Vec<&str> = pinned(event.core).map_or(Vec::new(), |core| vec!["taskset", "-c", core]);
    let mut results: Results = bench.clients.iter().map(|_| Vec::new()).collect();
    let mut random = Random::new();
    for _ in 0..rounds {
        let mut order: Vec<usize> = (0..bench.clients.len()).collect();
        random.shuffle(&mut order);
        for index in order {
            let client = &bench.clients[index];
            let count = event.count(client, bench.smoke);
            let ran = client.seconds(Run::new(event.mode, url, count, file.as_deref()).behind(&before))?;
            results[index].push(ran.map(|seconds| seconds / count as f64));
        }
    }
    Ok(results)
}

/// Of each client the median of its ratios to the first one.
fn medians(results: &Results) -> Vec<Option<f64>> {
    let ratios = |runs: &Vec<Option<f64>>| -> Option<Vec<f64>> {
        runs.iter().zip(&results[0]).map(|(run, first)| Some((*run)? / (*first)?)).collect()
    };
    results.iter().map(|runs| ratios(runs).and_then(median)).collect()
}

pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = values[(values.len() - 1) / 2];
    Some((lower + upper) / 2.0)
}

fn table(clients: &[&Client], titles: &[&str], columns: &[Vec<Option<f64>>]) -> String {
    let mut text = format!("| client | {} |\n|---|{}\n", titles.join(" | "), "--:|".repeat(titles.len()));
    for (index, client) in clients.iter().enumerate() {
        let cells: Vec<String> = columns.iter().map(|column| cell(column[index])).collect();
        text.push_str(&format!("| {} | {} |\n", client.shown(), cells.join(" | ")));
    }
    text
}

pub fn cell(ratio: Option<f64>) -> String {
    match ratio {
        None => "-".to_owned(),
        Some(ratio) if ratio < 9.95 => format!("{ratio:.2}"),
        Some(ratio) => format!("{ratio:.0}"),
    }
}

/// The core, if programs can be kept on one here.
fn pinned(core: Option<&'static str>) -> Option<&'static str> {
    core.filter(|_| run::capture(run::program("taskset").arg("--version"), false, LIMIT).ok)
}

/// A file to upload, with holes: what is read from it costs the same for all. One of some size is read once, so
/// that nobody's upload is the first to read it.
pub fn upload(bench: &Bench, size: u64) -> Result<PathBuf, String> {
    let size = if bench.smoke { 1 << 20 } else { size };
    let path = bench.folder.join(format!("upload-{size}"));
    let make = || -> std::io::Result<()> {
        let file = File::options().create(true).truncate(false).write(true).read(true).open(&path)?;
        file.set_len(size)?;
        if size <= READ_BEFORE {
            std::io::copy(&mut &file, &mut std::io::sink())?;
        }
        Ok(())
    };
    make().map(|()| path.clone()).map_err(|error| format!("{}: {error}", path.display()))
}

/// Enough for an order.
struct Random(u64);

impl Random {
    fn new() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Random(now.as_nanos() as u64 | 1)
    }

    fn shuffle(&mut self, order: &mut [usize]) {
        for end in (1..order.len()).rev() {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            order.swap(end, (self.0 % (end as u64 + 1)) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_that_was_slow_for_all_changes_no_ratio() {
        let runs = |seconds: [f64; 3]| seconds.map(Some).to_vec();
        let results = vec![runs([1.0, 50.0, 1.0]), runs([2.0, 100.0, 2.0]), vec![None, None, None]];
        assert_eq!(medians(&results), [Some(1.0), Some(2.0), None]);
    }

    #[test]
    fn the_median_stands_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0, 2.0, 3.0]), Some(2.5));
        assert_eq!(median(Vec::new()), None);
    }

    #[test]
    fn every_order_holds_everybody() {
        let mut order: Vec<usize> = (0..9).collect();
        Random::new().shuffle(&mut order);
        order.sort_unstable();
        assert_eq!(order, (0..9).collect::<Vec<_>>());
    }
}
