//! A copy of the library in a shared object, or statically in a C program: a ledger that counts.
#![allow(clippy::panic)] // on purpose

use std::ffi::c_void;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use mdcloud_process::ForkMutex;
use mdcloud_process::ledger::{Answer, Ask, Ledger, Name, REFUSE, Tell};

/// Its ticket is the count after adding the cost.
struct Counting {
    count: &'static ForkMutex<u64>,
    told: AtomicU64,
}

struct Bomb;
impl Drop for Bomb {
    fn drop(&mut self) {
        std::panic::panic_any("dropped");
    }
}

impl Ledger for Counting {
    fn ask(&self, ask: &Ask) -> Answer {
        let mut count = self.count.lock();
        match ask.operation {
            -1 => std::panic::panic_any("asked for it"),
            -2 => std::panic::panic_any(Bomb),
            -3 => return Answer { verdict: REFUSE, status: 42, wait_ns: 7, ..Answer::go(0, 0) },
            // Says what it was asked: for looking at what crosses.
            -4 => {
                return Answer {
                    wait_ns: ask.max_wait_ns,
                    family: if ask.family.is_empty() { Name::new("none") } else { ask.family },
                    ..Answer::go(ask.ticket, ask.cost)
                };
            }
            _ => *count += u64::from(ask.cost),
        }
        Answer::go(*count, ask.cost)
    }

    fn tell(&self, tell: &Tell) {
        assert_ne!(tell.operation, -1);
        self.told.fetch_add(1, Ordering::Relaxed);
    }

    fn snapshot(&self) -> String {
        let (count, told) = (*self.count.lock(), self.told.load(Ordering::Relaxed));
        // Longer than a first guess at the room would be.
        format!("{{\"count\":{count},\"told\":{told},\"filler\":\"{}\"}}", "x".repeat(10_000))
    }
}

fn make() -> Box<dyn Ledger> {
    Box::new(Counting { count: ForkMutex::leaked(0, |_| {}), told: AtomicU64::new(0) })
}

fn table() -> *const c_void {
    mdcloud_process::table(make)
}

mdcloud_process::export_rendezvous!(table);

fn asked(operation: i32, cost: u32) -> Answer {
    let mut ask = Ask::new([1; 16]);
    (ask.operation, ask.cost) = (operation, cost);
    mdcloud_process::ledger(make).ask(&ask)
}

/// Adds to the count and returns it.
#[unsafe(no_mangle)]
extern "C" fn probe_record(cost: u32) -> u64 {
    asked(0, cost).ticket
}

/// The count.
#[unsafe(no_mangle)]
extern "C" fn probe_count() -> u64 {
    asked(0, 0).ticket
}

/// Status of the answer to such an operation.
#[unsafe(no_mangle)]
extern "C" fn probe_status(operation: i32) -> i32 {
    asked(operation, 0).status
}

/// Tells something; returns the length of the snapshot where it is well-formed.
#[unsafe(no_mangle)]
extern "C" fn probe_tell_and_snapshot(operation: i32) -> usize {
    let mut tell = Tell::new([1; 16], 1, 0);
    tell.operation = operation;
    let ledger = mdcloud_process::ledger(make);
    ledger.tell(&tell);
    let text = ledger.snapshot();
    if text.starts_with('{') && text.ends_with('}') { text.len() } else { 0 }
}

/// The generation of this copy.
#[unsafe(no_mangle)]
extern "C" fn probe_generation() -> u64 {
    mdcloud_process::fork_generation()
}

/// `object|version|is_self|copies|major.minor`, NUL-ended.
///
/// # Safety
/// Room for 1024 bytes.
#[unsafe(no_mangle)]
unsafe extern "C" fn probe_info(to: *mut u8) {
    let info = mdcloud_process::leader_info(make);
    let (object, version, copies) = (&info.object, &info.version, info.copies);
    let (major, minor) = (info.table_major, info.table_minor);
    let mut text = format!("{object}|{version}|{}|{copies}|{major}.{minor}", info.is_self).into_bytes();
    text.truncate(1023);
    text.push(0);
    // SAFETY: at most 1024 bytes.
    unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), to, text.len()) };
}

/// Nanoseconds per ask, over so many.
#[unsafe(no_mangle)]
extern "C" fn probe_time(rounds: u32) -> f64 {
    let ledger = mdcloud_process::ledger(make);
    let ask = std::hint::black_box(Ask::new([1; 16]));
    let start = Instant::now();
    for _ in 0..rounds {
        std::hint::black_box(ledger.ask(&ask));
    }
    start.elapsed().as_nanos() as f64 / f64::from(rounds)
}
