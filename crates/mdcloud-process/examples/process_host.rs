//! A program without the library that loads copies of it, as its arguments say:
//!
//! `open NAME PATH local|global`, `close NAME`, `record NAME COST`, `count NAME`, `info NAME`,
//! `status NAME OPERATION`, `tell NAME OPERATION`, `generation NAME`, `fork` (the child does the rest, the
//! parent waits), `race THREADS PATH...` (threads load and use the copies at once), `forkrace PATH...`
//! (fork while threads use the copies for the first time), `time NAME`, `first NAME`.
//! Each prints its result in a line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)] // a test's program

use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::sync::Barrier;
use std::time::{Duration, Instant};

#[derive(Clone, Copy)]
struct Copy(*mut c_void);
// SAFETY: handles may be used from any thread.
unsafe impl Send for Copy {}

impl Copy {
    fn open(path: &str, global: bool) -> Copy {
        let name = CString::new(path).unwrap();
        let scope = if global { libc::RTLD_GLOBAL } else { libc::RTLD_LOCAL };
        // SAFETY: NUL-ended text; the fixtures have no constructors.
        let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | scope) };
        if handle.is_null() {
            // SAFETY: after a failure there is a text.
            panic!("{}", unsafe { CStr::from_ptr(libc::dlerror()) }.to_string_lossy());
        }
        Copy(handle)
    }

    /// The function of that name.
    ///
    /// # Safety
    /// `F` is its type.
    unsafe fn function<F>(self, name: &CStr) -> F {
        // SAFETY: an open handle and NUL-ended text.
        let address = unsafe { libc::dlsym(self.0, name.as_ptr()) };
        assert!(!address.is_null(), "{name:?}");
        // SAFETY: the caller says that it is of this type, a function pointer.
        unsafe { std::mem::transmute_copy(&address) }
    }

    fn record(self, cost: u32) -> u64 {
        // SAFETY: the fixture's function.
        let call: extern "C" fn(u32) -> u64 = unsafe { self.function(c"probe_record") };
        call(cost)
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut copies: HashMap<String, Copy> = HashMap::new();
    while let Some(command) = arguments.next() {
        let mut next = || arguments.next().expect("an argument");
        match command.as_str() {
            "open" => {
                let (name, path, scope) = (next(), next(), next());
                copies.insert(name, Copy::open(&path, scope == "global"));
            }
            "fork" => fork_and_go_on(),
            "race" => {
                let threads = next().parse().unwrap();
                race(threads, &arguments.by_ref().collect::<Vec<_>>());
            }
            "forkrace" => fork_race(&arguments.by_ref().collect::<Vec<_>>()),
            _ => {
                let name = next();
                let copy = copies[&name];
                on(copy, &command, || arguments.next().expect("a number").parse().unwrap());
            }
        }
    }
}

fn on(copy: Copy, command: &str, number: impl FnOnce() -> i32) {
    // SAFETY: all of these are the fixture's functions with their types; `close` gives up the handle.
    unsafe {
        match command {
            "close" => println!("{}", libc::dlclose(copy.0)),
            "record" => println!("{}", copy.record(number() as u32)),
            "count" => println!("{}", copy.function::<extern "C" fn() -> u64>(c"probe_count")()),
            "status" => {
                println!("{}", copy.function::<extern "C" fn(c_int) -> c_int>(c"probe_status")(number()));
            }
            "tell" => {
                let call: extern "C" fn(c_int) -> usize = copy.function(c"probe_tell_and_snapshot");
                println!("{}", call(number()));
            }
            "generation" => println!("{}", copy.function::<extern "C" fn() -> u64>(c"probe_generation")()),
            "info" => {
                let mut text = [0 as c_char; 1024];
                copy.function::<extern "C" fn(*mut c_char)>(c"probe_info")(text.as_mut_ptr());
                println!("{}", CStr::from_ptr(text.as_ptr()).to_string_lossy());
            }
            "time" => println!("{:.1}", copy.function::<extern "C" fn(u32) -> f64>(c"probe_time")(1_000_000)),
            "first" => {
                let start = Instant::now();
                copy.record(0);
                println!("{:.1} us", start.elapsed().as_nanos() as f64 / 1000.0);
            }
            other => panic!("{other}"),
        }
    }
}

fn fork_and_go_on() {
    // SAFETY: the program has one thread here.
    let child = unsafe { libc::fork() };
    if child != 0 {
        std::process::exit(wait(child));
    }
}

/// Exit code of the child; 124 where it hangs.
fn wait(child: c_int) -> c_int {
    let end = Instant::now() + Duration::from_secs(10);
    let mut status = 0;
    // SAFETY: our own child.
    while unsafe { libc::waitpid(child, &mut status, libc::WNOHANG) } == 0 {
        if Instant::now() > end {
            // SAFETY: our own child.
            unsafe { libc::kill(child, libc::SIGKILL) };
            return 124;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    if libc::WIFEXITED(status) { libc::WEXITSTATUS(status) } else { 125 }
}

fn race(threads: usize, paths: &[String]) {
    let barrier = Barrier::new(threads);
    std::thread::scope(|scope| {
        for index in 0..threads {
            let (barrier, path) = (&barrier, &paths[index % paths.len()]);
            scope.spawn(move || {
                barrier.wait();
                Copy::open(path, index % 2 == 0).record(1);
            });
        }
    });
    for path in paths {
        println!("{}", Copy::open(path, false).record(0));
    }
}

fn fork_race(paths: &[String]) {
    let copies: Vec<Copy> = paths.iter().map(|path| Copy::open(path, false)).collect();
    let barrier = Barrier::new(copies.len() + 1);
    let worst = std::thread::scope(|scope| {
        for copy in copies.clone() {
            let barrier = &barrier;
            scope.spawn(move || {
                let copy = copy;
                barrier.wait();
                for _ in 0..2000 {
                    copy.record(1);
                }
            });
        }
        barrier.wait();
        let mut worst = 0;
        for _ in 0..4 {
            // SAFETY: the child uses the copies, which is what they are for, and leaves.
            let child = unsafe { libc::fork() };
            if child == 0 {
                let sums: Vec<u64> = copies.iter().map(|copy| copy.record(1)).collect();
                let shared = sums.windows(2).all(|pair| pair[0] + 1 == pair[1]);
                // SAFETY: ends this process without running the parent's destructors.
                unsafe { libc::_exit(if shared { 0 } else { 1 }) };
            }
            worst = worst.max(wait(child));
        }
        worst
    });
    println!("{worst}");
}
