//! The fuzz target of the C interface without a fuzzer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../../../../crates/mdcloud/tests/fuzz_engine/mod.rs"]
mod fuzz_engine;

use fuzz_engine::{kept, try_out};

#[test]
fn no_argument_of_a_c_function_breaks_what_the_header_promises() {
    try_out("c_strings", mdcloud_c_fuzzing::fuzzing::c_strings, &kept("c_strings"));
}
