//! A place where one ledger is kept for several processes, as the rest of the library sees it.
//!
//! The decisions are the tracker's, wherever its state lives. A store keeps a document, says what time it
//! is there, and lets one process at a time change it: that is all. See [`super::shared`].

use mdcloud_process::ledger::{Answer, Ask, Tell};

use super::snapshot::AccountView;
use super::throttle::Nanos;
use crate::error::{Error, Status};
use crate::wait::Patience;

/// A moment, as a store reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    /// Names the run of the clock `ticks`: another value means that the two cannot be compared.
    pub(crate) run: u64,
    /// Nanoseconds on a clock that every process with this store reads alike, and that nobody sets.
    pub(crate) ticks: Nanos,
    /// Nanoseconds since 1970; for moments of different runs.
    pub(crate) wall: Nanos,
}

/// What a store keeps.
pub(crate) struct Kept<'a> {
    /// Goes up by one with each change; 0 where nothing is kept yet.
    pub(crate) version: u64,
    pub(crate) document: &'a [u8],
    pub(crate) time: Reading,
}

/// Sees what is kept, and gives what is to be kept instead; `None` leaves it as it is.
pub(crate) type Change<'a> = dyn FnMut(Kept<'_>) -> Option<Vec<u8>> + 'a;

/// One document that one process at a time may change.
pub(crate) trait Store: Send {
    /// Nobody else changes the document between what `change` sees and what it gives. A store that finds out
    /// afterwards that somebody did calls `change` again with the newer document: only the last call counts.
    /// An error means that nothing was changed, as far as can be known.
    fn exchange(&mut self, change: &mut Change<'_>) -> Result<(), StoreError>;

    /// Takes a document away that cannot be read, so that the next exchange finds nothing, and says where
    /// it is now.
    fn set_aside(&mut self) -> Result<String, StoreError>;

    /// Whether the process of that name (see [`mdcloud_process::holder`]) is known to be gone.
    fn is_gone(&self, holder: u64) -> bool;
}

/// A ledger that lives outside of this process.
pub(crate) trait Outside: Send + Sync {
    /// May this call start? Waits for the store no longer than the caller's patience.
    fn ask(&self, ask: &Ask, patience: &Patience) -> Result<Answer, StoreError>;
    /// What became of it. Whether that is written at once or a moment later is the store's business.
    fn tell(&self, tell: &Tell) -> Result<(), StoreError>;
    /// All that it knows, and what is worth knowing of the store itself: a damaged document set aside, say.
    fn view(&self) -> Result<(Vec<AccountView>, Option<String>), StoreError>;
}

/// Why a store cannot be used now.
#[derive(Clone, Debug)]
pub(crate) struct StoreError {
    /// [`Status::Io`] or [`Status::Network`].
    pub(crate) status: Status,
    /// What went wrong and where.
    pub(crate) detail: String,
    /// The system's number of the error, where there is one.
    pub(crate) errno: Option<i32>,
}

impl StoreError {
    pub(crate) fn io(what: &str, error: &std::io::Error) -> Self {
        StoreError { status: Status::Io, detail: format!("{what}: {error}"), errno: error.raw_os_error() }
    }

    pub(crate) fn new(status: Status, detail: impl Into<String>) -> Self {
        StoreError { status, detail: detail.into(), errno: None }
    }
}
