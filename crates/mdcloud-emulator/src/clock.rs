//! The emulator's time: real, or moved only by hand.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Where a virtual clock starts: 2026-03-11T09:15:00Z. Any moment would do, if it is always the same.
const VIRTUAL_START: Duration = Duration::from_secs(1_773_220_500);

/// Time since the emulator started.
#[derive(Debug)]
pub(crate) struct Clock {
    started: Instant,
    started_at: Duration,
    moves_by_itself: bool,
    moved_by_hand: AtomicU64,
}

impl Clock {
    pub(crate) fn new(moved_by_hand_only: bool) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(VIRTUAL_START);
        Clock {
            started: Instant::now(),
            started_at: if moved_by_hand_only { VIRTUAL_START } else { now },
            moves_by_itself: !moved_by_hand_only,
            moved_by_hand: AtomicU64::new(0),
        }
    }

    /// Time since the start.
    pub(crate) fn now(&self) -> Duration {
        let by_itself = if self.moves_by_itself { self.started.elapsed() } else { Duration::ZERO };
        by_itself + Duration::from_nanos(self.moved_by_hand.load(Ordering::SeqCst))
    }

    /// Moves the time forward; a running clock skips ahead.
    pub(crate) fn advance(&self, by: Duration) {
        let nanos = u64::try_from(by.as_nanos()).unwrap_or(u64::MAX);
        // A clock that wrapped round would go backwards.
        let _ = self
            .moved_by_hand
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |old| Some(old.saturating_add(nanos)));
    }

    /// A moment of this clock as time since 1970.
    pub(crate) fn unix(&self, moment: Duration) -> Duration {
        self.started_at + moment
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_virtual_clock_stands_still_until_moved() {
        let clock = Clock::new(true);
        assert_eq!(clock.now(), Duration::ZERO);
        clock.advance(Duration::from_secs(5));
        assert_eq!(clock.now(), Duration::from_secs(5));
        clock.advance(Duration::MAX);
        assert!(clock.now() > Duration::from_secs(5), "it never goes back");
    }
}
