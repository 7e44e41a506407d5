//! Any number of inputs in few requests: cut to the service's batches, one outcome per input, in order.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::call::Call;
use crate::cancel::Cancel;
use crate::client::Client;
use crate::endpoints::Operation;
use crate::error::{Error, Result, Status};
use crate::quota::Permit;
use crate::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use crate::sync::{Arc, Mutex, PoisonError, thread};
use crate::wait::{Patience, SLICE};

/// One outcome of a bulk call. Public for the compiler's sake only: nobody else can name it.
pub trait Outcome: Clone + Send + 'static {
    /// An input that got no answer.
    fn failed(input: &str, error: Error) -> Self;
    /// The same outcome for another spelling of the input.
    fn for_input(self, input: &str) -> Self;
}

/// Asks for the first of these, as many as the allowance covers, and says how many those were.
pub(crate) type Ask<T> = fn(&Client, &[String]) -> Result<(usize, Vec<T>)>;

/// How one kind of bulk call is made.
pub(crate) struct Batch<T> {
    pub(crate) operation: Operation,
    /// Refuses a malformed input, which is then an error of its own entry.
    pub(crate) check: fn(&str) -> Result<&str>,
    /// The spelling under which equal inputs are the same.
    pub(crate) key: fn(&str) -> String,
    pub(crate) ask: Ask<T>,
}

// Derived, they would ask for a `T` that can be copied.
impl<T> Clone for Batch<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Batch<T> {}

/// Inputs whose outcome is remembered, for the same input further on. More than what is ever under way at
/// once, so that an input which was asked for a moment ago is never asked again.
const REMEMBERED: usize = 20_000;

/// Most batches under way at once, whatever the setting `concurrency` says.
const MOST_AHEAD: usize = 16;

/// The results of a bulk call, one per input, in input order.
///
/// Lazy and bounded: as many batches as the setting `concurrency` says are under way at once, on threads
/// of the library, and a million inputs need no more memory than that. The inputs are taken on the
/// caller's thread; where there is none, nothing is sent and nothing comes (C, C++ and Python, which take
/// lists, refuse an empty one). An input that came a moment ago is not asked again. Where the key is refused, the
/// allowance used up, or the call cancelled, nothing more is asked and the rest gets that error.
pub struct Results<I, T> {
    client: Client,
    batch: Batch<T>,
    inputs: Option<I>,
    under_way: VecDeque<UnderWay<T>>,
    ready: VecDeque<T>,
    remembered: HashMap<String, T>,
    /// What is remembered, oldest first.
    order: VecDeque<String>,
    /// Asked in a batch that is under way.
    pending: HashSet<String>,
    stopped: Option<Error>,
    /// Ends the threads and their calls.
    stop: Cancel,
    /// Batches on their way to the threads; these end when it goes.
    jobs: Option<Jobs<T>>,
    threads: usize,
}

type Jobs<T> = (Sender<Job<T>>, Arc<Mutex<Receiver<Job<T>>>>);

/// A batch to be asked for.
struct Job<T> {
    wanted: Vec<String>,
    stopped: Option<Error>,
    tell: SyncSender<Answer<T>>,
}

/// Who asks for batches.
struct Worker<T> {
    client: Client,
    ask: Ask<T>,
}

impl<T: Outcome> Worker<T> {
    fn work(&self, jobs: &Mutex<Receiver<Job<T>>>) {
        loop {
            let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
            match next {
                Ok(job) => self.carry_out(job),
                Err(_) => return,
            }
        }
    }

    fn carry_out(&self, job: Job<T>) {
        // The receiver is gone only when nobody wants the answer.
        let _ = job.tell.send(ask_all(&self.client, self.ask, &job.wanted, job.stopped));
    }
}

/// A batch that was asked for.
struct UnderWay<T> {
    inputs: Vec<String>,
    /// Outcomes that were remembered when the batch was made.
    known: HashMap<String, T>,
    answer: Receiver<Answer<T>>,
}

/// The outcomes of the inputs that were asked, and why nothing more should be.
struct Answer<T> {
    outcomes: Vec<(String, T)>,
    stopped: Option<Error>,
}

impl<I, T: Outcome> Results<I, T> {
    pub(crate) fn new(client: &Client, batch: Batch<T>, inputs: I) -> Self {
        Results {
            client: client.clone(),
            batch,
            inputs: Some(inputs),
            under_way: VecDeque::new(),
            ready: VecDeque::new(),
            remembered: HashMap::new(),
            order: VecDeque::new(),
            pending: HashSet::new(),
            stopped: None,
            stop: Cancel::new(),
            jobs: None,
            threads: 0,
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
        while self.ready.is_empty() {
            self.start();
            let batch = self.under_way.pop_front()?;
            self.finish(batch);
        }
        self.ready.pop_front()
    }
}

impl<I, T> Results<I, T>
where
    I: Iterator<Item: AsRef<str>>,
    T: Outcome,
{
    /// Takes inputs and starts batches as long as there is room.
    fn start(&mut self) {
        let most = self.batch.operation.endpoint().batch.unwrap_or(1) as usize;
        while self.under_way.len() < self.at_once()
            && let Some(source) = self.inputs.as_mut()
        {
            let inputs: Vec<String> =
                source.by_ref().take(most).map(|input| input.as_ref().to_owned()).collect();
            if inputs.len() < most {
                self.inputs = None;
            }
            if !inputs.is_empty() {
                // The only batch of a short call is asked on the caller's thread.
                let alone = self.inputs.is_none() && self.under_way.is_empty();
                let batch = self.ask(inputs, alone);
                self.under_way.push_back(batch);
            }
        }
    }
}

impl<I, T: Outcome> Results<I, T> {
    fn ask(&mut self, inputs: Vec<String>, alone: bool) -> UnderWay<T> {
        let mut known = HashMap::new();
        let mut wanted = Vec::new();
        for input in &inputs {
            let Ok(checked) = (self.batch.check)(input) else { continue };
            let key = (self.batch.key)(checked);
            if let Some(outcome) = self.remembered.get(&key) {
                known.entry(key).or_insert_with(|| outcome.clone());
            } else if self.pending.insert(key.clone()) {
                wanted.push(key);
            }
        }
        let (tell, answer) = sync_channel(1);
        let job = Job { wanted, stopped: self.stopped.clone(), tell };
        if alone {
            self.worker().carry_out(job);
        } else {
            self.hand_over(job);
        }
        UnderWay { inputs, known, answer }
    }

    /// Most batches under way, and threads for them.
    fn at_once(&self) -> usize {
        (self.client.inner.settings.concurrency as usize).min(MOST_AHEAD)
    }

    /// This client on the caller's thread.
    fn worker(&self) -> Worker<T> {
        let mut client = self.client.clone();
        client.options.stop = Some(self.stop.clone());
        Worker { client, ask: self.batch.ask }
    }

    /// Gives a batch to the threads. They stay: with a new one for each batch the memory allocator would
    /// hand out ever new pools for answers that live on elsewhere.
    fn hand_over(&mut self, job: Job<T>) {
        let (jobs, waiting) = self.jobs.get_or_insert_with(|| {
            let (jobs, waiting) = channel();
            (jobs, Arc::new(Mutex::new(waiting)))
        });
        let (jobs, waiting) = (jobs.clone(), waiting.clone());
        if self.threads < self.at_once() {
            let mut worker = self.worker();
            // Signals are the caller's business, and so is its own code.
            worker.client.options.interrupt = None;
            let named = thread::Builder::new().name("mdcloud-bulk".into());
            if named.spawn(move || worker.work(&waiting)).is_ok() {
                self.threads += 1;
            }
        }
        match self.threads {
            0 => self.worker().carry_out(job),
            // The other end is held by `self.jobs`.
            _ => drop(jobs.send(job)),
        }
    }

    /// Waits for a batch and makes its outcomes ready.
    fn finish(&mut self, batch: UnderWay<T>) {
        let patience = self.client.patience();
        let answer = loop {
            match batch.answer.recv_timeout(SLICE) {
                Ok(answer) => break answer,
                Err(RecvTimeoutError::Disconnected) => break Answer { outcomes: Vec::new(), stopped: None },
                Err(RecvTimeoutError::Timeout) => {
                    if patience.poll().is_err() {
                        self.stop.cancel();
                    }
                }
            }
        };
        self.stopped = self.stopped.take().or(answer.stopped);
        for (key, outcome) in answer.outcomes {
            self.pending.remove(&key);
            if self.remembered.insert(key.clone(), outcome).is_none() {
                self.order.push_back(key);
            }
        }
        let Batch { check, key, operation, .. } = self.batch;
        let outcome = |input: &String| match check(input) {
            Err(error) => T::failed(input, error),
            Ok(checked) => {
                let key = key(checked);
                match batch.known.get(&key).or_else(|| self.remembered.get(&key)) {
                    Some(result) => result.clone().for_input(input),
                    None => T::failed(input, missing(operation)),
                }
            }
        };
        self.ready = batch.inputs.iter().map(outcome).collect();
        while self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.remembered.remove(&oldest);
        }
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

/// Asks for all of them; where the allowance covers only a part, that part first.
fn ask_all<T: Outcome>(
    client: &Client,
    ask: Ask<T>,
    wanted: &[String],
    mut stopped: Option<Error>,
) -> Answer<T> {
    let mut outcomes = Vec::with_capacity(wanted.len());
    let mut left = wanted;
    while !left.is_empty() {
        let asked = match &stopped {
            Some(error) => Err(error.clone()),
            None => ask(client, left),
        };
        match asked {
            Ok((asked, results)) => {
                outcomes.extend(left.iter().take(asked).cloned().zip(results));
                left = left.get(asked.max(1)..).unwrap_or_default();
            }
            Err(error) => {
                outcomes.extend(left.iter().map(|input| (input.clone(), T::failed(input, error.clone()))));
                // A failure of the service is of this batch; anything else would be the same again.
                let passes = [Status::Server, Status::Protocol, Status::Network, Status::Timeout];
                if !passes.contains(&error.status()) {
                    stopped = Some(error);
                }
                left = &[];
            }
        }
    }
    Answer { outcomes, stopped }
}

/// The error of an input that the answer leaves out.
pub(crate) fn missing(operation: Operation) -> Error {
    let row = operation.endpoint();
    Error::new(Status::Protocol, "the answer leaves this input out").with_request(format!(
        "{} {}",
        row.method.as_str(),
        row.path
    ))
}

impl Client {
    /// Leave for a bulk request of as many entries as the allowance covers.
    pub(crate) fn bulk_permit(
        &self,
        operation: Operation,
        count: usize,
    ) -> Result<(Permit, usize, Patience)> {
        let patience = self.patience().at_most(self.options.deadline.flatten());
        let call = Call::new(operation, &[]).cost(u32::try_from(count).unwrap_or(u32::MAX), 1);
        let permit = self.permit(&call, &patience, None)?;
        let asked = count.min(permit.granted as usize).max(1);
        Ok((permit, asked, patience))
    }
}
