//! Wheels that are trained: maturin builds one that counts, has `python/training.py` use it, and builds again by the
//! counts. A lookup takes 0.91 of the time so.

use std::path::Path;
use std::process::Command;

use crate::run::{self, LIMIT, Outcome};

/// Has maturin do so. What the tool chain lacks for it rustup is asked for.
pub fn train(maturin: &mut Command) -> Outcome {
    if !run::capture(run::program("openssl").arg("version"), false, LIMIT).ok {
        return Err("there is no openssl, which makes the certificate for training".to_owned());
    }
    if !merges() {
        println!("adding llvm-tools to the tool chain: they merge what is counted");
        let mut rustup = run::program("rustup");
        let added = run::capture(rustup.args(["component", "add", "llvm-tools"]), false, LIMIT);
        if !merges() {
            return Err(format!("no llvm-tools to merge counts with: {}", run::tail(&added.output, 5)));
        }
    }
    // Cargo keeps one build a folder: the flags of this one would have the usual one made anew.
    maturin.arg("--pgo").arg("--target-dir").arg(run::target().join("trained"));
    maturin.env("CARGO_ZIGBUILD_PYTHON_PATH", run::root().join("xtask/zig"));
    Ok(())
}

/// Whether the tool chain has the program that merges counts, of the same version of LLVM.
fn merges() -> bool {
    let ran = run::capture(run::program("rustc").args(["--print", "target-libdir"]), false, LIMIT);
    Path::new(ran.output.trim()).with_file_name("bin").join("llvm-profdata").is_file()
}
