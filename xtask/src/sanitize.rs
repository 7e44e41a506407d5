//! `cargo xtask sanitize`: the library under valgrind, in programs of C and C++ and in Python.
//!
//! The tests of the C library run under AddressSanitizer and LeakSanitizer already. Those do not see the code of
//! the library itself, which is compiled without them; valgrind does.

use std::io::{Read, Write};
use std::path::Path;

use crate::demo;
use crate::emulator::Emulator;
use crate::python::Venv;
use crate::run::{self, LIMIT, Outcome};

/// Programs of the tests: compiler, standard, source, settings of its emulator.
const PROGRAMS: [(&str, &str, &str, &[&str]); 6] = [
    ("cc", "-std=c11", "abi_test.c", &[]),
    ("cc", "-std=c11", "bad_input_test.c", &[]),
    ("cc", "-std=c11", "calls_test.c", &[]),
    ("cc", "-std=c11", "callbacks_test.c", &PAID),
    ("cc", "-std=c11", "operations_test.c", &PAID),
    ("c++", "-std=c++17", "cpp_test.cpp", &[]),
];

/// All operations are allowed to a paid key.
const PAID: [&str; 2] = ["scan_time_ms=50", "paid=true"];

/// Only what nothing points to any more: what the main thread keeps to the end of the process is no leak.
const LEAKS: [&str; 3] =
    ["--leak-check=full", "--errors-for-leak-kinds=definite", "--show-leak-kinds=definite"];

/// Python, the emulator's threads and a C++ program with a copy of the library of its own in one process: calls,
/// results, errors, threads, a cancelled call.
const PYTHON: &str = r#"
import ctypes, os, sys, threading, mdcloud
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
spend, refused = ctypes.CDLL(sys.argv[1]).spend, ctypes.c_int()
assert spend(2, 5, ctypes.byref(refused)) == 10 and refused.value == 0
assert mdcloud.tracker_info().copies == 2
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
    println!("| under valgrind | said | errors | definitely lost | possibly lost | still reachable |");
    println!("|---|---|---|---|---|---|");
    for (compiler, standard, source, settings) in PROGRAMS {
        let program = folder.join(source.replace('.', "-"));
        let tests = run::root().join("tests/c");
        let mut flags = vec![standard, "-g", "-pthread", "-I", tests.to_str().unwrap_or_default()];
        let second = tests.join("second.cpp");
        if source == "cpp_test.cpp" {
            flags.push(second.to_str().unwrap_or_default());
        }
        demo::compile(compiler, &flags, &tests.join(source), &program)?;
        under_valgrind(source, &LEAKS, settings, &[&program])?;
    }
    let venv = Venv::of_tests(&[], false)?;
    let (script, spender) = (folder.join("one_process.py"), folder.join("spender.so"));
    run::write(&script, PYTHON)?;
    let flags = ["-std=c++17", "-g", "-shared", "-fPIC", "-pthread"];
    demo::compile("c++", &flags, &run::root().join("tests/cross/spender.cpp"), &spender)?;
    // CPython keeps much to its end, so leaks are left to the soak; and it compares bytes of which valgrind does
    // not see that the system has written them.
    let flags = ["--leak-check=no", "--undef-value-errors=no"];
    under_valgrind("Python and C++", &flags, &[], &[&venv.tool("python"), &script, &spender])
}

fn under_valgrind(name: &str, flags: &[&str], settings: &[&str], program: &[&Path]) -> Outcome {
    let emulator = Emulator::start(settings)?;
    let mut valgrind = run::program("valgrind");
    valgrind.args(["--error-exitcode=9", "--trace-children=no", "--fair-sched=yes"]).args(flags);
    valgrind.args(program).env("PYTHONMALLOC", "malloc").current_dir(run::target().join("sanitize"));
    valgrind.env("MDCLOUD_TEST_CALLBACK", callback_receiver().map_err(|error| error.to_string())?);
    valgrind.env("MDCLOUD_BASE_URL", &emulator.base_url).env("MDCLOUD_API_KEY", &emulator.api_key);
    let ran = run::capture(&mut valgrind, false, LIMIT);
    ran.outcome().map_err(|why| format!("{name} under valgrind: {why}"))?;
    println!("{}", row(name, &ran.output));
    Ok(())
}

/// Where the emulator calls back: whoever listens here thanks for everything.
fn callback_receiver() -> std::io::Result<String> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    let url = format!("http://{}/done", listener.local_addr()?);
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 64 * 1024]);
            let _ = stream.write_all(b"HTTP/1.1 204 Taken\r\nconnection: close\r\n\r\n");
        }
    });
    Ok(url)
}

/// What the program said at its end, and valgrind's summaries.
fn row(name: &str, output: &str) -> String {
    let own = output.lines().rev().find(|line| !line.starts_with("==") && !line.trim().is_empty());
    let after = |start: &str| Some(output.split_once(start)?.1.lines().next()?.trim());
    let errors = after("ERROR SUMMARY: ").and_then(|text| text.split(' ').next()).unwrap_or("?");
    // Valgrind leaves the list out where nothing is left over.
    let nothing =
        if output.contains("All heap blocks were freed") { "0 bytes in 0 blocks" } else { "not looked for" };
    let lost = ["definitely lost: ", "possibly lost: ", "still reachable: "]
        .map(|kind| after(kind).unwrap_or(nothing));
    format!("| {name} | {} | {errors} | {} |", own.unwrap_or("nothing").trim(), lost.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::row;

    #[test]
    fn a_row_holds_valgrinds_figures_or_says_that_there_are_none() {
        let said = "5 passed, 0 failed\n==7== LEAK SUMMARY:\n==7==    definitely lost: 0 bytes in 0 blocks\n\
                    ==7==      possibly lost: 48 bytes in 1 blocks\n==7==    still reachable: 9 bytes in 2 blocks\n\
                    ==7== ERROR SUMMARY: 0 errors from 0 contexts (suppressed: 0 from 0)\n";
        let expected = "| x | 5 passed, 0 failed | 0 | 0 bytes in 0 blocks | 48 bytes in 1 blocks | 9 bytes in 2 blocks |";
        assert_eq!(row("x", said), expected);
        assert_eq!(row("x", ""), "| x | nothing | ? | not looked for | not looked for | not looked for |");
    }
}
