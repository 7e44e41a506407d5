//! A ledger in a [`Store`], for all threads of this process.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use mdcloud_process::ledger::{Account, Answer, Ask, Tell};

use super::shared::Shared;
use super::snapshot::AccountView;
use super::store::{Outside, Store, StoreError};
use super::throttle::Nanos;
use super::tracker::Tracker;
use crate::sync::ForkMutex;
use crate::wait::Patience;

/// How long to wait for another process that is in the middle of a change. A change takes microseconds, so
/// who takes this long is stopped ...
const MOST_WAIT: Duration = Duration::from_millis(250);

/// ... if we have looked this often meanwhile. Where the machine is so busy that we hardly run ourselves,
/// the other does not either.
const LEAST_TRIES: u32 = 100;

/// The end, however busy the machine is.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// A tracker in a store of this kind.
pub(crate) struct InStore<S: Store + 'static>(&'static ForkMutex<Shared<S>>);

impl<S: Store + 'static> InStore<S> {
    pub(crate) fn new(shared: Shared<S>) -> Self {
        let ledger = ForkMutex::leaked(shared, |shared| {
            shared.is_now(mdcloud_process::holder());
            shared.store().forked();
        });
        // A fork must know of it, whether it has been used or not.
        drop(ledger.lock());
        InStore(ledger)
    }

    /// Decides. The wait for other processes is outside of our own lock, so that neither a fork nor other
    /// threads wait with us, and it ends when the caller's patience does.
    fn with<R>(
        &self,
        patience: Option<&Patience>,
        mut act: impl FnMut(&mut Tracker, Nanos) -> R,
    ) -> Result<R, StoreError> {
        let start = Instant::now();
        let mut pause = Duration::from_micros(50);
        let mut tries = 0;
        loop {
            tries += 1;
            match self.0.lock().with(&mut act) {
                Err(error) if error.busy && is_to_wait(start.elapsed(), tries) => {
                    if patience.is_some_and(|patience| patience.check().is_err()) {
                        return Err(error);
                    }
                }
                done => return done,
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(2));
        }
    }
}

fn is_to_wait(waited: Duration, tries: u32) -> bool {
    waited < MOST_WAIT || tries < LEAST_TRIES && waited < LONGEST_WAIT
}

impl<S: Store + 'static> Outside for InStore<S> {
    fn ask(&self, ask: &Ask, patience: &Patience) -> Result<Answer, StoreError> {
        self.with(Some(patience), |tracker, now| tracker.ask(now, ask))
    }

    fn tell(&self, tell: &Tell) -> Result<(), StoreError> {
        self.with(None, |tracker, now| tracker.tell(now, tell))
    }

    fn view(&self, _: &BTreeSet<Account>) -> Result<(Vec<AccountView>, Option<String>), StoreError> {
        let views = self.with(None, |tracker, now| tracker.view(now))?;
        Ok((views, self.0.lock().note.clone()))
    }
}
