//! The faults that every language is put through, in C under AddressSanitizer.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a failure here is a failed test

mod bench;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use bench::{against, compiler, emulator, folder, root, run, shared};
use mdcloud_core::{Client, Config, Source};
use mdcloud_emulator::Fault;
use serde_json::Value;

fn endured(program: &Path, fault: &Value) {
    let emulator = emulator(&[("scan_time_ms", "1"), ("paid", "true")]);
    let config = Config::new().base_url(emulator.base_url()).api_key(emulator.api_key());
    let known = Client::new(&config).unwrap().file_scan(Source::bytes(*b"known")).unwrap();
    let mut order = fault.clone();
    let fields = order.as_object_mut().unwrap();
    let lookup = fields.remove("lookup");
    fields.entry("count").or_insert(1000.into());
    emulator.fault(Fault::from_json(&order.to_string()).unwrap());
    let mut command = against(&emulator, program);
    command.env("MDCLOUD_TEST_HASH", known.sha256().unwrap());
    command.env("MDCLOUD_TEST_LOOKUP", lookup.as_ref().and_then(Value::as_str).unwrap_or_default());
    let out = run(&mut command);
    assert!(out.trim_end().ends_with(" passed, 0 failed"), "{fault}: {out}");
}

#[test]
fn every_fault_ends_in_a_status_and_leaks_nothing() {
    let program = folder("faults").join("faults_test");
    let mut compile = compiler("gcc", "c11");
    bench::program(
        compile.args(["-g", "-fsanitize=address,undefined"]),
        &["tests/c/faults_test.c"],
        &program,
    );
    run(shared(&mut compile));
    let text = std::fs::read_to_string(root().join("tests/faults.json")).unwrap();
    let faults: Vec<Value> = serde_json::from_str(&text).unwrap();
    let next = AtomicUsize::new(0);
    // They mostly wait.
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some(fault) = faults.get(next.fetch_add(1, Ordering::SeqCst)) {
                    endured(&program, fault);
                }
            });
        }
    });
    assert!(faults.len() > 40);
}
