//! A fork among threads that lock, in many thousands of orders: run by `cargo xtask test --only models`.
//!
//! Nothing is forked: the handlers are called as the C library calls them. shuttle runs the threads one step at a
//! time, a step being what they do between two locks, and finds who waits for ever.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use super::*;
use shuttle::thread;

/// Orders tried; each differs from the plain one in up to three places.
const ORDERS: usize = 10_000;

/// How many threads are in the middle of a change.
type Inside = Arc<AtomicU32>;

/// A change that another thread can come in between of.
fn change(inside: &Inside) {
    inside.fetch_add(1, Ordering::SeqCst);
    thread::yield_now();
    inside.fetch_sub(1, Ordering::SeqCst);
}

/// What the C library does with a fork, seen by the parent.
fn fork(inside: &Inside) {
    prepare();
    assert_eq!(inside.load(Ordering::SeqCst), 0, "forked in the middle of a change");
    thread::yield_now();
    assert_eq!(inside.load(Ordering::SeqCst), 0, "changed while it was forked");
    in_parent();
}

#[test]
fn a_fork_comes_between_changes_and_nobody_waits_for_ever() {
    shuttle::check_pct(
        || {
            // The list of the order before, with mutexes that are gone.
            locked(&REGISTRY).clear();
            let inside = Inside::default();
            let first = ForkMutex::leaked((), |()| {});
            let second = ForkMutex::leaked((), |()| {});
            let nested = inside.clone();
            let nested = thread::spawn(move || {
                let _first = first.lock();
                let _second = second.lock();
                change(&nested);
            });
            // One that comes into being while another is held.
            let adds = inside.clone();
            let adds = thread::spawn(move || {
                let _first = first.lock();
                let _new = ForkMutex::leaked((), |()| {}).lock();
                change(&adds);
            });
            fork(&inside);
            nested.join().unwrap();
            adds.join().unwrap();
            fork(&inside);
        },
        ORDERS,
        3,
    );
}
