//! How this copy asks another one through its table.

use core::ffi::{c_char, c_void};
use core::mem::{MaybeUninit, offset_of};

use crate::ledger::{Answer, Ask, GO, Ledger, REFUSE, Tell, WAIT};
use crate::objects::Exporter;
use crate::table::{AskFn, Crossing, LARGEST, MAGIC, MAJOR, SnapshotFn, Table, TellFn};

/// A snapshot beyond this is not one.
const LARGEST_SNAPSHOT: usize = 1 << 24;

/// Another copy's table, read once and checked.
pub(crate) struct Remote {
    pub(crate) version: String,
    pub(crate) major: u32,
    pub(crate) minor: u32,
    ask: AskFn,
    tell: TellFn,
    snapshot: Option<SnapshotFn>,
}

impl Remote {
    /// `None` where `exporter` returns nothing that this version can use: such an object is ignored.
    pub(crate) fn of(exporter: &Exporter) -> Option<Remote> {
        let at = exporter.table();
        let least = offset_of!(Table, snapshot);
        if at.is_null() || !at.cast::<Table>().is_aligned() || !exporter.contains(at, least) {
            return None;
        }
        // SAFETY: these bytes are a readable part of the object, which stays loaded meanwhile.
        let (magic, size) = unsafe { ((*at.cast::<Table>()).magic, (*at.cast::<Table>()).size) };
        let given = size as usize;
        if magic != MAGIC || given < least || size > LARGEST || !exporter.contains(at, given) {
            return None;
        }
        let table = read(at, given);
        if table.major != MAJOR {
            return None;
        }
        Some(Remote {
            version: text(table.version, exporter),
            major: table.major,
            minor: table.minor,
            ask: table.ask?,
            tell: table.tell?,
            snapshot: table.snapshot,
        })
    }
}

/// The first `given` bytes of the table at `at`; functions beyond them are absent.
fn read(at: *const c_void, given: usize) -> Table {
    let mut table = MaybeUninit::<Table>::zeroed();
    let length = given.min(size_of::<Table>());
    // SAFETY: the only caller has checked that `given` bytes can be read, and `length` is within both. Any
    // number, any pointer and an absent function are valid; a present one is valid since the magic says so.
    unsafe {
        std::ptr::copy_nonoverlapping(at.cast::<u8>(), table.as_mut_ptr().cast::<u8>(), length);
        table.assume_init()
    }
}

/// A short NUL-ended text inside the object; empty where it is not one.
fn text(at: *const c_char, exporter: &Exporter) -> String {
    let mut bytes = Vec::new();
    while bytes.len() < 64 {
        let next = at.wrapping_add(bytes.len());
        if !exporter.contains(next.cast(), 1) {
            return String::new();
        }
        // SAFETY: a readable byte of the object, which stays loaded meanwhile.
        match unsafe { *next } {
            0 => return String::from_utf8_lossy(&bytes).into_owned(),
            byte => bytes.push(byte as u8),
        }
    }
    String::new()
}

impl Ledger for Remote {
    fn ask(&self, ask: &Ask) -> Answer {
        let mut ask = *ask;
        *ask.size() = size_of::<Ask>() as u32;
        let mut answer = Answer::absent();
        // SAFETY: a function of the pinned leader; both structures carry their own sizes.
        unsafe { (self.ask)(&ask, &mut answer) };
        *answer.size() = size_of::<Answer>() as u32;
        match answer.verdict {
            GO | WAIT | REFUSE => answer,
            _ => Answer::absent(),
        }
    }

    fn tell(&self, tell: &Tell) {
        let mut tell = *tell;
        *tell.size() = size_of::<Tell>() as u32;
        // SAFETY: a function of the pinned leader; the structure carries its own size.
        unsafe { (self.tell)(&tell) };
    }

    fn snapshot(&self) -> String {
        let Some(snapshot) = self.snapshot else { return "{}".into() };
        let mut text = vec![0_u8; 4096];
        // More than once, since it may grow between two calls.
        for _ in 0..4 {
            // SAFETY: a function of the pinned leader, and room for as much as we say.
            let needed = unsafe { snapshot(text.as_mut_ptr(), text.len()) };
            if needed == 0 || needed > LARGEST_SNAPSHOT {
                break;
            }
            if needed <= text.len() {
                text.truncate(needed);
                return String::from_utf8_lossy(&text).into_owned();
            }
            text.resize(needed + needed / 4, 0);
        }
        "{}".into()
    }
}
