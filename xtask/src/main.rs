//! Every chore of the project is one command: `cargo xtask <command>`.

mod getters;
mod header;
mod run;
mod stubs;

const USAGE: &str = "\
cargo xtask <command>

  header [--check]   make include/mdcloud.h and the C getters from the tables, or compare
  stubs [--check]    make the tables' part of the Python stubs, or compare
";

fn main() -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let check = arguments.iter().any(|argument| argument == "--check");
    let done = match arguments.first().map(String::as_str) {
        Some("header") => header::run(check),
        Some("stubs") => stubs::run(check),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            std::process::ExitCode::FAILURE
        }
    }
}
