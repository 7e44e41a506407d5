//! A ledger in the test's own program.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)] // each test uses some of it

use std::cell::Cell;

use mdcloud_process::ForkMutex;
use mdcloud_process::ledger::{Answer, Ask, Ledger, Name, Tell};

pub(crate) static COUNT: ForkMutex<u64> = ForkMutex::new(0, |_| {});

thread_local! {
    /// What this thread has asked and told last.
    pub(crate) static LAST_ASKED: Cell<Option<Ask>> = const { Cell::new(None) };
    pub(crate) static LAST_TOLD: Cell<Option<Tell>> = const { Cell::new(None) };
}

pub(crate) struct Counting;

impl Ledger for Counting {
    fn ask(&self, ask: &Ask) -> Answer {
        assert_ne!(ask.operation, -1);
        LAST_ASKED.set(Some(*ask));
        let mut count = COUNT.lock();
        *count += u64::from(ask.cost);
        Answer {
            wait_ns: ask.max_wait_ns,
            family: if ask.family.is_empty() { Name::new("none") } else { ask.family },
            ..Answer::go(*count, ask.cost)
        }
    }

    fn tell(&self, tell: &Tell) {
        LAST_TOLD.set(Some(*tell));
    }

    fn snapshot(&self) -> String {
        format!("{{\"count\":{}}}", COUNT.lock())
    }
}

pub(crate) fn make() -> Box<dyn Ledger> {
    Box::new(Counting)
}

pub(crate) fn record(cost: u32) -> u64 {
    let mut ask = Ask::new([2; 16]);
    ask.cost = cost;
    mdcloud_process::ledger(make).ask(&ask).ticket
}

/// Loads a copy and returns its `probe_record`.
#[cfg(target_os = "linux")]
pub(crate) fn load(path: &str) -> extern "C" fn(u32) -> u64 {
    let path = std::ffi::CString::new(path).unwrap();
    // SAFETY: a fixture of ours with a function of that type.
    unsafe {
        let handle = libc::dlopen(path.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL);
        assert!(!handle.is_null());
        let function = libc::dlsym(handle, c"probe_record".as_ptr());
        assert!(!function.is_null());
        std::mem::transmute::<*mut libc::c_void, extern "C" fn(u32) -> u64>(function)
    }
}
