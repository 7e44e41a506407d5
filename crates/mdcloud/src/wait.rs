//! The one way to wait for anything: in slices, with an eye on the cancel token and the deadline.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::cancel::Cancels;

/// How long anything blocks before it looks at the cancel token again.
pub(crate) const SLICE: Duration = Duration::from_millis(50);

/// Time as a call sees it; tests use one that only moves when told.
pub(crate) trait Clock: Send + Sync {
    fn now(&self) -> Instant;
    fn sleep(&self, time: Duration);
}

/// The machine's monotonic clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }
    fn sleep(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

/// Why a wait ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    Cancelled,
    Deadline,
}

/// How long one call may go on, and who may end it.
#[derive(Clone)]
pub(crate) struct Patience {
    clock: Arc<dyn Clock>,
    pub(crate) cancels: Cancels,
    deadline: Option<Instant>,
}

impl Patience {
    pub(crate) fn new(clock: Arc<dyn Clock>, cancels: Cancels) -> Self {
        Patience { clock, cancels, deadline: None }
    }

    /// The same, ending `after` from now if it does not end earlier already.
    pub(crate) fn at_most(&self, after: Option<Duration>) -> Self {
        let mut this = self.clone();
        // A deadline too far away to be told as an instant is no deadline.
        let new = after.and_then(|after| self.now().checked_add(after));
        this.deadline = match (self.deadline, new) {
            (Some(old), Some(new)) => Some(old.min(new)),
            (old, new) => old.or(new),
        };
        this
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Time left, `None` without a deadline.
    pub(crate) fn left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(self.now()))
    }

    /// Looks at the tokens and the deadline, without asking the interrupt.
    pub(crate) fn check(&self) -> Result<(), Stop> {
        self.verdict(self.cancels.is_cancelled())
    }

    /// The same, and asks the interrupt.
    pub(crate) fn poll(&self) -> Result<(), Stop> {
        self.verdict(self.cancels.poll())
    }

    fn verdict(&self, cancelled: bool) -> Result<(), Stop> {
        if cancelled {
            return Err(Stop::Cancelled);
        }
        match self.deadline {
            Some(deadline) if self.now() >= deadline => Err(Stop::Deadline),
            _ => Ok(()),
        }
    }

    /// Sleeps for `time`, or until something says stop.
    pub(crate) fn sleep(&self, time: Duration) -> Result<(), Stop> {
        let end = self.now() + time;
        loop {
            self.poll()?;
            let now = self.now();
            if now >= end {
                return Ok(());
            }
            let mut slice = SLICE.min(end - now);
            if let Some(deadline) = self.deadline {
                slice = slice.min(deadline.saturating_duration_since(now));
            }
            self.clock.sleep(slice);
        }
    }
}

/// Pauses that grow by a factor, with jitter so that many callers do not come back at once.
pub(crate) struct Backoff {
    next: Duration,
    factor: f64,
    most: Duration,
}

impl Backoff {
    pub(crate) fn new(first: Duration, factor: f64, most: Duration) -> Self {
        Backoff { next: first, factor, most }
    }

    /// The next pause: between 75 % and 100 % of the nominal one.
    pub(crate) fn pause(&mut self) -> Duration {
        let nominal = self.next;
        self.next = nominal.mul_f64(self.factor).min(self.most);
        nominal.mul_f64(0.75 + 0.25 * chance())
    }
}

/// A number in 0..1 that differs between calls, threads and processes. Not for secrets.
fn chance() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    let bits = RandomState::new().hash_one(Instant::now());
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::cancel::Cancel;
    use std::sync::Mutex;

    /// A clock that moves only when someone sleeps on it.
    pub(crate) struct VirtualClock(Mutex<Instant>);

    impl VirtualClock {
        pub(crate) fn new() -> Arc<Self> {
            Arc::new(VirtualClock(Mutex::new(Instant::now())))
        }
    }

    impl Clock for VirtualClock {
        fn now(&self) -> Instant {
            *self.0.lock().unwrap()
        }
        fn sleep(&self, time: Duration) {
            *self.0.lock().unwrap() += time;
        }
    }

    #[test]
    fn a_wait_ends_at_the_deadline_or_when_cancelled() {
        let clock = VirtualClock::new();
        let cancel = Cancel::new();
        let patience = Patience::new(clock.clone(), Cancels::new([cancel.clone()], None));
        let start = clock.now();
        assert_eq!(patience.sleep(Duration::from_secs(3)), Ok(()));
        assert_eq!(clock.now() - start, Duration::from_secs(3));
        let short = patience.at_most(Some(Duration::from_secs(1)));
        assert_eq!(short.sleep(Duration::from_secs(3)), Err(Stop::Deadline));
        assert_eq!(clock.now() - start, Duration::from_secs(4));
        assert_eq!(short.at_most(Some(Duration::from_secs(9))).left(), Some(Duration::ZERO));
        cancel.cancel();
        assert_eq!(patience.sleep(Duration::ZERO), Err(Stop::Cancelled));
        assert!(patience.at_most(Some(Duration::MAX)).left().is_none());
    }

    #[test]
    fn pauses_grow_to_their_bound_and_never_exceed_it() {
        let mut backoff = Backoff::new(Duration::from_secs(1), 1.5, Duration::from_secs(15));
        let pauses: Vec<f64> = (0..20).map(|_| backoff.pause().as_secs_f64()).collect();
        assert!(pauses[0] >= 0.75 && pauses[0] <= 1.0, "{pauses:?}");
        assert!(pauses[19] >= 11.25 && pauses[19] <= 15.0, "{pauses:?}");
    }
}
