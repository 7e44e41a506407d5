//! `cargo xtask soak MINUTES`: mixed traffic from four languages under random faults, and a verdict on it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::demo;
use crate::python::Venv;
use crate::run::{self, LIMIT, Outcome};

/// What the command line asks for.
#[derive(Debug, PartialEq)]
pub struct Orders {
    seconds: u64,
    seed: u64,
}

impl Orders {
    pub fn read(arguments: &[String]) -> Result<Self, String> {
        let mut orders = Orders { seconds: 0, seed: 1 };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            if argument == "--seed" {
                let seed = arguments.next().and_then(|seed| seed.parse().ok());
                orders.seed = seed.ok_or("--seed wants a whole number")?;
            } else {
                let minutes = argument.parse().ok().filter(|minutes| (0.1..=100_000.0).contains(minutes));
                let minutes: f64 =
                    minutes.ok_or_else(|| format!("soak: {argument:?} is no number of minutes"))?;
                orders.seconds = (minutes * 60.0) as u64;
            }
        }
        if orders.seconds == 0 { Err("soak: for how many minutes?".to_owned()) } else { Ok(orders) }
    }

    /// The short one of `cargo xtask test`.
    pub fn short() -> Self {
        Orders { seconds: 60, seed: 1 }
    }
}

/// The soak as a command, its output shown as it comes.
pub fn run(orders: &Orders) -> Outcome {
    let venv = Venv::of_tests(&[], false)?;
    let status =
        command(orders, &venv)?.stdout(Stdio::inherit()).status().map_err(|error| error.to_string())?;
    if status.success() { Ok(()) } else { Err(format!("the soak failed: {status}")) }
}

/// Builds the workers, and gives the program that runs them; the package is in `venv`.
pub fn command(orders: &Orders, venv: &Venv) -> Result<Command, String> {
    let build = ["build", "--package", "mdcloud-c", "--package", "mdcloud-soak"];
    run::capture(&mut run::cargo(&build), false, LIMIT).outcome()?;
    let folder = run::target().join("soak");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let source = |name: &str| run::root().join("tests/soak").join(name);
    let (c, cpp, plugin) = (folder.join("worker-c"), folder.join("worker-cpp"), folder.join("worker.so"));
    demo::compile("cc", &["-std=c11", "-pthread"], &source("worker.c"), &c)?;
    demo::compile("c++", &["-std=c++17", "-pthread"], &source("worker.cpp"), &cpp)?;
    let library = ["-std=c++17", "-pthread", "-shared", "-fPIC", "-DSOAK_LIBRARY"];
    demo::compile("c++", &library, &source("worker.cpp"), &plugin)?;

    let built = run::target().join("debug");
    let (python, script) = (venv.tool("python"), source("worker.py"));
    let mut soak = run::program(built.join("mdcloud-soak"));
    soak.args(["--seconds", &orders.seconds.to_string(), "--seed", &orders.seed.to_string()]);
    let mut worker = |name: &str, command: &[&Path]| {
        soak.args(["--worker", name]).args(command);
    };
    worker("Rust", &[&built.join("soak-worker")]);
    worker("C", &[&c]);
    worker("C++", &[&cpp]);
    worker("Python", &[&python, &script]);
    worker("Python and C++", &[&python, &script, &PathBuf::from("--beside"), &plugin]);
    Ok(soak)
}

/// Longest time of a soak as a whole.
pub fn limit(orders: &Orders) -> Duration {
    Duration::from_secs(orders.seconds + 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(line: &str) -> Result<Orders, String> {
        Orders::read(&crate::run::words(line))
    }

    #[test]
    fn a_soak_wants_to_know_how_long() {
        assert_eq!(orders("1.5 --seed 7"), Ok(Orders { seconds: 90, seed: 7 }));
        assert!(orders("").is_err());
        assert!(orders("--seed").is_err());
        assert!(orders("long").is_err());
        assert!(orders("-1").is_err());
    }
}
