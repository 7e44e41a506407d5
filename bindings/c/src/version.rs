//! Version and names

use std::ffi::CString;
use std::os::raw::c_char;
use std::sync::OnceLock;

use mdcloud_core::endpoints::ENDPOINTS;
use mdcloud_core::error::KINDS;
use mdcloud_core::{Status, Verdict};

use crate::text::c_string;

/// Names by their numbers, made once and kept for good.
fn name_of(
    names: &'static OnceLock<Vec<(i32, CString)>>,
    number: i32,
    all: fn() -> Vec<(i32, &'static str)>,
) -> *const c_char {
    let names =
        names.get_or_init(|| all().into_iter().map(|(number, name)| (number, c_string(name))).collect());
    let found = names.iter().find(|(known, _)| *known == number);
    found.map_or(c"UNKNOWN".as_ptr(), |(_, name)| name.as_ptr())
}

/// Version of the library that runs, such as "0.1.0"; MDCLOUD_VERSION is that of this header.
#[unsafe(no_mangle)]
pub extern "C" fn mdcloud_version() -> *const c_char {
    const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "\0");
    guard_value!(c"".as_ptr(), { VERSION.as_ptr().cast() })
}

/// Name of a status, such as "THROTTLED"; "UNKNOWN" for a number that this version does not know.
#[unsafe(no_mangle)]
pub extern "C" fn mdcloud_status_name(status: i32) -> *const c_char {
    static NAMES: OnceLock<Vec<(i32, CString)>> = OnceLock::new();
    guard_value!(c"".as_ptr(), {
        name_of(&NAMES, status, || {
            let ok = (Status::Ok as i32, Status::Ok.name());
            [ok].into_iter().chain(KINDS.iter().map(|kind| (kind.status as i32, kind.name))).collect()
        })
    })
}

/// Name of a verdict, such as "CLEAN"; "UNKNOWN" for a number that this version does not know.
#[unsafe(no_mangle)]
pub extern "C" fn mdcloud_verdict_name(verdict: i32) -> *const c_char {
    static NAMES: OnceLock<Vec<(i32, CString)>> = OnceLock::new();
    guard_value!(c"".as_ptr(), {
        name_of(&NAMES, verdict, || Verdict::ALL.map(|verdict| (verdict as i32, verdict.name())).to_vec())
    })
}

/// Name of an operation, such as "hash_lookup"; "UNKNOWN" for a number that this version does not know.
#[unsafe(no_mangle)]
pub extern "C" fn mdcloud_operation_name(operation: i32) -> *const c_char {
    static NAMES: OnceLock<Vec<(i32, CString)>> = OnceLock::new();
    guard_value!(c"".as_ptr(), {
        name_of(&NAMES, operation, || ENDPOINTS.iter().map(|row| (row.number(), row.name)).collect())
    })
}
