//! One ledger for several processes: the tracker's state as a document in a [`Store`].
//!
//! Each call reads the document, decides, and writes it back, all within one exchange; what was read last
//! is kept, so that a document which nobody else has changed need not be read again.
//!
//! Time: the ledger has a clock of its own, which goes on from exchange to exchange by as much as the
//! store's clock did. So a clock that is set, forward or back, moves no window, and after a restart the
//! ledger goes on from the wall's time, which never sets it back.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::store::{Kept, Reading, Store, StoreError};
use super::throttle::Nanos;
use super::tracker::Tracker;
use crate::error::Status;

/// Of the document's form. A document of a later one is not touched.
const FORMAT: u32 = 1;

/// How often to look for processes that are gone.
const BURIAL: Duration = Duration::from_secs(1);

/// The clock starts an hour in, so that "long ago" is never below zero.
const FIRST: Nanos = 3_600_000_000_000;

#[derive(Serialize, Deserialize)]
struct Document {
    format: u32,
    /// The ledger's own clock, when `time` was read.
    now: Nanos,
    run: u64,
    ticks: Nanos,
    wall: Nanos,
    tracker: Tracker,
}

impl Document {
    fn new(time: Reading, tracker: Tracker, now: Nanos) -> Self {
        Document { format: FORMAT, now, run: time.run, ticks: time.ticks, wall: time.wall, tracker }
    }

    fn read(bytes: &[u8]) -> Result<Self, Failure> {
        #[derive(Deserialize)]
        struct Form {
            format: u32,
        }
        match serde_json::from_slice::<Form>(bytes) {
            Ok(Form { format: FORMAT }) => serde_json::from_slice(bytes).map_err(|_| Failure::Damaged),
            Ok(Form { format }) if format > FORMAT => Err(Failure::Newer),
            _ => Err(Failure::Damaged),
        }
    }

    /// Lets the ledger's clock go on to this moment.
    fn go_on(&mut self, time: Reading) -> &mut Self {
        let passed = match self.run == time.run {
            true => time.ticks.saturating_sub(self.ticks),
            false => time.wall.saturating_sub(self.wall),
        };
        self.now = self.now.saturating_add(passed);
        (self.run, self.ticks, self.wall) = (time.run, time.ticks, time.wall);
        self
    }
}

/// The tracker in a document, if it is one.
#[cfg(feature = "fuzzing")]
pub(crate) fn read_tracker(bytes: &[u8]) -> Option<Tracker> {
    let mut document = Document::read(bytes).ok()?;
    document.go_on(Reading { run: 1, ticks: 1 << 50, wall: 1 << 60 });
    Some(document.tracker)
}

/// A tracker in a store.
pub(crate) struct Shared<S> {
    store: S,
    document: Option<Document>,
    /// Of `document`; `None` where it must be read again.
    version: Option<u64>,
    /// Who this process is, for others to see whether it still lives.
    holder: u64,
    buried: Option<Instant>,
    /// What a user should know: where a damaged document was put.
    pub(crate) note: Option<String>,
}

impl<S: Store> Shared<S> {
    pub(crate) fn new(store: S, holder: u64) -> Self {
        Shared { store, document: None, version: None, holder, buried: None, note: None }
    }

    /// Begins with what this process knows; the store must be empty.
    pub(crate) fn begin(&mut self, tracker: &mut Tracker, now: Nanos) -> Result<(), StoreError> {
        self.store.exchange(&mut |kept| {
            let document = Document::new(kept.time, std::mem::take(tracker), now);
            let written = serde_json::to_vec(&document).ok();
            *tracker = document.tracker;
            written
        })
    }

    /// After a fork: this is another process now.
    pub(crate) fn is_now(&mut self, holder: u64) {
        self.holder = holder;
        self.buried = None;
    }

    pub(crate) fn store(&mut self) -> &mut S {
        &mut self.store
    }

    /// Decides: `act` gets the tracker at the ledger's time. It may run more than once; the last run counts.
    pub(crate) fn with<R>(&mut self, mut act: impl FnMut(&mut Tracker, Nanos) -> R) -> Result<R, StoreError> {
        match self.attempt(&mut act) {
            Err(Failure::Damaged) => {
                self.version = None;
                let place = self.store.set_aside()?;
                log::warn!(
                    "mdcloud: the quota ledger was damaged; it starts anew, the old one is at {place}"
                );
                self.note = Some(format!("damaged, started anew; the old one is at {place}"));
                self.attempt(&mut act).map_err(Failure::into_error)
            }
            done => done.map_err(Failure::into_error),
        }
    }

    fn attempt<R>(&mut self, act: &mut impl FnMut(&mut Tracker, Nanos) -> R) -> Result<R, Failure> {
        let gone = self.gone();
        let Shared { store, document, version, holder, .. } = self;
        let mut done = Err(Failure::Store(StoreError::new(Status::Io, "the store did nothing")));
        let mut now_kept = None;
        let exchanged = store.exchange(&mut |kept: Kept<'_>| {
            if *version != Some(kept.version) || document.is_none() {
                *document = match kept.version {
                    0 => Some(Document::new(kept.time, Tracker::default(), FIRST)),
                    _ => match Document::read(kept.document) {
                        Ok(read) => Some(read),
                        Err(failure) => {
                            done = Err(failure);
                            return None;
                        }
                    },
                };
            }
            // What is in memory now is ahead of what is kept, until it is known to be written.
            *version = None;
            let Document { now, tracker, .. } =
                document.as_mut().map(|document| document.go_on(kept.time))?;
            tracker.begin(*holder);
            if !gone.is_empty() {
                tracker.bury(*now, &mut |holder| gone.contains(&holder));
            }
            done = Ok(act(tracker, *now));
            let written = if tracker.is_touched() { serde_json::to_vec(&*document).ok() } else { None };
            now_kept = Some(kept.version + u64::from(written.is_some()));
            written
        });
        exchanged.map_err(Failure::Store)?;
        *version = now_kept;
        done
    }

    /// Processes that have left something in the ledger and are gone. Looked for once in a while.
    fn gone(&mut self) -> BTreeSet<u64> {
        let Some(document) = &self.document else { return BTreeSet::new() };
        if self.buried.is_some_and(|last| last.elapsed() < BURIAL) {
            return BTreeSet::new();
        }
        self.buried = Some(Instant::now());
        let holders = document.tracker.holders();
        holders.into_iter().filter(|holder| *holder != self.holder && self.store.is_gone(*holder)).collect()
    }
}

/// Why an attempt came to nothing.
enum Failure {
    Store(StoreError),
    /// What is kept is no ledger.
    Damaged,
    /// It was written by a later version of the library, and is left as it is.
    Newer,
}

impl Failure {
    fn into_error(self) -> StoreError {
        match self {
            Failure::Store(error) => error,
            Failure::Damaged => StoreError::new(Status::Io, "the quota ledger is damaged again and again"),
            Failure::Newer => {
                StoreError::new(Status::Io, "the quota ledger was written by a later version of mdcloud")
            }
        }
    }
}

#[cfg(test)]
#[path = "shared_tests.rs"]
mod tests;
