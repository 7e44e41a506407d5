//! The tracker, as `mdcloud-simulator` drives it: on a virtual clock, alone, or shared through documents.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mdcloud_process::ledger::{Answer, Ask, Tell};

use super::shared::Shared;
use super::store::{Change, Kept, Reading, Store, StoreError};
use super::tracker::Tracker;
use super::{Quota, headers};
use crate::transport::Reply;

/// A ledger of one process.
#[derive(Default)]
pub struct Ledger(Tracker);

impl Ledger {
    /// May this call start?
    pub fn ask(&mut self, now: u64, ask: &Ask) -> Answer {
        self.0.ask(now, ask)
    }

    /// What became of it.
    pub fn tell(&mut self, now: u64, tell: &Tell) {
        self.0.tell(now, tell);
    }

    /// What it knows.
    pub fn quota(&mut self, now: u64) -> Vec<Quota> {
        self.0.view(now).into_iter().map(Quota::from).collect()
    }

    /// Itself, written down and read back; what is lost on the way is lost.
    pub fn reread(&self) -> Result<Self, String> {
        let text = serde_json::to_vec(&self.0).map_err(|error| error.to_string())?;
        serde_json::from_slice(&text).map(Ledger).map_err(|error| error.to_string())
    }
}

/// A document in memory that several ledgers share.
#[derive(Clone)]
pub struct Place(Arc<Mutex<Inner>>);

struct Inner {
    version: u64,
    document: Vec<u8>,
    time: Reading,
}

impl Default for Place {
    fn default() -> Self {
        let time = Reading { run: 1, ticks: 0, wall: 0 };
        Place(Arc::new(Mutex::new(Inner { version: 0, document: Vec::new(), time })))
    }
}

impl Place {
    /// The ledger as a process has it open.
    pub fn open(&self, process: u64) -> SharedLedger {
        SharedLedger { place: self.clone(), shared: Shared::new(self.clone(), process) }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for Place {
    fn exchange(&mut self, change: &mut Change<'_>) -> Result<(), StoreError> {
        let mut inner = self.inner();
        let Inner { version, document, time } = &mut *inner;
        if let Some(changed) = change(Kept { version: *version, document, time: *time }) {
            *document = changed;
            *version += 1;
        }
        Ok(())
    }

    fn set_aside(&mut self) -> Result<String, StoreError> {
        let mut inner = self.inner();
        inner.document.clear();
        inner.version = 0;
        Ok("nowhere".to_owned())
    }

    /// The simulator says itself who is gone, on its own clock: see [`SharedLedger::bury`].
    fn is_gone(&self, _: u64) -> bool {
        false
    }
}

/// One process's way to a ledger that several share.
pub struct SharedLedger {
    place: Place,
    shared: Shared<Place>,
}

impl SharedLedger {
    /// What this process's clocks say from now on: the one that nobody sets, and the one on the wall.
    pub fn set_clocks(&mut self, ticks: u64, wall: u64) {
        self.place.inner().time = Reading { run: 1, ticks, wall };
    }

    /// May this call start?
    pub fn ask(&mut self, ask: &Ask) -> Result<Answer, String> {
        self.shared.with(|tracker, now| tracker.ask(now, ask)).map_err(|error| error.detail)
    }

    /// What became of it.
    pub fn tell(&mut self, tell: &Tell) -> Result<(), String> {
        self.shared.with(|tracker, now| tracker.tell(now, tell)).map_err(|error| error.detail)
    }

    /// This process has seen that another one is gone.
    pub fn bury(&mut self, process: u64) -> Result<(), String> {
        self.shared
            .with(|tracker, now| tracker.bury(now, &mut |holder| holder == process))
            .map_err(|error| error.detail)
    }

    /// What it knows.
    pub fn quota(&mut self) -> Result<Vec<Quota>, String> {
        let views = self.shared.with(|tracker, now| tracker.view(now)).map_err(|error| error.detail)?;
        Ok(views.into_iter().map(Quota::from).collect())
    }
}

/// Reads an answer as the client does.
pub fn read_answer(
    tell: &mut Tell,
    http_status: u16,
    code: Option<i64>,
    messages: &[String],
    headers: &[(&'static str, String)],
) {
    let headers = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let reply = Reply { status: http_status, headers, body: Vec::new() };
    headers::read_answer(tell, &reply, code, messages);
}
