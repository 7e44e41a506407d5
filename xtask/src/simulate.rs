//! `cargo xtask simulate`: days of traffic against a model of the service, on a virtual clock.

use crate::run::{self, Outcome};

/// Hands everything to the simulator, which says itself what it did.
pub fn run(arguments: &[String]) -> Outcome {
    let mut cargo = run::cargo(&["run", "--quiet", "--package", "mdcloud-simulator", "--"]);
    let status = cargo.args(arguments).status().map_err(|error| format!("cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err("simulate did not end well: see above".to_owned()) }
}
