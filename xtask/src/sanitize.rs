//! `cargo xtask sanitize`: the library under valgrind, in programs of C and C++ and in Python.
//!
//! The tests of the C library run under AddressSanitizer and LeakSanitizer already. Those do not see the code of
//! the library itself, which is compiled without them; valgrind does.

use std::path::Path;

use crate::demo;
use crate::emulator::Emulator;
use crate::python::Venv;
use crate::run::{self, LIMIT, Outcome};

/// Programs of the tests that need no more than an emulator: compiler, standard, source.
const PROGRAMS: [(&str, &str, &str); 3] = [
    ("cc", "-std=c11", "bad_input_test.c"),
    ("cc", "-std=c11", "calls_test.c"),
    ("c++", "-std=c++17", "cpp_test.cpp"),
];

/// Only what nothing points to any more: what the main thread keeps to the end of the process is no leak.
const LEAKS: [&str; 3] =
    ["--leak-check=full", "--errors-for-leak-kinds=definite", "--show-leak-kinds=definite"];

/// Python and the emulator's threads in one process: calls, results, errors, threads, a cancelled call.
const PYTHON: &str = r#"
import threading, mdcloud
with mdcloud.Emulator(scan_time=0) as emulator, emulator.client() as client:
    report = client.file_scan(b"content", filename="a.txt")
    assert report.verdict is not None and report.engines is not None and repr(report)
    emulator.fault("close_after", 30, path="/v4/hash")
    def look():
        try:
            client.hash_lookup("0" * 32)
        except mdcloud.MdcloudError as error:
            str(error)
    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    list(client.hash_lookup_many(["0" * 32, "bad"]))
    cancel = mdcloud.Cancel()
    cancel.cancel()
    try:
        client.file_scan(b"more", cancel=cancel)
    except mdcloud.MdcloudError as error:
        assert error.status.name == "CANCELLED"
print("done")
"#;

pub fn run() -> Outcome {
    let valgrind = run::capture(run::program("valgrind").arg("--version"), false, LIMIT);
    if !valgrind.ok {
        println!("NOT RUN: valgrind is not installed; nothing looked at the library's memory");
        return Ok(());
    }
    let build = ["build", "--package", "mdcloud-c", "--package", "mdcloud-emulator"];
    run::capture(&mut run::cargo(&build), false, LIMIT).outcome()?;
    let folder = run::target().join("sanitize");
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    for (compiler, standard, source) in PROGRAMS {
        let program = folder.join(source.replace('.', "-"));
        let tests = run::root().join("tests/c");
        let mut flags = vec![standard, "-g", "-pthread", "-I", tests.to_str().unwrap_or_default()];
        let second = tests.join("second.cpp");
        if source == "cpp_test.cpp" {
            flags.push(second.to_str().unwrap_or_default());
        }
        demo::compile(compiler, &flags, &tests.join(source), &program)?;
        under_valgrind(source, &LEAKS, &[&program])?;
    }
    let venv = Venv::ready("test", &[run::root().join("xtask/requirements-test.txt")])?;
    venv.develop(false)?;
    let script = folder.join("one_process.py");
    run::write(&script, PYTHON)?;
    // CPython keeps much to its end, so leaks are left to the soak; and it compares bytes of which valgrind does
    // not see that the system has written them.
    under_valgrind(
        "Python",
        &["--leak-check=no", "--undef-value-errors=no"],
        &[&venv.tool("python"), &script],
    )
}

fn under_valgrind(name: &str, flags: &[&str], program: &[&Path]) -> Outcome {
    let emulator = Emulator::start(&[])?;
    let mut valgrind = run::program("valgrind");
    valgrind.args(["--quiet", "--error-exitcode=9", "--trace-children=no", "--fair-sched=yes"]).args(flags);
    valgrind.args(program).env("PYTHONMALLOC", "malloc");
    valgrind.env("MDCLOUD_BASE_URL", &emulator.base_url).env("MDCLOUD_API_KEY", &emulator.api_key);
    let ran = run::capture(&mut valgrind, false, LIMIT);
    ran.outcome().map_err(|why| format!("{name} under valgrind: {why}"))?;
    println!("{name}: no error, no leak; {}", run::tail(&ran.output, 1));
    Ok(())
}
