//! Exports the rendezvous symbol by hand, to stand for other versions and for nonsense. `ODD` says which.

use std::ffi::{c_char, c_void};
use std::sync::atomic::{AtomicU64, Ordering};

/// As `Answer` would look to a version that has not all of it: 24 bytes.
#[repr(C)]
struct OldAnswer {
    size: u32,
    verdict: i32,
    status: i32,
    granted: u32,
    ticket: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct Table {
    magic: u64,
    size: u32,
    major: u32,
    minor: u32,
    reserved: u32,
    version: *const c_char,
    ask: Option<unsafe extern "C" fn(*const u32, *mut OldAnswer)>,
    tell: Option<unsafe extern "C" fn(*const u32)>,
    snapshot: Option<unsafe extern "C" fn(*mut u8, usize) -> usize>,
    /// A newer version has more.
    later: [usize; 4],
}

// SAFETY: written once, before anyone reads it.
unsafe impl Sync for Table {}

static COUNT: AtomicU64 = AtomicU64::new(0);

/// Answers 1000 and counts on; writes no more than the old version knew.
unsafe extern "C" fn ask(_: *const u32, to: *mut OldAnswer) {
    let ticket = 1000 + COUNT.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the caller's answer is at least that long.
    unsafe { to.write(OldAnswer { size: 24, verdict: 0, status: 0, granted: 1, ticket }) };
}

/// Answers with a verdict that nobody knows.
unsafe extern "C" fn ask_oddly(_: *const u32, to: *mut OldAnswer) {
    // SAFETY: the caller's answer is at least that long.
    unsafe { to.write(OldAnswer { size: 24, verdict: 77, status: 0, granted: 1, ticket: 5 }) };
}

/// Says nothing at all.
unsafe extern "C" fn ask_silently(_: *const u32, _: *mut OldAnswer) {}

unsafe extern "C" fn tell(_: *const u32) {}

unsafe extern "C" fn snapshot(_: *mut u8, _: usize) -> usize {
    usize::MAX
}

const GOOD: Table = Table {
    magic: u64::from_be_bytes(*b"mdcloud\x01"),
    size: 56,
    major: 1,
    minor: 0,
    reserved: 0,
    version: c"9.8.7".as_ptr(),
    ask: Some(ask),
    tell: Some(tell),
    snapshot: Some(snapshot),
    later: [usize::MAX; 4],
};

// As many statics as kinds: a table is a static of its object.
static OLDER: Table = Table { size: 48, ..GOOD };
static NEWER: Table = Table { size: 88, minor: 3, ..GOOD };
static VERDICT: Table = Table { ask: Some(ask_oddly), ..GOOD };
static SILENT: Table = Table { ask: Some(ask_silently), ..GOOD };
static VERSION: Table = Table { version: 8 as *const c_char, ..GOOD };
static MAGIC: Table = Table { magic: 1, ..GOOD };
static MAJOR: Table = Table { major: 2, ..GOOD };
static TINY: Table = Table { size: 47, ..GOOD };
static HUGE: Table = Table { size: u32::MAX, ..GOOD };
static NO_ASK: Table = Table { ask: None, ..GOOD };

#[unsafe(no_mangle)]
extern "C" fn mdcloud_rendezvous_v1() -> *const c_void {
    let kind = std::env::var("ODD").unwrap_or_default();
    let table: *const Table = match kind.as_str() {
        "older" => &OLDER,
        "newer" => &NEWER,
        "verdict" => &VERDICT,
        "silent" => &SILENT,
        "version" => &VERSION,
        "magic" => &MAGIC,
        "major" => &MAJOR,
        "tiny" => &TINY,
        "huge" => &HUGE,
        "no_ask" => &NO_ASK,
        "unaligned" => (&raw const OLDER).wrapping_byte_add(4),
        "elsewhere" => Box::leak(Box::new(GOOD)),
        "wild" => 4096 as *const Table,
        _ => std::ptr::null(),
    };
    table.cast()
}
