//! `cargo xtask fuzz [--runs N | --minutes M]`: every parser against inputs that are wrong.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::run::{self, LIMIT, Outcome};

/// Changes for each target on the stable toolchain: a few seconds in all.
pub const RUNS: u32 = 10_000;

/// What the command line asks for.
#[derive(Debug, PartialEq)]
pub enum Orders {
    /// So many for each target, of both engines.
    Runs(u32),
    /// So long for all targets of libFuzzer together, one after the other.
    Minutes(u32),
}

impl Orders {
    pub fn read(arguments: &[String]) -> Result<Self, String> {
        let number = |name: &str, text: &str| match text.parse() {
            Ok(number) if number > 0 => Ok(number),
            _ => Err(format!("{name}: {text:?} is not a number above 0")),
        };
        match arguments {
            [] => Ok(Orders::Runs(RUNS)),
            [name, runs] if name == "--runs" => number(name, runs).map(Orders::Runs),
            [name, minutes] if name == "--minutes" => number(name, minutes).map(Orders::Minutes),
            other => Err(format!("fuzz: {} is not understood", other.join(" "))),
        }
    }
}

/// With libFuzzer where the nightly toolchain and cargo-fuzz are here; always without.
pub fn run(orders: &Orders) -> Outcome {
    let runs = if let Orders::Runs(runs) = orders { *runs } else { RUNS };
    for mut engine in on_stable(runs) {
        let ran = run::capture(&mut engine, false, LIMIT);
        ran.outcome()?;
        println!("on stable: {}", summary(&ran.output));
    }
    let here = |command: &mut Command| run::capture(command, false, LIMIT).ok;
    if !here(nightly().arg("--version")) || !here(nightly().args(["fuzz", "--version"])) {
        let missing = "libFuzzer wants the nightly toolchain and cargo-fuzz (cargo install cargo-fuzz)";
        return match orders {
            Orders::Minutes(_) => Err(missing.to_owned()),
            Orders::Runs(_) => {
                println!("NOT RUN: {missing}");
                Ok(())
            }
        };
    }
    with_libfuzzer(orders)
}

/// All targets, also when one has found something; a line of a table for each.
fn with_libfuzzer(orders: &Orders) -> Outcome {
    run::capture(nightly().args(["fuzz", "build"]), false, LIMIT).outcome()?;
    let mut targets: Vec<_> = std::fs::read_dir(run::root().join("fuzz/fuzz_targets"))
        .map_err(|error| error.to_string())?
        .flatten()
        .filter_map(|entry| Some(entry.path().file_stem()?.to_string_lossy().into_owned()))
        .collect();
    targets.sort();
    let (order, seconds) = match orders {
        Orders::Runs(runs) => (format!("-runs={runs}"), 0),
        Orders::Minutes(minutes) => {
            let seconds = u64::from(*minutes) * 60 / targets.len().max(1) as u64;
            (format!("-max_total_time={seconds}"), seconds)
        }
    };
    println!("| target | executions | seconds | edges | inputs kept |\n|---|---|---|---|---|");
    let mut found = Vec::new();
    for target in &targets {
        let corpus = run::target().join("fuzz-corpus").join(target);
        std::fs::create_dir_all(&corpus).map_err(|error| error.to_string())?;
        let seeds = ["seeds", "findings"].map(|kind| run::root().join("fuzz").join(kind).join(target));
        let fixtures = run::root().join("crates/mdcloud/tests/fixtures");
        let findings = run::root().join("fuzz/artifacts").join(target);
        std::fs::create_dir_all(&findings).map_err(|error| error.to_string())?;
        // Not `cargo fuzz run`, which would build anew what somebody edits while an hour goes by.
        let mut fuzz = run::program(built(target)?);
        fuzz.arg(corpus).args(seeds.iter().chain([&fixtures]).filter(|folder| folder.is_dir()));
        fuzz.args([&order, "-max_len=65536", "-timeout=10"]);
        fuzz.arg(format!("-artifact_prefix={}/", findings.display()));
        let ran = run::capture(&mut fuzz, false, LIMIT + Duration::from_secs(seconds));
        println!("{}", row(target, &ran.output));
        if let Err(why) = ran.outcome() {
            println!("{why}");
            found.push(target.as_str());
        }
    }
    match found.is_empty() {
        true => Ok(()),
        false => Err(format!(
            "{} broke; the input stands above and in fuzz/artifacts: mend it, and keep it in fuzz/findings",
            found.join(", ")
        )),
    }
}

/// The program that cargo-fuzz has made, in the folder of this machine's kind.
fn built(target: &str) -> Result<PathBuf, String> {
    let kinds = std::fs::read_dir(run::root().join("fuzz/target")).map_err(|error| error.to_string())?;
    let programs = kinds.flatten().map(|kind| kind.path().join("release").join(target));
    programs.filter(|program| program.is_file()).max().ok_or_else(|| format!("{target} was not built"))
}

/// What libFuzzer said it did: `Done 100 runs in 3 second(s)` at the end, `cov: 5 ft: 9 corp: 4/1Kb` before.
fn row(target: &str, output: &str) -> String {
    let after = |start: &str| {
        let at = output.rfind(start)? + start.len();
        let digits = output[at..].trim_start().split(|c: char| !c.is_ascii_digit()).next()?;
        (!digits.is_empty()).then(|| digits.to_owned())
    };
    let figures = ["\nDone ", " runs in ", " cov: ", " corp: "];
    let figures = figures.map(|start| after(start).unwrap_or_else(|| "?".to_owned()));
    format!("| `{target}` | {} |", figures.join(" | "))
}

/// The seeds, the findings and simple changes of them, on whatever toolchain is here: of the core and of C.
pub fn on_stable(runs: u32) -> [Command; 2] {
    let core = ["--package", "mdcloud", "--features", "fuzzing,redis"];
    [&core[..], &["--package", "mdcloud-c-fuzzing"]].map(|package| {
        let mut test = run::cargo(&["test", "--test", "fuzz"]);
        test.args(package).args(["--", "--nocapture"]).env("MDCLOUD_FUZZ_RUNS", runs.to_string());
        test
    })
}

/// What the test says it tried.
pub fn summary(output: &str) -> String {
    let tried = output.lines().filter_map(|line| line.split_once("fuzz target ")).map(|(_, tried)| tried);
    tried.collect::<Vec<_>>().join("\n           ")
}

/// Not the cargo that runs us, which is of another toolchain.
fn nightly() -> Command {
    let mut cargo = run::program(home("cargo"));
    cargo.arg("+nightly").env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN").env_remove("RUSTC");
    cargo
}

/// rustup's own `cargo`, which understands `+nightly`; the one that the path has here may not.
fn home(name: &str) -> PathBuf {
    let folder = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let folder = folder.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
    let file = folder.unwrap_or_default().join("bin").join(name);
    if file.is_file() { file } else { name.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(line: &str) -> Result<Orders, String> {
        Orders::read(&crate::run::words(line))
    }

    #[test]
    fn runs_and_minutes_are_numbers_and_one_of_them_is_enough() {
        assert_eq!(orders(""), Ok(Orders::Runs(RUNS)));
        assert_eq!(orders("--runs 5"), Ok(Orders::Runs(5)));
        assert_eq!(orders("--minutes 60"), Ok(Orders::Minutes(60)));
        for bad in ["--runs 0", "--minutes -1", "--runs", "5", "--runs 5 --minutes 5"] {
            assert!(orders(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_row_holds_what_libfuzzer_said_last_and_admits_what_it_did_not_say() {
        let said = "#2 INITED cov: 7 ft: 8 corp: 3/9b\n#9 NEW cov: 12 ft: 20 corp: 5/40b\nDone 9 runs in 2 second(s)\n";
        assert_eq!(row("x", said), "| `x` | 9 | 2 | 12 | 5 |");
        assert_eq!(row("x", "error: no such target"), "| `x` | ? | ? | ? | ? |");
    }
}
