//! The log of requests, for tests that ask what was really sent.

use std::collections::VecDeque;

/// One request as it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestRecord {
    /// `GET`, `POST`, …
    pub method: String,
    /// Path with query, as sent.
    pub path: String,
    /// HTTP status of the answer, also where a fault then spoilt its bytes; 0 while there is none, and
    /// for good when a fault took its place with nothing.
    pub status: u16,
    /// The service's code; 0 for success and for answers that are not the service's.
    pub code: u32,
    /// Whether the right key came along.
    pub key_ok: bool,
    /// Headers as sent, names in lower case. The key's value is left out.
    pub headers: Vec<(String, String)>,
    /// Bytes of the body that were read.
    pub body_length: u64,
    /// Milliseconds since the emulator started, by its own clock.
    pub at: u64,
}

/// The last requests, in order of arrival.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// Number of the first record that is still kept.
    first: u64,
    records: VecDeque<RequestRecord>,
}

impl Log {
    /// Adds a record; the number finds it again when the answer is known.
    pub(crate) fn add(&mut self, record: RequestRecord, limit: usize) -> u64 {
        let number = self.first + self.records.len() as u64;
        self.records.push_back(record);
        while self.records.len() > limit {
            self.records.pop_front();
            self.first += 1;
        }
        number
    }

    /// The record with this number, unless it is gone.
    pub(crate) fn get_mut(&mut self, number: u64) -> Option<&mut RequestRecord> {
        let index = number.checked_sub(self.first)?;
        self.records.get_mut(usize::try_from(index).ok()?)
    }

    pub(crate) fn all(&self) -> Vec<RequestRecord> {
        self.records.iter().cloned().collect()
    }

    /// Forgets all records; numbers go on, so that an answer under way finds nothing.
    pub(crate) fn clear(&mut self) {
        self.first += self.records.len() as u64;
        self.records.clear();
    }
}
