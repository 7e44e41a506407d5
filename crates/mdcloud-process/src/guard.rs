//! Panics stop here: a table is called by code of another version, perhaps built by another compiler.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs `work`; `None` where it panicked. Nothing unwinds out, not even a payload that panics when dropped.
pub(crate) fn guarded<R>(work: impl FnOnce() -> R) -> Option<R> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(value) => Some(value),
        Err(payload) => {
            if let Err(second) = catch_unwind(AssertUnwindSafe(move || drop(payload))) {
                std::mem::forget(second);
            }
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::guarded;

    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            std::panic::panic_any(Bomb2);
        }
    }
    struct Bomb2;
    impl Drop for Bomb2 {
        fn drop(&mut self) {
            panic!("and again");
        }
    }

    #[test]
    fn a_payload_that_panics_when_dropped_is_stopped() {
        assert_eq!(guarded(|| 7), Some(7));
        assert_eq!(guarded(|| -> i32 { panic!("plain") }), None);
        assert_eq!(guarded(|| -> i32 { std::panic::panic_any(Bomb) }), None);
    }
}
