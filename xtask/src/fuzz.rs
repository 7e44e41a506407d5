//! `cargo xtask fuzz [--runs N]`: every parser against inputs that are wrong.

use std::path::Path;
use std::process::Command;

use crate::run::{self, LIMIT, Outcome};

/// Changes for each target on the stable toolchain: a few seconds in all.
pub const RUNS: u32 = 10_000;

/// What the command line asks for.
#[derive(Debug, PartialEq)]
pub struct Orders {
    pub runs: u32,
}

impl Orders {
    pub fn read(arguments: &[String]) -> Result<Self, String> {
        match arguments {
            [] => Ok(Orders { runs: RUNS }),
            [name, runs] if name == "--runs" => match runs.parse() {
                Ok(runs) if runs > 0 => Ok(Orders { runs }),
                _ => Err(format!("--runs: {runs:?} is no number of runs")),
            },
            other => Err(format!("fuzz: {} is not understood", other.join(" "))),
        }
    }
}

/// With libFuzzer where the nightly toolchain and cargo-fuzz are here; always without.
pub fn run(orders: &Orders) -> Outcome {
    let ran = run::capture(&mut on_stable(orders.runs), false, LIMIT);
    ran.outcome()?;
    println!("on stable: {}", summary(&ran.output));
    let here = |command: &mut Command| run::capture(command, false, LIMIT).ok;
    if !here(nightly().arg("--version")) || !here(nightly().args(["fuzz", "--version"])) {
        println!("NOT RUN: libFuzzer wants the nightly toolchain and cargo-fuzz (cargo install cargo-fuzz)");
        return Ok(());
    }
    run::capture(nightly().args(["fuzz", "build"]), false, LIMIT).outcome()?;
    let mut targets: Vec<_> = std::fs::read_dir(run::root().join("fuzz/fuzz_targets"))
        .map_err(|error| error.to_string())?
        .flatten()
        .filter_map(|entry| Some(entry.path().file_stem()?.to_string_lossy().into_owned()))
        .collect();
    targets.sort();
    for target in targets {
        let mut folders =
            ["corpus", "seeds", "findings"].map(|kind| format!("fuzz/{kind}/{target}")).to_vec();
        let _ = std::fs::create_dir_all(run::root().join(&folders[0]));
        folders.push("crates/mdcloud/tests/fixtures".to_owned());
        let there = folders.iter().filter(|folder| run::root().join(folder).is_dir());
        let mut fuzz = nightly();
        fuzz.args(["fuzz", "run", &target]).args(there).arg("--").arg(format!("-runs={}", orders.runs));
        fuzz.args(["-max_len=65536", "-timeout=10"]);
        let ran = run::capture(&mut fuzz, false, LIMIT);
        ran.outcome()?;
        println!("{target}: {}", last(&ran.output, "Done "));
    }
    Ok(())
}

/// The seeds, the findings and simple changes of them, on whatever toolchain is here.
pub fn on_stable(runs: u32) -> Command {
    let mut test =
        run::cargo(&["test", "--package", "mdcloud", "--features", "fuzzing,redis", "--test", "fuzz"]);
    test.args(["--", "--nocapture"]).env("MDCLOUD_FUZZ_RUNS", runs.to_string());
    test
}

/// What the test says it tried.
pub fn summary(output: &str) -> String {
    last(output, "seeds and findings: ")
}

fn last(output: &str, start: &str) -> String {
    let line = output.lines().rev().find(|line| line.contains(start));
    line.unwrap_or("nothing was said").to_owned()
}

/// Not the cargo that runs us, which is of another toolchain.
fn nightly() -> Command {
    let mut cargo = run::program(home("cargo"));
    cargo.arg("+nightly").env_remove("CARGO").env_remove("RUSTUP_TOOLCHAIN").env_remove("RUSTC");
    cargo
}

/// rustup's own `cargo`, which understands `+nightly`; the one that the path has here may not.
fn home(name: &str) -> std::path::PathBuf {
    let folder = std::env::var_os("CARGO_HOME").map(std::path::PathBuf::from);
    let folder = folder.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
    let file = folder.unwrap_or_default().join("bin").join(name);
    if file.is_file() { file } else { name.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(line: &str) -> Result<Orders, String> {
        Orders::read(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn runs_are_a_number_or_the_default() {
        assert_eq!(orders(""), Ok(Orders { runs: RUNS }));
        assert_eq!(orders("--runs 5"), Ok(Orders { runs: 5 }));
        assert!(orders("--runs 0").is_err());
        assert!(orders("--runs").is_err());
        assert!(orders("5").is_err());
    }
}
