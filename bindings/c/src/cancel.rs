//! Cancellation

use mdcloud_core::Cancel;

use crate::guard::give;

/// Ends calls from outside: from another thread, a callback or a signal handler.
pub struct mdcloud_cancel {
    pub(crate) token: Cancel,
}

/// A handle that is not cancelled yet. NULL only after an internal error.
#[unsafe(no_mangle)]
pub extern "C" fn mdcloud_cancel_new() -> *mut mdcloud_cancel {
    guard_value!(std::ptr::null_mut(), { give(mdcloud_cancel { token: Cancel::new() }) })
}

/// Frees the handle; NULL is fine. Options and calls that were given it keep what they need of it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_cancel_free(cancel: *mut mdcloud_cancel) {
    guard_free!(cancel)
}

/// Cancels, for good, every call that was given this handle: each ends within about 50 ms with
/// MDCLOUD_STATUS_CANCELLED, whatever it is doing, and a later one ends before it sends anything.
/// Any thread may call it, and a signal handler too: it stores one flag, takes no lock and no memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_cancel_cancel(cancel: *mut mdcloud_cancel) {
    guard_value!((), {
        if let Some(cancel) = optional!(cancel) {
            cancel.token.cancel();
        }
    })
}

/// Whether it was cancelled; false for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_cancel_is_cancelled(cancel: *const mdcloud_cancel) -> bool {
    guard_value!(false, { optional!(cancel).is_some_and(|cancel| cancel.token.is_cancelled()) })
}
