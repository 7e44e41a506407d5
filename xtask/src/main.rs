//! Every chore of the project is one command: `cargo xtask <command>`.

mod check;
mod deps;
mod docs;
mod emulator;
mod getters;
mod header;
mod python;
mod rules;
mod run;
mod snippets;
mod stubs;
mod tally;
mod test;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <command>

  test [--only rust|c|python|cross|docs] [-v]
                     run the tests of every language, and close with one line of counts
  check              formatting, lints, generated files, dependencies, the project's rules
  header [--check]   make include/mdcloud.h and the C getters from the tables, or compare
  stubs [--check]    make the tables' part of the Python stubs, or compare
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
        "check" => return check::run(),
        "header" => header::run(check),
        "stubs" => stubs::run(check),
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
