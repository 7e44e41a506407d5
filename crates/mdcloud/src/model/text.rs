//! A text of an answer that is not copied out of it.

use std::borrow::Cow;

use super::Document;

/// Where a text stands in its document; the text itself where it was written with escapes.
#[derive(Clone, Default)]
pub(crate) enum Text {
    #[default]
    Absent,
    At(u32, u32),
    Own(Box<str>),
}

impl Text {
    /// Takes a text that was read from this document.
    pub(crate) fn of(document: &Document, text: Option<Cow<'_, str>>) -> Self {
        let Some(text) = text else { return Text::Absent };
        let place = document.place_of(&text).and_then(|place| {
            Some(Text::At(u32::try_from(place.start).ok()?, u32::try_from(place.end).ok()?))
        });
        place.unwrap_or_else(|| Text::Own(text.into()))
    }

    /// The text, which is in the same document.
    pub(crate) fn get<'a>(&'a self, document: &'a Document) -> Option<&'a str> {
        match self {
            Text::Absent => None,
            Text::At(start, end) => document.text().get(*start as usize..*end as usize),
            Text::Own(text) => Some(text),
        }
    }
}
