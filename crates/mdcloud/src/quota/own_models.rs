//! The ledger of a process, asked by threads while its first fork takes it to memory that children share: see
//! `models.rs`.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use mdcloud_process::ledger::{ANSWERED, Ask, GO, Tell};

use super::*;
use crate::sync::thread;

/// Fewer than elsewhere, as each maps memory that stays.
const ORDERS: usize = 2_000;

/// The window has room for this many, and more than these ask.
const ROOM: u32 = 3;

/// One call that does not wait; whether it was allowed.
fn call(ledger: &OwnLedger) -> bool {
    let mut ask = Ask { operation: 15, throttled: 1, ..Ask::new([1; 16]) };
    (ask.throttle_requests, ask.throttle_window_ns) = (ROOM, 3_600_000_000_000);
    let answer = ledger.ask(&ask);
    if answer.verdict == GO {
        let told = Tell { http_status: 200, ..Tell::new([1; 16], answer.ticket, ANSWERED) };
        ledger.tell(&told);
    }
    answer.verdict == GO
}

#[test]
fn no_more_calls_start_than_the_window_has_room_for_whenever_the_ledger_moves() {
    shuttle::check_pct(
        || {
            let ledger = Arc::new(OwnLedger::new());
            let threads: Vec<_> = (0..3)
                .map(|_| {
                    let ledger = ledger.clone();
                    thread::spawn(move || (0..2).filter(|_| call(&ledger)).count())
                })
                .collect();
            ledger.private.0.prepare();
            assert!(matches!(ledger.private.0.lock().sharing, Sharing::Shared(_)));
            let started: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
            assert_eq!(started, ROOM as usize);
        },
        ORDERS,
        3,
    );
}
