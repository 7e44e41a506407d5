//! `cargo xtask wheels`: the Python packages as they are published, checked, and tried as a user would.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::newcomer;
use crate::python::{self, Venv};
use crate::run::{self, LIMIT, Outcome};
use crate::training;

/// What they are built and looked at with.
pub const TOOLS: &str = "xtask/requirements-wheels.txt";

/// Largest wheel, in bytes.
const MOST_BYTES: u64 = 4_000_000;

/// A wheel: for whom, how maturin is asked for it, and the libraries of the system that it may need.
struct Kind {
    name: &'static str,
    target: &'static str,
    needs: &'static [&'static str],
}

/// Shared libraries that are musl itself: its loader knows them under either name.
const MUSL: &[&str] = &["libc.so", "libc.musl-x86_64.so.1"];

const KINDS: [Kind; 2] = [
    Kind { name: "manylinux2014", target: "x86_64-unknown-linux-gnu", needs: &[] },
    Kind { name: "musllinux_1_2", target: "x86_64-unknown-linux-musl", needs: MUSL },
];

/// Builds, checks and tries all there is. With `quick` the source package is made, but not built.
pub fn run(quick: bool) -> Outcome {
    let tools = Venv::ready("wheels", &[run::root().join(TOOLS)])?;
    let folder = run::target().join("wheels");
    let _ = std::fs::remove_dir_all(&folder);
    for kind in &KINDS {
        if !std_is_there(kind.target) {
            println!("SKIPPED {}: `rustup target add {}` first", kind.name, kind.target);
            continue;
        }
        let wheel = build(&tools, kind, None, &folder)?;
        check(&tools, kind, &wheel)?;
        keeps_to_abi3(&tools, &wheel)?;
        if kind.needs.is_empty() {
            newcomer::with_every_python(&wheel)?;
            newcomer::with_their_tools(&wheel)?;
            free_threaded(&tools, kind, &folder)?;
        } else {
            on_musl(&wheel)?;
        }
    }
    let source = source_package(&tools, &folder)?;
    if quick {
        println!("SKIPPED building from {}, as asked", name(&source));
        return Ok(());
    }
    newcomer::from_source(&source)
}

/// Has the tool chain what Rust programs for this target are linked with?
fn std_is_there(target: &str) -> bool {
    let ran = run::capture(
        run::program("rustc").args(["--print", "target-libdir", "--target", target]),
        false,
        LIMIT,
    );
    ran.ok && Path::new(ran.output.trim()).is_dir()
}

/// A wheel for each Python without a global lock, as the stable interface of the others is not for them.
fn free_threaded(tools: &Venv, kind: &Kind, folder: &Path) -> Outcome {
    let pythons = python::free_threaded();
    if pythons.is_empty() {
        println!(
            "SKIPPED free-threaded Python: there is no python3.14t, nor a newer one, to build and try it with"
        );
    }
    for python in pythons {
        let wheel = build(tools, kind, Some(&python), folder)?;
        check(tools, kind, &wheel)?;
        newcomer::without_global_lock(&python.1, &wheel)?;
    }
    Ok(())
}

/// Usual systems have no Python on musl: docs/platforms.md says how to make one.
fn on_musl(wheel: &Path) -> Outcome {
    match std::env::var_os("MUSL_PYTHON") {
        Some(python) => newcomer::on_musl(Path::new(&python), wheel),
        None => {
            println!("SKIPPED running {}: MUSL_PYTHON does not name a Python on musl", name(wheel));
            Ok(())
        }
    }
}

/// For one version of Python, or else for all of them.
fn build(
    tools: &Venv,
    kind: &Kind,
    python: Option<&(u32, PathBuf)>,
    folder: &Path,
) -> Result<PathBuf, String> {
    let mut maturin = tools.tool_command("maturin");
    maturin.args(["build", "--release", "--zig", "--manifest-path", "python/Cargo.toml"]);
    maturin.args(["--target", kind.target, "--compatibility", kind.name, "--out"]).arg(folder);
    let tag = match python {
        Some((minor, program)) => {
            maturin.arg("--interpreter").arg(program);
            format!("cp3{minor}t")
        }
        None => "abi3".to_owned(),
    };
    // A Python that could train what is for musl is seldom there.
    if kind.needs.is_empty() {
        training::train(&mut maturin)?;
    }
    println!("building {tag} for {}, in the release profile: minutes", kind.name);
    run::capture(&mut maturin, false, LIMIT).outcome()?;
    newest(folder, |name| name.contains(&tag) && name.contains(kind.name) && name.ends_with(".whl"))
}

/// The platform that it says it is for, and its size.
fn check(tools: &Venv, kind: &Kind, wheel: &Path) -> Outcome {
    let size = std::fs::metadata(wheel).map_err(|error| error.to_string())?.len();
    if size > MOST_BYTES {
        return Err(format!("{}: {size} bytes, over {MOST_BYTES}", name(wheel)));
    }
    let mut auditwheel = tools.tool_command("auditwheel");
    auditwheel.args(["show", "--json"]);
    if !kind.needs.is_empty() {
        // This machine's libc.so is a text for the linker, and another libc anyway.
        auditwheel.args(["--ldpaths", "/nowhere"]);
    }
    let ran = run::capture(auditwheel.arg(wheel), false, LIMIT);
    ran.outcome()?;
    let json =
        ran.output.find('{').and_then(|start| ran.output.rfind('}').map(|end| &ran.output[start..=end]));
    let told: Value = serde_json::from_str(json.unwrap_or_default())
        .map_err(|error| format!("auditwheel: {error}\n{}", ran.output))?;
    let libraries: Vec<&String> =
        told["external_libs"].as_object().into_iter().flat_map(|libs| libs.keys()).collect();
    let foreign = libraries.iter().any(|library| !kind.needs.contains(&library.as_str()));
    let tag = told["overall_tag"].as_str().unwrap_or_default();
    if foreign || kind.needs.is_empty() && tag != "manylinux_2_17_x86_64" {
        return Err(format!("auditwheel finds {}: tag {tag}, needs {libraries:?}", name(wheel)));
    }
    println!("  {size} bytes, passes auditwheel: {}", name(wheel));
    holds_no_bytecode(tools, wheel)
}

/// maturin takes what lies in the package's folder, also what a Python that ran there has compiled for itself.
pub fn holds_no_bytecode(tools: &Venv, wheel: &Path) -> Outcome {
    let ran = run::capture(tools.python().args(["-m", "zipfile", "--list"]).arg(wheel), false, LIMIT);
    ran.outcome()?;
    match ran.output.lines().find(|line| line.contains("__pycache__")) {
        Some(line) => Err(format!("{} holds {line}", name(wheel))),
        None => Ok(()),
    }
}

/// Uses no more of Python than all versions have.
fn keeps_to_abi3(tools: &Venv, wheel: &Path) -> Outcome {
    let mut abi3audit = tools.tool_command("abi3audit");
    run::capture(abi3audit.arg("--strict").arg(wheel), false, LIMIT).outcome()?;
    println!("  passes abi3audit");
    Ok(())
}

fn source_package(tools: &Venv, folder: &Path) -> Result<PathBuf, String> {
    let mut maturin = tools.tool_command("maturin");
    maturin.args(["sdist", "--manifest-path", "python/Cargo.toml", "--out"]).arg(folder);
    run::capture(&mut maturin, false, LIMIT).outcome()?;
    newest(folder, |name| name.ends_with(".tar.gz"))
}

fn newest(folder: &Path, fits: impl Fn(&str) -> bool) -> Result<PathBuf, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut found: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| fits(&name(path))).collect();
    found.pop().ok_or_else(|| format!("maturin left nothing in {}", folder.display()))
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
