//! Many scans at once: few threads start them, and one schedule of polls waits for all.
//!
//! The caller's iterator and callbacks are used on the caller's thread alone, in [`ScanOutcomes::next`]:
//! threads of ours hash, upload and poll. A scan that waits costs an entry in a heap, not a thread.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use crate::cancel::Cancel;
use crate::client::Client;
use crate::error::{Error, Result, Status};
use crate::model::Report;
use crate::scan::{Started, not_finished, poll_backoff};
use crate::source::Source;
use crate::sync::thread::{Builder, JoinHandle};
use crate::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use crate::wait::{Backoff, Patience, SLICE, Stop};

/// Scans under way at most: enough that polls of slow ones do not hold up the rest.
const MOST_RUNNING: usize = 256;

/// What became of one of many files.
#[derive(Debug)]
#[non_exhaustive]
pub struct ScanOutcome {
    /// Place of the source among the inputs, from 0.
    pub index: usize,
    /// The file.
    pub source: Source,
    /// Its report, or why there is none.
    pub result: Result<Report>,
}

/// The outcomes of [`Client::file_scan_many`], in the order in which they finish.
pub struct ScanOutcomes<I> {
    client: Client,
    inputs: Option<I>,
    taken: usize,
    given: usize,
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    /// Where a callback was asked for: which scans the service has called back about.
    deliveries: Option<Mutex<Deliveries>>,
    /// Ends the threads and their calls.
    stop: Cancel,
}

#[derive(Default)]
struct State {
    to_start: VecDeque<(usize, Source)>,
    polls: BinaryHeap<Reverse<Poll>>,
    done: VecDeque<ScanOutcome>,
}

/// One list tells of all deliveries, so with callbacks a scan is asked for only when it is done.
#[derive(Default)]
struct Deliveries {
    asked: Option<Instant>,
    data_ids: HashSet<String>,
}

/// How often the list of deliveries is asked for.
const DELIVERIES_AGE: Duration = Duration::from_secs(2);

/// How often the list is believed before a scan is asked for all the same: a callback may be lost.
const MOST_SKIPPED: u32 = 15;

/// A scan that waits for its next poll.
struct Poll {
    due: Instant,
    index: usize,
    source: Source,
    data_id: String,
    since: Instant,
    backoff: Backoff,
    patience: Patience,
    /// Polls in a row that the list of deliveries has saved.
    skipped: u32,
}

impl PartialEq for Poll {
    fn eq(&self, other: &Self) -> bool {
        (self.due, self.index) == (other.due, other.index)
    }
}
impl Eq for Poll {}
impl PartialOrd for Poll {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Poll {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.due, self.index).cmp(&(other.due, other.index))
    }
}

impl Client {
    /// Scans any number of files, each as [`Client::file_scan`] does, and gives one outcome per file, in
    /// the order in which they finish.
    ///
    /// At most as many requests at once as the setting `concurrency` says; the deadline counts for each
    /// file from its start. Dropping the iterator ends the calls that are under way; scans that have begun
    /// go on at the service.
    pub fn file_scan_many<I>(&self, sources: I) -> ScanOutcomes<I::IntoIter>
    where
        I: IntoIterator<Item: Into<Source>>,
    {
        let calls_back = self.options.headers.iter().any(|(name, _)| name == "callbackurl");
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            changed: Condvar::new(),
            deliveries: calls_back.then(Mutex::default),
            stop: Cancel::new(),
        });
        ScanOutcomes {
            client: self.clone(),
            inputs: Some(sources.into_iter()),
            taken: 0,
            given: 0,
            shared,
            workers: Vec::new(),
        }
    }
}

impl<I> Iterator for ScanOutcomes<I>
where
    I: Iterator<Item: Into<Source>>,
{
    type Item = ScanOutcome;

    fn next(&mut self) -> Option<ScanOutcome> {
        let patience = self.client.patience();
        loop {
            self.feed();
            let mut state = self.shared.lock();
            if let Some(outcome) = state.done.pop_front() {
                self.given += 1;
                return Some(outcome);
            }
            if self.given == self.taken && self.inputs.is_none() {
                return None;
            }
            // The threads have the caller's token as well, but only this one can ask for signals.
            drop(self.shared.wait(state, SLICE));
            if patience.poll().is_err() {
                self.inputs = None;
                self.shared.end();
            }
        }
    }
}

impl<I> ScanOutcomes<I>
where
    I: Iterator<Item: Into<Source>>,
{
    /// Takes inputs as long as there is room.
    fn feed(&mut self) {
        while self.taken - self.given < MOST_RUNNING {
            let Some(source) = self.inputs.as_mut().and_then(Iterator::next) else {
                self.inputs = None;
                return;
            };
            self.shared.lock().to_start.push_back((self.taken, source.into()));
            self.taken += 1;
            self.shared.changed.notify_all();
            if self.workers.len() < self.client.inner.settings.concurrency as usize {
                self.start_worker();
            }
        }
    }

    fn start_worker(&mut self) {
        let shared = self.shared.clone();
        let mut client = self.client.clone();
        client.options.interrupt = None;
        client.options.progress = None;
        client.options.stop = Some(shared.stop.clone());
        let spawned = Builder::new().name("mdcloud-scan".into()).spawn(move || work(&client, &shared));
        match spawned {
            Ok(worker) => self.workers.push(worker),
            // Without a first thread nothing would ever finish.
            Err(error) if self.workers.is_empty() => {
                let mut state = self.shared.lock();
                let error = Error::io("a thread for the scans", &error);
                let failed: Vec<_> = state.to_start.drain(..).collect();
                state.done.extend(failed.into_iter().map(|(index, source)| ScanOutcome {
                    index,
                    source,
                    result: Err(error.clone()),
                }));
            }
            Err(_) => {}
        }
    }
}

impl<I> Drop for ScanOutcomes<I> {
    fn drop(&mut self) {
        self.shared.end();
        for worker in self.workers.drain(..) {
            // A thread that panicked has nothing more to say.
            let _ = worker.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the threads. Under the lock: one that has just looked, and does not wait yet, would miss it and sleep
    /// to the end of its slice.
    fn end(&self) {
        let _state = self.lock();
        self.stop.cancel();
        self.changed.notify_all();
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, most: Duration) -> MutexGuard<'a, State> {
        self.changed.wait_timeout(state, most).unwrap_or_else(PoisonError::into_inner).0
    }
}

/// One thread: a poll that is due goes before a new start, since it may free a place.
fn work(client: &Client, shared: &Shared) {
    loop {
        let mut state = shared.lock();
        let now = Instant::now();
        let due = state.polls.peek().map(|Reverse(poll)| poll.due);
        if due.is_some_and(|due| due <= now || shared.stop.is_cancelled()) {
            let Some(Reverse(poll)) = state.polls.pop() else { continue };
            drop(state);
            poll_once(client, shared, poll);
        } else if let Some((index, source)) = state.to_start.pop_front() {
            drop(state);
            start(client, shared, index, source);
        } else if shared.stop.is_cancelled() {
            return;
        } else {
            let most = due.map_or(SLICE, |due| SLICE.min(due - now));
            drop(shared.wait(state, most.max(Duration::from_millis(1))));
        }
    }
}

fn start(client: &Client, shared: &Shared, index: usize, source: Source) {
    let patience = client.patience().at_most(client.waiting_deadline());
    match client.start_scan(&source, &patience) {
        Ok(Started::Known(report)) => shared.finish(ScanOutcome { index, source, result: Ok(*report) }),
        Err(error) => shared.finish(ScanOutcome { index, source, result: Err(error) }),
        Ok(Started::Running(data_id)) => {
            let now = Instant::now();
            let backoff = poll_backoff();
            let poll = Poll { due: now, index, source, data_id, since: now, backoff, patience, skipped: 0 };
            shared.again(poll);
        }
    }
}

fn poll_once(client: &Client, shared: &Shared, mut poll: Poll) {
    let stopped = match poll.patience.check() {
        Ok(()) => None,
        Err(Stop::Deadline) => Some(not_finished(&poll.data_id)),
        Err(Stop::Cancelled) => Some(Error::new(Status::Cancelled, "").with_data_id(poll.data_id.clone())),
    };
    let result = match stopped {
        Some(error) => Err(error),
        None if !shared.is_worth_a_poll(client, &mut poll) => return shared.again(poll),
        None => match client.poll(&poll.data_id, poll.since.elapsed(), &poll.patience) {
            Ok(Some(report)) if report.is_finished() => Ok(report),
            Ok(_) => return shared.again(poll),
            Err(error) => Err(error),
        },
    };
    shared.finish(ScanOutcome { index: poll.index, source: poll.source, result });
}

impl Shared {
    /// Whether the scan may be done, as far as the list of deliveries tells.
    fn is_worth_a_poll(&self, client: &Client, poll: &mut Poll) -> bool {
        let Some(deliveries) = &self.deliveries else { return true };
        let mut deliveries = deliveries.lock().unwrap_or_else(PoisonError::into_inner);
        if deliveries.asked.is_none_or(|asked| asked.elapsed() >= DELIVERIES_AGE) {
            // Without the list everything is as if there were no callbacks, only slower.
            if let Ok(list) = client.webhook_status_all() {
                deliveries.data_ids =
                    list.entries().iter().filter_map(|entry| entry.data_id()).map(str::to_owned).collect();
            }
            deliveries.asked = Some(Instant::now());
        }
        let worth = deliveries.data_ids.contains(&poll.data_id) || poll.skipped >= MOST_SKIPPED;
        poll.skipped = if worth { 0 } else { poll.skipped + 1 };
        worth
    }

    fn finish(&self, outcome: ScanOutcome) {
        self.lock().done.push_back(outcome);
        self.changed.notify_all();
    }

    /// Puts a scan back for its next poll, at the deadline at the latest.
    fn again(&self, mut poll: Poll) {
        let pause = if self.deliveries.is_some() { DELIVERIES_AGE } else { poll.backoff.pause() };
        let pause = poll.patience.left().map_or(pause, |left| pause.min(left));
        poll.due = Instant::now() + pause;
        self.lock().polls.push(Reverse(poll));
        self.changed.notify_all();
    }
}
