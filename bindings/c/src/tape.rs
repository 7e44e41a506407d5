//! A fuzzer's bytes as the arguments of C functions.

use std::os::raw::c_char;

/// Bytes that arguments are read from, until they run out; then arguments are 0, false and NULL.
pub(crate) struct Tape<'a>(pub(super) &'a [u8]);

impl Tape<'_> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    pub(crate) fn flag(&mut self) -> bool {
        self.byte() & 1 == 1
    }

    /// One of a list that is not empty.
    pub(crate) fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[usize::from(self.byte()) % list.len()]
    }

    /// A number of up to eight bytes, and often one at an edge.
    pub(crate) fn number(&mut self) -> u64 {
        match self.byte() {
            length @ 0..=8 => {
                self.take(length.into()).iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
            }
            edge if edge & 1 == 1 => u64::MAX - u64::from(edge >> 4),
            edge => 1 << (edge & 63),
        }
    }

    /// A text for C: what comes before the next NUL, whatever it is. NULL where nothing is left.
    pub(crate) fn text(&mut self) -> Text {
        if self.is_empty() {
            return Text(None);
        }
        let end = self.0.iter().position(|byte| *byte == 0).unwrap_or(self.0.len());
        let text = [self.take(end), &[0]].concat();
        self.byte();
        Text(Some(text.into()))
    }

    /// Bytes with a length beside them, which may hold a NUL.
    pub(crate) fn bytes(&mut self) -> Box<[u8]> {
        let length = self.byte();
        // Most often all that is left: that is where the long texts are.
        let length = if length < 64 { length.into() } else { self.0.len() };
        self.take(length).into()
    }

    fn take(&mut self, length: usize) -> &[u8] {
        let (taken, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        taken
    }
}

/// In memory of its own that ends with its NUL, so that AddressSanitizer sees whoever reads on.
pub(crate) struct Text(Option<Box<[u8]>>);

impl Text {
    pub(crate) fn of(text: &str) -> Self {
        Text(Some([text.as_bytes(), &[0]].concat().into()))
    }

    pub(crate) fn pointer(&self) -> *const c_char {
        self.0.as_ref().map_or(std::ptr::null(), |text| text.as_ptr().cast())
    }

    /// Whether it could be meant: there, and UTF-8.
    pub(crate) fn is_text(&self) -> bool {
        self.0.as_ref().is_some_and(|text| std::str::from_utf8(text).is_ok())
    }

    /// The same behind something.
    pub(crate) fn behind(&self, start: &str) -> Self {
        Text(self.0.as_ref().map(|text| [start.as_bytes(), text].concat().into()))
    }
}
