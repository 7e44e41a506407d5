//! A thread of a bulk call: it asks for one batch after the other.

use std::time::Duration;

use crate::batch::{Ask, Outcome};
use crate::client::Client;
use crate::error::{Error, Status};
use crate::keys::Wanted;
use crate::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use crate::sync::mpsc::{Receiver, SyncSender};
use crate::sync::{Arc, Mutex, PoisonError};
use crate::wait::Patience;

/// How long to wait for other batches before asking again.
const SOON: Duration = Duration::from_millis(5);

/// A batch to be asked for.
pub(crate) struct Job<T> {
    pub(crate) wanted: Wanted,
    pub(crate) stopped: Option<Error>,
    /// The deadline counts from here, and not from when it is this batch's turn.
    pub(crate) patience: Patience,
    pub(crate) tell: SyncSender<Answer<T>>,
}

/// Who asks for batches.
pub(crate) struct Worker<T> {
    pub(crate) client: Client,
    pub(crate) ask: Ask<T>,
    pub(crate) asking: Asking,
}

/// What those who ask for batches of one bulk call know of each other.
#[derive(Clone, Default)]
pub(crate) struct Asking(Arc<Shared>);

#[derive(Default)]
struct Shared {
    under_way: AtomicUsize,
    /// Whether leave means that the allowance covers it: not while nobody knows what is left.
    leave_counts: AtomicBool,
}

impl Asking {
    /// Counts as one until it is dropped, also by a panic.
    fn begin(&self) -> impl Drop + use<> {
        struct End(Asking);
        impl Drop for End {
            fn drop(&mut self) {
                self.0.0.under_way.fetch_sub(1, Ordering::SeqCst);
            }
        }
        self.0.under_way.fetch_add(1, Ordering::SeqCst);
        End(self.clone())
    }

    fn others(&self) -> bool {
        self.0.under_way.load(Ordering::SeqCst) > 0
    }

    /// It is known what is left, or that nobody ever says so.
    pub(crate) fn leave_counts(&self) {
        self.0.leave_counts.store(true, Ordering::SeqCst);
    }
}

impl<T: Outcome> Worker<T> {
    pub(crate) fn work(&self, jobs: &Mutex<Receiver<Job<T>>>) {
        loop {
            // Held until there is leave for the batch: where the allowance does not last, it is the last inputs
            // that get nothing, whatever thread is the quickest.
            let waiting = jobs.lock().unwrap_or_else(PoisonError::into_inner);
            let Ok(job) = waiting.recv() else { return };
            let mut waiting = Some(waiting);
            self.carry_out(job, &mut || waiting = None);
        }
    }

    /// Asks for a batch, and tells when there is leave for all of it.
    pub(crate) fn carry_out(&self, job: Job<T>, all_granted: &mut dyn FnMut()) {
        let sure = || self.asking.0.leave_counts.load(Ordering::SeqCst);
        let answer = self.ask_all(&job, &mut || {
            if sure() {
                all_granted()
            }
        });
        // The receiver is gone only when nobody wants the answer.
        let _ = job.tell.send(answer);
    }

    /// Asks for all of them; where the allowance covers only a part, that part first.
    fn ask_all(&self, job: &Job<T>, all_granted: &mut dyn FnMut()) -> Answer<T> {
        let mut client = self.client.clone();
        let mut stopped = job.stopped.clone();
        let mut outcomes = Vec::new();
        let mut left = job.wanted.clone();
        while left.len() > 0 {
            let others = self.asking.others();
            let asked = match &stopped {
                Some(error) => Err(error.clone()),
                None => {
                    let _under_way = self.asking.begin();
                    client.options.deadline = Some(job.patience.left());
                    (self.ask)(&client, &left, all_granted)
                }
            };
            match asked {
                Ok(results) => {
                    self.asking.leave_counts();
                    left = left.behind(results.len().max(1));
                    outcomes.extend(results);
                }
                // What was out for other batches of this call may have come back.
                Err(error)
                    if stopped.is_none()
                        && is_spent(&error)
                        && (others || self.asking.others())
                        && self.client.patience().sleep(SOON).is_ok() => {}
                Err(error) => {
                    outcomes.extend(left.iter().map(|input| T::failed(input, error.clone())));
                    // A failure of the service is of this batch; anything else would be the same again.
                    let passes = [Status::Server, Status::Protocol, Status::Network, Status::Timeout];
                    if !passes.contains(&error.status()) {
                        stopped = Some(error);
                    }
                    left = left.first(0);
                }
            }
        }
        Answer { outcomes, stopped }
    }
}

/// Refused here, since the ledger knows of nothing that is left.
fn is_spent(error: &Error) -> bool {
    error.status() == Status::QuotaExhausted && error.is_local()
}

/// The outcomes of the inputs that were asked, and why nothing more should be.
pub(crate) struct Answer<T> {
    pub(crate) outcomes: Vec<T>,
    pub(crate) stopped: Option<Error>,
}

impl<T> Answer<T> {
    pub(crate) fn none() -> Self {
        Answer { outcomes: Vec::new(), stopped: None }
    }
}

#[cfg(all(test, not(feature = "models")))]
mod tests {
    use super::*;
    use crate::batch::{Batch, Distance, Results};
    use crate::endpoints::Operation;
    use crate::options::Options;
    use crate::transport::scripted;
    use crate::wait::Clock;

    #[derive(Clone, Debug, PartialEq)]
    struct Echo(bool);

    impl Outcome for Echo {
        fn failed(_: &str, _: Error) -> Self {
            Echo(false)
        }
        fn for_input(self, _: &str) -> Self {
            self
        }
    }

    fn one_by_one(ask: Ask<Echo>) -> Batch<Echo> {
        // One input a request.
        let operation = Operation::HashSandbox;
        Batch { operation, check: |input| Ok(input), key: |input| input.into(), ask }
    }

    /// The first batch holds all that is left until the second has been refused for it, and needs less.
    fn ask(_: &Client, wanted: &Wanted, all_granted: &mut dyn FnMut()) -> crate::Result<Vec<Echo>> {
        all_granted();
        static REFUSED: AtomicBool = AtomicBool::new(false);
        if wanted.get(0) == Some("first") {
            while !REFUSED.load(Ordering::SeqCst) {
                std::thread::yield_now();
            }
        } else if !REFUSED.swap(true, Ordering::SeqCst) {
            return Err(Error::new(Status::QuotaExhausted, ""));
        }
        Ok(vec![Echo(true)])
    }

    #[test]
    fn batches_that_wait_for_their_turn_end_with_the_first() {
        let (client, _, clock) = scripted::client([]);
        let start = clock.now();
        let client = client.with(&Options::new().deadline(Some(Duration::from_secs(10))));
        let ask: Ask<Echo> = |client, _, _| {
            let patience = client.patience().at_most(client.options.deadline.flatten());
            patience.sleep(Duration::from_secs(100)).map_err(|_| Error::new(Status::Timeout, ""))?;
            Ok(vec![Echo(true)])
        };
        let mut results = Results::new(&client, one_by_one(ask), ["first", "second", "third"].into_iter());
        results.distance = Distance::Far;
        assert_eq!(results.collect::<Vec<_>>(), [Echo(false), Echo(false), Echo(false)]);
        assert_eq!(clock.now() - start, Duration::from_secs(10));
    }

    #[test]
    fn a_batch_waits_for_what_another_of_the_same_call_may_give_back() {
        let (client, ..) = scripted::client([]);
        let mut results = Results::new(&client, one_by_one(ask), ["first", "second"].into_iter());
        results.distance = Distance::Far;
        results.asking.leave_counts();
        assert_eq!(results.collect::<Vec<_>>(), [Echo(true), Echo(true)]);
    }
}
