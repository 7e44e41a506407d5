//! The table at the end.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::faults;
use crate::judge::Log;
use crate::outcomes::{Claim, Outcomes};
use crate::samples::Growth;

/// One worker.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) outcomes: Outcomes,
    pub(crate) growth: Option<Growth>,
    pub(crate) wrong: Vec<String>,
}

/// Prints all of it, and says whether every promise was kept.
pub(crate) fn print(run: Duration, seed: u64, rows: &[Row], log: &Log, faults: &faults::Orders) -> bool {
    println!("soak of {} s, seed {seed}\n", run.as_secs());
    println!(
        "| worker | calls | succeeded | longest | files | stored | unknown | memory, MB | descriptors | threads |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for row in rows {
        println!("{}", line(row, log));
    }
    let list = |counts: &BTreeMap<_, u64>| {
        let shown: Vec<String> = counts.iter().map(|(name, count)| format!("{name} {count}")).collect();
        shown.join(", ")
    };
    let mut ended: BTreeMap<&str, u64> = BTreeMap::new();
    for (status, count) in rows.iter().flat_map(|row| &row.outcomes.ended) {
        *ended.entry(status).or_default() += count;
    }
    println!("\ncalls ended: {}", list(&ended));
    println!("faults ordered: {} ({})", faults.made.values().sum::<u64>(), list(&faults.made));
    println!(
        "requests at the service: {}, of them refused with its own 429: {}",
        log.requests,
        log.refused.len()
    );

    let mut wrong: Vec<String> =
        rows.iter().flat_map(|row| row.wrong.iter().map(|what| format!("{}: {what}", row.name))).collect();
    wrong.extend(log.refused.iter().map(|what| format!("the ledger let a request run into a limit: {what}")));
    if log.without_key > 0 {
        wrong.push(format!("{} requests came without the key", log.without_key));
    }
    let shown = 30;
    for what in wrong.iter().take(shown) {
        println!("WRONG: {what}");
    }
    if wrong.len() > shown {
        println!("WRONG: and {} more", wrong.len() - shown);
    }
    println!("\n{}", if wrong.is_empty() { "every promise was kept" } else { "NOT every promise was kept" });
    wrong.is_empty()
}

fn line(row: &Row, log: &Log) -> String {
    let Row { name, outcomes, growth, .. } = row;
    let stored: u64 = outcomes.uploads.iter().filter_map(|upload| log.stored.get(&upload.name)).sum();
    let unknown = outcomes.uploads.iter().filter(|upload| upload.claim == Claim::Unknown).count();
    let held = growth.as_ref().map_or_else(
        || "? | ? | ?".to_owned(),
        |Growth { early, late }| {
            let mb = |kb: u64| kb as f64 / 1024.0;
            format!(
                "{:.1} → {:.1} | {} → {} | {} → {}",
                mb(early.memory_kb),
                mb(late.memory_kb),
                early.descriptors,
                late.descriptors,
                early.threads,
                late.threads
            )
        },
    );
    format!(
        "| {name} | {} | {} | {} ms | {} | {stored} | {unknown} | {held} |",
        outcomes.asked,
        outcomes.ended.get("OK").unwrap_or(&0),
        outcomes.longest_ms,
        outcomes.uploads.len(),
    )
}
