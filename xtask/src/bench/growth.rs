//! What becomes of the cost of one when there are many: nothing may grow faster than the work itself.

use super::clients::Run;
use super::contest::{cell, median};
use super::stand::Stand;
use super::{Bench, Shown};

/// What grows: its name, the sizes, and the time for one at a size.
type Growth = (&'static str, &'static [usize], fn(&Bench, usize) -> Result<f64, String>);

const GROWTHS: [Growth; 5] = [
    ("lookup, by threads that share a client", &[1, 2, 8, 32], threads),
    ("lookup and every engine, by engines in the report", &[10, 30, 100, 300], engines),
    ("hash in bulk, by hashes asked for", &[10, 100, 1000, 10_000, 100_000, 1_000_000], hashes),
    ("decision of the quota ledger, by keys in it", &[1, 10, 100, 1000, 10_000], keys),
    ("upload, per MiB, by MiB", &[1, 16, 256, 1024], uploads),
];

pub fn part(bench: &Bench) -> Result<Shown, String> {
    let mut text = String::new();
    for (what, sizes, time) in GROWTHS {
        let sizes = if bench.smoke { &sizes[..2] } else { sizes };
        let mut ratios: Vec<Vec<f64>> = sizes.iter().map(|_| Vec::new()).collect();
        for _ in 0..bench.rounds {
            let first = time(bench, sizes[0])?;
            for (size, ratios) in sizes.iter().zip(&mut ratios) {
                ratios.push(if *size == sizes[0] { 1.0 } else { time(bench, *size)? / first });
            }
        }
        let heads: Vec<String> = sizes.iter().map(usize::to_string).collect();
        let cells: Vec<String> = ratios.into_iter().map(|ratios| cell(median(ratios))).collect();
        text.push_str(&format!("| {what} | {} |\n|---|{}\n", heads.join(" | "), "--:|".repeat(sizes.len())));
        text.push_str(&format!("| time for one | {} |\n\n", cells.join(" | ")));
    }
    Ok(Shown { markdown: text, picture: None })
}

fn seconds(bench: &Bench, options: &[&str], mode: &str, count: usize) -> Result<f64, String> {
    let stand = Stand::start(options, None)?;
    let client = &bench.clients[0];
    let ran = client.seconds(Run::new(mode, &stand.url(), count, None))?;
    ran.map(|seconds| seconds / count as f64).ok_or_else(|| format!("{} has no {mode}", client.name))
}

fn threads(bench: &Bench, threads: usize) -> Result<f64, String> {
    seconds(bench, &[], &format!("lookup{threads}"), if bench.smoke { 64 } else { 8000 })
}

fn engines(bench: &Bench, engines: usize) -> Result<f64, String> {
    seconds(bench, &["--engines", &engines.to_string()], "full", if bench.smoke { 20 } else { 2000 })
}

fn hashes(bench: &Bench, hashes: usize) -> Result<f64, String> {
    seconds(bench, &[], "stream", hashes)
}

/// Without what it takes to bring the other keys into the ledger.
fn keys(bench: &Bench, keys: usize) -> Result<f64, String> {
    let (few, many) = (1000, if bench.smoke { 2000 } else { 401_000 });
    let total = |count| seconds(bench, &[], &format!("keys{keys}"), count).map(|each| each * count as f64);
    Ok((total(many)? - total(few)?) / (many - few) as f64)
}

fn uploads(bench: &Bench, size: usize) -> Result<f64, String> {
    let (stand, file) = (Stand::start(&[], None)?, super::contest::upload(bench, (size as u64) << 20)?);
    let count = (256 / size).clamp(1, 64);
    let ran = bench.clients[0].seconds(Run::new("upload", &stand.url(), count, Some(&file)))?;
    ran.map(|seconds| seconds / (count * size) as f64).ok_or_else(|| "no uploads".to_owned())
}
