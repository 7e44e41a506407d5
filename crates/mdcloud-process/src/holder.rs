//! Names of processes, for a ledger that several of them share: whoever finds a call of a process that is
//! gone must know that nobody will ever say what became of it.
//!
//! A process is named by its id and by when it started, since ids are used again.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::fork::fork_generation;

/// The name of this process. Never 0.
pub fn holder() -> u64 {
    // Name and generation are two words; a reader who sees one without the other only makes the name anew.
    static NAME: AtomicU64 = AtomicU64::new(0);
    static MADE_IN: AtomicU64 = AtomicU64::new(u64::MAX);
    let generation = fork_generation();
    if MADE_IN.load(Ordering::Acquire) == generation {
        let name = NAME.load(Ordering::Relaxed);
        if name != 0 {
            return name;
        }
    }
    let id = std::process::id();
    let name = name_of(id, started(id).unwrap_or(0));
    NAME.store(name, Ordering::Relaxed);
    MADE_IN.store(generation, Ordering::Release);
    name
}

/// Whether the process of that name is known to be gone from this machine: there is none with its id, or
/// it has ended and only waits to be reaped, or it is another one.
///
/// Where processes cannot be looked up nobody is known to be gone.
pub fn is_gone(name: u64) -> bool {
    let id = (name >> 32) as u32;
    if !cfg!(target_os = "linux") || id == 0 || !std::path::Path::new("/proc/self/stat").exists() {
        return false;
    }
    match started(id) {
        Some(start) => name_of(id, start) != name,
        None => true,
    }
}

fn name_of(id: u32, start: u64) -> u64 {
    u64::from(id) << 32 | start & u64::from(u32::MAX)
}

/// When a live process started, in ticks since the machine did.
fn started(id: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name of the program stands in parentheses and may hold anything.
    let mut fields = stat[stat.rfind(')')? + 1..].split_ascii_whitespace();
    if matches!(fields.next()?, "Z" | "X") {
        return None;
    }
    // The state is field 3 of the whole line, the start field 22.
    fields.nth(18)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_known_while_it_lives_and_gone_when_it_is_dead_though_not_reaped() {
        assert_ne!(holder(), 0);
        assert_eq!(holder(), holder());
        assert!(!is_gone(holder()));
        // The same id, started at another time.
        assert_eq!(is_gone(holder() ^ 1), cfg!(target_os = "linux"));
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let id = child.id();
        if let Some(start) = started(id) {
            let name = name_of(id, start);
            assert!(!is_gone(name));
            child.kill().unwrap();
            while started(id).is_some() {
                std::thread::yield_now();
            }
            assert!(is_gone(name), "it is dead, and nobody has reaped it");
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
