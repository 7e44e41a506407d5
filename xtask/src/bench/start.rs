//! From nothing to a first answer: a process that makes one lookup, an import, and the size of the package.

use std::collections::BTreeMap;
use std::time::Instant;

use super::clients::{Client, Run};
use super::contest::{cell, median};
use super::stand::Stand;
use super::{Bench, Shown};
use crate::run::{self, LIMIT};

const MODULES: [(&str, &str); 5] = [
    ("nothing", "sys"),
    ("mdcloud", "mdcloud"),
    ("httpx", "httpx"),
    ("requests", "requests"),
    ("OPSWAT's SDK", "mcl_platform_sdk"),
];

/// Says what an import took: milliseconds, and KiB that stay.
const IMPORT: &str = "\
import time
def held(): return int(open('/proc/self/statm').read().split()[1]) * 4
before, start = held(), time.perf_counter()
import MODULE
print((time.perf_counter() - start) * 1000, held() - before)";

pub fn part(bench: &Bench) -> Result<Shown, String> {
    let mut text = processes(bench)?;
    text.push('\n');
    text.push_str(&imports(bench)?);
    if let Some(wheel) = std::fs::read_dir(bench.folder.join("wheel")).ok().and_then(|mut files| files.next())
    {
        let size = wheel.and_then(|file| file.metadata()).map_or(0, |facts| facts.len());
        text.push_str(&format!("\nThe wheel has {:.1} MB, and needs no other package.\n", size as f64 / 1e6));
    }
    Ok(Shown { markdown: text, picture: None })
}

/// Whole processes, which make one lookup; and beside those in Python its interpreter, which does nothing.
fn processes(bench: &Bench) -> Result<String, String> {
    let stand = Stand::start(&[], None)?;
    let mut took: Vec<Vec<f64>> = bench.clients.iter().map(|_| Vec::new()).collect();
    let mut idle = Vec::new();
    for _ in 0..bench.rounds {
        for (client, took) in bench.clients.iter().zip(&mut took) {
            let start = Instant::now();
            client.seconds(Run::new("lookup", &stand.url(), 0, None))?;
            took.push(start.elapsed().as_secs_f64());
        }
        let start = Instant::now();
        run::capture(bench.venv.python().args(["-c", "pass"]), false, LIMIT).outcome()?;
        idle.push(start.elapsed().as_secs_f64());
    }
    let mut names: Vec<String> = bench.clients.iter().map(Client::shown).collect();
    names.push("Python that does nothing".to_owned());
    took.push(idle);
    let mut text = "| a process that makes one lookup | time |\n|---|--:|\n".to_owned();
    for (name, seconds) in names.iter().zip(&took) {
        let ratios = seconds.iter().zip(&took[0]).map(|(seconds, first)| seconds / first).collect();
        text.push_str(&format!("| {name} | {} |\n", cell(median(ratios))));
    }
    Ok(text)
}

fn imports(bench: &Bench) -> Result<String, String> {
    let mut took: BTreeMap<&str, (Vec<f64>, Vec<f64>)> = BTreeMap::new();
    for _ in 0..bench.rounds {
        for (name, module) in MODULES {
            let mut python = bench.venv.python();
            let ran = run::capture(python.args(["-c", &IMPORT.replace("MODULE", module)]), false, LIMIT);
            ran.outcome()?;
            let mut said = ran.output.split_whitespace().filter_map(|word| word.parse::<f64>().ok());
            let (ms, kib) = said.next().zip(said.next()).ok_or_else(|| format!("{name}: {}", ran.output))?;
            let entry = took.entry(name).or_default();
            entry.0.push(ms);
            entry.1.push(kib);
        }
    }
    let mut text = "| Python imports | milliseconds | MiB |\n|---|--:|--:|\n".to_owned();
    for (name, _) in MODULES {
        let (ms, kib) = took.remove(name).unwrap_or_default();
        let mib = median(kib).unwrap_or_default() / 1024.0;
        text.push_str(&format!("| {name} | {:.1} | {mib:.1} |\n", median(ms).unwrap_or_default()));
    }
    Ok(text)
}
