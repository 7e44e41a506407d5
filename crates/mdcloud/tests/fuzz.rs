//! The fuzz targets of the core without a fuzzer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod fuzz_engine;

use std::path::Path;

use fuzz_engine::{files, kept, try_out};
use mdcloud::fuzzing::TARGETS;

/// What is kept for a target, and the fixtures: seeds of all that reads JSON; where the first byte chooses, each
/// gets one.
fn inputs(target: &str) -> Vec<Vec<u8>> {
    let mut inputs = kept(target);
    let fixtures = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures"));
    for (number, file) in fixtures.iter().enumerate() {
        let json = std::fs::read(file).unwrap();
        match target {
            "report" | "bulk" | "feed" => inputs.push(json),
            "envelope" | "models" => inputs.push([&[number as u8], &json[..]].concat()),
            "pointer" => inputs.push([b"/data/0\n", &json[..]].concat()),
            _ => {}
        }
    }
    inputs
}

#[test]
fn no_parser_stumbles_over_seeds_findings_or_changes_of_them() {
    for (name, target) in TARGETS {
        try_out(name, target, &inputs(name));
    }
}
