//! The table behind the symbol: how this copy serves others.
//!
//! Why data only: the caller may be of another version, built with another compiler and another allocator.
//! So nothing crosses but numbers and fixed-size text, nobody frees what the other made, nothing blocks
//! (each copy waits for itself, in slices that its own user can cancel), and nothing unwinds out.
//!
//! Growing: fields and functions are only ever added at the end, and each structure says its size. Both
//! sides copy what both know; the rest keeps the value that means "absent". The table and its version text
//! are statics of the object that exports the symbol; a reader checks that.

use core::ffi::{c_char, c_void};
use core::mem::offset_of;

use crate::guard::guarded;
use crate::ledger::{ABSENT, Answer, Ask, LOST, Ledger, Name, REFUSE, Tell};
use crate::rendezvous;

/// `mdcloud` and the major version of the table.
pub(crate) const MAGIC: u64 = u64::from_be_bytes(*b"mdcloud\x01");
/// Goes up only together with the symbol's name.
pub(crate) const MAJOR: u32 = 1;
/// Goes up with each field or function added at the end.
pub(crate) const MINOR: u32 = 1;
/// `Status::Panic`: what a call is answered that hit an error inside the library.
pub(crate) const PANIC: i32 = 99;
/// No structure of ours comes near; larger means that it is not one.
pub(crate) const LARGEST: u32 = 4096;

pub(crate) type AskFn = unsafe extern "C" fn(*const Ask, *mut Answer);
pub(crate) type TellFn = unsafe extern "C" fn(*const Tell);
pub(crate) type SnapshotFn = unsafe extern "C" fn(*mut u8, usize) -> usize;

/// What the exported symbol returns a pointer to.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Table {
    pub(crate) magic: u64,
    pub(crate) size: u32,
    pub(crate) major: u32,
    pub(crate) minor: u32,
    pub(crate) reserved: u32,
    /// NUL-ended.
    pub(crate) version: *const c_char,
    /// The caller sets the answer's `size` to the room it has.
    pub(crate) ask: Option<AskFn>,
    pub(crate) tell: Option<TellFn>,
    /// Writes the text where it fits into the room, and returns its length in any case.
    pub(crate) snapshot: Option<SnapshotFn>,
}

// SAFETY: never changed, and the text that it points to is a constant.
unsafe impl Sync for Table {}

static TABLE: Table = Table {
    magic: MAGIC,
    size: size_of::<Table>() as u32,
    major: MAJOR,
    minor: MINOR,
    reserved: 0,
    version: concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast(),
    ask: Some(ask),
    tell: Some(tell),
    snapshot: Some(snapshot),
};

/// The table that the exported symbol returns. `make` builds this copy's own ledger once another copy asks
/// it; all calls of one copy pass the same function.
pub fn table(make: fn() -> Box<dyn Ledger>) -> *const c_void {
    rendezvous::remember(make);
    (&raw const TABLE).cast()
}

unsafe extern "C" fn ask(from: *const Ask, to: *mut Answer) {
    // SAFETY: the table's contract: NULL, or a structure that begins with its size and is that long.
    let answer = match unsafe { take(from) } {
        Some(ask) => guarded(|| rendezvous::served().map(|ledger| ledger.ask(&ask))).flatten(),
        None => None,
    };
    // SAFETY: likewise, and the caller lets us write there.
    unsafe { give(answer.unwrap_or_else(Answer::absent), to) };
}

unsafe extern "C" fn tell(from: *const Tell) {
    // SAFETY: the table's contract: NULL, or a structure that begins with its size and is that long.
    if let Some(tell) = unsafe { take(from) } {
        guarded(|| rendezvous::served().map(|ledger| ledger.tell(&tell)));
    }
}

unsafe extern "C" fn snapshot(to: *mut u8, capacity: usize) -> usize {
    guarded(|| {
        let text = rendezvous::served().map(|ledger| ledger.snapshot()).unwrap_or_default();
        if !to.is_null() && text.len() <= capacity {
            // SAFETY: the table's contract: NULL, or room for `capacity` bytes, which suffice.
            unsafe { std::ptr::copy_nonoverlapping(text.as_ptr(), to, text.len()) };
        }
        text.len()
    })
    .unwrap_or(0)
}

/// A structure that crosses.
///
/// # Safety
/// `repr(C)`, without padding, valid with any bytes in it, and its first field is the `u32` size.
pub(crate) unsafe trait Crossing: Copy {
    /// Shorter than this it says nothing.
    const LEAST: u32;
    /// All that a sender may not know yet.
    fn absent() -> Self;
    /// The first field.
    fn size(&mut self) -> &mut u32;
}

// SAFETY: integers and bytes only, in `repr(C)` without padding (the sizes are checked below).
unsafe impl Crossing for Ask {
    const LEAST: u32 = offset_of!(Ask, ticket) as u32;
    fn absent() -> Self {
        Ask::new([0; 16])
    }
    fn size(&mut self) -> &mut u32 {
        &mut self.size
    }
}

// SAFETY: as above.
unsafe impl Crossing for Answer {
    const LEAST: u32 = offset_of!(Answer, ticket) as u32;
    /// Nobody answered: the call must not start.
    fn absent() -> Self {
        Answer {
            size: size_of::<Answer>() as u32,
            verdict: REFUSE,
            status: PANIC,
            granted: 0,
            ticket: 0,
            wait_ns: ABSENT,
            family: Name::EMPTY,
        }
    }
    fn size(&mut self) -> &mut u32 {
        &mut self.size
    }
}

// SAFETY: as above.
unsafe impl Crossing for Tell {
    const LEAST: u32 = offset_of!(Tell, http_status) as u32;
    fn absent() -> Self {
        Tell::new([0; 16], 0, LOST)
    }
    fn size(&mut self) -> &mut u32 {
        &mut self.size
    }
}

// The layout of version 1: these numbers never change, what is added gets a line of its own.
const _: () = {
    assert!(size_of::<Name>() == 48);
    assert!(offset_of!(Ask, family) == 64 && offset_of!(Ask, leave) == 112);
    assert!(size_of::<Answer>() == 80 && offset_of!(Answer, family) == 32);
    assert!(offset_of!(Tell, family) == 112 && offset_of!(Tell, ago_ns) == 160);
    assert!(offset_of!(Table, version) == 24);
    // Minor version 1.
    assert!(size_of::<Ask>() == 128 && offset_of!(Ask, reservation) == 120);
    assert!(size_of::<Tell>() == 176 && offset_of!(Tell, cost) == 168);
};

/// A copy of what another copy of the library sent, as far as both know it.
///
/// # Safety
/// `from` is NULL or points to a structure that begins with its size and is that long.
unsafe fn take<T: Crossing>(from: *const T) -> Option<T> {
    if from.is_null() {
        return None;
    }
    // SAFETY: it begins with its size.
    let size = unsafe { from.cast::<u32>().read_unaligned() };
    if !(T::LEAST..=LARGEST).contains(&size) {
        return None;
    }
    let mut value = T::absent();
    let length = (size as usize).min(size_of::<T>());
    // SAFETY: `length` is within both, any bytes are valid in a `Crossing`, and `value` is our own.
    unsafe { std::ptr::copy_nonoverlapping(from.cast::<u8>(), (&raw mut value).cast::<u8>(), length) };
    *value.size() = size_of::<T>() as u32;
    Some(value)
}

/// Writes as much of `value` as there is room for, and how much that was.
///
/// # Safety
/// `to` is NULL or points to a structure that begins with its size, is that long, and may be written.
unsafe fn give<T: Crossing>(mut value: T, to: *mut T) {
    if to.is_null() {
        return;
    }
    // SAFETY: it begins with its size.
    let size = unsafe { to.cast::<u32>().read_unaligned() };
    if !(T::LEAST..=LARGEST).contains(&size) {
        return;
    }
    let length = (size as usize).min(size_of::<T>());
    *value.size() = length as u32;
    // SAFETY: `length` is within both, and `value` is our own.
    unsafe { std::ptr::copy_nonoverlapping((&raw const value).cast::<u8>(), to.cast::<u8>(), length) };
}
