//! Errors

use std::os::raw::c_char;

use mdcloud_core::{Delivery, Error, Status};

use crate::guard::give;
use crate::text::Strings;

/// Not known, where a getter gives a `uint64_t`.
pub const MDCLOUD_UNKNOWN: u64 = u64::MAX;

/// Why a call failed, with all the facts. Never holds the API key. A getter takes NULL for no error.
pub struct mdcloud_error {
    error: Error,
    message: String,
    strings: Strings,
}

impl mdcloud_error {
    pub(crate) fn new(error: Error) -> Self {
        mdcloud_error { message: error.to_string(), error, strings: Strings::default() }
    }

    pub(crate) fn error(&self) -> &Error {
        &self.error
    }

    pub(crate) fn leak(self) -> *mut mdcloud_error {
        give(self)
    }
}

/// What is known of a request that failed.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum mdcloud_delivery {
    /// Nothing reached the service.
    NotSent = 0,
    /// The service answered, and refused.
    Refused = 1,
    /// Bytes went out and no whole answer came: it may have been carried out.
    Unknown = 2,
}

/// Frees the error; NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_error_free(error: *mut mdcloud_error) {
    guard_free!(error)
}

/// What kind of failure it is; MDCLOUD_STATUS_OK for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_error_status(error: *const mdcloud_error) -> Status {
    guard_value!(Status::Panic, { optional!(error).map_or(Status::Ok, |error| error.error.status()) })
}

/// One line for people: what was asked, what happened, what to do next. "" for NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_error_message(error: *const mdcloud_error) -> *const c_char {
    guard_value!(c"".as_ptr(), {
        optional!(error).map_or(c"".as_ptr(), |error| error.strings.give(&error.message))
    })
}

/// HTTP status of the answer; 0 where there was no answer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_error_http_status(error: *const mdcloud_error) -> i32 {
    guard_value!(0, { optional!(error).and_then(|error| error.error.http_status()).map_or(0, i32::from) })
}

/// The service's own code, such as 429001; 0 where it gave none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_error_code(error: *const mdcloud_error) -> i64 {
    guard_value!(0, { optional!(error).and_then(|error| error.error.code()).unwrap_or(0) })
}

/// How many texts the service gave.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_error_message_count(error: *const mdcloud_error) -> usize {
    guard_value!(0, { optional!(error).map_or(0, |error| error.error.messages().len()) })
}

/// One of the service's own texts, for people; NULL beyond the last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_error_message_at(
    error: *const mdcloud_error,
    index: usize,
) -> *const c_char {
    guard_value!(std::ptr::null(), {
        optional!(error).map_or(std::ptr::null(), |error| {
            error.strings.give_or_null(error.error.messages().get(index).map(String::as_str))
        })
    })
}

/// How long to wait, in milliseconds, before the same call can succeed; MDCLOUD_UNKNOWN where that is not
/// known.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_error_retry_after_ms(error: *const mdcloud_error) -> u64 {
    guard_value!(MDCLOUD_UNKNOWN, {
        let after = optional!(error).and_then(|error| error.error.retry_after());
        // Rounded up: who waits for so long does not come too early.
        after.map_or(MDCLOUD_UNKNOWN, |after| {
            u64::try_from(after.as_nanos().div_ceil(1_000_000)).unwrap_or(MDCLOUD_UNKNOWN - 1)
        })
    })
}

/// The allowance concerned, by the service's name for it, such as "prevention_api"; NULL where none is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_error_family(error: *const mdcloud_error) -> *const c_char {
    guard_value!(std::ptr::null(), {
        optional!(error).map_or(std::ptr::null(), |error| error.strings.give_or_null(error.error.family()))
    })
}

/// Whether the failure was found here and nothing reached the service.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_error_is_local(error: *const mdcloud_error) -> bool {
    guard_value!(false, { optional!(error).is_some_and(|error| error.error.is_local()) })
}

/// What is known of the request.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_error_delivery(error: *const mdcloud_error) -> mdcloud_delivery {
    guard_value!(mdcloud_delivery::Unknown, {
        match optional!(error).map(|error| error.error.delivery()) {
            None | Some(Delivery::NotSent) => mdcloud_delivery::NotSent,
            Some(Delivery::Refused) => mdcloud_delivery::Refused,
            Some(_) => mdcloud_delivery::Unknown,
        }
    })
}

/// Method and path of the request, never the key; NULL where there was none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_error_request(error: *const mdcloud_error) -> *const c_char {
    guard_value!(std::ptr::null(), {
        optional!(error).map_or(std::ptr::null(), |error| error.strings.give_or_null(error.error.request()))
    })
}

/// The scan that goes on at the service; NULL where there is none. mdcloud_client_file_wait takes it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_error_data_id(error: *const mdcloud_error) -> *const c_char {
    guard_value!(std::ptr::null(), {
        optional!(error).map_or(std::ptr::null(), |error| error.strings.give_or_null(error.error.data_id()))
    })
}

/// The operating system's error number, for MDCLOUD_STATUS_IO; 0 where there is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_error_errno(error: *const mdcloud_error) -> i32 {
    guard_value!(0, { optional!(error).and_then(|error| error.error.errno()).unwrap_or(0) })
}

/// The body of the answer as received, `*length` bytes, not NUL-ended; NULL and 0 where there was none.
/// `length` may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_error_raw(error: *const mdcloud_error, length: *mut usize) -> *const c_char {
    guard_value!(std::ptr::null(), {
        let raw = optional!(error).map_or(&[][..], |error| error.error.raw());
        if let Ok(length) = crate::guard::out("length", length) {
            length.set(raw.len());
        }
        if raw.is_empty() { std::ptr::null() } else { raw.as_ptr().cast() }
    })
}
