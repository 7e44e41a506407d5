//! Single flight: who asks for what another thread is asking for at this moment gets the same answer.
//!
//! Only lookups that cost something and change nothing. Nothing is remembered: when the answer is there the
//! flight is over, and the next call asks the service again (whose terms do not allow a cache).

use std::collections::BTreeMap;

use mdcloud_process::ledger::Account;

use crate::error::{Result, Status};
use crate::sync::{Arc, Condvar, ForkMutex, Mutex, MutexGuard, PoisonError, process_wide};
use crate::transport::Reply;
use crate::wait::{Patience, SLICE, Stop};

/// What makes two requests the same: whose they are, and all that is sent.
type Subject = (Account, String);

process_wide! {
    /// Requests under way in this process. A forked child has none: their threads stayed behind.
    UNDER_WAY: ForkMutex<BTreeMap<Subject, Arc<Flight>>> = ForkMutex::new(BTreeMap::new(), |flights| flights.clear())
}

#[derive(Default)]
struct Flight {
    state: Mutex<State>,
    landed: Condvar,
}

#[derive(Default)]
struct State {
    passengers: u32,
    over: bool,
    /// What came of it, where it is of use to others and there are any.
    outcome: Option<Result<Reply>>,
}

impl Flight {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Carries out `request`, or waits for the same one that another thread has begun, as long as this caller's
/// patience lasts.
///
/// A request that ended for its caller's own reasons (cancelled, out of time, refused here because this
/// caller would not wait) says nothing to the others: one of them then asks.
pub(crate) fn share(
    subject: Subject,
    patience: &Patience,
    mut request: impl FnMut() -> Result<Reply>,
) -> std::result::Result<Result<Reply>, Stop> {
    loop {
        let (flight, mine) = {
            let mut flights = UNDER_WAY.lock();
            match flights.get(&subject) {
                Some(flight) => {
                    flight.state().passengers += 1;
                    (flight.clone(), false)
                }
                None => {
                    let flight = Arc::<Flight>::default();
                    flights.insert(subject.clone(), flight.clone());
                    (flight, true)
                }
            }
        };
        if mine {
            // Lands in any case, also when the request panics.
            let landing = Landing { subject: &subject, flight: &flight };
            let outcome = request();
            landing.with(&outcome, patience);
            return Ok(outcome);
        }
        if let Some(outcome) = wait(&flight, patience)? {
            return Ok(outcome);
        }
    }
}

fn wait(flight: &Flight, patience: &Patience) -> std::result::Result<Option<Result<Reply>>, Stop> {
    let mut state = flight.state();
    while !state.over {
        state = flight.landed.wait_timeout(state, SLICE).unwrap_or_else(PoisonError::into_inner).0;
        if !state.over {
            drop(state);
            // Asks the caller's own code, perhaps: not while others wait for this lock.
            patience.poll()?;
            state = flight.state();
        }
    }
    Ok(state.outcome.clone())
}

/// The end of a flight.
struct Landing<'a> {
    subject: &'a Subject,
    flight: &'a Arc<Flight>,
}

impl Landing<'_> {
    fn with(&self, outcome: &Result<Reply>, patience: &Patience) {
        let own = match outcome {
            Ok(_) => false,
            Err(error) => match error.status() {
                Status::Cancelled => true,
                Status::Timeout => patience.check().is_err(),
                _ => error.is_local(),
            },
        };
        if !own {
            // From here on nobody joins, so the number of passengers is final.
            self.leave();
            let mut state = self.flight.state();
            if state.passengers > 0 {
                state.outcome = Some(outcome.clone());
            }
        }
    }

    fn leave(&self) {
        let mut flights = UNDER_WAY.lock();
        // In a child forked meanwhile there may be another flight of this name, or none.
        if flights.get(self.subject).is_some_and(|flight| Arc::ptr_eq(flight, self.flight)) {
            flights.remove(self.subject);
        }
    }
}

impl Drop for Landing<'_> {
    fn drop(&mut self) {
        self.leave();
        let mut state = self.flight.state();
        state.over = true;
        // A system call, which the usual request without company is spared.
        if state.passengers > 0 {
            self.flight.landed.notify_all();
        }
    }
}

#[cfg(test)]
#[path = "flight_tests.rs"]
mod tests;
