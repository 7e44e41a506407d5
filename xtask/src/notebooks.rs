//! `cargo xtask notebooks`: runs the notebooks of python/examples, and writes what they show into them.

use crate::python::Venv;
use crate::run::{self, LIMIT, Outcome};

/// Where their tests are, and what runs them.
pub const FOLDER: &str = "tests/notebooks";

/// An environment with Jupyter and what the notebooks import, but for our package.
pub fn environment() -> Result<Venv, String> {
    Venv::ready("notebooks", &[run::root().join(FOLDER).join("requirements.txt")])
}

/// Writes them anew; the C library that one of them loads is built first.
pub fn run() -> Outcome {
    run::capture(&mut run::cargo(&["build", "-p", "mdcloud-c"]), false, LIMIT).outcome()?;
    let mut python = environment()?.with_package(false)?.python();
    python.arg(format!("{FOLDER}/notebooks.py"));
    run::capture(run::with_library(&mut python), true, LIMIT).outcome()
}
