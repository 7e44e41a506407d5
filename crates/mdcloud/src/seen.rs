//! What a bulk call has asked for of late, so that an input which comes again is not asked, and charged, again.

use std::collections::VecDeque;
use std::collections::hash_map::{HashMap, RandomState};
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
use std::sync::Arc;

use crate::keys::{Keys, Wanted};

/// How many inputs are remembered: more than are ever under way at once.
pub(crate) const REMEMBERED: usize = 20_000;

/// How many forgotten ones the table may still hold.
const STALE: usize = REMEMBERED / 4;

/// Inputs that were asked for, batch by batch, and what came of them.
pub(crate) struct Seen<T> {
    hasher: RandomState,
    /// Where the input with this hash stands. The inputs themselves are not here: the table is looked into at random,
    /// so that it is slow in proportion to its size.
    places: HashMap<u64, Place, BuildHasherDefault<AsItIs>>,
    stale: usize,
    /// The oldest first. Those that nobody asks for any more are gone.
    batches: VecDeque<Option<Batch<T>>>,
    /// The number of the oldest, counted from the very first.
    first: u32,
    /// The number of the oldest whose inputs are found.
    known: u32,
    /// How many inputs are found, but for those in the making.
    inputs: usize,
    /// The number behind that of the batch that came last.
    came: u32,
    /// The inputs of the batch that is in the making, the one behind these.
    making: Keys,
    /// Whether one of these came again already.
    has_twins: bool,
}

/// Where an input stands: in which batch, and where in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place {
    batch: u32,
    index: u32,
}

struct Batch<T> {
    keys: Arc<Keys>,
    /// Empty until they come; one that is taken is gone.
    outcomes: Vec<Option<T>>,
    /// The last batch, perhaps this one, in which one of its inputs came again.
    again: Option<u32>,
}

impl<T: Clone> Seen<T> {
    pub(crate) fn new() -> Self {
        Seen {
            hasher: RandomState::new(),
            places: HashMap::default(),
            stale: 0,
            batches: VecDeque::new(),
            first: 0,
            known: 0,
            inputs: 0,
            came: 0,
            making: Keys::default(),
            has_twins: false,
        }
    }

    /// Makes room for so many inputs in the batch in the making, and for all that follow.
    pub(crate) fn expect(&mut self, inputs: usize, all: usize) {
        if self.places.is_empty() {
            self.places.reserve(all.min(REMEMBERED + STALE));
        }
        self.making = Keys::with_capacity(inputs);
    }

    /// The place of this input. A new one goes into the batch in the making.
    pub(crate) fn find(&mut self, key: &str) -> Place {
        let hash = self.hasher.hash_one(key);
        if let Some(place) = self.places.get(&hash).copied()
            && place.batch >= self.known
            && self.key(place) == Some(key)
        {
            let (now, index) = (self.making_number(), self.index(place.batch));
            match self.batches.get_mut(index) {
                Some(Some(batch)) => batch.again = Some(now),
                _ => self.has_twins = true,
            }
            return place;
        }
        // New, forgotten, or with the hash of another.
        let place = Place { batch: self.making_number(), index: number(self.making.len()) };
        self.places.insert(hash, place);
        self.making.push(key);
        place
    }

    /// What is new in the batch in the making, which is complete, and the number of that batch.
    pub(crate) fn taken(&mut self) -> (Wanted, u32) {
        let batch = self.making_number();
        let keys = Arc::new(std::mem::take(&mut self.making));
        self.inputs += keys.len();
        let again = std::mem::take(&mut self.has_twins).then_some(batch);
        self.batches.push_back(Some(Batch { keys: keys.clone(), outcomes: Vec::new(), again }));
        (Wanted::all(keys), batch)
    }

    /// The input at this place.
    pub(crate) fn key(&self, place: Place) -> Option<&str> {
        let keys = match self.batches.get(self.index(place.batch)) {
            Some(batch) => &*batch.as_ref()?.keys,
            None if place.batch == self.making_number() => &self.making,
            None => return None,
        };
        keys.get(place.index as usize)
    }

    /// What came of the input at this place, which is now handed out.
    pub(crate) fn outcome(&mut self, place: Place) -> Option<T> {
        let index = self.index(place.batch);
        let batch = self.batches.get_mut(index)?.as_mut()?;
        let outcome = batch.outcomes.get_mut(place.index as usize)?;
        let may_come_again = batch.again.is_some() || place.batch >= self.known;
        if may_come_again { outcome.clone() } else { outcome.take() }
    }

    /// What came of the inputs of this batch, the one behind that which came last.
    pub(crate) fn came(&mut self, batch: u32, outcomes: Vec<T>) {
        self.came = batch + 1;
        let index = self.index(batch);
        if let Some(Some(batch)) = self.batches.get_mut(index) {
            batch.outcomes = outcomes.into_iter().map(Some).collect();
        }
    }

    fn making_number(&self) -> u32 {
        self.first + number(self.batches.len())
    }

    /// Where the batch of this number is; for one that is forgotten, far behind all.
    fn index(&self, batch: u32) -> usize {
        batch.wrapping_sub(self.first) as usize
    }

    /// All that came was handed out. Forgets what nobody asks for any more: batches that are far behind, or all where
    /// no input follows, unless one of their inputs came again in a batch that is still to come.
    pub(crate) fn forget(&mut self, nothing_follows: bool) {
        while nothing_follows && self.known < self.making_number() || self.inputs > REMEMBERED {
            let oldest = self.batches.get(self.index(self.known)).and_then(Option::as_ref);
            let inputs = oldest.map_or(0, |batch| batch.keys.len());
            self.inputs -= inputs;
            self.stale += inputs;
            self.known += 1;
        }
        if nothing_follows {
            self.places = HashMap::default();
        } else if self.stale > STALE {
            self.places.retain(|_, place| place.batch >= self.known);
            self.stale = 0;
        }
        let unknown = self.index(self.known);
        for (number, batch) in (self.first..self.came).zip(&mut self.batches).take(unknown) {
            batch.take_if(|batch| batch.again.unwrap_or(number) < self.came);
        }
        while let Some(None) = self.batches.front() {
            self.batches.pop_front();
            self.first += 1;
        }
    }
}

/// A number that stays far below four thousand million.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The table's keys are hashes already.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The batches in which inputs stand that were given out, one after the other, batch by batch.
    fn batches_of(seen: &mut Seen<usize>, inputs: &[usize]) -> Vec<u32> {
        let places: Vec<_> = inputs.iter().map(|number| seen.find(&number.to_string())).collect();
        let (wanted, number) = seen.taken();
        seen.came(number, wanted.iter().filter_map(|key| key.parse().ok()).collect());
        for (place, input) in places.iter().zip(inputs) {
            assert_eq!(seen.key(*place), Some(&*input.to_string()));
            assert_eq!(seen.outcome(*place), Some(*input));
        }
        seen.forget(false);
        places.iter().map(|place| place.batch).collect()
    }

    #[test]
    fn what_came_is_there_until_it_is_the_oldest_of_too_many() {
        const BATCH: usize = 1000;
        let mut seen = Seen::new();
        for number in 0..=REMEMBERED / BATCH {
            let inputs: Vec<_> = (number * BATCH..(number + 1) * BATCH).collect();
            batches_of(&mut seen, &inputs);
        }
        let now = seen.making_number();
        assert_eq!(
            batches_of(&mut seen, &[BATCH, 0, BATCH, 0]),
            [1, now, 1, now],
            "the first is asked again"
        );
    }

    #[test]
    fn what_comes_in_every_batch_is_kept_without_all_between() {
        let mut seen = Seen::new();
        for number in 1..200_usize {
            let inputs: Vec<_> = std::iter::once(0).chain(number * 1000..(number + 1) * 1000).collect();
            assert!(batches_of(&mut seen, &inputs)[0] + 21 > u32::try_from(number).unwrap());
            assert!(seen.batches.iter().flatten().count() <= 22);
            assert!(seen.batches.len() <= 42);
        }
    }

    #[test]
    fn where_nothing_follows_only_what_is_referred_to_is_kept() {
        let mut seen = Seen::new();
        let mut take = |inputs: [&str; 2]| {
            let places = inputs.map(|input| seen.find(input));
            (places, seen.taken().1)
        };
        let first = [take(["a", "b"]), take(["c", "c"]), take(["e", "b"])];
        for (number, outcomes) in [(0, vec![1, 2]), (1, vec![3]), (2, vec![5])] {
            seen.forget(true);
            seen.came(number, outcomes);
            let (places, batch) = first[number as usize];
            let kept = seen.batches.iter().flatten().count();
            let there = places.map(|place| seen.outcome(place));
            let wanted = [[1, 2], [3, 3], [5, 2]][number as usize].map(Some);
            assert_eq!((there, batch, kept), (wanted, number, [3, 3, 2][number as usize]));
        }
        seen.forget(true);
        assert!(seen.batches.is_empty());
    }

    #[test]
    fn the_table_does_not_grow_with_the_list() {
        let mut seen = Seen::new();
        for number in 0..200_000 {
            seen.find(&number.to_string());
            if number % 1000 == 999 {
                let (_, batch) = seen.taken();
                seen.came(batch, vec![(); 1000]);
                seen.forget(false);
            }
        }
        assert!(seen.places.len() <= REMEMBERED + STALE + 1000, "{}", seen.places.len());
    }
}
