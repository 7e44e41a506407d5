//! Any number of inputs in few requests: cut to the service's batches, one outcome per input, in order.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::batch_worker::{Answer, Asking, Job, Worker};
use crate::call::Call;
use crate::cancel::Cancel;
use crate::client::Client;
use crate::endpoints::Operation;
use crate::error::{Error, Result, Status};
use crate::intake::{Input, Intake, Taken};
use crate::keys::Wanted;
use crate::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use crate::sync::{Arc, Mutex, PoisonError, thread};
use crate::transport::Reply;
use crate::wait::SLICE;

/// One outcome of a bulk call. Public for the compiler's sake only: nobody else can name it.
pub trait Outcome: Clone + Send + 'static {
    /// An input that got no answer.
    fn failed(input: &str, error: Error) -> Self;
    /// The same outcome for another spelling of the input.
    fn for_input(self, input: &str) -> Self;
}

/// Asks for the first of these, as many as the allowance covers, and gives the outcome of each of those. Calls the
/// last argument once there is leave for all of them.
pub(crate) type Ask<T> = fn(&Client, &Wanted, &mut dyn FnMut()) -> Result<Vec<T>>;

/// How one kind of bulk call is made.
pub(crate) struct Batch<T> {
    pub(crate) operation: Operation,
    /// Refuses a malformed input, which is then an error of its own entry.
    pub(crate) check: fn(&str) -> Result<&str>,
    /// The spelling that all spellings of an input have in common.
    pub(crate) key: fn(&str) -> Cow<'_, str>,
    pub(crate) ask: Ask<T>,
}

// Derived, they would ask for a `T` that can be copied.
impl<T> Clone for Batch<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Batch<T> {}

impl<T> Batch<T> {
    /// Most inputs of one request.
    pub(crate) fn size(&self) -> usize {
        self.operation.endpoint().batch.unwrap_or(1) as usize
    }
}

/// Most batches under way at once, whatever the setting `concurrency` says.
const MOST_AHEAD: usize = 16;

/// A service that answers a batch within this time is near.
pub(crate) const NEAR: Duration = Duration::from_millis(5);

/// How far the service is.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Distance {
    /// The first batch finds it out, on a thread.
    Unknown,
    /// The caller's thread asks for one batch after the other: more threads would cost more than they bring.
    Near,
    /// Several batches are asked for at once.
    Far,
}

/// The results of a bulk call, one per input, in input order.
///
/// Lazy and bounded: as many batches as the setting `concurrency` says are under way at once, on threads
/// of the library, and a million inputs need no more memory than that. The inputs are taken on the
/// caller's thread, a batch for each that is to be under way; up to 20,000 ahead where their number is known and they
/// come at once, as those of a list do. An input that is among the 20,000 before it is not asked again: of a list
/// only such answers are kept until then, of other inputs all. Where there is no input, nothing is sent and nothing
/// comes (C, C++ and Python, which take lists, refuse an empty one). Where the key is refused, the
/// allowance used up, or the call cancelled, nothing more is asked and the rest gets that error. A deadline counts
/// for each batch, from when it is under way.
pub struct Results<I, T> {
    client: Client,
    operation: Operation,
    ask: Ask<T>,
    intake: Intake<I, T>,
    under_way: VecDeque<UnderWay<T>>,
    /// Of the batch that came last.
    ready: std::vec::IntoIter<Input<T>>,
    stopped: Option<Error>,
    /// Ends the threads and their calls.
    stop: Cancel,
    /// Batches on their way to the threads; these end when it goes.
    jobs: Option<Jobs<T>>,
    threads: usize,
    pub(crate) asking: Asking,
    pub(crate) distance: Distance,
}

type Jobs<T> = (Sender<Job<T>>, Arc<Mutex<Receiver<Job<T>>>>);

/// A batch that was asked for.
struct UnderWay<T> {
    inputs: Vec<Input<T>>,
    number: u32,
    answer: Receiver<Answer<T>>,
}

impl<I, T: Outcome> Results<I, T> {
    pub(crate) fn new(client: &Client, batch: Batch<T>, inputs: I) -> Self {
        Results {
            client: client.clone(),
            operation: batch.operation,
            ask: batch.ask,
            intake: Intake::new(batch, inputs),
            under_way: VecDeque::new(),
            ready: Vec::new().into_iter(),
            stopped: None,
            stop: Cancel::new(),
            jobs: None,
            threads: 0,
            asking: Asking::default(),
            distance: Distance::Unknown,
        }
    }
}

impl<I, T> Iterator for Results<I, T>
where
    I: Iterator<Item: AsRef<str>>,
    T: Outcome,
{
    type Item = T;

    fn next(&mut self) -> Option<T> {
        while self.ready.len() == 0 {
            self.intake.all_handed_out();
            self.start();
            let batch = self.under_way.pop_front()?;
            let time = if self.distance == Distance::Far { SLICE } else { NEAR };
            match batch.answer.recv_timeout(time) {
                Ok(answer) => {
                    if self.distance == Distance::Unknown {
                        self.distance = Distance::Near;
                    }
                    self.finish(batch, answer);
                }
                // Its thread has died; what it asked for has no outcome.
                Err(RecvTimeoutError::Disconnected) => self.finish(batch, Answer::none()),
                Err(RecvTimeoutError::Timeout) => {
                    self.distance = Distance::Far;
                    self.under_way.push_front(batch);
                    if self.client.patience().poll().is_err() {
                        self.stop.cancel();
                    }
                }
            }
        }
        self.ready.next().map(|input| self.intake.outcome(input))
    }
}

impl<I, T> Results<I, T>
where
    I: Iterator<Item: AsRef<str>>,
    T: Outcome,
{
    /// Starts batches as long as there is room.
    fn start(&mut self) {
        while self.under_way.len() < self.at_once()
            && let Some(batch) = self.intake.next_batch()
        {
            // The only batch of a short call is asked on the caller's thread, too.
            let near = self.distance == Distance::Near;
            let alone = near || self.intake.all_taken() && self.under_way.is_empty();
            let batch = self.ask(batch, alone);
            self.under_way.push_back(batch);
        }
        self.employ();
        self.intake.read_ahead();
    }
}

impl<I, T: Outcome> Results<I, T> {
    fn ask(&mut self, batch: Taken<T>, alone: bool) -> UnderWay<T> {
        let Taken { inputs, wanted, number } = batch;
        let (tell, answer) = sync_channel(1);
        let patience = self.client.patience().at_most(self.client.options.deadline.flatten());
        let job = Job { wanted, stopped: self.stopped.clone(), patience, tell };
        if alone {
            let start = Instant::now();
            self.worker().carry_out(job, &mut || {});
            if start.elapsed() > NEAR {
                self.distance = Distance::Far;
            }
        } else {
            self.hand_over(job);
        }
        UnderWay { inputs, number, answer }
    }

    /// Most batches under way, and threads for them.
    fn at_once(&self) -> usize {
        match self.distance {
            Distance::Far => (self.client.inner.settings.concurrency as usize).min(MOST_AHEAD),
            Distance::Unknown | Distance::Near => 1,
        }
    }

    /// This client on the caller's thread.
    fn worker(&self) -> Worker<T> {
        let mut client = self.client.clone();
        client.options.stop = Some(self.stop.clone());
        Worker { client, ask: self.ask, asking: self.asking.clone() }
    }

    /// Puts a batch where the threads take it from.
    fn hand_over(&mut self, job: Job<T>) {
        let (jobs, _) = self.jobs.get_or_insert_with(|| {
            if self.client.knows_what_is_left(self.operation) {
                self.asking.leave_counts();
            }
            let (jobs, waiting) = channel();
            (jobs, Arc::new(Mutex::new(waiting)))
        });
        // The other end is held beside this one.
        let _ = jobs.send(job);
    }

    /// Sees to it that there are threads for what is under way. They stay: with a new one for each batch the
    /// memory allocator would hand out ever new pools for answers that live on elsewhere.
    fn employ(&mut self) {
        let Some((_, waiting)) = &self.jobs else { return };
        let waiting = waiting.clone();
        while self.threads < self.under_way.len().min(self.at_once()) {
            let mut worker = self.worker();
            // Signals are the caller's business, and so is its own code.
            worker.client.options.interrupt = None;
            let named = thread::Builder::new().name("mdcloud-bulk".into());
            let waiting = waiting.clone();
            if named.spawn(move || worker.work(&waiting)).is_err() {
                break;
            }
            self.threads += 1;
        }
        if self.threads == 0 {
            let worker = self.worker();
            while let Ok(job) = waiting.lock().unwrap_or_else(PoisonError::into_inner).try_recv() {
                worker.carry_out(job, &mut || {});
            }
        }
    }

    /// Makes the outcomes of a batch ready.
    fn finish(&mut self, batch: UnderWay<T>, answer: Answer<T>) {
        self.stopped = self.stopped.take().or(answer.stopped);
        self.intake.came(batch.number, answer.outcomes);
        self.ready = batch.inputs.into_iter();
    }
}

impl<I, T> Results<I, T> {
    /// How many results come next without a wait.
    pub fn ready(&self) -> usize {
        self.ready.len()
    }
}

impl<I, T> Drop for Results<I, T> {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// The error of an input that the answer leaves out.
pub(crate) fn missing(operation: Operation) -> Error {
    let name = Call::new(operation, &[]).name();
    Error::new(Status::Protocol, "the answer leaves this input out").with_request(name)
}

impl Client {
    fn knows_what_is_left(&self, operation: Operation) -> bool {
        let Some(family) = operation.endpoint().family else { return true };
        self.quota()
            .is_some_and(|quota| quota.family(family.as_str()).is_some_and(|known| known.remaining.is_some()))
    }

    /// Sends the call that `call` makes of these inputs, or of the first of them where the allowance does not cover
    /// all: the answer, and whom it is about. For [`Ask`].
    pub(crate) fn ask_for<'a>(
        &self,
        operation: Operation,
        wanted: &Wanted,
        call: impl Fn(&Wanted) -> Call<'a>,
        all_granted: &mut dyn FnMut(),
    ) -> Result<(Reply, Wanted)> {
        let patience = self.patience().at_most(self.options.deadline.flatten());
        let number = |wanted: &Wanted| u32::try_from(wanted.len()).unwrap_or(u32::MAX);
        let all = Call::new(operation, &[]).cost(number(wanted), 1);
        let mut permit = self.permit(&all, &patience, None)?;
        loop {
            let covered = wanted.first(permit.granted.max(1) as usize);
            if covered.len() == wanted.len() {
                all_granted();
            }
            let mut call = call(&covered).cost(number(&covered), 1);
            match (self.perform_permitted(&mut call, permit, &patience, &mut None), call.covered) {
                (Ok(reply), _) => return Ok((reply, covered)),
                (Err(_), Some(less)) => permit = less,
                (Err(error), None) => return Err(error),
            }
        }
    }
}
