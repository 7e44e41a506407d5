//! Asking for permission before a request, and telling what became of it.
//!
//! The ledger decides and never waits (see [`tracker`]); it may live in another copy of the library in
//! this process. The wait is here, in the caller's own slices, so that it can be cancelled.

mod account;
mod allowance;
mod backed;
mod caution;
mod family;
#[cfg(unix)]
mod file_store;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod guess;
mod headers;
mod in_store;
mod own;
#[cfg(target_os = "linux")]
mod page;
mod place;
#[cfg(feature = "redis")]
mod redis;
mod reservation;
mod route;
mod shared;
#[cfg(feature = "simulator")]
pub mod simulator;
mod snapshot;
mod store;
mod throttle;
mod tracker;

use std::ffi::c_void;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mdcloud_process::ledger::{
    ABSENT, ANSWERED, Account, Answer, Ask, GO, LOST, Ledger, NOT_SENT, Name, SAID, Tell, WAIT,
};
use once_cell::race::OnceBox;

pub use mdcloud_process::LeaderInfo;
use own::OwnLedger;
pub(crate) use place::Place;
pub use reservation::Reservation;
pub(crate) use route::Route;
pub use snapshot::{FamilyQuota, Quota, ThrottleQuota};

use self::store::StoreError;
use crate::config::Settings;
use crate::endpoints::Endpoint;
use crate::error::{Error, Status};
use crate::transport::Reply;
use crate::wait::{Patience, Stop};

/// The ledger of the process, possibly in another copy of the library.
fn ledger() -> &'static dyn Ledger {
    // Not a `OnceLock`: a child forked in the middle of its first use would hang.
    static LEDGER: OnceBox<&'static dyn Ledger> = OnceBox::new();
    *LEDGER.get_or_init(|| Box::new(mdcloud_process::ledger(OwnLedger::make)))
}

/// Makes sure that the process has its ledger: processes that are forked from now on share it.
#[doc(hidden)]
pub fn ready() {
    static READY: AtomicBool = AtomicBool::new(false);
    if !READY.swap(true, Ordering::Relaxed) {
        // Another copy that leads makes its ledger with the first question.
        ledger().snapshot();
    }
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

/// The quota of every key that this process has used, also of those whose ledger is in a store.
pub fn quota() -> Vec<Quota> {
    route::quotas()
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

/// Passes on what the service says of the key's allowances when asked: totals, or amounts left, by their names.
pub(crate) fn said(route: Route, account: Account, limit: bool, amounts: &[(&str, i64)]) {
    for (family, amount) in amounts {
        let Ok(amount) = u64::try_from(*amount) else { continue };
        let mut tell = Tell::new(account, 0, SAID);
        tell.family = Name::new(family);
        *(if limit { &mut tell.limit } else { &mut tell.remaining }) = amount;
        route.tell(&tell);
    }
}

/// What a request takes.
pub(crate) struct Cost {
    pub(crate) endpoint: Option<&'static Endpoint>,
    pub(crate) most: u32,
    pub(crate) least: u32,
    /// How much of the allowance must stay.
    pub(crate) leave: u64,
    /// The ticket of a reservation to draw on; 0 for none.
    pub(crate) reservation: u64,
}

/// Leave to send one request. Whatever becomes of it is told exactly once.
pub(crate) struct Permit {
    route: Route,
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
    /// The ledger cannot be asked, and the caller wants no other.
    Store(StoreError),
    /// The caller has stopped waiting.
    Stopped(Stop),
}

impl Refused {
    fn of(answer: &Answer) -> Self {
        Refused::Quota {
            status: Status::from_number(answer.status).unwrap_or(Status::Panic),
            after: (answer.wait_ns != ABSENT).then(|| Duration::from_nanos(answer.wait_ns)),
            family: Some(answer.family.as_str().to_owned()).filter(|name| !name.is_empty()),
        }
    }

    pub(crate) fn into_error(self) -> Error {
        match self {
            Refused::Quota { status, after, family } => {
                let detail = match status {
                    Status::Throttled => "the wait would be longer than max_wait; nothing was sent",
                    _ => "nothing was sent",
                };
                Error::new(status, detail).with_retry_after(after).with_family(family)
            }
            Refused::Store(error) => {
                let detail = format!("strict_store: {}; nothing was sent", error.detail);
                Error::new(error.status, detail).with_errno(error.errno)
            }
            Refused::Stopped(Stop::Cancelled) => Error::new(Status::Cancelled, "while waiting for quota"),
            Refused::Stopped(Stop::Deadline) => Error::new(Status::Timeout, "while waiting for quota"),
        }
    }
}

/// The place in line of a call that comes for the first time: behind all others.
pub(crate) const NEW: u64 = 0;

/// Waits for leave to send, at most `max_wait` and never beyond the deadline. A call that the service has
/// refused comes back to the place that it had.
pub(crate) fn acquire(
    route: Route,
    account: Account,
    settings: &Settings,
    cost: &Cost,
    place: u64,
    max_wait: Duration,
    patience: &Patience,
) -> Result<Permit, Refused> {
    let mut ask = Ask { ticket: place, ..Ask::new(account) };
    if let Some(endpoint) = cost.endpoint {
        ask.operation = endpoint.number();
        ask.throttled = u32::from(endpoint.throttled);
        if let Some(family) = endpoint.family {
            ask.family = Name::new(family.as_str());
            ask.cost = cost.most;
            ask.at_least = cost.least;
            ask.leave = cost.leave;
            ask.reservation = cost.reservation;
        }
    }
    if let Some(rate) = settings.throttle {
        ask.throttle_requests = rate.requests;
        ask.throttle_window_ns = u64::try_from(rate.window.as_nanos()).unwrap_or(ABSENT);
    }
    let end = patience.now().checked_add(max_wait);
    // A ticket that only waited is given back when this ends early.
    let mut ticket = Permit { route, account, operation: ask.operation, ticket: 0, told: true, granted: 0 };
    loop {
        let mut left = end.map_or(max_wait, |end| end.saturating_duration_since(patience.now()));
        if let Some(deadline) = patience.left() {
            left = left.min(deadline);
        }
        ask.max_wait_ns = u64::try_from(left.as_nanos()).unwrap_or(ABSENT - 1);
        let answer = match route.ask(&ask, settings.strict_store, patience) {
            Ok(answer) => answer,
            Err(error) => {
                return Err(patience.check().map_or_else(Refused::Stopped, |()| Refused::Store(error)));
            }
        };
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
                if let Err(stop) = patience.sleep(wait.min(route.most_sleep())) {
                    ticket.not_sent();
                    return Err(Refused::Stopped(stop));
                }
            }
            _ => {
                ticket.told = true;
                return Err(Refused::of(&answer));
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

    /// For a call that is refused and asks again.
    pub(crate) fn place(&self) -> u64 {
        self.ticket
    }

    /// The service answered.
    pub(crate) fn answered(mut self, reply: &Reply, code: Option<i64>, messages: &[String]) {
        let mut tell = self.tell(ANSWERED);
        headers::read_answer(&mut tell, reply, code, messages);
        self.route.tell(&tell);
    }

    /// Nothing reached the service.
    pub(crate) fn not_sent(mut self) {
        let tell = self.tell(NOT_SENT);
        self.route.tell(&tell);
    }

    /// Bytes went out and no answer came.
    pub(crate) fn lost(self) {
        drop(self);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if !self.told {
            let tell = self.tell(LOST);
            self.route.tell(&tell);
        }
    }
}

#[cfg(test)]
#[path = "cost_tests.rs"]
mod cost;
