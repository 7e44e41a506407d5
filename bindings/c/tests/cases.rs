//! Runs every case file of `tests/cases` with the C and the C++ program of `tests/c`.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a failure here is a failed test

mod bench;

use std::path::{Path, PathBuf};

use bench::{against, compiler, folder, root, run, shared};
use mdcloud_emulator::{Emulator, Fault, FaultKind, Settings};
use serde_json::Value;

const SANITIZE: [&str; 2] = ["-g", "-fsanitize=address,undefined"];

#[test]
fn every_case_passes_in_c() {
    let program = folder("cases-c").join("cases");
    let mut compile = compiler("gcc", "c11");
    bench::program(compile.args(SANITIZE), &["tests/c/cases.c"], &program);
    run(shared(&mut compile));
    all_pass(&program);
}

#[test]
fn every_case_passes_in_cpp() {
    let program = folder("cases-cpp").join("cases");
    let mut compile = compiler("g++", "c++17");
    bench::program(compile.args(SANITIZE), &["tests/c/cases.cpp"], &program);
    run(shared(&mut compile));
    all_pass(&program);
}

fn all_pass(program: &Path) {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(root().join("tests/cases")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|kind| kind == "json"));
    files.sort();
    assert!(files.len() > 30, "{}", files.len());
    let failed: Vec<String> = files.iter().filter_map(|file| passes(program, file).err()).collect();
    assert!(failed.is_empty(), "{} of {} cases failed:\n{}", failed.len(), files.len(), failed.join("\n"));
}

fn passes(program: &Path, file: &Path) -> Result<(), String> {
    let name = file.file_stem().unwrap().to_string_lossy().into_owned();
    let case: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap())
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let emulator = start(&case);
    let mut command = against(&emulator, program);
    // A case without a key must find none.
    command.env_remove("MDCLOUD_API_KEY").env_remove("MDCLOUD_BASE_URL");
    command.env("MDCLOUD_TEST_BASE_URL", emulator.base_url()).env("MDCLOUD_TEST_KEY", emulator.api_key());
    let scratch = program.parent().unwrap().join(&name);
    std::fs::create_dir_all(&scratch).unwrap();
    let done = command.arg(file.canonicalize().unwrap()).current_dir(&scratch).output().unwrap();
    std::fs::remove_dir_all(&scratch).unwrap();
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    if !done.status.success() {
        return Err(format!("case {name} ({}): {}\n{out}{err}", case["about"], done.status));
    }
    let made: Vec<Value> = emulator.requests().iter().map(|request| request.method.as_str().into()).collect();
    match case["requests"].as_array() {
        Some(wanted) if *wanted != made => Err(format!("case {name}: requests {made:?}, wanted {wanted:?}")),
        _ => Ok(()),
    }
}

/// As in `crates/mdcloud/tests/cases.rs`.
fn start(case: &Value) -> Emulator {
    let mut settings = Settings::new();
    settings.set("scan_time_ms", "50").unwrap();
    for (name, value) in case["emulator"].as_object().into_iter().flatten() {
        settings.set(name, value.as_str().unwrap()).unwrap();
    }
    let emulator = Emulator::start(settings).unwrap();
    for fault in case["faults"].as_array().into_iter().flatten() {
        let text = |name: &str| fault[name].as_str().unwrap_or_default().to_owned();
        let kind = if let Some(code) = fault["code"].as_u64() {
            FaultKind::Code(code as u32)
        } else if let Some(status) = fault["status"].as_u64() {
            FaultKind::Status {
                status: status as u16,
                body: text("body"),
                content_type: text("content_type"),
            }
        } else if let Some(bytes) = fault["close_after"].as_u64() {
            FaultKind::CloseAfter(bytes as usize)
        } else {
            FaultKind::Redirect(text("redirect"))
        };
        emulator.fault(Fault { path: text("path"), count: fault["count"].as_u64().unwrap() as u32, kind });
    }
    emulator
}
