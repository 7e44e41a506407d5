//! `cargo xtask reference`: the headers and tutorials of C and C++ as a site, made by Doxygen.

use crate::run::{self, LIMIT, Outcome};

/// Makes target/reference/html. Any warning of Doxygen is a failure: a reference to what is not there, a
/// parameter that is described and does not exist.
pub fn run() -> Outcome {
    let folder = run::root().join("target/reference");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut doxygen = run::program("doxygen");
    let ran = run::capture(doxygen.arg("bindings/c/Doxyfile"), false, LIMIT);
    if ran.how.contains("cannot be started") {
        return Err(format!("{}; install Doxygen, or read include/mdcloud.h", ran.how));
    }
    ran.outcome()
}
