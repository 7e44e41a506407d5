//! Forks while other threads hold the mutex: no child hangs, and none sees a change half done.
#![cfg(unix)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use mdcloud_process::{ForkMutex, fork_generation};

/// Both numbers are equal whenever nobody holds it.
static PAIR: ForkMutex<(u64, u64)> = ForkMutex::new((0, 0), |_| {});
static NOTED: ForkMutex<Vec<u64>> = ForkMutex::new(Vec::new(), |noted| noted.push(100 + fork_generation()));

/// Runs `child` in a forked child and returns its exit code; 124 where it hangs.
fn in_child(child: impl FnOnce() -> i32) -> i32 {
    if !cfg!(target_os = "linux") {
        fork_generation(); // elsewhere, forks before the first use are not counted
    }
    // SAFETY: the child does what is said to work in one, and leaves.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        let code = child();
        // SAFETY: ends the child without running what belongs to the parent.
        unsafe { libc::_exit(code) };
    }
    let (end, mut status) = (Instant::now() + Duration::from_secs(10), 0);
    // SAFETY: our own child.
    while unsafe { libc::waitpid(pid, &mut status, libc::WNOHANG) } == 0 {
        if Instant::now() > end {
            // SAFETY: our own child.
            unsafe { libc::kill(pid, libc::SIGKILL) };
            return 124;
        }
        std::thread::sleep(Duration::from_micros(100));
    }
    assert!(libc::WIFEXITED(status), "status {status}");
    libc::WEXITSTATUS(status)
}

/// Ends the busy threads, also where an assertion fails.
struct Stop<'a>(&'a AtomicBool);
impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_hundred_forks_under_three_busy_threads() {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let _at_the_end = Stop(&stop);
        for _ in 0..3 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let mut pair = PAIR.lock();
                    pair.0 += 1;
                    std::hint::black_box(&mut *pair);
                    pair.1 += 1;
                }
            });
        }
        // A mutex that comes into being while another is held, and while forks go on.
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                let _pair = PAIR.lock();
                *ForkMutex::leaked(0, |_| {}).lock() += 1;
                std::thread::sleep(Duration::from_millis(1));
            }
        });
        for _ in 0..100 {
            let code = in_child(|| {
                let pair = *PAIR.lock();
                i32::from(fork_generation() != 1) + 2 * i32::from(pair.0 != pair.1)
            });
            assert_eq!(code, 0);
            assert_eq!(fork_generation(), 0);
        }
    });
}

#[test]
fn the_hook_runs_in_the_child_only_and_sees_the_new_generation() {
    NOTED.lock().push(1);
    let code = in_child(|| {
        let first = NOTED.lock().clone() == [1, 101];
        let second = in_child(|| i32::from(NOTED.lock().clone() != [1, 101, 102]));
        i32::from(!first) + 2 * second
    });
    assert_eq!(code, 0);
    assert_eq!(*NOTED.lock(), [1]);
}

#[test]
fn threads_that_fork_at_once() {
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    assert_eq!(in_child(|| i32::from(fork_generation() != 1)), 0);
                    drop(PAIR.lock());
                }
            });
        }
    });
}

#[test]
fn a_panic_while_holding_it_and_a_panic_in_the_hook() {
    static FRAGILE: ForkMutex<u32> = ForkMutex::new(0, |value| {
        *value += 10;
        std::panic::resume_unwind(Box::new("in the hook"));
    });
    let died = std::thread::spawn(|| {
        let mut held = FRAGILE.lock();
        *held = 1;
        std::panic::resume_unwind(Box::new("while holding it"));
    });
    assert!(died.join().is_err());
    assert_eq!(*FRAGILE.lock(), 1);
    assert_eq!(in_child(|| i32::from(*FRAGILE.lock() != 11)), 0);
}
