use super::*;
use mdcloud_process::ledger::{ABSENT, ANSWERED, Ask, GO, NOT_SENT, Name, REFUSE, STARTED, Tell, WAIT};
use std::sync::{Arc, Mutex};

const ACCOUNT: [u8; 16] = [3; 16];
const SECOND: u64 = 1_000_000_000;

/// A store in memory, whose clock and mishaps a test controls.
#[derive(Clone)]
struct Memory(Arc<Mutex<Inner>>);

struct Inner {
    version: u64,
    document: Vec<u8>,
    time: Reading,
    gone: Vec<u64>,
    /// Another process gets in between as often as this.
    overtaken: u32,
    aside: Vec<Vec<u8>>,
}

impl Memory {
    fn new() -> Self {
        let time = Reading { run: 1, ticks: SECOND, wall: 1_000 * SECOND };
        let inner =
            Inner { version: 0, document: Vec::new(), time, gone: Vec::new(), overtaken: 0, aside: vec![] };
        Memory(Arc::new(Mutex::new(inner)))
    }

    fn change(&self, change: impl FnOnce(&mut Inner)) {
        change(&mut self.0.lock().unwrap());
    }

    /// The document with as many seconds more on its clock.
    fn later(&self, seconds: u64) {
        self.change(|inner| {
            inner.time.ticks += seconds * SECOND;
            inner.time.wall += seconds * SECOND;
        });
    }
}

impl Store for Memory {
    fn exchange(&mut self, change: &mut super::super::store::Change<'_>) -> Result<(), StoreError> {
        let mut inner = self.0.lock().unwrap();
        loop {
            let kept = Kept { version: inner.version, document: &inner.document, time: inner.time };
            let wanted = change(kept);
            if inner.overtaken > 0 {
                inner.overtaken -= 1;
                inner.version += 1;
                continue;
            }
            if let Some(document) = wanted {
                inner.version += 1;
                inner.document = document;
            }
            return Ok(());
        }
    }

    fn set_aside(&mut self) -> Result<String, StoreError> {
        let mut inner = self.0.lock().unwrap();
        let document = std::mem::take(&mut inner.document);
        inner.aside.push(document);
        inner.version = 0;
        Ok("beside".to_owned())
    }

    fn is_gone(&self, holder: u64) -> bool {
        self.0.lock().unwrap().gone.contains(&holder)
    }
}

fn lookup() -> Ask {
    let mut ask = Ask::new(ACCOUNT);
    (ask.operation, ask.cost, ask.at_least) = (15, 1, 1);
    ask.family = Name::new("reputation_api");
    ask
}

fn upload(requests: u32, window: u64) -> Ask {
    let mut ask = Ask::new(ACCOUNT);
    (ask.operation, ask.throttled) = (5, 1);
    (ask.throttle_requests, ask.throttle_window_ns) = (requests, window * SECOND);
    ask.max_wait_ns = 3600 * SECOND;
    ask
}

fn left(ticket: u64, remaining: u64) -> Tell {
    let mut tell = Tell::new(ACCOUNT, ticket, ANSWERED);
    (tell.http_status, tell.limit, tell.remaining) = (200, 100, remaining);
    (tell.reset_ns, tell.family) = (1000 * SECOND, Name::new("reputation_api"));
    tell
}

#[test]
fn two_processes_spend_one_allowance_and_not_one_more() {
    let memory = Memory::new();
    let mut first = Shared::new(memory.clone(), 1);
    let mut second = Shared::new(memory, 2);
    let probe = first.with(|tracker, now| tracker.ask(now, &lookup())).unwrap();
    first.with(|tracker, now| tracker.tell(now, &left(probe.ticket, 3))).unwrap();
    let mut go = 0;
    for round in 0..10 {
        let process = if round % 2 == 0 { &mut first } else { &mut second };
        let answer = process.with(|tracker, now| tracker.ask(now, &lookup())).unwrap();
        go += u32::from(answer.verdict == GO);
    }
    assert_eq!(go, 3);
    let refused = second.with(|tracker, now| tracker.ask(now, &lookup())).unwrap();
    // A second more than was told, for the rounding of the service.
    assert_eq!((refused.verdict, refused.wait_ns), (REFUSE, 1001 * SECOND));
}

#[test]
fn a_change_that_was_overtaken_is_decided_anew_on_what_is_there() {
    let memory = Memory::new();
    let mut ours = Shared::new(memory.clone(), 1);
    ours.with(|tracker, now| tracker.tell(now, &left(0, 5))).unwrap();
    memory.change(|inner| inner.overtaken = 3);
    let mut runs = 0;
    let answer = ours
        .with(|tracker, now| {
            runs += 1;
            tracker.ask(now, &lookup())
        })
        .unwrap();
    assert_eq!((answer.verdict, runs), (GO, 4));
    // Granted once, whatever was decided and thrown away before.
    let mut other = Shared::new(memory, 2);
    let view = other.with(|tracker, now| tracker.view(now).remove(0)).unwrap();
    assert_eq!((view.in_flight, view.families[0].1.in_flight), (1, 1));
}

#[test]
fn who_keeps_waiting_does_not_write_each_time() {
    let memory = Memory::new();
    let mut ours = Shared::new(memory.clone(), 1);
    let mut ask = upload(1, 60);
    assert_eq!(ours.with(|tracker, now| tracker.ask(now, &ask)).unwrap().verdict, GO);
    ask.ticket = ours.with(|tracker, now| tracker.ask(now, &ask)).unwrap().ticket;
    let version = memory.0.lock().unwrap().version;
    for _ in 0..20 {
        assert_eq!(ours.with(|tracker, now| tracker.ask(now, &ask)).unwrap().verdict, WAIT);
    }
    assert_eq!(memory.0.lock().unwrap().version, version);
}

#[test]
fn two_processes_that_wait_for_an_allowance_have_tickets_of_their_own() {
    let memory = Memory::new();
    let mut first = Shared::new(memory.clone(), 1);
    let mut second = Shared::new(memory, 2);
    first.with(|tracker, now| tracker.tell(now, &left(0, 1))).unwrap();
    let mut ask = lookup();
    ask.max_wait_ns = 3600 * SECOND;
    let go = first.with(|tracker, now| tracker.ask(now, &ask)).unwrap();
    let waiting = [&mut first, &mut second].map(|shared| {
        let answer = shared.with(|tracker, now| tracker.ask(now, &ask)).unwrap();
        assert_eq!(answer.verdict, WAIT);
        answer.ticket
    });
    assert_ne!(waiting[0], waiting[1]);
    assert!(!waiting.contains(&go.ticket));
}

#[test]
fn a_call_of_a_killed_process_counts_as_spent_and_its_reservation_comes_back() {
    let memory = Memory::new();
    let mut dead = Shared::new(memory.clone(), 1);
    let mut alive = Shared::new(memory.clone(), 2);
    dead.with(|tracker, now| tracker.tell(now, &left(0, 10))).unwrap();
    let mut reserve = lookup();
    (reserve.operation, reserve.cost, reserve.at_least) = (mdcloud_process::ledger::RESERVE, 6, 6);
    assert_eq!(dead.with(|tracker, now| tracker.ask(now, &reserve)).unwrap().verdict, GO);
    assert_eq!(dead.with(|tracker, now| tracker.ask(now, &lookup())).unwrap().verdict, GO);
    let free = |shared: &mut Shared<Memory>| {
        let mut all = lookup();
        all.cost = 1000;
        let answer = shared.with(|tracker, now| tracker.ask(now, &all)).unwrap();
        shared.with(|tracker, now| tracker.tell(now, &Tell::new(ACCOUNT, answer.ticket, NOT_SENT))).unwrap();
        answer.granted
    };
    assert_eq!(free(&mut alive), 3);
    memory.change(|inner| inner.gone.push(1));
    alive.buried = None;
    assert_eq!(free(&mut alive), 9);
}

#[test]
fn no_clock_that_is_set_moves_a_window() {
    let memory = Memory::new();
    let mut ours = Shared::new(memory.clone(), 1);
    let ask = upload(1, 60);
    assert_eq!(ours.with(|tracker, now| tracker.ask(now, &ask)).unwrap().verdict, GO);
    let wait = |shared: &mut Shared<Memory>| {
        let mut ask = upload(1, 60);
        ask.max_wait_ns = 0;
        shared.with(|tracker, now| tracker.ask(now, &ask)).unwrap().wait_ns / SECOND
    };
    let full = wait(&mut ours);
    memory.later(10);
    memory.change(|inner| inner.time.wall += 1_000_000 * SECOND);
    assert_eq!(wait(&mut ours), full - 10);
    memory.change(|inner| inner.time.wall = SECOND);
    assert_eq!(wait(&mut ours), full - 10);
    // After a restart of the machine only the wall's time is left, and it may have been set back.
    memory.change(|inner| inner.time = Reading { run: 2, ticks: 5, wall: 0 });
    assert_eq!(wait(&mut Shared::new(memory.clone(), 2)), full - 10);
    memory.change(|inner| inner.time = Reading { run: 3, ticks: 5, wall: 20 * SECOND });
    assert_eq!(wait(&mut Shared::new(memory.clone(), 3)), full - 10 - 20);
}

#[test]
fn a_damaged_document_starts_anew_and_is_kept_aside_and_a_later_one_is_left_alone() {
    for damage in ["", "{", "null", "{\"format\":1}", "{\"format\":-1}", "\u{0}\u{1}"] {
        let memory = Memory::new();
        memory.change(|inner| (inner.version, inner.document) = (7, damage.as_bytes().to_vec()));
        let mut ours = Shared::new(memory.clone(), 1);
        let answer = ours.with(|tracker, now| tracker.ask(now, &lookup())).unwrap();
        assert_eq!(answer.verdict, GO, "{damage:?}");
        assert!(ours.note.as_deref().is_some_and(|note| note.contains("beside")), "{damage:?}");
        assert_eq!(memory.0.lock().unwrap().aside, [damage.as_bytes()]);
    }
    let memory = Memory::new();
    memory.change(|inner| (inner.version, inner.document) = (7, b"{\"format\":2,\"new\":0}".to_vec()));
    let error = Shared::new(memory.clone(), 1).with(|tracker, now| tracker.ask(now, &lookup())).unwrap_err();
    assert!(error.detail.contains("later version"), "{}", error.detail);
    assert_eq!(memory.0.lock().unwrap().version, 7);
}

#[test]
fn what_another_ledger_allowed_counts_here_from_when_it_was() {
    let memory = Memory::new();
    let mut ours = Shared::new(memory, 1);
    let mut started = Tell::new(ACCOUNT, 0, STARTED);
    (started.throttled, started.cost, started.family) = (1, 2, Name::new("reputation_api"));
    started.ago_ns = 15 * SECOND;
    ours.with(|tracker, now| tracker.tell(now, &left(0, 10))).unwrap();
    ours.with(|tracker, now| tracker.tell(now, &started)).unwrap();
    let mut ask = upload(1, 60);
    ask.max_wait_ns = 0;
    let refused = ours.with(|tracker, now| tracker.ask(now, &ask)).unwrap();
    // The window, what an answer may take at most, and the margin between clocks; less what has passed.
    assert_eq!((refused.verdict, refused.wait_ns / SECOND), (REFUSE, 60 + 3 - 15));
    assert_ne!(refused.wait_ns, ABSENT);
    let view = ours.with(|tracker, now| tracker.view(now).remove(0)).unwrap();
    assert_eq!(view.families[0].1.remaining, Some(8));
}
