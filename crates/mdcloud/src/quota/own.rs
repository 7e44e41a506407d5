//! This copy's ledger, in use when this copy leads: in memory of its own, and from the first fork on in
//! memory that parent and children share, so that forked workers have one budget.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mdcloud_process::ledger::{Answer, Ask, Ledger, Tell};

use super::backed::Backed;
use super::snapshot::Quota;
use super::throttle::Nanos;
use super::tracker::Tracker;
use crate::cancel::Cancels;
use crate::sync::ForkMutex;
use crate::wait::{Patience, SystemClock};

/// Marks tickets of the private ledger among those of the shared one.
const PRIVATE: u64 = 1 << 63;

/// The ledger of the process.
pub(super) struct OwnLedger {
    private: &'static Private,
    /// A call of another copy cannot be cancelled from here.
    patience: Patience,
}

/// The part that this process has for itself; all there is before the first fork.
struct Private(&'static ForkMutex<State>);

struct State {
    tracker: Tracker,
    start: Instant,
    /// To begin sharing with; `None` until it is known.
    this: Option<&'static Private>,
    sharing: Sharing,
}

enum Sharing {
    NotYet,
    Shared(&'static Backed),
    /// Why children count on their own.
    Impossible(String),
}

impl OwnLedger {
    pub(super) fn make() -> Box<dyn Ledger> {
        Box::new(Self::new())
    }

    fn new() -> Self {
        let mut tracker = Tracker::default();
        tracker.begin(mdcloud_process::holder());
        // The clock starts an hour in, so that "long ago" is never below zero.
        let start = Instant::now().checked_sub(Duration::from_secs(3600)).unwrap_or_else(Instant::now);
        let state = State { tracker, start, this: None, sharing: Sharing::NotYet };
        let lock = ForkMutex::new(state, State::in_child).before_fork(State::before_fork);
        let private: &'static Private = Box::leak(Box::new(Private(lock.leak())));
        private.0.lock().this = Some(private);
        OwnLedger { private, patience: Patience::new(Arc::new(SystemClock), Cancels::default()) }
    }
}

impl State {
    fn now(&self) -> Nanos {
        self.start.elapsed().as_nanos() as Nanos
    }

    fn ask(&mut self, ask: &Ask) -> Answer {
        self.tracker.ask(self.now(), ask)
    }

    fn tell(&mut self, tell: &Tell) {
        self.tracker.tell(self.now(), tell);
    }

    fn quotas(&mut self) -> Vec<Quota> {
        self.tracker.view(self.now()).into_iter().map(Quota::from).collect()
    }

    /// The first fork: what is known goes where the child will see it too. The calls in flight stay this
    /// process's own.
    fn before_fork(&mut self) {
        let (Sharing::NotYet, Some(private)) = (&self.sharing, self.this) else { return };
        let now = self.now();
        self.sharing = match share(&mut self.tracker, now, self.start) {
            Ok(outside) => {
                self.tracker.forget_callers();
                Sharing::Shared(Box::leak(Box::new(Backed::new(outside, private, PRIVATE))))
            }
            Err(why) => Sharing::Impossible(why),
        };
    }

    /// Without shared memory a child counts on its own, from what was known at the fork.
    fn in_child(&mut self) {
        self.tracker.forget_callers();
        self.tracker.begin(mdcloud_process::holder());
    }
}

#[cfg(target_os = "linux")]
fn share(
    tracker: &mut Tracker,
    now: Nanos,
    start: Instant,
) -> Result<Box<dyn super::store::Outside>, String> {
    use super::in_store::InStore;
    use super::shared::Shared;

    let page = super::page::PageStore::new(start).map_err(|error| error.detail)?;
    let mut shared = Shared::new(page, mdcloud_process::holder());
    shared.begin(tracker, now).map_err(|error| error.detail)?;
    Ok(Box::new(InStore::new(shared)))
}

/// No mutex here outlives its holder.
#[cfg(not(target_os = "linux"))]
fn share(_: &mut Tracker, _: Nanos, _: Instant) -> Result<Box<dyn super::store::Outside>, String> {
    Err("forked processes count on their own on this system".to_owned())
}

impl Ledger for Private {
    fn ask(&self, ask: &Ask) -> Answer {
        // The time is read under the lock: decisions happen in the order of their times.
        let mut state = self.0.lock();
        state.ask(ask)
    }

    fn tell(&self, tell: &Tell) {
        let mut state = self.0.lock();
        state.tell(tell);
    }

    fn snapshot(&self) -> String {
        text(self.0.lock().quotas())
    }
}

impl Ledger for OwnLedger {
    fn ask(&self, ask: &Ask) -> Answer {
        let mut state = self.private.0.lock();
        let Sharing::Shared(shared) = state.sharing else { return state.ask(ask) };
        drop(state);
        // Fails for strict callers only, and there are none here.
        shared.ask(ask, false, &self.patience).unwrap_or_else(|_| self.private.ask(ask))
    }

    fn tell(&self, tell: &Tell) {
        let mut state = self.private.0.lock();
        let Sharing::Shared(shared) = state.sharing else { return state.tell(tell) };
        drop(state);
        shared.tell(tell);
    }

    fn snapshot(&self) -> String {
        let mut state = self.private.0.lock();
        let trouble = match &state.sharing {
            Sharing::NotYet => None,
            Sharing::Impossible(why) => Some(why.clone()),
            Sharing::Shared(shared) => {
                let shared = *shared;
                drop(state);
                match shared.view(&BTreeSet::new()) {
                    Ok((views, _)) => return text(views.into_iter().map(Quota::from).collect()),
                    Err(error) => {
                        state = self.private.0.lock();
                        Some(error.detail)
                    }
                }
            }
        };
        let mut quotas = state.quotas();
        drop(state);
        quotas.iter_mut().for_each(|quota| quota.store_error.clone_from(&trouble));
        text(quotas)
    }
}

fn text(quotas: Vec<Quota>) -> String {
    serde_json::to_string(&quotas).unwrap_or_else(|_| "[]".to_owned())
}

#[cfg(all(test, feature = "models", target_os = "linux"))]
#[path = "own_models.rs"]
mod models;
