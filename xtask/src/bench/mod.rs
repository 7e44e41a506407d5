//! `cargo xtask bench`: what a lookup, a bulk lookup and an upload cost, beside other clients; and the gate on
//! instructions.

mod chart;
mod clients;
mod contest;
mod growth;
mod instructions;
mod memory;
mod page;
mod stand;
mod start;
mod tls;

use std::path::PathBuf;

use crate::plugins::{self, Library};
use crate::python::Venv;
use crate::run::{self, Outcome};

/// What the command line asks for.
#[derive(Debug, PartialEq)]
pub struct Orders {
    parts: Vec<String>,
    rounds: usize,
    /// A hundredth of the work: whether all runs, not how fast.
    smoke: bool,
    check: bool,
    write: bool,
}

impl Orders {
    pub fn read(arguments: &[String]) -> Result<Self, String> {
        let mut orders = Orders { parts: Vec::new(), rounds: 9, smoke: false, check: false, write: false };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--rounds" => {
                    let rounds = arguments.next().and_then(|rounds| rounds.parse().ok());
                    orders.rounds = rounds.filter(|rounds| *rounds > 0).ok_or("--rounds wants a number")?;
                }
                "--smoke" => (orders.smoke, orders.rounds) = (true, 1),
                "--check" => orders.check = true,
                "--write" => orders.write = true,
                part if PARTS.iter().any(|(name, _)| *name == part) => orders.parts.push(part.to_owned()),
                other => {
                    let names: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
                    return Err(format!(
                        "bench: {other:?} is not understood; parts are {}",
                        names.join(", ")
                    ));
                }
            }
        }
        Ok(orders)
    }
}

/// A table for the page, and a picture for some.
pub struct Shown {
    pub markdown: String,
    pub picture: Option<String>,
}

type Part = (&'static str, fn(&Bench) -> Result<Shown, String>);

const PARTS: &[Part] = &[
    ("comparison", contest::comparison),
    ("network", contest::network),
    ("memory", memory::part),
    ("start", start::part),
    ("tls", tls::part),
    ("growth", growth::part),
];

/// What the parts measure with.
pub struct Bench {
    pub venv: Venv,
    /// Where the programs are.
    pub folder: PathBuf,
    pub clients: Vec<clients::Client>,
    pub rounds: usize,
    pub smoke: bool,
}

impl Bench {
    /// Ours in these languages.
    pub fn ours(&self, languages: &[&str]) -> Vec<&clients::Client> {
        let wanted = |client: &&clients::Client| {
            languages.iter().any(|language| client.name == format!("mdcloud, {language}"))
        };
        self.clients.iter().filter(wanted).collect()
    }
}

pub fn run(orders: &Orders) -> Outcome {
    let folder = run::target().join(if orders.smoke { "bench-smoke" } else { "bench" });
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let venv = plugins::environment("bench")?;
    plugins::cargo_build("bench-server")?;
    if orders.check {
        return instructions::run(&folder, &venv, orders.write);
    }
    let library = if orders.smoke { Library::Untrained } else { Library::Released };
    plugins::build(&folder, &venv, library)?;
    let clients = clients::all(&folder, &venv)?;
    let bench = Bench { venv, folder, clients, rounds: orders.rounds, smoke: orders.smoke };
    for (name, part) in PARTS {
        if !orders.parts.is_empty() && !orders.parts.iter().any(|asked| asked == name) {
            continue;
        }
        println!("\n== {name}, {} rounds\n", orders.rounds);
        let shown = part(&bench)?;
        println!("{}", shown.markdown);
        if orders.write {
            page::put(name, &shown.markdown)?;
            if let Some(picture) = &shown.picture {
                run::write(&run::root().join(format!("docs/performance-{name}.svg")), picture)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(line: &str) -> Result<Orders, String> {
        Orders::read(&crate::run::words(line))
    }

    #[test]
    fn parts_and_rounds_are_understood_and_nothing_else() {
        let read = orders("network --rounds 3 --write");
        assert!(read.is_ok_and(|read| read.parts == ["network"] && read.rounds == 3 && read.write));
        assert!(orders("--rounds 0").is_err());
        assert!(orders("netwrk").is_err());
        assert!(orders("--smoke").is_ok_and(|read| read.smoke && read.rounds == 1));
    }
}
