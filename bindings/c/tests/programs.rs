//! C and C++ programs on the built library, against an emulator.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a failure here is a failed test

mod bench;

use std::path::Path;
use std::process::Command;

use bench::{against, compiler, emulator, folder, libraries, run, shared};

const SANITIZE: [&str; 2] = ["-g", "-fsanitize=address,undefined"];
/// What the static library needs of the system.
const SYSTEM: [&str; 7] = ["-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl", "-lc"];

fn passes(program: &Path) {
    let emulator = emulator(&[]);
    let out = run(&mut against(&emulator, program));
    let sums = out.trim_end().lines().next_back().unwrap_or_default();
    assert!(sums.ends_with(" passed, 0 failed"), "{out}");
}

#[test]
fn the_c_tests_pass_on_the_shared_library_without_a_leak() {
    for test in ["abi_test", "bad_input_test", "calls_test"] {
        let program = folder("c-shared").join(test);
        let mut compile = compiler("gcc", "c11");
        bench::program(compile.args(SANITIZE), &[&format!("tests/c/{test}.c")], &program);
        run(shared(&mut compile));
        passes(&program);
    }
}

#[test]
fn the_c_tests_pass_on_the_static_library_and_its_ledger_can_be_found() {
    let program = folder("c-static").join("calls_test");
    let mut compile = compiler("gcc", "c11");
    bench::program(&mut compile, &["tests/c/calls_test.c"], &program);
    compile.arg(libraries().join("libmdcloud.a"));
    compile.args(["-Wl,-u,mdcloud_rendezvous_v1", "-Wl,--export-dynamic-symbol=mdcloud_rendezvous_v1"]);
    run(compile.args(SYSTEM));
    let symbols = run(Command::new("nm").args(["-D", "--defined-only"]).arg(&program));
    assert!(symbols.contains("mdcloud_rendezvous_v1"), "{symbols}");
    passes(&program);
}

#[test]
fn the_cpp_tests_pass_with_and_without_exceptions() {
    for exceptions in ["-fexceptions", "-fno-exceptions"] {
        let program = folder("cpp").join(format!("test{exceptions}"));
        let mut compile = compiler("g++", "c++17");
        compile.args(SANITIZE).arg(exceptions);
        bench::program(&mut compile, &["tests/c/cpp_test.cpp", "tests/c/second.cpp"], &program);
        run(shared(&mut compile));
        passes(&program);
    }
}

/// Every operation is allowed to a paid key.
fn passes_paid(program: &Path) {
    let emulator = emulator(&[("scan_time_ms", "50"), ("paid", "true")]);
    let mut command = against(&emulator, program);
    command.current_dir(program.parent().unwrap()).env("MDCLOUD_TEST_CALLBACK", callback_receiver());
    let out = run(&mut command);
    let sums = out.trim_end().lines().next_back().unwrap_or_default();
    assert!(sums.ends_with(" passed, 0 failed"), "{out}");
}

/// Address of a receiver of callbacks, which takes them all and lives as long as the tests.
fn callback_receiver() -> String {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/done", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 64 * 1024]);
            let _ = stream.write_all(b"HTTP/1.1 204 Taken\r\nconnection: close\r\n\r\n");
        }
    });
    url
}

#[test]
fn callbacks_run_where_and_as_long_as_they_may() {
    let program = folder("callbacks").join("c");
    let mut compile = compiler("gcc", "c11");
    bench::program(compile.args(SANITIZE), &["tests/c/callbacks_test.c"], &program);
    run(shared(&mut compile));
    passes_paid(&program);
}

#[test]
fn every_operation_works_in_c_and_cpp() {
    let folder = folder("operations");
    let program = folder.join("c");
    let mut compile = compiler("gcc", "c11");
    bench::program(compile.args(SANITIZE), &["tests/c/operations_test.c"], &program);
    run(shared(&mut compile));
    passes_paid(&program);
    for exceptions in ["-fexceptions", "-fno-exceptions"] {
        let program = folder.join(format!("cpp{exceptions}"));
        let mut compile = compiler("g++", "c++17");
        compile.args(SANITIZE).arg(exceptions);
        bench::program(&mut compile, &["tests/c/operations_test.cpp"], &program);
        run(shared(&mut compile));
        passes_paid(&program);
    }
}

#[test]
fn the_examples_scan_and_tell_what_throttled_means() {
    for (compiler_name, standard, source, language) in
        [("gcc", "c11", "scan.c", "C"), ("g++", "c++17", "scan.cpp", "C++")]
    {
        let program = folder("examples").join(format!("{source}.out"));
        let mut compile = compiler(compiler_name, standard);
        bench::program(&mut compile, &[&format!("bindings/c/examples/{source}")], &program);
        run(shared(&mut compile));
        let emulator = emulator(&[("throttle", "10/min")]);
        let out = run(against(&emulator, &program).args(["--demo", "--throttle-demo"]));
        let lines: Vec<&str> = out.lines().collect();
        assert!(lines[0].starts_with("clean.txt: CLEAN  0/"), "{out}");
        assert!(lines[1].starts_with("eicar.com: INFECTED  ") && lines[1].contains("engines  "), "{out}");
        assert!(lines[2].starts_with("THROTTLED  code 429001  retry after "), "{out}");

        let emulator = bench::emulator(&[("throttle", "10/min")]);
        let out = run(against(&emulator, &program).args(["--json", "--demo", "--throttle-demo"]));
        let lines: Vec<&str> = out.lines().collect();
        let start = format!(
            r#"{{"language":"{language}","file":"clean.txt","verdict":"CLEAN","detected":0,"total":"#
        );
        assert!(lines[0].starts_with(&start) && lines[0].contains(r#""threat":null,"waited_ms":"#), "{out}");
        let start = format!(
            r#"{{"language":"{language}","error":{{"status":"THROTTLED","code":429001,"retry_after":"#
        );
        assert!(lines[2].starts_with(&start) && lines[2].ends_with(r#","is_local":false}}"#), "{out}");

        let missing = against(&emulator, &program).arg("/nonexistent").output().unwrap();
        let said = String::from_utf8_lossy(&missing.stderr);
        assert!(missing.status.code() == Some(1) && said.starts_with("/nonexistent: "), "{said}");
        assert_eq!(against(&emulator, &program).output().unwrap().status.code(), Some(2));
    }
}
