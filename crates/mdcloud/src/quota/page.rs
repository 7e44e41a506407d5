//! A ledger in memory that forked processes share.

use std::time::Instant;

use mdcloud_process::{Exchanged, Page};

use super::store::{Change, Kept, Reading, Store, StoreError};
use crate::error::Status;

/// The document of this process and of those that are forked from it.
pub(crate) struct PageStore {
    page: Page,
    /// All of them inherit it, and read the same clock.
    start: Instant,
}

impl PageStore {
    pub(crate) fn new(start: Instant) -> Result<Self, StoreError> {
        let page = Page::new().map_err(|error| failed(&error))?;
        Ok(PageStore { page, start })
    }
}

fn failed(error: &std::io::Error) -> StoreError {
    StoreError::io("the memory that forked processes share", error)
}

impl Store for PageStore {
    fn exchange(&mut self, change: &mut Change<'_>) -> Result<(), StoreError> {
        let start = self.start;
        let exchanged = self.page.exchange(&mut |version, document| {
            // Read now, when nobody else decides: decisions happen in the order of their times.
            let ticks = start.elapsed().as_nanos() as u64;
            change(Kept { version, document, time: Reading { run: 1, ticks, wall: 0 } })
        });
        match exchanged.map_err(|error| failed(&error))? {
            Exchanged::Done => Ok(()),
            Exchanged::Busy => Err(StoreError::busy(
                "a forked process that shares the ledger holds its lock, and is perhaps stopped",
            )),
        }
    }

    /// Nobody else writes there.
    fn set_aside(&mut self) -> Result<String, StoreError> {
        Err(StoreError::new(Status::Io, "the memory that forked processes share was overwritten"))
    }

    fn is_gone(&self, holder: u64) -> bool {
        mdcloud_process::is_gone(holder)
    }
}
