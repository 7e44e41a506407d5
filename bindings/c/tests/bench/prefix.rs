//! The library as users get it: installed, with the build tree out of reach.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::{folder, root, run};

/// The tools that a machine with a compiler has, and nothing of Rust.
const TOOLS: [&str; 16] = [
    "as",
    "c++",
    "cc",
    "clang",
    "clang++",
    "cmake",
    "g++",
    "gcc",
    "ld",
    "make",
    "mkdir",
    "nm",
    "ninja",
    "pkg-config",
    "rm",
    "sh",
];

/// A command of xtask.
pub fn xtask(arguments: &[&str]) -> Command {
    let mut xtask = Command::new(env!("CARGO"));
    xtask.args(["run", "--quiet", "--package", "xtask", "--"]).args(arguments).current_dir(root());
    xtask.env_remove("DESTDIR");
    xtask
}

/// A prefix with both libraries, in a folder whose name has a space. Not optimized, which shows in nothing
/// that these tests look at, and spares minutes.
pub fn prefix() -> &'static Path {
    static INSTALLED: OnceLock<PathBuf> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        let prefix = folder("in stalled");
        run(&mut xtask(&["install", "--static", "--debug", "--prefix", prefix.to_str().unwrap()]));
        prefix
    })
}

/// A program that sees `TOOLS` and the installed files, and neither cargo nor our environment.
pub fn clean(program: &str) -> Command {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    let path = PATH.get_or_init(|| {
        let folder = folder("tools");
        for tool in TOOLS {
            let link = folder.join(tool);
            let _ = std::fs::remove_file(&link);
            if let Some(found) = find(tool) {
                std::os::unix::fs::symlink(found, link).unwrap();
            }
        }
        folder
    });
    let mut command = Command::new(path.join(program));
    command.env_clear().env("PATH", path).env("HOME", folder("home"));
    command.env("PKG_CONFIG_PATH", pkg_config_path());
    command
}

fn pkg_config_path() -> OsString {
    // The system's own, for what an example needs besides.
    let system = Command::new("pkg-config").args(["--variable=pc_path", "pkg-config"]).output();
    let system = system.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned()).unwrap_or_default();
    let mut path = prefix().join("lib/pkgconfig").into_os_string();
    path.push(":");
    path.push(system);
    path
}

fn find(tool: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(tool)).find(|file| file.is_file())
}

/// Whether these tools are here; if not, says aloud what does not run for want of them.
pub fn here(tools: &[&str], what: &str) -> bool {
    let missing: Vec<&str> = tools.iter().copied().filter(|tool| find(tool).is_none()).collect();
    if !missing.is_empty() {
        not_run(&format!("{what}: {} is not here", missing.join(", ")));
    }
    missing.is_empty()
}

/// To the terminal itself: what a test prints is shown only when it fails.
pub fn not_run(what: &str) {
    let _ = writeln!(std::io::stderr(), "\nNOT RUN: {what}");
}
