//! The inputs of a batch, in the spelling in which they are asked for.

use std::ops::Range;
use std::sync::Arc;

/// Texts in one piece of memory: in pieces of their own they would be most of what a long list costs.
#[derive(Default)]
pub(crate) struct Keys {
    text: String,
    ends: Vec<usize>,
}

impl Keys {
    pub(crate) fn with_capacity(keys: usize) -> Self {
        // Most lists are of SHA-256 in hexadecimal digits.
        Keys { text: String::with_capacity(keys * 64), ends: Vec::with_capacity(keys) }
    }

    pub(crate) fn push(&mut self, key: &str) {
        self.text.push_str(key);
        self.ends.push(self.text.len());
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&str> {
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.text.get(start..*self.ends.get(index)?)
    }
}

/// Keys that stand one after the other. Clones share them.
#[derive(Clone)]
pub(crate) struct Wanted {
    keys: Arc<Keys>,
    range: Range<usize>,
}

impl Wanted {
    pub(crate) fn all(keys: Arc<Keys>) -> Self {
        Wanted { range: 0..keys.len(), keys }
    }

    /// A copy of these.
    pub(crate) fn of(keys: &[&str]) -> Self {
        let mut copy = Keys::default();
        keys.iter().for_each(|key| copy.push(key));
        Wanted::all(Arc::new(copy))
    }

    /// The first of these.
    pub(crate) fn first(&self, count: usize) -> Self {
        let end = self.range.end.min(self.range.start + count);
        Wanted { range: self.range.start..end, ..self.clone() }
    }

    /// What is behind the first of these.
    pub(crate) fn behind(&self, count: usize) -> Self {
        let start = self.range.end.min(self.range.start + count);
        Wanted { range: start..self.range.end, ..self.clone() }
    }

    pub(crate) fn len(&self) -> usize {
        self.range.len()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&str> {
        if index < self.len() { self.keys.get(self.range.start + index) } else { None }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.range.clone().filter_map(|index| self.keys.get(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_holds_what_is_in_it_and_no_more() {
        let all = Wanted::of(&["a", "", "ccc", "d"]);
        let texts = |wanted: &Wanted| wanted.iter().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(texts(&all), ["a", "", "ccc", "d"]);
        let part = all.behind(1).first(2);
        assert_eq!((texts(&part), part.len()), (vec![String::new(), "ccc".to_owned()], 2));
        assert_eq!((part.get(1), part.get(2)), (Some("ccc"), None));
        assert_eq!((all.behind(9).len(), all.first(9).len()), (0, 4));
    }
}
