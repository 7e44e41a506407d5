//! Asking for permission before a request, and telling what became of it.
//!
//! The ledger decides and never waits (see [`tracker`]); it may live in another copy of the library in
//! this process. The wait is here, in the caller's own slices, so that it can be cancelled.

mod account;
mod allowance;
mod family;
mod guess;
mod headers;
mod shared;
#[cfg(feature = "simulator")]
pub mod simulator;
mod snapshot;
mod store;
mod throttle;
mod tracker;

use std::ffi::c_void;
use std::time::{Duration, Instant};

use mdcloud_process::ForkMutex;
use mdcloud_process::ledger::{
    ABSENT, ANSWERED, Account, Answer, Ask, GO, LOST, Ledger, NOT_SENT, Name, Tell, WAIT,
};
use once_cell::race::OnceBox;

pub use mdcloud_process::LeaderInfo;
pub use snapshot::{FamilyQuota, Quota, ThrottleQuota};

use crate::config::Settings;
use crate::endpoints::Endpoint;
use crate::error::{Error, Status};
use crate::transport::Reply;
use crate::wait::{Patience, Stop};

/// This copy's ledger, in use when this copy leads.
struct OwnLedger {
    tracker: &'static ForkMutex<tracker::Tracker>,
    start: Instant,
}

impl OwnLedger {
    fn make() -> Box<dyn Ledger> {
        let tracker = ForkMutex::leaked(tracker::Tracker::default(), tracker::Tracker::forget_callers);
        // The clock starts an hour in, so that "long ago" is never below zero.
        let start = Instant::now().checked_sub(Duration::from_secs(3600)).unwrap_or_else(Instant::now);
        Box::new(OwnLedger { tracker, start })
    }

    fn now(&self) -> u64 {
        self.start.elapsed().as_nanos() as u64
    }
}

impl Ledger for OwnLedger {
    fn ask(&self, ask: &Ask) -> Answer {
        // The time is read under the lock: decisions happen in the order of their times.
        let mut tracker = self.tracker.lock();
        tracker.ask(self.now(), ask)
    }

    fn tell(&self, tell: &Tell) {
        let mut tracker = self.tracker.lock();
        tracker.tell(self.now(), tell);
    }

    fn snapshot(&self) -> String {
        let mut tracker = self.tracker.lock();
        let views = tracker.view(self.now());
        drop(tracker);
        let quotas: Vec<Quota> = views.into_iter().map(Quota::from).collect();
        serde_json::to_string(&quotas).unwrap_or_else(|_| "[]".to_owned())
    }
}

fn ledger() -> &'static dyn Ledger {
    // Not a `OnceLock`: a child forked in the middle of its first use would hang.
    static LEDGER: OnceBox<&'static dyn Ledger> = OnceBox::new();
    *LEDGER.get_or_init(|| Box::new(mdcloud_process::ledger(OwnLedger::make)))
}

/// The table behind the exported symbol; see [`export_rendezvous!`](crate::export_rendezvous).
#[doc(hidden)]
pub fn rendezvous_table() -> *const c_void {
    mdcloud_process::table(OwnLedger::make)
}

/// Which loaded object keeps the ledger of this process, and its version: for support.
pub fn tracker_info() -> LeaderInfo {
    mdcloud_process::leader_info(OwnLedger::make)
}

/// The quota of every key that this process has used.
pub fn quota() -> Vec<Quota> {
    serde_json::from_str(&ledger().snapshot()).unwrap_or_default()
}

/// Service origin and key, as the ledger knows them: a truncated hash under a tag of its own, so that it
/// matches no other hash of the key.
pub(crate) fn account(settings: &Settings) -> Account {
    let mut hash = ring::digest::Context::new(&ring::digest::SHA256);
    hash.update(b"mdcloud account v1\0");
    hash.update(settings.base.origin().as_bytes());
    hash.update(b"\0");
    hash.update(settings.api_key.as_ref().map_or("", |key| key.expose()).as_bytes());
    let mut account = [0; 16];
    account.copy_from_slice(&hash.finish().as_ref()[..16]);
    account
}

/// The fingerprint as text, as it stands in [`Quota::account`].
pub(crate) fn fingerprint(account: &Account) -> String {
    account.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How long the service asks to wait after an answer of this kind, in headers or by its rules.
pub(crate) fn retry_after(reply: &Reply, status: Status) -> Option<Duration> {
    const BLOCK: Duration = Duration::from_secs(3600);
    let mut told = Tell::new([0; 16], 0, ANSWERED);
    headers::read_into(&mut told, reply);
    let time = |ns: u64| (ns != ABSENT).then(|| Duration::from_nanos(ns));
    match status {
        Status::QuotaExhausted => time(told.retry_after_ns).or(time(told.reset_ns)),
        Status::Blocked => time(told.retry_after_ns).or(Some(BLOCK)),
        _ => time(told.retry_after_ns),
    }
}

/// What a request takes.
pub(crate) struct Cost {
    pub(crate) endpoint: Option<&'static Endpoint>,
    pub(crate) most: u32,
    pub(crate) least: u32,
}

/// Leave to send one request. Whatever becomes of it is told exactly once.
pub(crate) struct Permit {
    account: Account,
    operation: i32,
    ticket: u64,
    told: bool,
    /// How much may be spent.
    pub(crate) granted: u32,
}

/// Why there is no permit.
pub(crate) enum Refused {
    /// The ledger says no: it would end in this kind of error; when the call could start, if known.
    Quota { status: Status, after: Option<Duration>, family: Option<String> },
    /// The caller has stopped waiting.
    Stopped(Stop),
}

impl Refused {
    pub(crate) fn into_error(self) -> Error {
        match self {
            Refused::Quota { status, after, family } => {
                let detail = match status {
                    Status::Throttled => "the wait would be longer than max_wait; nothing was sent",
                    _ => "nothing was sent",
                };
                Error::new(status, detail).with_retry_after(after).with_family(family)
            }
            Refused::Stopped(Stop::Cancelled) => Error::new(Status::Cancelled, "while waiting for quota"),
            Refused::Stopped(Stop::Deadline) => Error::new(Status::Timeout, "while waiting for quota"),
        }
    }
}

/// Waits for leave to send, at most `max_wait` and never beyond the deadline.
pub(crate) fn acquire(
    account: Account,
    settings: &Settings,
    cost: &Cost,
    max_wait: Duration,
    patience: &Patience,
) -> Result<Permit, Refused> {
    let mut ask = Ask::new(account);
    if let Some(endpoint) = cost.endpoint {
        ask.operation = endpoint.number();
        ask.throttled = u32::from(endpoint.throttled);
        if let Some(family) = endpoint.family {
            ask.family = Name::new(family.as_str());
            ask.cost = cost.most;
            ask.at_least = cost.least;
        }
    }
    if let Some(rate) = settings.throttle {
        ask.throttle_requests = rate.requests;
        ask.throttle_window_ns = u64::try_from(rate.window.as_nanos()).unwrap_or(ABSENT);
    }
    let end = patience.now().checked_add(max_wait);
    // A ticket that only waited is given back when this ends early.
    let mut ticket = Permit { account, operation: ask.operation, ticket: 0, told: true, granted: 0 };
    loop {
        let mut left = end.map_or(max_wait, |end| end.saturating_duration_since(patience.now()));
        if let Some(deadline) = patience.left() {
            left = left.min(deadline);
        }
        ask.max_wait_ns = u64::try_from(left.as_nanos()).unwrap_or(ABSENT - 1);
        let answer = ledger().ask(&ask);
        ticket.ticket = answer.ticket;
        ticket.told = false;
        let wait = Duration::from_nanos(answer.wait_ns);
        match answer.verdict {
            GO => {
                ticket.granted = if ask.cost == 0 { cost.most } else { answer.granted };
                return Ok(ticket);
            }
            WAIT => {
                ask.ticket = answer.ticket;
                if let Err(stop) = patience.sleep(wait.min(crate::wait::SLICE)) {
                    ticket.not_sent();
                    return Err(Refused::Stopped(stop));
                }
            }
            _ => {
                ticket.told = true;
                return Err(Refused::Quota {
                    status: Status::from_number(answer.status).unwrap_or(Status::Panic),
                    after: (answer.wait_ns != ABSENT).then_some(wait),
                    family: Some(answer.family.as_str().to_owned()).filter(|name| !name.is_empty()),
                });
            }
        }
    }
}

impl Permit {
    fn tell(&mut self, outcome: i32) -> Tell {
        self.told = true;
        let mut tell = Tell::new(self.account, self.ticket, outcome);
        tell.operation = self.operation;
        tell
    }

    /// The service answered.
    pub(crate) fn answered(mut self, reply: &Reply, code: Option<i64>, messages: &[String]) {
        let mut tell = self.tell(ANSWERED);
        headers::read_answer(&mut tell, reply, code, messages);
        ledger().tell(&tell);
    }

    /// Nothing reached the service.
    pub(crate) fn not_sent(mut self) {
        ledger().tell(&self.tell(NOT_SENT));
    }

    /// Bytes went out and no answer came.
    pub(crate) fn lost(self) {
        drop(self);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.told {
            ledger().tell(&self.tell(LOST));
        }
    }
}
