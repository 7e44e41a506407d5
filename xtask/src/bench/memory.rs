//! Memory under a limit that the system keeps: what grew with the size of its input would end there.

use super::clients::Run;
use super::stand::Stand;
use super::{Bench, Shown, contest};
use crate::run::{self, LIMIT};

/// What is done, in which language, as which mode, and with how much memory in MiB.
const TASKS: [(&str, &str, &str, u32); 7] = [
    ("upload of 4 GiB, by its path", "Rust", "upload", 32),
    ("upload of 4 GiB, by its path", "C", "upload", 32),
    ("upload of 4 GiB, by its path", "Python", "upload", 64),
    ("upload of 4 GiB, from a reader", "Rust", "reader", 32),
    ("upload of 4 GiB, from a file object", "Python", "reader", 64),
    ("1,000,000 hashes in bulk", "Rust", "stream", 96),
    ("1,000,000 hashes in bulk", "Python", "stream", 128),
];

/// Larger than what is read of an answer.
const LARGE_REPORT: &str = "100000000";

pub fn part(bench: &Bench) -> Result<Shown, String> {
    if !run::capture(run::program("prlimit").arg("--version"), false, LIMIT).ok {
        return Err("prlimit (util-linux) is not installed: nothing would keep the limit".to_owned());
    }
    let stand = Stand::start(&[], None)?;
    let url = stand.url();
    let file = contest::upload(bench, 4 << 30)?;
    let mut text = "| what | language | limit, MiB | growth, MiB |\n|---|---|--:|--:|\n".to_owned();
    for (what, language, mode, limit) in TASKS {
        let many = if bench.smoke { 20_000 } else { 1_000_000 };
        let count = if mode == "stream" { many } else { 1 };
        let limited = format!("--data={}", u64::from(limit) << 20);
        for client in bench.ours(&[language]) {
            let run = Run::new(mode, &url, count, Some(&file));
            let words = client.words(run.behind(&["prlimit", &limited]))?;
            let words = words.ok_or_else(|| format!("{language} has no {mode}"))?;
            let grown = (words["hwm"] - words["hwm0"]) / 1024.0;
            text.push_str(&format!("| {what} | {language} | {limit} | {grown:.1} |\n"));
        }
    }
    let _ = std::fs::remove_file(file);
    let stand = Stand::start(&["--padding", LARGE_REPORT], None)?;
    let url = stand.url();
    for client in bench.ours(&["Rust", "C", "Python"]) {
        let limited = format!("--data={}", 64 << 20);
        let mut command = client.command(Run::new("lookup", &url, 1, None).behind(&["prlimit", &limited]));
        let ran = run::capture(&mut command, false, LIMIT);
        if !ran.output.contains("the answer is larger than") {
            return Err(format!(
                "{}: a report of 100 MB was not refused: {}\n{}",
                client.name, ran.how, ran.output
            ));
        }
        let language = client.name.rsplit(' ').next().unwrap_or_default();
        text.push_str(&format!("| report of 100 MB | {language} | 64 | refused |\n"));
    }
    Ok(Shown { markdown: text, picture: None })
}
