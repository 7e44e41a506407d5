//! A part of an answer: its own bytes, without a copy.

use std::ops::Range;

use serde_json::value::RawValue;

use super::Document;

/// A stretch of a document.
#[derive(Clone)]
pub(crate) struct Part {
    document: Document,
    range: Range<usize>,
}

impl Part {
    /// The stretch that `raw`, borrowed from this document, stands in.
    pub(crate) fn of(document: &Document, raw: &RawValue) -> Self {
        // Anything else was not borrowed from this document.
        let range = document.place_of(raw.get()).unwrap_or(0..0);
        Part { document: document.clone(), range }
    }

    /// The whole document.
    pub(crate) fn whole(document: &Document) -> Self {
        Part { document: document.clone(), range: 0..document.text().len() }
    }

    pub(crate) fn text(&self) -> &str {
        self.document.text().get(self.range.clone()).unwrap_or_default()
    }

    pub(crate) fn document(&self) -> &Document {
        &self.document
    }

    /// Reads it as an object; `None` where it is something else.
    pub(crate) fn read<'a, T: serde::Deserialize<'a>>(&'a self) -> Option<T> {
        super::lenient::read_object(self.text())
    }
}
