use super::*;
use crate::cancel::{Cancel, Cancels};
use crate::error::Status;
use crate::quota::tracker::Tracker;
use crate::wait::SystemClock;
use mdcloud_process::ledger::{REFUSE, WAIT};
use std::sync::{Arc, Mutex};

const ACCOUNT: [u8; 16] = [5; 16];
const MARK: u64 = 1 << 62;
const SECOND: u64 = 1_000_000_000;

/// A store that fails when it is told to, and both ledgers as trackers at one moment.
#[derive(Default)]
struct Fake {
    tracker: Mutex<Tracker>,
    fails: Mutex<bool>,
    /// How often it was tried.
    tried: Mutex<u32>,
}

impl Fake {
    fn use_it(&self) -> Result<(), StoreError> {
        *self.tried.lock().unwrap() += 1;
        match *self.fails.lock().unwrap() {
            true => Err(StoreError::new(Status::Io, "on strike")),
            false => Ok(()),
        }
    }

    fn fail(&self, fails: bool) {
        *self.fails.lock().unwrap() = fails;
    }
}

const NOW: u64 = 3600 * SECOND;

impl Outside for Arc<Fake> {
    fn ask(&self, ask: &Ask, _: &Patience) -> Result<Answer, StoreError> {
        self.use_it().map(|()| self.tracker.lock().unwrap().ask(NOW, ask))
    }
    fn tell(&self, tell: &Tell) -> Result<(), StoreError> {
        self.use_it().map(|()| self.tracker.lock().unwrap().tell(NOW, tell))
    }
    fn view(
        &self,
        _: &std::collections::BTreeSet<Account>,
    ) -> Result<(Vec<AccountView>, Option<String>), StoreError> {
        self.use_it().map(|()| (self.tracker.lock().unwrap().view(NOW), None))
    }
}

struct Inside(Mutex<Tracker>);

impl Ledger for Inside {
    fn ask(&self, ask: &Ask) -> Answer {
        self.0.lock().unwrap().ask(NOW, ask)
    }
    fn tell(&self, tell: &Tell) {
        self.0.lock().unwrap().tell(NOW, tell);
    }
    fn snapshot(&self) -> String {
        String::new()
    }
}

struct Pair {
    store: Arc<Fake>,
    inside: &'static Inside,
    backed: Backed,
    patience: Patience,
}

fn pair() -> Pair {
    let store = Arc::new(Fake::default());
    let inside: &'static Inside = Box::leak(Box::new(Inside(Mutex::default())));
    let backed = Backed::new(Box::new(store.clone()), inside, MARK);
    let patience = Patience::new(Arc::new(SystemClock), Cancels::default());
    Pair { store, inside, backed, patience }
}

impl Pair {
    fn ask(&self, ask: &Ask) -> Answer {
        self.backed.ask(ask, false, &self.patience).unwrap()
    }

    /// The pause after a failure has passed.
    fn later(&self) {
        self.backed.away.lock().until = None;
    }

    fn remaining(tracker: &Mutex<Tracker>) -> Option<u64> {
        let views = tracker.lock().unwrap().view(NOW);
        views.first()?.families.first()?.1.remaining
    }

    fn both(&self) -> [Option<u64>; 2] {
        [Self::remaining(&self.store.tracker), Self::remaining(&self.inside.0)]
    }

    fn in_window(&self) -> [usize; 2] {
        [&self.store.tracker, &self.inside.0].map(|tracker| tracker.lock().unwrap().view(NOW)[0].in_window)
    }
}

fn lookup() -> Ask {
    let mut ask = Ask::new(ACCOUNT);
    (ask.operation, ask.cost, ask.at_least, ask.family) = (15, 1, 1, Name::new("reputation_api"));
    ask
}

fn upload() -> Ask {
    let mut ask = Ask::new(ACCOUNT);
    (ask.operation, ask.throttled) = (5, 1);
    (ask.throttle_requests, ask.throttle_window_ns, ask.max_wait_ns) = (2, 60 * SECOND, 3600 * SECOND);
    ask
}

fn answered(ticket: u64, remaining: u64) -> Tell {
    let mut tell = Tell::new(ACCOUNT, ticket, ANSWERED);
    (tell.http_status, tell.limit, tell.remaining) = (200, 100, remaining);
    (tell.reset_ns, tell.family) = (1000 * SECOND, Name::new("reputation_api"));
    tell
}

#[test]
fn a_fallback_knows_what_the_store_knew() {
    let pair = pair();
    let first = pair.ask(&lookup());
    pair.backed.tell(&answered(first.ticket, 2));
    assert_eq!(pair.both(), [Some(2), Some(2)]);
    pair.store.fail(true);
    let go = (0..5).filter(|_| pair.ask(&lookup()).verdict == GO).count();
    assert_eq!(go, 2, "the process ledger knows that two are left");
}

#[test]
fn what_was_allowed_meanwhile_counts_in_the_store_when_it_is_back() {
    let pair = pair();
    let first = pair.ask(&lookup());
    pair.backed.tell(&answered(first.ticket, 9));
    assert_eq!(pair.ask(&upload()).verdict, GO);
    pair.store.fail(true);
    let kept = pair.ask(&lookup());
    let given_back = pair.ask(&lookup());
    let uploaded = pair.ask(&upload());
    assert_eq!(
        [kept, given_back, uploaded].map(|answer| (answer.verdict, answer.ticket & MARK)),
        [(GO, MARK); 3]
    );
    pair.backed.tell(&Tell::new(ACCOUNT, given_back.ticket, NOT_SENT));
    pair.backed.tell(&answered(kept.ticket, 8));
    pair.store.fail(false);
    pair.later();
    assert!(pair.backed.view(&Default::default()).is_ok());
    assert_eq!(pair.both(), [Some(8), Some(8)]);
    assert_eq!(pair.in_window(), [2, 2]);
    let third = pair.ask(&upload());
    assert_eq!((third.verdict, third.ticket & MARK), (WAIT, 0));
}

#[test]
fn a_store_that_fails_is_left_alone_for_a_while() {
    let pair = pair();
    pair.store.fail(true);
    for _ in 0..20 {
        let answer = pair.ask(&lookup());
        pair.backed.tell(&Tell::new(ACCOUNT, answer.ticket, NOT_SENT));
    }
    assert_eq!(*pair.store.tried.lock().unwrap(), 1);
    pair.later();
    pair.ask(&lookup());
    assert_eq!(*pair.store.tried.lock().unwrap(), 2);
}

#[test]
fn who_is_strict_is_told_what_is_wrong_and_nothing_is_allowed() {
    let pair = pair();
    pair.store.fail(true);
    for _ in 0..2 {
        let error = pair.backed.ask(&lookup(), true, &pair.patience).unwrap_err();
        assert_eq!((error.status, error.detail.as_str()), (Status::Io, "on strike"));
    }
    assert_eq!(pair.inside.0.lock().unwrap().view(NOW).len(), 0);
    pair.store.fail(false);
    pair.later();
    assert_eq!(pair.backed.ask(&lookup(), true, &pair.patience).unwrap().verdict, GO);
}

#[test]
fn a_caller_that_waits_keeps_its_turn_on_either_side() {
    let pair = pair();
    let first = pair.ask(&upload());
    let second = pair.ask(&upload());
    let mut waiting = upload();
    waiting.ticket = pair.ask(&waiting).ticket;
    pair.store.fail(true);
    let there = pair.ask(&waiting);
    assert_eq!((there.verdict, there.ticket & MARK), (WAIT, MARK), "the process knows of both starts");
    waiting.ticket = there.ticket;
    pair.store.fail(false);
    pair.later();
    let back = pair.ask(&waiting);
    assert_eq!((back.verdict, back.ticket & MARK), (WAIT, 0));
    for ticket in [first.ticket, second.ticket, back.ticket] {
        pair.backed.tell(&Tell::new(ACCOUNT, ticket, NOT_SENT));
    }
    for tracker in [&pair.store.tracker, &pair.inside.0] {
        let view = tracker.lock().unwrap().view(NOW).remove(0);
        assert_eq!((view.waiting, view.in_flight), (0, 0), "nobody is left in line, nothing in flight");
    }
}

#[test]
fn a_caller_that_stops_says_nothing_of_the_store() {
    let pair = pair();
    pair.store.fail(true);
    let cancel = Cancel::new();
    cancel.cancel();
    let stopped = Patience::new(Arc::new(SystemClock), Cancels::new([cancel], None));
    assert!(pair.backed.ask(&lookup(), false, &stopped).is_err());
    pair.store.fail(false);
    assert_eq!(pair.ask(&lookup()).ticket & MARK, 0);
    let mut none = lookup();
    none.cost = 1000;
    none.at_least = 1000;
    pair.backed.tell(&answered(0, 5));
    assert_eq!(pair.ask(&none).verdict, REFUSE);
}
