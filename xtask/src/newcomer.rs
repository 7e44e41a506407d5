//! A built package as its users meet it: in environments that have nothing else of the project.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::notebooks;
use crate::python::{self, TEST_TOOLS, Venv};
use crate::run::{self, LIMIT, Outcome};
use crate::snippets::{self, Language};
use crate::wheels;

/// Installs the wheel where nothing else is, with every Python that there is, and uses it.
pub fn with_every_python(wheel: &Path) -> Outcome {
    for (minor, python) in python::all() {
        let folder = run::target().join(format!("venv-wheel-3.{minor}"));
        let installed = install(&python, &folder, wheel, true)?;
        first_steps(&folder)?;
        let import = import_time(&installed)?;
        println!(
            "  Python 3.{minor}: demo and scan work; import takes {import:.1} ms over the bare interpreter"
        );
    }
    Ok(())
}

/// The wheel beside what people have installed: type checkers, Jupyter and pytest.
pub fn with_their_tools(wheel: &Path) -> Outcome {
    let root = run::root();
    let theirs = [TEST_TOOLS, "tests/python/requirements.txt"].map(|file| root.join(file));
    let jupyter = root.join(notebooks::FOLDER).join("requirements.txt");
    let venv = Venv::ready("wheel-tools", &[&theirs[..], &[jupyter]].concat())?;
    let mut pip = venv.python();
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-index"]);
    run::capture(pip.arg("--force-reinstall").arg(wheel), false, LIMIT).outcome()?;
    let folder = run::target().join("wheel-tools");
    let _ = std::fs::remove_dir_all(&folder);
    types(&venv, &folder.join("examples"))?;
    println!("  mypy --strict and pyright's strict mode find nothing in the examples");
    sample_project(&venv, &folder.join("sample"))?;
    println!("  the sample project of docs/python.md passes, with the fixture");
    run::capture(&mut run::cargo(&["build", "-p", "mdcloud-c"]), false, LIMIT).outcome()?;
    let mut pytest = venv.python();
    pytest.args(["-m", "pytest", "--quiet", notebooks::FOLDER]);
    run::capture(run::with_library(&mut pytest), false, LIMIT).outcome()?;
    println!("  the notebooks run, and show what is committed");
    Ok(())
}

/// Importing it does not bring the lock back, and the tests of the package pass.
pub fn without_global_lock(python: &Path, wheel: &Path) -> Outcome {
    let folder = run::target().join("venv-wheel-free-threaded");
    let program = install(python, &folder, wheel, true)?;
    first_steps(&folder)?;
    let code = "import sys, mdcloud; assert not sys._is_gil_enabled()";
    run::capture(run::program(&program).args(["-W", "error", "-c", code]), false, LIMIT).outcome()?;
    let mut pip = run::program(&program);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "pytest", "--constraint"]);
    run::capture(pip.arg(run::root().join(TEST_TOOLS)), false, LIMIT).outcome()?;
    let told = tests_of_the_package(&mut run::program(&program))?;
    println!("  free-threaded: demo and scan work, the lock stays away; {told}");
    Ok(())
}

/// A Python on musl, which need not be able to install anything: another one unpacks the wheel for it.
pub fn on_musl(python: &Path, wheel: &Path) -> Outcome {
    let folder = run::target().join("wheel-musl");
    let _ = std::fs::remove_dir_all(&folder);
    let mut pip = Venv::ready("wheels", &[run::root().join(wheels::TOOLS)])?.python();
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]);
    pip.args(["--platform", "musllinux_1_2_x86_64", "pytest", "--constraint"])
        .arg(run::root().join(TEST_TOOLS));
    run::capture(pip.arg("--target").arg(&folder).arg(wheel), false, LIMIT).outcome()?;
    let mut demo = run::program(python);
    demo.args(["-m", "mdcloud", "demo"]).env("PYTHONPATH", &folder);
    run::capture(without_settings(&mut demo), false, LIMIT).outcome()?;
    let told = tests_of_the_package(run::program(python).env("PYTHONPATH", &folder))?;
    println!("  musl: the demo works; {told}");
    Ok(())
}

/// With what pytest says of them in the end; those whose tools are not there are skipped.
fn tests_of_the_package(python: &mut Command) -> Result<String, String> {
    python.args(["-m", "pytest", "--quiet", "-p", "no:cacheprovider", "tests/python"]);
    let ran = run::capture(without_settings(python.current_dir(run::root())), false, LIMIT);
    ran.outcome()?;
    Ok(ran.output.lines().last().unwrap_or_default().to_owned())
}

/// The programs in python/examples, checked away from the sources: the types are those in the wheel.
fn types(venv: &Venv, folder: &Path) -> Outcome {
    run::write(&folder.join("pyrightconfig.json"), r#"{"typeCheckingMode": "strict"}"#)?;
    let told = |error: std::io::Error| error.to_string();
    let mut programs = 0;
    for entry in std::fs::read_dir(run::root().join("python/examples")).map_err(told)?.flatten() {
        if entry.path().extension().is_some_and(|end| end == "py") {
            std::fs::copy(entry.path(), folder.join(entry.file_name())).map_err(told)?;
            programs += 1;
        }
    }
    let mut mypy = venv.python();
    run::capture(mypy.args(["-m", "mypy", "--strict", "."]).current_dir(folder), false, LIMIT).outcome()?;
    let mut pyright = venv.python();
    pyright.args(["-m", "pyright", "--outputjson", "--pythonpath"]).arg(venv.tool("python"));
    let ran = run::capture(pyright.current_dir(folder), false, LIMIT);
    let json = ran.output.find('{').map_or("", |start| &ran.output[start..]);
    let told: Value =
        serde_json::from_str(json).map_err(|error| format!("pyright: {error}\n{}", ran.output))?;
    let count = |name: &str| told["summary"][name].as_u64();
    match (count("filesAnalyzed"), count("errorCount"), count("warningCount")) {
        (Some(read), Some(0), Some(0)) if read == programs => Ok(()),
        _ => Err(format!("pyright, on {programs} programs:\n{}", ran.output)),
    }
}

/// The tests that docs/python.md shows to its readers, as a project of theirs.
fn sample_project(venv: &Venv, folder: &Path) -> Outcome {
    let document = Path::new("docs/python.md");
    let shown = snippets::of_document(document, &run::read(&run::root().join(document))?)?
        .into_iter()
        .find(|block| block.language == Language::Python && block.code.contains("mdcloud_emulator"))
        .ok_or("docs/python.md shows no test with mdcloud_emulator")?;
    run::write(&folder.join("test_gate.py"), &shown.code)?;
    let mut pytest = venv.python();
    pytest.args(["-m", "pytest", "--quiet"]).current_dir(folder);
    run::capture(without_settings(&mut pytest), false, LIMIT).outcome()
}

/// One `pip install` from the source package: it holds all crates that the module is made of.
pub fn from_source(package: &Path) -> Outcome {
    println!("building from the source package, as pip does: minutes");
    let (minor, python) = python::all().pop().ok_or("no Python 3.10 or newer on the PATH")?;
    let folder = run::target().join("venv-source");
    install(&python, &folder, package, false)?;
    first_steps(&folder)?;
    println!("  Python 3.{minor}: builds, demo and scan work");
    Ok(())
}

/// An empty environment with one package in it.
fn install(python: &Path, folder: &Path, package: &Path, offline: bool) -> Result<PathBuf, String> {
    let _ = std::fs::remove_dir_all(folder);
    run::capture(run::program(python).args(["-m", "venv"]).arg(folder), false, LIMIT).outcome()?;
    let program = folder.join("bin/python");
    let mut pip = run::program(&program);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]);
    if offline {
        pip.arg("--no-index");
    }
    run::capture(pip.arg(package), false, LIMIT).outcome()?;
    Ok(program)
}

/// What a newcomer does first, outside of the project, without a key.
fn first_steps(venv: &Path) -> Outcome {
    let here = venv.join("try");
    run::write(&here.join("invoice.txt"), "nothing to see here")?;
    for arguments in [&["demo"][..], &["scan", "invoice.txt", "--emulator"], &["doctor", "--emulator"]] {
        let mut command = run::program(venv.join("bin/mdcloud"));
        command.args(arguments).current_dir(&here);
        run::capture(without_settings(&mut command), false, LIMIT).outcome()?;
    }
    Ok(())
}

/// Without what this machine's user has set for the real service.
fn without_settings(command: &mut Command) -> &mut Command {
    ["API_KEY", "BASE_URL", "QUOTA_STORE", "THROTTLE", "MAX_WAIT"]
        .iter()
        .fold(command, |command, name| command.env_remove(format!("MDCLOUD_{name}")))
}

/// What an interpreter that has loaded nothing else works for it, in milliseconds. The fastest of many, and without
/// the time in which it does not run: what else the machine does only ever adds.
fn import_time(python: &Path) -> Result<f64, String> {
    let code = "import time; start = time.process_time(); import mdcloud; print(time.process_time() - start)";
    let mut best = f64::MAX;
    for _ in 0..30 {
        let ran = run::capture(run::program(python).args(["-I", "-c", code]), false, LIMIT);
        ran.outcome()?;
        let seconds: f64 = ran.output.trim().parse().map_err(|error| format!("{}: {error}", ran.output))?;
        best = best.min(seconds * 1000.0);
    }
    Ok(best)
}
