//! Output that is not sent yet: records of TLS that come one by one go out together.
//!
//! rustls writes each record of 16 KiB by itself, and a system call for each costs an upload a third of its
//! speed. A full record says that more comes at once; a shorter one is the last for now, and all goes out.

use ureq::unversioned::transport::{Buffers, LazyBuffers};

/// A full record of TLS: what it carries, without its head and seal.
const FULL_RECORD: usize = 16 * 1024;

/// Room for a full record with its head and seal.
const ROOM: usize = FULL_RECORD + 512;

/// ureq's buffers, the first bytes of the output being held back.
#[derive(Debug)]
pub(super) struct Held {
    buffers: LazyBuffers,
    /// Whether what goes out comes in records of TLS; anything else is never held.
    in_records: bool,
    held: usize,
}

impl Held {
    pub(super) fn new(buffers: LazyBuffers, in_records: bool) -> Self {
        Held { buffers, in_records, held: 0 }
    }

    /// Takes so many bytes of the output on, and says whether what is held should be sent now.
    pub(super) fn add(&mut self, amount: usize) -> bool {
        self.held += amount;
        !self.in_records || amount < FULL_RECORD || self.output().len() < ROOM
    }

    /// What is to be sent.
    pub(super) fn waiting(&mut self) -> &[u8] {
        let held = self.held;
        &self.buffers.output()[..held]
    }

    /// It was sent, or never will be.
    pub(super) fn clear(&mut self) {
        self.held = 0;
    }
}

impl Buffers for Held {
    fn output(&mut self) -> &mut [u8] {
        &mut self.buffers.output()[self.held..]
    }

    fn tmp_and_output(&mut self) -> (&mut [u8], &mut [u8]) {
        let (room, output) = self.buffers.tmp_and_output();
        (room, &mut output[self.held..])
    }

    fn input(&self) -> &[u8] {
        self.buffers.input()
    }

    fn input_append_buf(&mut self) -> &mut [u8] {
        self.buffers.input_append_buf()
    }

    fn input_appended(&mut self, amount: usize) {
        self.buffers.input_appended(amount);
    }

    fn input_consume(&mut self, amount: usize) {
        self.buffers.input_consume(amount);
    }

    fn can_use_input(&self) -> bool {
        self.buffers.can_use_input()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_records_wait_for_a_shorter_one_or_for_the_end_of_the_room() {
        const SEALED: usize = FULL_RECORD + 22;
        let mut held = Held::new(LazyBuffers::new(1024, 4 * ROOM), true);
        let mut put = |byte, amount| {
            held.output()[..amount].fill(byte);
            let now = held.add(amount);
            let waiting = held.waiting().to_vec();
            if now {
                held.clear();
            }
            (now, waiting)
        };
        assert_eq!(put(1, SEALED), (false, vec![1; SEALED]));
        let (now, waiting) = put(2, 30);
        assert!(now);
        assert_eq!((waiting.len(), waiting[0], waiting[SEALED]), (SEALED + 30, 1, 2));
        assert_eq!(put(3, 30), (true, vec![3; 30]), "what was sent is not sent again");
        let sent: Vec<bool> = (0..4).map(|record| put(record, SEALED).0).collect();
        assert_eq!(sent, [false, false, false, true], "there is no room for one more");
    }
}
