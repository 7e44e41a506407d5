//! `cargo xtask check`: all that can be said about the project without running it. One line each.

use std::process::ExitCode;

use crate::python::{self, Venv};
use crate::run::{self, LIMIT, Outcome};
use crate::{deps, header, operations, reference, rules, stubs};

/// What is checked, and how.
type Check = (&'static str, fn() -> Outcome);

const CHECKS: &[Check] = &[
    ("formatting", || cargo(&["fmt", "--all", "--check"])),
    ("clippy", clippy),
    ("C header is what the tables say", || header::run(true)),
    ("reference of C and C++ has no warnings", reference),
    ("Python stubs are what the tables say", || stubs::run(true)),
    ("docs/operations.md is what the table says", || operations::run(true)),
    ("licences, duplicates and sources of dependencies", deny),
    ("users get only the dependencies meant for them", deps::users_tree),
    ("every direct dependency has its reason in CONTRIBUTING.md", deps::reasons),
    ("files stay short", rules::files_are_short),
    ("unsafe code stays in its rooms", rules::unsafe_stays_in_its_rooms),
    ("no paths of one machine", rules::no_machine_paths),
    ("no addresses of package registries", rules::no_registries),
];

/// Runs all checks, also after one has failed.
pub fn run() -> ExitCode {
    let mut wrong = 0;
    for (name, check) in CHECKS {
        match check() {
            Ok(()) => println!("ok    {name}"),
            Err(why) => {
                wrong += 1;
                println!("WRONG {name}");
                for line in why.lines() {
                    println!("      {line}");
                }
            }
        }
    }
    if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn cargo(arguments: &[&str]) -> Outcome {
    run::capture(&mut run::cargo(arguments), false, LIMIT).outcome()
}

fn clippy() -> Outcome {
    let arguments = ["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"];
    let mut clippy = run::cargo(&arguments);
    if let Some(python) = python::instead_of_python3()? {
        clippy.env("PYO3_PYTHON", python);
    }
    run::capture(&mut clippy, false, LIMIT).outcome()
}

/// Doxygen is no must.
fn reference() -> Outcome {
    match run::capture(run::program("doxygen").arg("--version"), false, LIMIT).ok {
        true => reference::run(),
        false => {
            println!("NOT RUN: the reference of C and C++: doxygen is not here");
            Ok(())
        }
    }
}

/// cargo-deny with deny.toml. Its advisories are left out: they need a database from a host that not every
/// place that runs this check can reach (CONTRIBUTING.md says how to run them).
fn deny() -> Outcome {
    let venv = Venv::ready("check", &[run::root().join("xtask/requirements-check.txt")])?;
    let mut deny = run::program(venv.tool("cargo-deny"));
    deny.args([
        "--color=never",
        "--locked",
        "check",
        "--hide-inclusion-graph",
        "licenses",
        "bans",
        "sources",
    ]);
    run::capture(&mut deny, false, LIMIT).outcome()
}
