//! `cargo xtask simulate [SCENE …] [--seed N]`: lets scenes happen and prints what came of them.
#![allow(clippy::print_stdout, clippy::print_stderr)] // a program, and this is its output

use std::process::ExitCode;

use mdcloud_simulator::{run::run, scene::Scene, scenes, table};

const USAGE: &str = "\
cargo xtask simulate [SCENE ...] [--seed N]   all scenes, where none is named
cargo xtask simulate --list                   what each one shows";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        for scene in scenes::all() {
            println!("{:<15} {}", scene.name, scene.about);
        }
        return ExitCode::SUCCESS;
    }
    match orders(&arguments) {
        Ok((scenes, seed)) => play(&scenes, seed),
        Err(why) => {
            eprintln!("{why}\n\n{USAGE}");
            ExitCode::FAILURE
        }
    }
}

fn orders(arguments: &[String]) -> Result<(Vec<Scene>, u64), String> {
    let (mut chosen, mut seed) = (Vec::new(), 1);
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if argument == "--seed" {
            let number = arguments.next().and_then(|text| text.parse().ok());
            seed = number.ok_or("--seed needs a number")?;
            continue;
        }
        let found = scenes::all().into_iter().find(|scene| scene.name == *argument);
        chosen.push(found.ok_or_else(|| format!("there is no scene {argument:?}; --list names them"))?);
    }
    Ok((if chosen.is_empty() { scenes::all() } else { chosen }, seed))
}

fn play(scenes: &[Scene], seed: u64) -> ExitCode {
    println!("{}", table::head());
    let (mut broken, mut languages) = (0, Vec::new());
    for scene in scenes {
        match run(scene, seed) {
            Ok(record) => {
                println!("{}", table::line(scene, &record));
                languages.extend(table::languages(scene, &record));
                for promise in record.broken(scene) {
                    broken += 1;
                    println!("    BROKEN: {promise}");
                }
            }
            Err(failure) => {
                broken += 1;
                println!("{}\n    FAILED: {failure}", scene.name);
            }
        }
    }
    if !languages.is_empty() {
        println!("\nmean wait by language\n{}", languages.join("\n"));
    }
    match broken {
        0 => ExitCode::SUCCESS,
        _ => {
            println!("\n{broken} promises are broken; seed {seed}");
            ExitCode::FAILURE
        }
    }
}
