//! `cargo xtask plugins DIR`: programs on the library as it is released, one a language, which a bench runs.

use std::path::{Path, PathBuf};

use crate::demo;
use crate::install;
use crate::python::Venv;
use crate::run::{self, LIMIT, Outcome};
use crate::training;
use crate::wheels;

/// Where their sources are.
const FOLDER: &str = "benches/plugins";

/// Programs in C and C++: the command's name, compiler, standard.
const COMPILED: [(&str, &str, &str, &str); 2] =
    [("mdcloud-c", "cc", "-std=c11", "plugin.c"), ("mdcloud-cpp", "c++", "-std=c++17", "plugin.cpp")];

pub fn run(arguments: &[String]) -> Outcome {
    let [folder] = arguments else {
        return Err("plugins: into which folder? One is wanted".to_owned());
    };
    let folder = std::path::absolute(folder).map_err(|error| format!("{folder}: {error}"))?;
    let venv = environment("plugins")?;
    build(&folder, &venv, Library::Released)?;
    for name in ["mdcloud-rust", "mdcloud-c", "mdcloud-cpp", "mdcloud-python"] {
        println!("{}", folder.join(name).display());
    }
    Ok(())
}

/// Which build of the library the programs are on; that in Rust is on the core as users in Rust get it.
#[derive(Clone, Copy, PartialEq)]
pub enum Library {
    /// C: as `cargo xtask install` installs it. Python: the wheel as it is published.
    Released,
    /// C: that of the tests, which is there already. Python: a wheel that was not trained, which is made sooner, and
    /// the same every time.
    Untrained,
}

/// An environment of this name that has the package in it, once `build` has run, and the peers in Python.
pub fn environment(name: &str) -> Result<Venv, String> {
    Venv::ready(name, &[run::root().join("benches/requirements.txt")])
}

/// Builds all four, in the release profile, as commands in this folder.
pub fn build(folder: &Path, venv: &Venv, library: Library) -> Outcome {
    println!("building the programs of {FOLDER}: minutes the first time");
    rust(folder)?;
    c_and_cpp(folder, library)?;
    python(folder, venv, library)
}

/// The program in Rust.
pub fn rust(folder: &Path) -> Outcome {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    cargo_build("mdcloud-rust")?;
    let built = run::target().join("release/mdcloud-rust");
    std::fs::copy(&built, folder.join("mdcloud-rust"))
        .map(drop)
        .map_err(|error| format!("{}: {error}", built.display()))
}

/// Builds a program of `benches/`, on the core as users in Rust get it.
pub fn cargo_build(program: &str) -> Outcome {
    let build = ["build", "--release", "--package", "mdcloud-bench", "--bin", program];
    run::capture(&mut run::cargo(&build), false, LIMIT).outcome()
}

fn c_and_cpp(folder: &Path, library: Library) -> Outcome {
    let object = protocol(folder)?;
    let headers = run::root().join("benches/protocol");
    let (object, headers) = (object.display().to_string(), headers.display().to_string());
    let prefix = folder.join("prefix");
    if library == Library::Released {
        let orders = ["--prefix".to_owned(), prefix.display().to_string()];
        install::Orders::read(&orders).and_then(|orders| install::run(&orders))?;
    }
    for (name, compiler, standard, source) in COMPILED {
        let (source, program) = (run::root().join(FOLDER).join(source), folder.join(name));
        let flags = [standard, "-pthread", "-I", &headers, &object];
        if library == Library::Untrained {
            demo::compile(compiler, &flags, &source, &program)?;
            continue;
        }
        let mut command = run::program(compiler);
        command.args(flags).args(["-O2", "-Wall", "-Wextra", "-Werror", "-I"]).arg(prefix.join("include"));
        command.arg(source).arg("-o").arg(program).arg("-L").arg(prefix.join("lib")).arg("-lmdcloud");
        command.arg(format!("-Wl,-rpath,{}", prefix.join("lib").display()));
        run::capture(&mut command, false, LIMIT).outcome()?;
    }
    Ok(())
}

/// What clients in C and C++ share, compiled.
pub fn protocol(folder: &Path) -> Result<PathBuf, String> {
    let object = folder.join("protocol.o");
    let mut command = run::program("cc");
    command.args(["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread", "-c"]);
    command.arg(run::root().join("benches/protocol/protocol.c")).arg("-o").arg(&object);
    run::capture(&mut command, false, LIMIT).outcome().map(|()| object)
}

/// The wheel, installed as a user installs it; not `maturin develop`, whose module the tests use.
pub fn python(folder: &Path, venv: &Venv, library: Library) -> Outcome {
    wheel(&folder.join("wheel"), venv, library)?;
    let script = run::root().join(FOLDER).join("plugin.py");
    let text = format!("#!/bin/sh\nexec '{}' '{}' \"$@\"\n", venv.tool("python").display(), script.display());
    let launcher = folder.join("mdcloud-python");
    run::write(&launcher, &text)?;
    executable(&launcher)
}

/// Builds the wheel and installs it in the environment; gives where it is.
fn wheel(folder: &Path, venv: &Venv, library: Library) -> Result<PathBuf, String> {
    let _ = std::fs::remove_dir_all(folder);
    let mut maturin = venv.tool_command("maturin");
    maturin.args(["build", "--release", "--manifest-path", "python/Cargo.toml", "--out"]).arg(folder);
    if library == Library::Released
        && let Err(why) = training::train(&mut maturin)
    {
        println!("NOT TRAINED, so slower than the wheel that is published: {why}");
    }
    run::capture(&mut maturin, false, LIMIT).outcome()?;
    let mut wheels = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let wheel = wheels.next().and_then(Result::ok).map(|entry| entry.path());
    let wheel = wheel.ok_or_else(|| format!("maturin left nothing in {}", folder.display()))?;
    wheels::holds_no_bytecode(venv, &wheel)?;
    let mut pip = venv.python();
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]);
    run::capture(pip.arg("--force-reinstall").arg(&wheel), false, LIMIT).outcome()?;
    Ok(wheel)
}

fn executable(file: &Path) -> Outcome {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(file, mode).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}
