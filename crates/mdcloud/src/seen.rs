//! What a bulk call has asked for of late, so that an input which comes again is not asked, and charged, again.

use std::collections::VecDeque;
use std::collections::hash_map::{Entry, HashMap};
use std::sync::Arc;

/// An input in the spelling under which equal ones are the same.
pub(crate) type Key = Arc<str>;

/// How many inputs are remembered: more than are ever under way at once.
const REMEMBERED: usize = 20_000;

/// Inputs that were asked for, oldest first, and what came of them.
pub(crate) struct Seen<T> {
    /// Where each stands, counted from the very first input.
    places: HashMap<Key, usize>,
    /// Without an outcome while its batch is under way. Beside each other, and not in the table: that is large,
    /// so slow to reach, and is asked only once for each input.
    recent: VecDeque<(Key, Option<T>)>,
    /// The place of the first of these.
    first: usize,
}

impl<T> Seen<T> {
    pub(crate) fn new() -> Self {
        Seen { places: HashMap::new(), recent: VecDeque::new(), first: 0 }
    }

    /// The place of the next input that is new.
    pub(crate) fn next(&self) -> usize {
        self.first + self.recent.len()
    }

    /// Makes room for so many inputs at once.
    pub(crate) fn expect(&mut self, inputs: usize) {
        self.places.reserve(inputs);
        self.recent.reserve(inputs);
    }

    /// The place of this input, and whether it is new.
    pub(crate) fn find(&mut self, key: &Key) -> (usize, bool) {
        let next = self.next();
        match self.places.entry(key.clone()) {
            Entry::Occupied(entry) => (*entry.get(), false),
            Entry::Vacant(entry) => {
                self.recent.push_back((entry.key().clone(), None));
                (*entry.insert(next), true)
            }
        }
    }

    /// What came of the input at this place.
    pub(crate) fn outcome(&self, place: usize) -> Option<&T> {
        self.recent.get(place.checked_sub(self.first)?)?.1.as_ref()
    }

    pub(crate) fn came(&mut self, place: usize, outcome: T) {
        if let Some(asked) = place.checked_sub(self.first).and_then(|index| self.recent.get_mut(index)) {
            asked.1 = Some(outcome);
        }
    }

    pub(crate) fn forget_oldest(&mut self) {
        while self.recent.len() > REMEMBERED
            && let Some((oldest, _)) = self.recent.pop_front()
        {
            self.places.remove(&oldest);
            self.first += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_is_there_until_it_is_the_oldest_of_too_many() {
        let mut seen = Seen::new();
        let key = |number: usize| Key::from(number.to_string());
        for number in 0..REMEMBERED + 5 {
            assert_eq!(seen.find(&key(number)), (number, true));
            assert_eq!(seen.outcome(number), None, "on its way");
            seen.came(number, number);
        }
        seen.forget_oldest();
        assert_eq!((seen.find(&key(5)), seen.outcome(5)), ((5, false), Some(&5)));
        assert_eq!(
            (seen.find(&key(4)), seen.outcome(4)),
            ((REMEMBERED + 5, true), None),
            "it is asked again"
        );
    }
}
