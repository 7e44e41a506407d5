//! This copy's ledger, in use when this copy leads.

use std::time::{Duration, Instant};

use mdcloud_process::ForkMutex;
use mdcloud_process::ledger::{Answer, Ask, Ledger, Tell};

use super::snapshot::Quota;
use super::tracker;

/// This copy's ledger, in use when this copy leads.
pub(super) struct OwnLedger {
    tracker: &'static ForkMutex<tracker::Tracker>,
    start: Instant,
}

impl OwnLedger {
    pub(super) fn make() -> Box<dyn Ledger> {
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
