//! Where a caller waits for its answer, and leaves when its patience ends.

use std::time::Instant;

use crate::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use crate::wait::{Patience, SLICE, Stop};

/// Filled by one side and emptied by the other, unless that has left: then the filler learns it.
pub(super) struct Slot<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
}

enum State<T> {
    Waiting,
    Filled(T),
    Left,
}

/// Why nothing came.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Nothing {
    /// The caller's own patience ended.
    Stopped(Stop),
    /// It took too long.
    Late,
}

impl<T> Slot<T> {
    pub(super) fn new() -> Self {
        Slot { state: Mutex::new(State::Waiting), filled: Condvar::new() }
    }

    /// Gives it back where nobody waits for it any more.
    pub(super) fn fill(&self, value: T) -> Result<(), T> {
        let mut state = self.lock();
        if matches!(*state, State::Left) {
            return Err(value);
        }
        *state = State::Filled(value);
        self.filled.notify_one();
        Ok(())
    }

    pub(super) fn is_left(&self) -> bool {
        matches!(*self.lock(), State::Left)
    }

    /// Waits, in slices if there is a patience to look at.
    pub(super) fn wait(&self, patience: Option<&Patience>, until: Instant) -> Result<T, Nothing> {
        let mut state = self.lock();
        loop {
            match std::mem::replace(&mut *state, State::Left) {
                State::Filled(value) => return Ok(value),
                _ => *state = State::Waiting,
            }
            let left = until.saturating_duration_since(Instant::now());
            let stop = patience.and_then(|patience| patience.check().err());
            if left.is_zero() || stop.is_some() {
                *state = State::Left;
                return Err(stop.map_or(Nothing::Late, Nothing::Stopped));
            }
            let slice = patience.and_then(Patience::left).unwrap_or(SLICE).min(SLICE).min(left);
            let (kept, timeout) =
                self.filled.wait_timeout(state, slice).unwrap_or_else(PoisonError::into_inner);
            state = kept;
            if let (true, Some(patience)) = (timeout.timed_out(), patience) {
                // Asking the interrupt runs code of the caller's: not while the filler may wait for the lock.
                drop(state);
                let _ = patience.poll();
                state = self.lock();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::{Cancel, Cancels};
    use crate::wait::SystemClock;
    use std::sync::Arc;
    use std::time::Duration;

    #[test]
    fn an_answer_is_taken_or_comes_back_but_is_never_lost() {
        let soon = || Instant::now() + Duration::from_secs(60);
        let slot = Slot::new();
        slot.fill(1).unwrap();
        assert_eq!(slot.wait(None, soon()), Ok(1));
        let cancel = Cancel::new();
        cancel.cancel();
        let patience = Patience::new(Arc::new(SystemClock), Cancels::new([cancel], None));
        let slot = Slot::new();
        assert_eq!(slot.wait(Some(&patience), soon()), Err(Nothing::Stopped(Stop::Cancelled)));
        assert!(slot.is_left());
        assert_eq!(slot.fill(2), Err(2));
        let slot = Slot::new();
        slot.fill(3).unwrap();
        assert_eq!(slot.wait(Some(&patience), soon()), Ok(3), "it was there already");
        assert_eq!(Slot::<u8>::new().wait(None, Instant::now()), Err(Nothing::Late));
    }
}

/// See `models.rs`.
#[cfg(all(test, feature = "models"))]
mod models {
    use super::*;
    use crate::sync::{Arc, thread};
    use std::time::Duration;

    #[test]
    fn an_answer_is_taken_by_who_waits_or_goes_back_to_who_brought_it() {
        let meet = |until: fn() -> Instant| {
            let slot = Arc::new(Slot::new());
            let filler = slot.clone();
            let filler = thread::spawn(move || filler.fill("answer"));
            let taken = slot.wait(None, until());
            (taken, filler.join().unwrap())
        };
        shuttle::check_dfs(
            move || {
                let (taken, brought) = meet(|| Instant::now() + Duration::from_secs(3600));
                assert_eq!((taken, brought), (Ok("answer"), Ok(())));
            },
            None,
        );
        shuttle::check_dfs(
            move || match meet(Instant::now) {
                (Ok("answer"), Ok(())) | (Err(Nothing::Late), Err("answer")) => {}
                lost => panic!("{lost:?}"),
            },
            None,
        );
    }
}
