//! Every chore of the project is one command: `cargo xtask <command>`.

mod check;
mod demo;
mod deps;
mod docs;
mod emulator;
mod getters;
mod header;
mod operations;
mod python;
mod rules;
mod run;
mod simulate;
mod snippets;
mod stubs;
mod tables;
mod tally;
mod test;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <command>

  demo               scan the same files from C, C++, Rust and Python, on one quota; needs no key
  test [--only rust|c|python|cross|conformance|docs|demo] [-v]
                     run the tests of every language, and close with one line of counts
  simulate [SCENE ...] [--seed N] | --list
                     days of traffic against a model of the service in seconds: what the quota tracker promises
  check              formatting, lints, generated files, dependencies, the project's rules
  header [--check]   make include/mdcloud.h and the C getters from the tables, or compare
  operations [--check]
                     make docs/operations.md from the table of operations, or compare
  stubs [--check]    make the tables' part of the Python stubs, or compare
  tables             the tables as JSON
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("", arguments.as_slice()),
    };
    let check = rest.iter().any(|argument| argument == "--check");
    let done = match command {
        "test" => match test::Orders::read(rest) {
            Ok(orders) => return test::run(&orders),
            Err(why) => Err(format!("{why}\n\n{USAGE}")),
        },
        "demo" => demo::run(),
        "simulate" => simulate::run(rest),
        "check" => return check::run(),
        "header" => header::run(check),
        "stubs" => stubs::run(check),
        "tables" => tables::run(),
        "operations" => operations::run(check),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}
