//! The edge between C and Rust: NULL is checked, panics end here, and nothing unwinds into C.
//!
//! Every exported function is one call of [`guard!`] (status, error object), [`guard_status!`] or
//! `guard_get!` (status alone), or [`guard_value!`] (anything else). A test reads the sources and another panics in every one.

use std::any::Any;
use std::borrow::Cow;
use std::ffi::CStr;
use std::os::raw::c_char;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::NonNull;

use mdcloud_core::{Error, Result, Status};

use crate::error::mdcloud_error;

/// Runs `work`; in the error case what the panic said.
fn caught<R>(work: impl FnOnce() -> R) -> std::result::Result<R, String> {
    let work = || {
        #[cfg(feature = "panic-test")]
        crate::panic_test::strike();
        work()
    };
    // What a panic may leave half done is not looked at again: handles are only ever read through locks.
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let said = said(payload.as_ref());
        // A payload may panic once more when it is dropped, and the payload of that one too.
        if let Err(second) = catch_unwind(AssertUnwindSafe(move || drop(payload))) {
            std::mem::forget(second);
        }
        said
    })
}

fn said(payload: &(dyn Any + Send)) -> String {
    match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "no message".to_owned(),
    }
}

/// The body of a function that gives a status and an error object.
///
/// # Safety
/// `err` is NULL or points to a place for an error.
pub(crate) unsafe fn call(err: *mut *mut mdcloud_error, body: impl FnOnce() -> Result<()>) -> Status {
    let outcome = caught(body).unwrap_or_else(|said| Err(Error::panicked(&said)));
    let status = outcome.as_ref().map_or_else(Error::status, |()| Status::Ok);
    if let Some(err) = NonNull::new(err) {
        let made =
            caught(|| outcome.err().map_or(std::ptr::null_mut(), |error| mdcloud_error::new(error).leak()));
        // SAFETY: not NULL, so the caller's promise holds; a plain write does not read what was there.
        unsafe { err.write(made.unwrap_or(std::ptr::null_mut())) };
    }
    status
}

/// The body of a function that gives a status alone.
pub(crate) fn status(body: impl FnOnce() -> Result<()>) -> Status {
    match caught(body) {
        Ok(Ok(())) => Status::Ok,
        Ok(Err(error)) => error.status(),
        Err(_) => Status::Panic,
    }
}

/// Why a getter gave nothing; it says so by its status alone.
pub(crate) struct Why(Status);

impl Why {
    /// There is no such field.
    pub(crate) const ABSENT: Why = Why(Status::NotFound);
    /// It is something else.
    pub(crate) const OTHER_TYPE: Why = Why(Status::InvalidArgument);
}

impl From<Error> for Why {
    fn from(error: Error) -> Self {
        Why(error.status())
    }
}

/// The body of a getter.
pub(crate) fn get(body: impl FnOnce() -> std::result::Result<(), Why>) -> Status {
    match caught(body) {
        Ok(Ok(())) => Status::Ok,
        Ok(Err(Why(status))) => status,
        Err(_) => Status::Panic,
    }
}

/// The body of any other function, and what it gives after a panic.
pub(crate) fn value<R>(fallback: R, body: impl FnOnce() -> R) -> R {
    caught(body).unwrap_or(fallback)
}

/// A place of the caller's for a result.
pub(crate) struct Out<T>(NonNull<T>);

impl<T> Out<T> {
    pub(crate) fn set(self, value: T) {
        // SAFETY: checked for NULL; that it is a place for a `T` is the caller's promise. A plain write
        // does not read what was there.
        unsafe { self.0.write(value) };
    }
}

fn null(name: &str) -> Error {
    Error::invalid(name, "is NULL")
}

pub(crate) fn out<T>(name: &str, place: *mut T) -> Result<Out<T>> {
    NonNull::new(place).map(Out).ok_or_else(|| null(name))
}

/// # Safety
/// `object` is NULL or a live object that nobody frees meanwhile.
pub(crate) unsafe fn object<'a, T>(name: &str, object: *const T) -> Result<&'a T> {
    // SAFETY: the caller's promise.
    unsafe { object.as_ref() }.ok_or_else(|| null(name))
}

/// # Safety
/// `text` is NULL or NUL-ended, and stays as it is meanwhile.
pub(crate) unsafe fn c_str<'a>(name: &str, text: *const c_char) -> Result<&'a CStr> {
    if text.is_null() {
        return Err(null(name));
    }
    // SAFETY: not NULL; the rest is the caller's promise.
    Ok(unsafe { CStr::from_ptr(text) })
}

/// # Safety
/// As [`c_str`].
pub(crate) unsafe fn text<'a>(name: &str, text: *const c_char) -> Result<&'a str> {
    // SAFETY: the caller's promise.
    let text = unsafe { c_str(name, text) }?;
    text.to_str().map_err(|_| Error::invalid(name, "is not UTF-8"))
}

/// `count` elements; NULL will do for none.
///
/// # Safety
/// `first` is NULL or the first of `count` elements that stay as they are meanwhile.
pub(crate) unsafe fn slice<'a, T>(name: &str, first: *const T, count: usize) -> Result<&'a [T]> {
    match (first.is_null(), count) {
        (_, 0) => Ok(&[]),
        (true, _) => Err(null(name)),
        (false, _) if count > isize::MAX as usize / size_of::<T>().max(1) => {
            Err(Error::invalid(name, "is longer than the memory"))
        }
        // SAFETY: not NULL, not longer than the address space; the rest is the caller's promise.
        (false, _) => Ok(unsafe { std::slice::from_raw_parts(first, count) }),
    }
}

/// Texts; what is not UTF-8 gets U+FFFD where it is not, and is for its own entry to refuse.
///
/// # Safety
/// Each is NULL or NUL-ended, and stays as it is meanwhile.
pub(crate) unsafe fn texts<'a>(name: &str, texts: &'a [*const c_char]) -> Result<Vec<Cow<'a, str>>> {
    let text = |(index, text): (usize, &*const c_char)| {
        // SAFETY: the caller's promise.
        Ok(unsafe { c_str(&format!("{name}[{index}]"), *text) }?.to_string_lossy())
    };
    some(name, texts)?.iter().enumerate().map(text).collect()
}

/// # Safety
/// Each is NULL or a live object that nobody frees meanwhile.
pub(crate) unsafe fn objects<'a, T>(name: &str, objects: &[*const T]) -> Result<Vec<&'a T>> {
    let one = |(index, one): (usize, &*const T)| {
        // SAFETY: the caller's promise.
        unsafe { object(&format!("{name}[{index}]"), *one) }
    };
    some(name, objects)?.iter().enumerate().map(one).collect()
}

/// A list that is not empty. An empty one is a mistake further up, which no result would show.
fn some<'a, T>(name: &str, list: &'a [T]) -> Result<&'a [T]> {
    match list.is_empty() {
        true => Err(Error::invalid(name, "is empty: there is nothing to ask for")),
        false => Ok(list),
    }
}

/// Takes back what `_new` gave. NULL is fine.
///
/// # Safety
/// `object` is NULL, or came from [`give`] and is not used any more.
pub(crate) unsafe fn free<T>(object: *mut T) {
    if !object.is_null() {
        // SAFETY: the caller's promise.
        drop(unsafe { Box::from_raw(object) });
    }
}

/// Hands an object to the caller, who frees it.
pub(crate) fn give<T>(object: T) -> *mut T {
    Box::into_raw(Box::new(object))
}

/// The body of an exported function with a parameter for the error.
macro_rules! guard {
    ($err:ident, $body:block) => {{
        let body = || -> ::mdcloud_core::Result<()> { $body };
        // SAFETY: by the header's rules `err` is NULL or points to a place for an error.
        unsafe { $crate::guard::call($err, body) }
    }};
}

/// The body of an exported function that gives a status and no error object.
macro_rules! guard_status {
    ($body:block) => {
        $crate::guard::status(|| -> ::mdcloud_core::Result<()> { $body })
    };
}

/// The body of any other exported function; the first argument is what it gives after a panic.
macro_rules! guard_value {
    ($fallback:expr, $body:block) => {
        $crate::guard::value($fallback, || $body)
    };
}

/// The body of a function that frees an object.
macro_rules! guard_free {
    ($object:ident) => {
        $crate::guard::value((), || {
            // SAFETY: by the header's rules it is NULL, or came from us and is not used any more.
            unsafe { $crate::guard::free($object) }
        })
    };
}

/// The body of a getter that reads a result.
macro_rules! guard_get {
    ($body:block) => {
        $crate::guard::get(|| -> ::std::result::Result<(), $crate::guard::Why> { $body })
    };
}

/// The body of a getter: a text of a result.
macro_rules! guard_text {
    ($result:ident, $out:ident, $get:expr) => {
        guard_get!({
            let result = object!($result);
            let out = out!($out);
            out.set(result.text($get)?);
            Ok(())
        })
    };
}

/// The body of a getter: a number, flag or verdict of a result.
macro_rules! guard_copy {
    ($result:ident, $out:ident, $get:expr) => {
        guard_get!({
            let result = object!($result);
            let out = out!($out);
            out.set(result.copy($get)?);
            Ok(())
        })
    };
}

/// The argument as an object, or the error that names it.
macro_rules! object {
    ($name:ident) => {{
        // SAFETY: by the header's rules it is NULL or a live object.
        unsafe { $crate::guard::object(stringify!($name), $name) }?
    }};
}

/// The argument as an object, or `None` for NULL.
macro_rules! optional {
    ($name:ident) => {{
        // SAFETY: by the header's rules it is NULL or a live object.
        unsafe { $name.as_ref() }
    }};
}

/// The argument as text, or the error that names it.
macro_rules! text {
    ($name:ident) => {{
        // SAFETY: by the header's rules it is NULL or a NUL-ended text.
        unsafe { $crate::guard::text(stringify!($name), $name) }?
    }};
}

/// The argument as text, or `None` for NULL.
macro_rules! optional_text {
    ($name:ident) => {{
        match $name.is_null() {
            true => None,
            false => Some(text!($name)),
        }
    }};
}

/// A pointer and a count as texts, or the error that names the pointer.
macro_rules! texts {
    ($first:ident, $count:ident) => {{
        let all = slice!($first, $count);
        // SAFETY: by the header's rules each is NULL or a NUL-ended text.
        unsafe { $crate::guard::texts(stringify!($first), all) }?
    }};
}

/// A pointer and a count as objects, or the error that names the pointer.
macro_rules! objects {
    ($first:ident, $count:ident) => {{
        let all = slice!($first, $count);
        // SAFETY: by the header's rules each is NULL or a live object.
        unsafe { $crate::guard::objects(stringify!($first), all) }?
    }};
}

/// The argument as a path, or the error that names it.
macro_rules! path {
    ($name:ident) => {{
        // SAFETY: by the header's rules it is NULL or a NUL-ended text.
        $crate::text::path(unsafe { $crate::guard::c_str(stringify!($name), $name) }?)?
    }};
}

/// A pointer and a count as a slice, or the error that names the pointer.
macro_rules! slice {
    ($first:ident, $count:ident) => {{
        // SAFETY: by the header's rules it is NULL or the first of that many elements.
        unsafe { $crate::guard::slice(stringify!($first), $first, $count) }?
    }};
}

/// A place for a result, or the error that names it.
macro_rules! out {
    ($name:ident) => {
        $crate::guard::out(stringify!($name), $name)?
    };
}
