//! Several copies in one process share one ledger.
#![cfg(target_os = "linux")]

mod common;
use common::{Copies, VERSION, built, host, run};
use std::process::Command;

const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

#[test]
fn three_copies_share_in_every_order() {
    let copies = Copies::new(3);
    let paths: Vec<String> = (0..3).map(|index| copies.path(index)).collect();
    for load in ORDERS {
        for usage in ORDERS {
            for scope in ["local", "global"] {
                let mut words = Vec::new();
                for index in load {
                    words.extend(["open", ["a", "b", "c"][index], &paths[index], scope]);
                }
                for index in usage {
                    words.extend(["record", ["a", "b", "c"][index], "1"]);
                }
                words.extend(["info", "a", "info", "b", "info", "c"]);
                let lines = host(&words);
                assert_eq!(lines[..3], ["1", "2", "3"], "{load:?} {usage:?} {scope}");
                for index in 0..3 {
                    let leader = &paths[load[0]];
                    let expected = format!("{leader}|{VERSION}|{}|3|1.1", index == load[0]);
                    assert_eq!(lines[3 + index], expected);
                }
            }
        }
    }
}

#[test]
fn a_copy_loaded_after_the_first_use_joins() {
    let copies = Copies::new(2);
    let (first, second) = (copies.path(0), copies.path(1));
    let lines = host(&[
        "open", "a", &first, "local", "record", "a", "5", "open", "b", &second, "global", "record", "b", "2",
        "count", "a",
    ]);
    assert_eq!(lines, ["5", "7", "7"]);
}

#[test]
fn the_leader_stays_after_dlclose() {
    let copies = Copies::new(2);
    let (first, second) = (copies.path(0), copies.path(1));
    let lines = host(&[
        "open", "a", &first, "local", "open", "b", &second, "local", "record", "b", "3", "close", "a",
        "record", "b", "1", "open", "a", &first, "local", "count", "a", "info", "b",
    ]);
    assert_eq!(lines, ["3", "0", "4", "4", &format!("{first}|{VERSION}|false|2|1.1")]);
}

#[test]
fn a_follower_may_be_closed_and_the_process_forked() {
    let copies = Copies::new(2);
    let (first, second) = (copies.path(0), copies.path(1));
    let lines = host(&[
        "open",
        "a",
        &first,
        "local",
        "open",
        "b",
        &second,
        "local",
        "record",
        "b",
        "3",
        "generation",
        "b",
        "close",
        "b",
        "close",
        "a",
        "fork",
        "open",
        "b",
        &second,
        "local",
        "record",
        "b",
        "1",
        "generation",
        "b",
    ]);
    assert_eq!(lines, ["3", "0", "0", "0", "4", "1"]);
}

#[test]
fn a_closed_copy_that_nobody_used_is_no_leader() {
    let copies = Copies::new(2);
    let (first, second) = (copies.path(0), copies.path(1));
    let lines = host(&[
        "open", "a", &first, "local", "open", "b", &second, "local", "close", "a", "record", "b", "1",
        "open", "a", &first, "local", "record", "a", "1", "info", "a",
    ]);
    assert_eq!(lines, ["0", "1", "2", &format!("{second}|{VERSION}|false|2|1.1")]);
}

#[test]
fn forks_count_from_the_load_and_not_after_an_unload() {
    let copies = Copies::new(2);
    let (first, second) = (copies.path(0), copies.path(1));
    let lines = host(&[
        "open",
        "a",
        &first,
        "local",
        "open",
        "b",
        &second,
        "local",
        "close",
        "b",
        "fork",
        "generation",
        "a",
        "fork",
        "generation",
        "a",
        "open",
        "b",
        &second,
        "local",
        "generation",
        "b",
    ]);
    assert_eq!(lines, ["0", "1", "2", "0"]);
}

#[test]
fn a_copy_first_loaded_in_a_child_finds_the_inherited_leader() {
    let copies = Copies::new(2);
    let (first, second) = (copies.path(0), copies.path(1));
    let lines = host(&[
        "open",
        "a",
        &first,
        "local",
        "record",
        "a",
        "5",
        "fork",
        "open",
        "b",
        &second,
        "local",
        "record",
        "b",
        "1",
        "generation",
        "a",
        "generation",
        "b",
    ]);
    assert_eq!(lines, ["5", "6", "1", "0"]);
}

#[test]
fn twelve_threads_race_at_first_use_in_three_hundred_processes() {
    let copies = Copies::new(3);
    let paths: Vec<String> = (0..3).map(|index| copies.path(index)).collect();
    for round in 0..300 {
        let mut words = vec![];
        if round % 2 == 0 {
            // Loaded before; in the other rounds the threads load them.
            words.extend(["open", "a", &paths[round % 3], "local", "open", "b", &paths[1], "global"]);
        }
        words.extend(["race", "12", &paths[0], &paths[1], &paths[2]]);
        assert_eq!(host(&words), ["12", "12", "12"], "round {round}");
    }
}

#[test]
fn forks_during_the_first_use_leave_no_child_hanging() {
    let copies = Copies::new(3);
    for round in 0..30 {
        let words = ["forkrace", &copies.path(0), &copies.path(1), &copies.path(2)];
        assert_eq!(host(&words), ["0"], "round {round}");
    }
}

#[test]
fn a_panic_behind_the_table_is_a_refusal() {
    let copies = Copies::new(2);
    let (first, second) = (copies.path(0), copies.path(1));
    let lines = host(&[
        "open", "a", &first, "local", "open", "b", &second, "local", "record", "b", "2", "status", "b", "-1",
        "status", "b", "-2", "status", "b", "-3", "record", "b", "1", "tell", "b", "0", "tell", "b", "-1",
    ]);
    // The snapshot: {"count":3,"told":1,"filler":"<10,000>"}; a panic in `tell` is not counted.
    assert_eq!(lines, ["2", "99", "99", "42", "3", "10032", "10032"]);
}

/// The program itself carries a copy, with and without the flag that makes it visible.
#[test]
fn a_static_copy_in_a_c_program() {
    let copies = Copies::new(1);
    let source = copies.directory().join("main.c");
    let text = r#"
        #include <dlfcn.h>
        #include <stdint.h>
        #include <stdio.h>
        #include <sys/wait.h>
        #include <unistd.h>
        uint64_t probe_record(uint32_t); uint64_t probe_generation(void); void probe_info(char *);
        int main(int count, char **words) {
            char info[1024];
            int status;
            if (fork() == 0) _exit((int)probe_generation());
            if (wait(&status) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 1) return 2;
            if (count > 2) probe_record(10);
            void *copy = dlopen(words[1], RTLD_NOW);
            if (!copy) { puts(dlerror()); return 1; }
            uint64_t (*record)(uint32_t) = (uint64_t (*)(uint32_t))dlsym(copy, "probe_record");
            printf("%d\n", (int)record(1));
            printf("%d\n", (int)probe_record(1));
            probe_info(info); puts(info);
            return 0;
        }"#;
    std::fs::write(&source, text).unwrap();
    let build = |name: &str, flags: &[&str]| {
        let program = copies.directory().join(name);
        let mut compiler = Command::new("cc");
        compiler.arg(&source).arg(built("libprocess_probe.a")).args(flags).arg("-o").arg(&program);
        run(compiler.args(["-lpthread", "-ldl", "-lm", "-lgcc_s"]));
        program
    };
    let library = copies.path(0);
    let flag = "-Wl,--export-dynamic-symbol=mdcloud_rendezvous_v1";
    for flags in [vec![flag], vec![flag, "-no-pie"], vec![flag, "-Wl,--gc-sections", "-pie"]] {
        let visible = build("visible", &flags);
        let lines = run(Command::new(&visible).arg(&library));
        assert_eq!(
            lines,
            ["1", "2", &format!("|{VERSION}|true|2|1.1")],
            "{flags:?}: the program leads: it came first"
        );
    }
    let hidden = build("hidden", &[]);
    let lines = run(Command::new(&hidden).arg(&library));
    assert_eq!(lines, ["1", "2", &format!("{library}|{VERSION}|false|2|1.1")], "it can follow");
    let lines = run(Command::new(&hidden).arg(&library).arg("first"));
    assert_eq!(
        lines,
        ["1", "11", &format!("|{VERSION}|true|2|1.1")],
        "it led before anyone else was there, unseen"
    );
}
