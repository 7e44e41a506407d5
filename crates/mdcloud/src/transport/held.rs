//! Output that is not sent yet: records of TLS that come one by one go out together.
//!
//! rustls writes each record of 16 KiB by itself, and a system call for each costs an upload a third of its
//! speed. A full record says that more comes at once; a shorter one is the last for now, and all goes out.

use std::time::Duration;

use ureq::unversioned::transport::{Buffers, LazyBuffers};

/// A full record of TLS: what it carries, without its head and seal.
const FULL_RECORD: usize = 16 * 1024;

/// Room for a full record with its head and seal.
const ROOM: usize = FULL_RECORD + 512;

/// Room for a request with all its headers, and for more of one that needed all of that: an upload.
/// Without TLS progress is told for each piece that was put here, so on a slow line pieces stay small.
const LITTLE: usize = 128 * 1024;
const MUCH: usize = 512 * 1024;

/// A line that takes a small piece within this time, a Gbit/s, takes a larger one in a few milliseconds.
const QUICK: Duration = Duration::from_millis(1);

/// The buffers of a socket, the first bytes of the output being held back.
#[derive(Debug)]
pub(super) struct Held {
    input: LazyBuffers,
    output: Vec<u8>,
    /// Whether what goes out comes in records of TLS; anything else is never held.
    in_records: bool,
    held: usize,
}

impl Held {
    pub(super) fn new(input_size: usize, in_records: bool) -> Self {
        let input = LazyBuffers::new(input_size, 1);
        Held { input, output: Vec::new(), in_records, held: 0 }
    }

    /// Takes so many bytes of the output on, and says whether what is held should be sent now.
    pub(super) fn add(&mut self, amount: usize) -> bool {
        self.held += amount;
        !self.in_records || amount < FULL_RECORD || self.is_full()
    }

    /// Whether there is no room for another record, or without TLS for anything.
    fn is_full(&self) -> bool {
        self.output.len() - self.held < if self.in_records { ROOM } else { 1 }
    }

    /// What is to be sent.
    pub(super) fn waiting(&self) -> &[u8] {
        &self.output[..self.held]
    }

    /// It was sent in this time, or never will be.
    pub(super) fn clear(&mut self, time: Duration) {
        let quick = time < QUICK * self.held.div_ceil(LITTLE) as u32;
        if self.is_full() && (self.in_records || quick) {
            self.output.resize(MUCH, 0);
        } else if !self.in_records {
            self.output.truncate(LITTLE); // the next upload begins with small pieces, too
        }
        self.held = 0;
    }

    fn make_room(&mut self) {
        if self.output.is_empty() {
            self.output.resize(LITTLE, 0);
        }
    }
}

impl Buffers for Held {
    fn output(&mut self) -> &mut [u8] {
        self.make_room();
        &mut self.output[self.held..]
    }

    fn tmp_and_output(&mut self) -> (&mut [u8], &mut [u8]) {
        self.make_room();
        (self.input.tmp_and_output().0, &mut self.output[self.held..])
    }

    fn input(&self) -> &[u8] {
        self.input.input()
    }

    fn input_append_buf(&mut self) -> &mut [u8] {
        self.input.input_append_buf()
    }

    fn input_appended(&mut self, amount: usize) {
        self.input.input_appended(amount);
    }

    fn input_consume(&mut self, amount: usize) {
        self.input.input_consume(amount);
    }

    fn can_use_input(&self) -> bool {
        self.input.can_use_input()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Puts so many bytes in; says whether they are sent at once, and all that is sent then.
    fn put(held: &mut Held, byte: u8, amount: usize) -> (bool, Vec<u8>) {
        held.output()[..amount].fill(byte);
        let now = held.add(amount);
        let waiting = held.waiting().to_vec();
        if now {
            held.clear(QUICK);
        }
        (now, waiting)
    }

    #[test]
    fn full_records_wait_for_a_shorter_one_or_for_the_end_of_the_room() {
        const SEALED: usize = FULL_RECORD + 22;
        let held = &mut Held::new(1024, true);
        assert_eq!(put(held, 1, SEALED), (false, vec![1; SEALED]));
        let (now, waiting) = put(held, 2, 30);
        assert!(now);
        assert_eq!((waiting.len(), waiting[0], waiting[SEALED]), (SEALED + 30, 1, 2));
        assert_eq!(put(held, 3, 30), (true, vec![3; 30]), "what was sent is not sent again");
        let mut together = || 1 + (0..50).position(|record| put(held, record, SEALED).0).unwrap();
        assert_eq!([together(), together(), together()], [7, 31, 31], "an upload gets more room");
    }

    #[test]
    fn without_tls_an_upload_has_the_room_of_a_request() {
        let held = &mut Held::new(1024, false);
        assert!(put(held, 1, 500).0 && put(held, 1, 500).0);
        let mut fill = || {
            let room = held.output().len();
            assert!(put(held, 1, room).0);
            room
        };
        assert_eq!([fill(), fill(), fill()], [LITTLE; 3]);
    }

    #[test]
    fn without_tls_a_quick_line_gets_larger_pieces() {
        let held = &mut Held::new(1024, false);
        let mut send = |amount: usize| {
            assert!(held.output().len() >= amount && held.add(amount));
            held.clear(QUICK / 2 * amount.div_ceil(LITTLE) as u32);
            held.output().len()
        };
        assert_eq!([send(500), send(LITTLE), send(MUCH), send(500)], [LITTLE, MUCH, MUCH, LITTLE]);
    }
}
