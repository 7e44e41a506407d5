//! Texts on their way to C and back.

use std::collections::HashMap;
use std::ffi::{CStr, CString};
use std::os::raw::c_char;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// The text for C. A NUL inside would end it early: U+FFFD stands for it.
pub(crate) fn c_string(text: &str) -> CString {
    CString::new(text).or_else(|_| CString::new(text.replace('\0', "\u{fffd}"))).unwrap_or_default()
}

/// A path as the system writes it; on Unix that is any bytes.
#[cfg(unix)]
pub(crate) fn path(text: &CStr) -> mdcloud_core::Result<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    Ok(std::ffi::OsStr::from_bytes(text.to_bytes()).into())
}

/// A path, as UTF-8.
#[cfg(not(unix))]
pub(crate) fn path(text: &CStr) -> mdcloud_core::Result<PathBuf> {
    text.to_str().map(PathBuf::from).map_err(|_| mdcloud_core::Error::invalid("path", "is not UTF-8"))
}

/// The texts that an object has handed out. They stay where they are until the object goes.
#[derive(Default)]
pub(crate) struct Strings(Mutex<HashMap<(usize, usize), CString>>);

impl Strings {
    /// A NUL-ended copy of a text of the object that owns this. The text itself does not change as long as
    /// the object lives, so its place says which it is, and asking again gives the same pointer.
    pub(crate) fn give(&self, text: &str) -> *const c_char {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.entry((text.as_ptr() as usize, text.len())).or_insert_with(|| c_string(text)).as_ptr()
    }

    /// The same, NULL for what is absent.
    pub(crate) fn give_or_null(&self, text: Option<&str>) -> *const c_char {
        text.map_or(std::ptr::null(), |text| self.give(text))
    }
}
