//! Other versions, and objects that only look like a copy, at the head of the list.
#![cfg(target_os = "linux")]

mod common;
use common::{Copies, VERSION, built, run};
use std::process::Command;

/// What a copy says that comes after an odd object: two counts, a snapshot's length, who leads.
fn after(kind: &str) -> Vec<String> {
    let (copies, odd) = (Copies::new(1), built("libprocess_odd.so"));
    let (path, odd) = (copies.path(0), odd.to_string_lossy());
    let words = [
        "open", "odd", &odd, "global", "open", "a", &path, "local", "count", "a", "close", "odd", "count",
        "a", "status", "a", "0", "tell", "a", "0", "info", "a",
    ];
    let mut lines = run(Command::new(built("process_host")).env("ODD", kind).args(words));
    assert_eq!(lines.remove(1), "0", "closing the odd object, which is pinned where it leads");
    lines[4] = lines[4].replace(&*odd, "odd").replace(&path, "own");
    lines
}

#[test]
fn a_leader_of_an_older_version_without_a_snapshot() {
    assert_eq!(after("older"), ["1000", "1001", "0", "2", "odd|9.8.7|false|2|1.0"]);
}

#[test]
fn a_leader_of_a_newer_version_with_a_longer_table() {
    assert_eq!(after("newer"), ["1000", "1001", "0", "2", "odd|9.8.7|false|2|1.3"]);
}

#[test]
fn a_leader_that_answers_nonsense_is_a_refusal() {
    assert_eq!(after("verdict"), ["0", "0", "99", "2", "odd|9.8.7|false|2|1.0"]);
    assert_eq!(after("silent"), ["0", "0", "99", "2", "odd|9.8.7|false|2|1.0"]);
    assert_eq!(after("version"), ["1000", "1001", "0", "2", "odd||false|2|1.0"]);
}

#[test]
fn what_only_looks_like_a_copy_is_ignored() {
    let kinds = ["null", "magic", "major", "tiny", "huge", "no_ask", "unaligned", "elsewhere", "wild"];
    for kind in kinds {
        assert_eq!(after(kind), ["0", "0", "0", "10032", &format!("own|{VERSION}|true|1|1.1")], "{kind}");
    }
}

/// Objects of a few lines of C: data under the symbol's name, and a table that claims to go on beyond the
/// end of its object.
#[test]
fn data_under_that_name_and_a_table_beyond_its_object_are_ignored() {
    let copies = Copies::new(1);
    let source = copies.directory().join("odd.c");
    let text = r#"
        #ifdef DATA
        long long mdcloud_rendezvous_v1[8] = {1, 2, 3};
        #else
        static void call(void *a, void *b) { (void)a; (void)b; }
        static struct { unsigned long long magic; unsigned size, major, minor, none; void *pointers[4]; }
            table = {0x6d64636c6f756401, 4096, 1, 0, 0, {"1", call, call, call}};
        void *mdcloud_rendezvous_v1(void) { return &table; }
        #endif
        "#;
    std::fs::write(&source, text).unwrap();
    for flag in ["-DDATA", "-DTABLE"] {
        let odd = copies.directory().join(format!("{flag}.so"));
        run(Command::new("cc").args(["-shared", "-fPIC", "-w", flag, "-o"]).arg(&odd).arg(&source));
        let (odd, path) = (odd.to_string_lossy(), copies.path(0));
        let words = ["open", "odd", &odd, "global", "open", "a", &path, "local", "count", "a", "info", "a"];
        let lines = run(Command::new(built("process_host")).args(words));
        assert_eq!(lines, ["0", &format!("{path}|{VERSION}|true|1|1.1")], "{flag}");
    }
}
