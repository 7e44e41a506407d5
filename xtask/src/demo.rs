//! `cargo xtask demo`: the same files scanned from C, C++, Rust and Python, then two languages in one
//! process on one quota, all against the emulator. With a real key it asks the real service instead.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::emulator::Emulator;
use crate::python::Venv;
use crate::run::{self, LIMIT, Outcome};

/// Requests per window in the emulator: small enough that the demo meets it.
const THROTTLE: &str = "6/4s";

/// Where the programs send their requests.
struct Service {
    /// `None` for the real one.
    emulator: Option<Emulator>,
}

impl Service {
    fn choose() -> Result<Self, String> {
        let real = std::env::var("MDCLOUD_API_KEY").is_ok_and(|key| !key.is_empty());
        if real {
            println!(
                "MDCLOUD_API_KEY is set: the real service is asked, and nothing is done to meet its limits.\n"
            );
            return Ok(Self { emulator: None });
        }
        let emulator = Emulator::start(&["throttle=6/4s", "allowance.reputation_api=500"])?;
        println!("emulator   {}   (no key, no network)\n", emulator.base_url);
        Ok(Self { emulator: Some(emulator) })
    }

    fn point<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        if let Some(emulator) = &self.emulator {
            command.env("MDCLOUD_BASE_URL", &emulator.base_url).env("MDCLOUD_API_KEY", &emulator.api_key);
        }
        command
    }
}

/// A program in one language.
struct Program {
    language: &'static str,
    command: fn(&Built) -> Command,
}

/// What was built for the demo.
struct Built {
    venv: Venv,
    folder: PathBuf,
}

const PROGRAMS: [Program; 4] = [
    Program { language: "C", command: |built| run::program(built.folder.join("scan-c")) },
    Program { language: "C++", command: |built| run::program(built.folder.join("scan-cpp")) },
    Program { language: "Rust", command: |_| run::program(run::target().join("debug/examples/scan")) },
    Program {
        language: "Python",
        command: |built| {
            let mut python = built.venv.python();
            python.arg(run::root().join("python/examples/scan.py"));
            python
        },
    },
];

pub fn run() -> Outcome {
    let built = build()?;
    let service = Service::choose()?;
    println!(
        "The same two files, from each language. The first uploads them; the others find them by hash.\n"
    );
    println!("  language  file       verdict     engines  threat                        took");
    for program in &PROGRAMS {
        for line in lines(&service, program, &built, "--demo")? {
            print_scan(program.language, &line);
        }
    }
    if service.emulator.is_some() {
        println!(
            "\nThe service allows {THROTTLE}. Whoever does not wait meets error 429001, the same in each language:\n"
        );
        println!("  language  status      code    retry after  said by");
        for program in &PROGRAMS {
            for line in lines(&service, program, &built, "--throttle-demo")? {
                print_error(program.language, &line["error"]);
            }
        }
        one_process(&service, &built)?;
        tour(&built)?;
    }
    println!("\nThe demo ran to its end.");
    Ok(())
}

fn build() -> Result<Built, String> {
    let say = |what: &str| println!("building   {what}");
    say("the library, the emulator, the program in Rust");
    run::capture(&mut run::cargo(&["build", "-p", "mdcloud-c", "-p", "mdcloud-emulator"]), false, LIMIT)
        .outcome()?;
    run::capture(&mut run::cargo(&["build", "-p", "mdcloud", "--example", "scan"]), false, LIMIT)
        .outcome()?;
    let folder = run::target().join("demo");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    say("the programs in C and C++");
    let example = |name: &str| run::root().join("bindings/c/examples").join(name);
    compile("cc", &["-std=c11"], &example("scan.c"), &folder.join("scan-c"))?;
    compile("c++", &["-std=c++17"], &example("scan.cpp"), &folder.join("scan-cpp"))?;
    let plugin = ["-std=c++17", "-shared", "-fPIC"];
    compile("c++", &plugin, &example("plugin.cpp"), &folder.join("plugin.so"))?;
    say("the Python package, in an environment of its own");
    let venv = Venv::of_tests(&[], false)?;
    Ok(Built { venv, folder })
}

/// Compiles a program against the header and the library as a user would.
pub fn compile(compiler: &str, flags: &[&str], source: &Path, output: &Path) -> Outcome {
    let libraries = run::target().join("debug");
    let soname = libraries.join("libmdcloud.so.0");
    // What an install does: the library under the name that programs look for.
    let _ = std::fs::remove_file(&soname);
    std::fs::hard_link(libraries.join("libmdcloud.so"), &soname)
        .or_else(|_| std::fs::copy(libraries.join("libmdcloud.so"), &soname).map(drop))
        .map_err(|error| format!("{}: {error}", soname.display()))?;
    let mut command = run::program(compiler);
    command
        .args(flags)
        .args(["-O1", "-Wall", "-Wextra", "-Werror", "-I"])
        .arg(run::root().join("include"))
        .arg(source)
        .arg("-o")
        .arg(output)
        .arg("-L")
        .arg(&libraries)
        .arg("-lmdcloud")
        .arg(format!("-Wl,-rpath,{}", libraries.display()));
    run::capture(&mut command, false, LIMIT).outcome()
}

/// What a program prints with `--json`, line by line.
fn lines(service: &Service, program: &Program, built: &Built, what: &str) -> Result<Vec<Value>, String> {
    let mut command = (program.command)(built);
    let ran = run::capture(service.point(command.args(["--json", what])), false, LIMIT);
    let read = |line: &str| {
        serde_json::from_str(line).map_err(|error| format!("{}: {line}: {error}", program.language))
    };
    let lines: Vec<Value> =
        ran.output.lines().filter(|line| line.starts_with('{')).map(read).collect::<Result<_, _>>()?;
    if !ran.ok || lines.is_empty() {
        return Err(format!("{} {what}: {}\n{}", program.language, ran.how, ran.output));
    }
    Ok(lines)
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

fn print_scan(language: &str, line: &Value) {
    let engines = format!("{}/{}", line["detected"], line["total"]);
    println!(
        "  {language:<8}  {:<9}  {:<10}  {engines:<7}  {:<28}  {} ms",
        text(line, "file"),
        text(line, "verdict"),
        text(line, "threat"),
        line["waited_ms"]
    );
}

fn print_error(language: &str, error: &Value) {
    let by = if error["is_local"] == true { "the ledger here" } else { "the service" };
    let after = error["retry_after"].as_f64().map_or("unknown".to_owned(), |after| format!("{after:.1} s"));
    println!("  {language:<8}  {:<10}  {:<6}  {after:<11}  {by}", text(error, "status"), error["code"]);
}

/// What there is beyond scans: a sanitized file, a callback, a reputation, an archive.
fn tour(built: &Built) -> Outcome {
    println!("\nAnd a tour in Python (python/examples/tour.py):\n");
    let ran =
        run::capture(built.venv.python().arg(run::root().join("python/examples/tour.py")), false, LIMIT);
    if !ran.ok {
        return Err(format!("tour.py: {}\n{}", ran.how, ran.output));
    }
    for line in ran.output.lines() {
        println!("  {line}");
    }
    Ok(())
}

/// Python and a C++ plug-in in one process.
fn one_process(service: &Service, built: &Built) -> Outcome {
    const REQUESTS: &str = "9";
    println!(
        "\nPython and a C++ plug-in in one process, {REQUESTS} requests each, told the rate {THROTTLE}:\n"
    );
    let mut python = built.venv.python();
    python.arg(run::root().join("python/examples/one_process.py")).arg(built.folder.join("plugin.so"));
    let ran = run::capture(service.point(python.args([REQUESTS, THROTTLE])), false, LIMIT);
    let facts: Option<Value> = ran.output.lines().find_map(|line| serde_json::from_str(line).ok());
    let Some(facts) = facts.filter(|_| ran.ok) else {
        return Err(format!("one_process.py: {}\n{}", ran.how, ran.output));
    };
    for language in ["Python", "C++"] {
        let (answered, waited) = (&facts["answered"][language], &facts["longest_wait_ms"][language]);
        println!("  {language:<8}  {answered} answered, none refused; one waited {waited} ms for its turn");
    }
    println!("  {} copies of the library, one ledger (in {})\n", facts["copies"], text(&facts, "leader"));
    for line in text(&facts, "quota").lines() {
        println!("  {line}");
    }
    Ok(())
}
