//! One of many results in one answer: its typed fields are read with all others in one pass, its own text is
//! looked for when somebody asks.

use std::sync::{Arc, OnceLock};

use serde_json::value::RawValue;

use super::Document;
use super::lenient::Entries;
use super::part::Part;

/// Where the text of a result stands.
#[derive(Clone)]
pub(crate) enum Place {
    /// A stretch of its own.
    Part(Part),
    /// This member of a list or a map.
    Member(Arc<Members>, usize),
}

impl Place {
    pub(crate) fn text(&self) -> &str {
        match self {
            Place::Part(part) => part.text(),
            Place::Member(members, index) => members.part(*index).map_or("", Part::text),
        }
    }

    pub(crate) fn document(&self) -> &Document {
        match self {
            Place::Part(part) => part.document(),
            Place::Member(members, _) => members.document(),
        }
    }
}

/// A list or a map in an answer.
pub(crate) struct Members {
    whole: Part,
    find: Find,
    parts: OnceLock<Vec<Part>>,
}

/// The texts of all members, in their order.
type Find = for<'a> fn(&'a Part) -> Vec<&'a RawValue>;

impl Members {
    /// The members that `find` finds in `whole`.
    pub(crate) fn new(whole: Part, find: Find) -> Self {
        Members { whole, find, parts: OnceLock::new() }
    }

    /// The text of one member.
    pub(crate) fn part(&self, index: usize) -> Option<&Part> {
        self.parts().get(index)
    }

    pub(crate) fn document(&self) -> &Document {
        self.whole.document()
    }

    fn parts(&self) -> &[Part] {
        self.parts.get_or_init(|| {
            (self.find)(&self.whole).into_iter().map(|raw| Part::of(self.document(), raw)).collect()
        })
    }
}

/// The values of a map.
pub(crate) fn values(map: &Part) -> Vec<&RawValue> {
    let entries: Option<Entries<'_>> = map.read();
    entries.map_or_else(Vec::new, |Entries(entries)| entries.into_iter().map(|(_, raw)| raw).collect())
}
