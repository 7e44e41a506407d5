//! `cargo xtask bench --check`: instructions that a lookup and its like take, against the committed figures.
//!
//! A clock drifts on a machine that others use; the instructions of a program in user space do not. Each is
//! counted by callgrind over two lengths of the same run, so that the start of the program falls out.

use std::path::Path;
use std::process::Command;

use serde_json::{Map, Value, json};

use super::stand::Stand;
use crate::plugins::{self, Library};
use crate::python::Venv;
use crate::run::{self, LIMIT, Outcome};

const FIGURES: &str = "benches/instructions.json";

/// More than this over the committed figure fails.
const ALLOWED: f64 = 0.01;

/// Where another compiler, C library or Python made the code, figures differ without any change of ours.
const ALLOWED_ELSEWHERE: f64 = 0.10;

/// An answer that comes in two pieces takes some more: the fewest count.
const REPEATS: usize = 2;

/// Name, whether in Python, mode, and two lengths.
const COUNTED: [(&str, bool, &str, usize, usize); 6] = [
    ("lookup, verdict read", false, "lookup", 100, 2100),
    ("lookup, every engine read", false, "full", 100, 2100),
    ("generic request", false, "raw", 100, 2100),
    ("hash of a bulk lookup", false, "in_turn", 4000, 20_000),
    ("decision of the quota ledger: ask and tell", false, "decide", 1000, 11_000),
    ("lookup in Python, verdict read", true, "lookup", 100, 2100),
];

/// Compares, or with `write` writes the figures.
pub fn run(folder: &Path, venv: &Venv, write: bool) -> Outcome {
    let valgrind = version("valgrind", &["--version"]);
    if valgrind.is_empty() {
        println!("NOT RUN: valgrind is not installed; nobody counted instructions");
        return Ok(());
    }
    plugins::rust(folder)?;
    // Not trained: no two trainings count alike.
    plugins::python(folder, venv, Library::Untrained)?;
    let stand = Stand::start(&[], None)?;
    let mut counted = Map::new();
    for (name, in_python, mode, short, long) in COUNTED {
        let count = |length| instructions(&command(folder, venv, in_python), mode, &stand.url(), length);
        let mut fewest = u64::MAX;
        for _ in 0..REPEATS {
            fewest = fewest.min(count(long)?.saturating_sub(count(short)?));
        }
        counted.insert(name.to_owned(), json!(fewest / (long - short) as u64));
    }
    let tools = json!({
        "rustc": version("rustc", &["--version"]),
        "libc": version("ldd", &["--version"]),
        "python": version(&venv.tool("python").to_string_lossy(), &["--version"]),
        "valgrind": valgrind,
    });
    let path = run::root().join(FIGURES);
    if write {
        let figures = json!({ "made_with": tools, "instructions": counted });
        let text = serde_json::to_string_pretty(&figures).map_err(|error| error.to_string())?;
        println!("{text}");
        return run::write(&path, &(text + "\n"));
    }
    let committed: Value =
        serde_json::from_str(&run::read(&path)?).map_err(|error| format!("{FIGURES}: {error}"))?;
    let same = committed["made_with"] == tools;
    if !same {
        println!("The committed figures were made with {}", committed["made_with"]);
        println!("and these with {tools}: up to {:.0} % more is let through.\n", 100.0 * ALLOWED_ELSEWHERE);
    }
    compare(&committed["instructions"], &counted, if same { ALLOWED } else { ALLOWED_ELSEWHERE })
}

/// Prints the table; fails on what has become more.
fn compare(committed: &Value, counted: &Map<String, Value>, allowed: f64) -> Outcome {
    let mut worse = Vec::new();
    println!("| instructions of a | committed | now | |\n|---|--:|--:|--:|");
    for (name, now) in counted {
        let Some((before, now)) = committed[name].as_f64().zip(now.as_f64()) else {
            worse.push(format!("{name}: no figure is committed"));
            continue;
        };
        let change = now / before - 1.0;
        println!("| {name} | {before} | {now} | {:+.2} % |", 100.0 * change);
        if now > before * (1.0 + allowed) {
            worse.push(format!("{name}: {:+.2} %", 100.0 * change));
        } else if change < -allowed {
            println!("(fewer: `cargo xtask bench --check --write` keeps what was won)");
        }
    }
    if worse.is_empty() {
        return Ok(());
    }
    let hint = "if that is worth it, `cargo xtask bench --check --write` and say in the commit why";
    Err(format!("more instructions than were committed: {}; {hint}", worse.join(", ")))
}

fn command(folder: &Path, venv: &Venv, in_python: bool) -> Vec<std::path::PathBuf> {
    match in_python {
        false => vec![folder.join("mdcloud-rust")],
        true => vec![venv.tool("python"), run::root().join("benches/plugins/plugin.py")],
    }
}

/// Of one run, from its beginning to its end.
fn instructions(program: &[std::path::PathBuf], mode: &str, url: &str, length: usize) -> Result<u64, String> {
    let mut command: Command = run::program("valgrind");
    // The environment lies on the stack: the same for all, or addresses and with them the counts would move.
    command.env_clear().env("PATH", "/usr/bin:/bin");
    // Nor may anything else be up to chance: which thread takes which part of the heap, the order of Python's
    // sets, and whether a module was compiled before.
    command.env("MALLOC_ARENA_MAX", "1").env("PYTHONHASHSEED", "0").env("PYTHONDONTWRITEBYTECODE", "1");
    // Where blocks are copied by an instruction that repeats itself each byte counts as one, and whether they are
    // hangs on addresses. Loops do it as well.
    let never = "glibc.cpu.x86_rep_movsb_threshold=1000000000:glibc.cpu.x86_rep_stosb_threshold=1000000000";
    command.env("GLIBC_TUNABLES", never);
    // Threads take turns: what one finds of the heap hangs on what the other did.
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--fair-sched=try"]);
    command.args(program).args([mode, url, &length.to_string()]);
    let ran = run::capture(&mut command, false, LIMIT);
    let total = ran.output.lines().find_map(|line| line.split_once("Collected : "));
    let total = total.and_then(|(_, total)| total.trim().parse().ok());
    total.filter(|_| ran.ok).ok_or_else(|| format!("{mode}: {}\n{}", ran.how, run::tail(&ran.output, 20)))
}

/// The first line of what a program says of itself; nothing if it is not here.
fn version(program: &str, arguments: &[&str]) -> String {
    let ran = run::capture(run::program(program).args(arguments), false, LIMIT);
    let line = ran.output.lines().next().unwrap_or_default().trim().to_owned();
    if ran.ok { line } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(lookup: u64) -> Map<String, Value> {
        Map::from_iter([("lookup".to_owned(), json!(lookup))])
    }

    #[test]
    fn one_per_cent_more_fails_and_less_does_not() {
        let committed = json!({"lookup": 1000});
        assert!(compare(&committed, &counted(1010), ALLOWED).is_ok());
        assert!(compare(&committed, &counted(500), ALLOWED).is_ok());
        let why = compare(&committed, &counted(1011), ALLOWED).unwrap_err();
        assert!(why.contains("lookup: +1.10 %"), "{why}");
    }

    #[test]
    fn what_was_never_counted_fails() {
        assert!(compare(&json!({}), &counted(1), ALLOWED).is_err());
    }
}
