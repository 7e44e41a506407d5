//! `cargo xtask test`: the tests of every language, and one line of counts at the end.

use std::path::Path;
use std::process::ExitCode;
use std::thread::JoinHandle;
use std::time::Instant;

use crate::docs::Workshop;
use crate::fuzz;
use crate::notebooks;
use crate::python::Venv;
use crate::run::{self, LIMIT, Ran};
use crate::snippets::{self, Language, Use};
use crate::soak;
use crate::tally::{self, Tally};

/// Tests that can be asked for by name.
type Step = (&'static str, fn(&mut Session));

/// What is run only when asked for: Spark alone is a download of 450 MB.
const ON_DEMAND: [&str; 1] = ["scale"];

const CONFORMANCE: &str = "tests/conformance";

/// What of the benches is tried with the tests.
const BENCHES: [&str; 2] = ["--smoke", "--check"];

const STEPS: &[Step] = &[
    ("rust", Session::rust),
    ("c", Session::c),
    ("python", Session::python),
    ("cross", Session::cross),
    ("conformance", Session::conformance),
    ("notebooks", Session::notebooks),
    ("scale", Session::scale),
    ("docs", Session::docs),
    ("models", Session::models),
    ("fuzz", Session::fuzz),
    ("soak", Session::soak),
    ("bench", Session::bench),
    ("demo", Session::demo),
];

/// What the command line asks for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Orders {
    only: Vec<String>,
    show: bool,
}

impl Orders {
    pub fn read(arguments: &[String]) -> Result<Self, String> {
        let mut orders = Self::default();
        let mut arguments = arguments.iter().map(String::as_str);
        while let Some(argument) = arguments.next() {
            match argument {
                "-v" | "--verbose" => orders.show = true,
                "--only" => {
                    let step = arguments.next().unwrap_or_default();
                    if !STEPS.iter().any(|(name, _)| *name == step) {
                        return Err(format!("--only: there are no tests called {step:?}"));
                    }
                    orders.only.push(step.to_owned());
                }
                other => return Err(format!("test: {other:?} is not understood")),
            }
        }
        Ok(orders)
    }
}

/// Runs the steps that are asked for. The counts stand alone on the last line.
pub fn run(orders: &Orders) -> ExitCode {
    let mut session =
        Session { show: orders.show, tally: Tally::default(), venv: None, environments: None, benches: None };
    session.step("build", Session::build);
    for (name, step) in STEPS {
        let asked = orders.only.iter().any(|only| only == name);
        if asked || orders.only.is_empty() && !ON_DEMAND.contains(name) {
            if orders.only.is_empty() {
                session.look_ahead(name);
            }
            session.step(name, *step);
        }
    }
    let tally = session.tally;
    if !tally.names.is_empty() {
        println!("\nfailed:");
        for name in &tally.names {
            println!("  {name}");
        }
    }
    println!("\n{}", tally.line());
    if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Session {
    show: bool,
    tally: Tally,
    /// The environment with the package in it, once it was asked for; `Err` if that failed.
    venv: Option<Result<Venv, ()>>,
    environments: Option<JoinHandle<Result<Venv, String>>>,
    benches: Option<JoinHandle<[Ran; 2]>>,
}

impl Session {
    fn step(&mut self, name: &str, step: fn(&mut Self)) {
        println!("== {name}");
        let start = Instant::now();
        step(self);
        println!("   {:.1} s", start.elapsed().as_secs_f32());
    }

    /// Begins, before this step, what a later one needs: tests do little but wait.
    fn look_ahead(&mut self, step: &str) {
        match step {
            "rust" => self.environments = Some(std::thread::spawn(environments)),
            // What they need in the release profile takes minutes to build, and their instructions are the same
            // whatever else goes on.
            "python" => self.benches = Some(std::thread::spawn(benches)),
            _ => {}
        }
    }

    fn skip(&mut self, why: &str) {
        println!("   SKIPPED: {why}");
        self.tally.skipped += 1;
    }

    fn fail(&mut self, name: &str, why: &str) {
        println!("   FAILED: {name}\n{why}");
        self.tally.fail(name);
    }

    fn count(&mut self, tally: Tally) {
        println!("   {}", tally.line());
        self.tally.add(tally);
    }

    /// What the other steps use: the C library and the emulator. Not the Python module, which maturin builds.
    fn build(&mut self) {
        let others = ["mdcloud-c-fuzzing", "mdcloud-python", "mdcloud-simulator", "xtask"]
            .map(|other| ["--exclude", other]);
        let product: Vec<&str> =
            ["build", "--workspace"].into_iter().chain(others.into_iter().flatten()).collect();
        if let Err(why) = run::capture(&mut run::cargo(&product), self.show, LIMIT).outcome() {
            self.fail("build of the C library and the emulator", &why);
        }
    }

    /// Not in one go: cargo would join the features that the chores' dependencies ask for with the product's,
    /// and build the core once more than the other steps need. The simulator asks for a feature of the core that
    /// no user has, and so stays out of what the others test.
    fn rust(&mut self) {
        let rest = ["mdcloud-c", "mdcloud-c-fuzzing", "mdcloud-simulator", "xtask"]
            .map(|other| ["--exclude", other]);
        let rest: Vec<&str> = ["--workspace"].into_iter().chain(rest.into_iter().flatten()).collect();
        self.cargo_test("rust", &rest);
        self.cargo_test("rust: simulator", &["-p", "mdcloud-simulator"]);
        self.cargo_test("rust: xtask", &["-p", "xtask"]);
    }

    /// C and C++ programs are compiled and run by the tests of the C crate.
    fn c(&mut self) {
        self.cargo_test("c", &["-p", "mdcloud-c"]);
    }

    fn cargo_test(&mut self, step: &str, which: &[&str]) {
        let mut cargo = run::cargo(&["test", "--no-fail-fast"]);
        run::with_library(cargo.args(which));
        let ran = run::capture(&mut cargo, self.show, LIMIT);
        if !ran.ok && !self.show {
            println!("{}", run::tail(&failures_of_cargo(&ran.output), 100));
        }
        show_skipped(&ran.output);
        let tally = tally::of_cargo(&ran.output, ran.ok, step);
        if tally == Tally::default() {
            return self.skip("it has no tests");
        }
        self.count(tally);
    }

    fn python(&mut self) {
        // Most of their time they wait. By file, so that what a file has in common is made once.
        let four = ["--numprocesses=4", "--dist=loadfile", "--ignore-glob=*/test_apart.py"];
        self.pytest("python", "tests/python", &four);
        // Several processes each, and what they promise of each other is tried without others beside them.
        self.pytest("python-apart", "tests/python", &["-k", "test_apart"]);
    }

    /// What happens when languages meet in one process.
    fn cross(&mut self) {
        self.pytest("cross", "tests/cross", &[]);
    }

    /// Clients that we did not write, against the emulator; in an environment without our package.
    fn conformance(&mut self) {
        match conformance() {
            Ok(venv) => self.pytest_in(&venv, "conformance", CONFORMANCE, &[]),
            Err(why) => self.fail("install of the clients for conformance", &why),
        }
    }

    /// The notebooks in a Jupyter kernel; in an environment of their own, as they import what we do not need.
    fn notebooks(&mut self) {
        match notebooks::environment().and_then(|venv| venv.with_package(self.show)) {
            Ok(venv) => self.pytest_in(&venv, "notebooks", notebooks::FOLDER, &[]),
            Err(why) => self.fail("install of Jupyter and the package", &why),
        }
    }

    /// The programs of `examples/` on local clusters.
    fn scale(&mut self) {
        let folder = "tests/scale";
        let made = Venv::ready("scale", &[run::root().join(folder).join("requirements.txt")]);
        match made.and_then(|venv| venv.with_package(self.show)) {
            Ok(venv) => self.pytest_in(&venv, "scale", folder, &[]),
            Err(why) => self.fail("install of Spark, Dask and the package", &why),
        }
    }

    fn pytest(&mut self, step: &str, folder: &str, how: &[&str]) {
        if !has_tests(&run::root().join(folder)) {
            return self.skip(&format!("no tests in {folder}"));
        }
        self.ensure_venv();
        match self.venv.take() {
            Some(Ok(venv)) => {
                self.pytest_in(&venv, step, folder, how);
                self.venv = Some(Ok(venv));
            }
            other => {
                self.venv = other;
                self.fail(step, "   without the package there is nothing to test");
            }
        }
    }

    fn pytest_in(&mut self, venv: &Venv, step: &str, folder: &str, how: &[&str]) {
        let report = run::target().join(format!("test-results/{step}.xml"));
        let _ = std::fs::remove_file(&report);
        let mut pytest = venv.python();
        pytest.args(["-m", "pytest", folder, "--color=no", "-rs"]).args(how).arg("--junitxml").arg(&report);
        let ran = run::capture(run::with_library(&mut pytest), self.show, LIMIT);
        if !ran.ok && !self.show {
            println!("{}\n{}", run::tail(&ran.output, 100), ran.how);
        }
        show_skipped(&ran.output);
        let report = std::fs::read_to_string(report).unwrap_or_default();
        self.count(tally::of_junit(&report, ran.ok, step));
    }

    /// Makes the environment and installs the package in it, once.
    fn ensure_venv(&mut self) {
        if self.venv.is_some() {
            return;
        }
        let ahead = self.environments.take().and_then(|environments| environments.join().ok());
        let made = ahead.unwrap_or_else(|| environment(self.show));
        self.venv = Some(made.map_err(|why| self.fail("install of the Python package", &why)));
    }

    /// The demo, as a newcomer starts it; without a key, so that it asks the emulator.
    fn demo(&mut self) {
        let mut demo = run::cargo(&["run", "--quiet", "--package", "xtask", "--", "demo"]);
        let ran = run::capture(demo.env_remove("MDCLOUD_API_KEY"), self.show, LIMIT);
        match ran.ok && ran.output.contains("The demo ran to its end.") {
            true => self.count(Tally { passed: 1, ..Tally::default() }),
            false => self.fail("cargo xtask demo", &format!("{}\n{}", run::tail(&ran.output, 60), ran.how)),
        }
    }

    /// What threads do together, in thousands of orders. One model at a time: the process has one ledger.
    fn models(&mut self) {
        for (package, features) in [("mdcloud-process", "models"), ("mdcloud", "models,redis")] {
            let which = ["--package", package, "--features", features, "--lib", "models::"];
            self.cargo_test("models", &[&which[..], &["--", "--test-threads=1"]].concat());
        }
    }

    /// The programs that are measured, once each; and the instructions that calls take, which are for every build.
    fn bench(&mut self) {
        let ahead = self.benches.take().and_then(|benches| benches.join().ok());
        for (part, ran) in BENCHES.iter().zip(ahead.unwrap_or_else(benches)) {
            if self.show {
                println!("{}", ran.output);
            }
            show_skipped(&ran.output);
            match ran.ok {
                true => self.count(Tally { passed: 1, ..Tally::default() }),
                false => self.fail(
                    &format!("cargo xtask bench {part}"),
                    &format!("{}\n{}", run::tail(&ran.output, 60), ran.how),
                ),
            }
        }
    }

    /// The fuzz targets' seeds, what was ever found, and changes of them; not with a fuzzer, which wants the
    /// nightly toolchain.
    fn fuzz(&mut self) {
        for mut engine in fuzz::on_stable(fuzz::RUNS) {
            let ran = run::capture(&mut engine, self.show, LIMIT);
            if !ran.ok && !self.show {
                println!("{}", run::tail(&ran.output, 60));
            }
            println!("   {}", fuzz::summary(&ran.output));
            self.count(tally::of_cargo(&ran.output, ran.ok, "fuzz"));
        }
    }

    /// The short soak, which must keep every promise.
    fn soak(&mut self) {
        self.ensure_venv();
        let Some(Ok(venv)) = &self.venv else {
            return self.fail("soak", "   without the package there is no worker in Python");
        };
        let orders = soak::Orders::short();
        let ran = match soak::command(&orders, venv) {
            Ok(mut soak) => run::capture(&mut soak, self.show, soak::limit(&orders)),
            Err(why) => return self.fail("soak", &why),
        };
        match ran.ok {
            true => self.count(Tally { passed: 1, ..Tally::default() }),
            false => self.fail("soak", &format!("{}\n{}", run::tail(&ran.output, 60), ran.how)),
        }
    }

    /// The code blocks of the documents.
    fn docs(&mut self) {
        let snippets = match snippets::all() {
            Ok(snippets) if snippets.is_empty() => return self.skip("no code in the documents"),
            Ok(snippets) => snippets,
            Err(why) => return self.fail("code in the documents", &why),
        };
        if snippets.iter().any(|snippet| snippet.language == Language::Python && snippet.usage != Use::Skip) {
            self.ensure_venv();
        }
        let mut tally = Tally::default();
        match Workshop::new(self.venv.as_ref().and_then(|venv| venv.as_ref().ok()), self.show) {
            Ok(workshop) => {
                for snippet in &snippets {
                    let name = format!("{} ({:?})", snippet.name(), snippet.language);
                    if snippet.usage == Use::Skip {
                        println!("   skipped, as the document says: {name}");
                        tally.skipped += 1;
                    } else if let Err(why) = workshop.try_out(snippet) {
                        println!("   FAILED: {name}\n{why}");
                        tally.fail(name);
                    } else {
                        tally.passed += 1;
                    }
                }
            }
            Err(why) => return self.fail("code in the documents", &why),
        }
        self.count(tally);
    }
}

/// The environments of several steps. Those of which it says nothing are made again by their step if they are not there.
fn environments() -> Result<Venv, String> {
    let venv = environment(false);
    let _ = conformance();
    let _ = notebooks::environment();
    venv
}

/// The environment with the package in it.
fn environment(show: bool) -> Result<Venv, String> {
    Venv::of_tests(&[run::root().join("tests/python/requirements.txt")], show)
}

fn conformance() -> Result<Venv, String> {
    Venv::ready("conformance", &[run::root().join(CONFORMANCE).join("requirements.txt")])
}

fn benches() -> [Ran; 2] {
    BENCHES.map(|part| run::capture(&mut run::cargo(&["xtask", "bench", part]), false, LIMIT))
}

/// Also where all that could run has passed: what was not tested is worth knowing.
fn show_skipped(output: &str) {
    for line in tally::skipped(output) {
        println!("   {line}");
    }
}

/// Does the folder hold a `test_*.py`, at any depth?
fn has_tests(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else { return false };
    entries.flatten().any(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        name.starts_with("test_") && name.ends_with(".py")
            || entry.path().is_dir() && has_tests(&entry.path())
    })
}

/// Cargo's output without the tests that passed.
fn failures_of_cargo(output: &str) -> String {
    let passed = |line: &&str| {
        line.starts_with("test ") && (line.ends_with(" ... ok") || line.ends_with(" ... ignored"))
    };
    output.lines().filter(|line| !passed(line)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orders(line: &str) -> Result<Orders, String> {
        Orders::read(&crate::run::words(line))
    }

    #[test]
    fn a_step_that_does_not_exist_is_refused_rather_than_passed() {
        assert!(orders("--only pyhton").is_err());
        assert!(orders("--only").is_err());
        assert!(orders("-x").is_err());
        let wanted = Orders { only: vec!["c".to_owned(), "docs".to_owned()], show: true };
        assert_eq!(orders("--only c -v --only docs"), Ok(wanted));
    }

    #[test]
    fn what_passed_is_left_out_of_the_tail() {
        assert_eq!(failures_of_cargo("test a ... ok\ntest b ... FAILED\nwhy\n"), "test b ... FAILED\nwhy");
    }
}
