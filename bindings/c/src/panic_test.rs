//! The door for tests: not part of the library.

use std::cell::Cell;

thread_local! {
    static ARMED: Cell<bool> = const { Cell::new(false) };
    static STRUCK: Cell<u32> = const { Cell::new(0) };
}

/// Dropping it panics, and that panic's payload does it again.
struct Bomb(u32);

impl Drop for Bomb {
    fn drop(&mut self) {
        if self.0 > 0 {
            std::panic::panic_any(Bomb(self.0 - 1));
        }
    }
}

pub(crate) fn strike() {
    if ARMED.replace(false) {
        STRUCK.set(STRUCK.get() + 1);
        std::panic::panic_any(Bomb(2));
    }
}

/// The next guarded function on this thread panics.
#[unsafe(no_mangle)]
pub extern "C" fn mdcloud_test_panic_next() {
    ARMED.set(true);
}

/// How many functions have panicked on this thread.
#[unsafe(no_mangle)]
pub extern "C" fn mdcloud_test_panics() -> u32 {
    STRUCK.get()
}
