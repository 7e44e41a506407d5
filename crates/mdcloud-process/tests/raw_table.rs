//! The table as another version sees it: with structures of other sizes, and with nonsense.

mod counting;

use std::ffi::{CStr, c_char};

use mdcloud_process::ledger::{ABSENT, ANSWERED, Answer, Ask, GO, Name, REFUSE, Tell};

/// Written down again on purpose: this layout is a promise.
#[repr(C)]
struct Table {
    magic: u64,
    size: u32,
    major: u32,
    minor: u32,
    reserved: u32,
    version: *const c_char,
    ask: unsafe extern "C" fn(*const Ask, *mut Answer),
    tell: unsafe extern "C" fn(*const Tell),
    snapshot: unsafe extern "C" fn(*mut u8, usize) -> usize,
}

fn table() -> &'static Table {
    // SAFETY: that is what it is.
    unsafe { &*mdcloud_process::table(counting::make).cast::<Table>() }
}

/// A structure with room after it, as a newer version would have.
#[repr(C)]
struct Longer<T> {
    known: T,
    later: [u8; 64],
}

const UNTOUCHED: [u8; 64] = [0xAA; 64];

fn room(size: usize) -> Longer<Answer> {
    let mut known = Answer::go(u64::MAX, u32::MAX);
    (known.size, known.verdict, known.wait_ns, known.family) = (size as u32, -5, 1234, Name::new("before"));
    Longer { known, later: UNTOUCHED }
}

fn asked(ask: &Ask, room: &mut Longer<Answer>) {
    // SAFETY: both say how long they are, or claim less, or are rejected for it.
    unsafe { (table().ask)(ask, (&raw mut *room).cast()) };
    assert_eq!(room.later, UNTOUCHED);
}

fn an_ask() -> Ask {
    let mut ask = Ask::new([3; 16]);
    (ask.max_wait_ns, ask.family) = (77, Name::new("reputation_api"));
    ask
}

#[test]
fn the_head_is_as_promised() {
    let table = table();
    assert_eq!(table.magic.to_be_bytes(), *b"mdcloud\x01");
    assert_eq!((table.size, table.major, table.minor), (56, 1, 0));
    // SAFETY: a static NUL-ended text.
    assert_eq!(unsafe { CStr::from_ptr(table.version) }.to_str(), Ok(env!("CARGO_PKG_VERSION")));
    assert_eq!(size_of::<Table>(), 56);
}

#[test]
fn an_equal_version() {
    let mut answer = room(size_of::<Answer>());
    asked(&an_ask(), &mut answer);
    let known = answer.known;
    assert_eq!((known.size, known.verdict, known.wait_ns), (80, GO, 77));
    assert_eq!(known.family.as_str(), "reputation_api");
}

#[test]
fn an_older_asker_gets_no_more_than_it_has_room_for() {
    let mut ask = an_ask();
    ask.size = 64; // ends before the family
    let mut answer = room(24); // ends before wait_ns
    asked(&ask, &mut answer);
    let known = answer.known;
    assert_eq!((known.size, known.verdict), (24, GO));
    assert_eq!((known.wait_ns, known.family.as_str()), (1234, "before"), "beyond its end nothing changed");

    let mut answer = room(80);
    asked(&ask, &mut answer);
    assert_eq!(answer.known.family.as_str(), "none", "what it did not send is absent");
    assert_eq!(answer.known.wait_ns, 77);

    ask.size = 24; // who asks, and nothing else
    asked(&ask, &mut answer);
    assert_eq!((answer.known.verdict, answer.known.wait_ns), (GO, 0));
}

#[test]
fn a_newer_asker_is_told_how_much_was_filled() {
    let mut ask = Longer { known: an_ask(), later: [7; 64] };
    ask.known.size += 64;
    let mut answer = room(80 + 64);
    // SAFETY: both are as long as they say.
    unsafe { (table().ask)((&raw const ask).cast(), (&raw mut answer).cast()) };
    assert_eq!((answer.known.size, answer.known.verdict), (80, GO));
    assert_eq!((answer.known.family.as_str(), answer.later), ("reputation_api", UNTOUCHED));
}

#[test]
fn nonsense_is_refused() {
    for size in [0, 3, 15, 4097, u32::MAX] {
        let mut ask = an_ask();
        ask.size = size;
        let mut answer = room(80);
        asked(&ask, &mut answer);
        assert_eq!((answer.known.verdict, answer.known.status), (REFUSE, 99), "{size}");
        assert_eq!(answer.known.wait_ns, ABSENT);

        let mut answer = room(size as usize);
        asked(&an_ask(), &mut answer);
        assert_eq!(answer.known.verdict, -5, "no room of {size}: nothing is written");
    }
    let mut answer = room(80);
    // SAFETY: NULL is allowed everywhere.
    unsafe {
        (table().ask)(std::ptr::null(), (&raw mut answer).cast());
        (table().ask)(&an_ask(), std::ptr::null_mut());
        (table().tell)(std::ptr::null());
    }
    assert_eq!((answer.known.verdict, answer.known.status), (REFUSE, 99));
}

#[test]
fn a_panic_is_a_refusal() {
    let mut ask = an_ask();
    ask.operation = -1;
    let mut answer = room(80);
    asked(&ask, &mut answer);
    assert_eq!((answer.known.verdict, answer.known.status), (REFUSE, 99));
}

#[test]
fn an_older_teller_leaves_the_rest_absent() {
    let mut tell = Tell::new([3; 16], 5, ANSWERED);
    (tell.http_status, tell.remaining, tell.family) = (200, 9, Name::new("x"));
    tell.size = 56; // ends before the first header
    // SAFETY: it is longer than it says.
    unsafe { (table().tell)(&tell) };
    let told = counting::LAST_TOLD.lock().take().unwrap();
    assert_eq!((told.size, told.ticket, told.http_status), (176, 5, 200));
    assert_eq!((told.remaining, told.family.as_str()), (ABSENT, ""));
}

#[test]
fn a_snapshot_says_how_long_it_is() {
    // SAFETY: room as said, or none.
    unsafe {
        let length = (table().snapshot)(std::ptr::null_mut(), 0);
        let mut text = vec![b'?'; length];
        assert_eq!((table().snapshot)(text.as_mut_ptr(), length - 1), length);
        assert!(text.iter().all(|byte| *byte == b'?'), "too little room: nothing is written");
        assert_eq!((table().snapshot)(text.as_mut_ptr(), length), length);
        assert!(text.starts_with(b"{\"count\":"));
    }
}
