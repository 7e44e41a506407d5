//! Running other programs, and where things are.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A chore's outcome: nothing, or what went wrong.
pub type Outcome = Result<(), String>;

/// The project's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Runs a program to its end, with its output shown.
pub fn run(command: &mut Command) -> Outcome {
    let shown = format!("{command:?}");
    let status = command.status().map_err(|error| format!("{shown}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{shown}: {status}")) }
}

/// Writes `text` to a file that is generated and committed, or with `check` says whether it has drifted.
pub fn write_or_check(path: &Path, text: &str, check: bool, command: &str) -> Outcome {
    let old = std::fs::read_to_string(path).unwrap_or_default();
    if old == text {
        return Ok(());
    }
    if check {
        return Err(format!("{} is out of date: run `{command}` and commit the result", path.display()));
    }
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
