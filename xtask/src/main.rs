//! Every chore of the project is one command: `cargo xtask <command>`.

mod abi;
mod async_stubs;
mod bench;
mod check;
mod demo;
mod deps;
mod docs;
mod emulator;
mod fuzz;
mod getters;
mod header;
mod install;
mod installation;
mod manual;
mod newcomer;
mod notebooks;
mod operations;
mod plugins;
mod python;
mod reference;
mod rules;
mod run;
mod sanitize;
mod simulate;
mod snippets;
mod soak;
mod stubs;
mod tables;
mod tally;
mod test;
mod training;
mod wheels;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask <command>

  demo               scan the same files from C, C++, Rust and Python, on one quota; needs no key
  test [--only STEP] [-v]
                     run the tests of every language, and close with one line of counts; steps are rust, c,
                     python, cross, conformance, notebooks, docs, models, fuzz, soak, bench, demo; only when
                     named: scale
  simulate [SCENE ...] [--seed N] | --list
                     days of traffic against a model of the service in seconds: what the quota tracker promises
  check              formatting, lints, generated files, dependencies, the project's rules
  soak MINUTES [--seed N]
                     traffic from four languages under random faults, then: was every promise kept?
  fuzz [--runs N | --minutes M]
                     every parser against inputs that are wrong; with libFuzzer where it is here
  sanitize           the library under valgrind, in C, C++ and Python
  header [--check]   make include/mdcloud.h and the C getters from the tables, or compare
  install [--prefix DIR] [--libdir lib] [--static] [--debug]
                     build the C library and install it for pkg-config and CMake; honours DESTDIR.
                     --static adds the static library, --debug is quick to build and slow to run
  uninstall [--prefix DIR]
                     take away what install put there
  operations [--check]
                     make docs/operations.md from the table of operations, or compare
  reference          the headers of C and C++ as a site in target/reference, made by Doxygen
  stubs [--check]    make the tables' part of the Python stubs, or compare
  notebooks          run the notebooks of python/examples, and write what they show into them
  wheels [--quick]   build the Python packages in the release profile, check them, and try them with every
                     Python that is here; --quick leaves out building from the source package
  bench [PART ...] [--rounds N] [--write]
                     what calls cost beside other clients, as tables and a chart; --write puts them into
                     docs/performance.md
  bench --check [--write]
                     instructions a call, against those of benches/instructions.json
  plugins DIR        build one program a language on the released library, for a bench to run: benches/plugins
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
        "notebooks" => notebooks::run(),
        "simulate" => simulate::run(rest),
        "check" => return check::run(),
        "header" => header::run(check),
        "stubs" => stubs::run(check),
        "install" => install::Orders::read(rest).and_then(|orders| install::run(&orders)),
        "uninstall" => install::Orders::read(rest).and_then(|orders| install::undo(&orders)),
        "reference" => reference::run(),
        "fuzz" => fuzz::Orders::read(rest).and_then(|orders| fuzz::run(&orders)),
        "sanitize" => sanitize::run(),
        "soak" => soak::Orders::read(rest).and_then(|orders| soak::run(&orders)),
        "bench" => bench::Orders::read(rest).and_then(|orders| bench::run(&orders)),
        "plugins" => plugins::run(rest),
        "tables" => tables::run(),
        "wheels" => wheels::run(rest.iter().any(|argument| argument == "--quick")),
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
