//! What a bulk call has asked for of late, so that an input which comes again is not asked, and charged, again.

use std::collections::VecDeque;
use std::collections::hash_map::{HashMap, RandomState};
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
use std::sync::Arc;

use crate::keys::{Keys, Wanted};

/// How many inputs are remembered: more than are ever under way at once.
const REMEMBERED: usize = 20_000;

/// How many forgotten ones the table may still hold.
const STALE: usize = REMEMBERED / 4;

/// Inputs that were asked for, batch by batch, and what came of them.
pub(crate) struct Seen<T> {
    hasher: RandomState,
    /// Where the input with this hash stands. The inputs themselves are not here: the table is looked into at random,
    /// so that it is slow in proportion to its size.
    places: HashMap<u64, Place, BuildHasherDefault<AsItIs>>,
    stale: usize,
    /// The oldest first.
    batches: VecDeque<Batch<T>>,
    /// The number of the oldest, counted from the very first.
    first: u32,
    /// How many inputs they have.
    inputs: usize,
    /// The inputs of the batch that is in the making, the one behind these.
    making: Keys,
}

/// Where an input stands: in which batch, and where in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place {
    batch: u32,
    index: u32,
}

struct Batch<T> {
    keys: Arc<Keys>,
    /// Empty while it is under way.
    outcomes: Vec<T>,
}

impl<T> Seen<T> {
    pub(crate) fn new() -> Self {
        Seen {
            hasher: RandomState::new(),
            places: HashMap::default(),
            stale: 0,
            batches: VecDeque::new(),
            first: 0,
            inputs: 0,
            making: Keys::default(),
        }
    }

    /// Makes room for so many inputs in the batch in the making.
    pub(crate) fn expect(&mut self, inputs: usize) {
        self.places.reserve(inputs);
        self.making = Keys::with_capacity(inputs);
    }

    /// The place of this input. A new one goes into the batch in the making.
    pub(crate) fn find(&mut self, key: &str) -> Place {
        let hash = self.hasher.hash_one(key);
        if let Some(known) = self.places.get(&hash)
            && self.key(*known) == Some(key)
        {
            return *known;
        }
        // New, forgotten, or with the hash of another.
        let place = Place { batch: self.making_number(), index: number(self.making.len()) };
        self.places.insert(hash, place);
        self.making.push(key);
        place
    }

    /// What is new in the batch in the making, which is under way now, and the number of that batch.
    pub(crate) fn asked(&mut self) -> (Wanted, u32) {
        let batch = self.making_number();
        let keys = Arc::new(std::mem::take(&mut self.making));
        self.inputs += keys.len();
        self.batches.push_back(Batch { keys: keys.clone(), outcomes: Vec::new() });
        (Wanted::all(keys), batch)
    }

    /// The input at this place.
    pub(crate) fn key(&self, place: Place) -> Option<&str> {
        let keys = match self.batches.get(self.index(place.batch)) {
            Some(batch) => &*batch.keys,
            None if place.batch == self.making_number() => &self.making,
            None => return None,
        };
        keys.get(place.index as usize)
    }

    /// What came of the input at this place.
    pub(crate) fn outcome(&self, place: Place) -> Option<&T> {
        self.batches.get(self.index(place.batch))?.outcomes.get(place.index as usize)
    }

    /// What came of the inputs of this batch.
    pub(crate) fn came(&mut self, batch: u32, outcomes: Vec<T>) {
        let index = self.index(batch);
        if let Some(batch) = self.batches.get_mut(index) {
            batch.outcomes = outcomes;
        }
    }

    fn making_number(&self) -> u32 {
        self.first + number(self.batches.len())
    }

    /// Where the batch of this number is; for one that is forgotten, far behind all.
    fn index(&self, batch: u32) -> usize {
        batch.wrapping_sub(self.first) as usize
    }

    pub(crate) fn forget_oldest(&mut self) {
        while self.inputs > REMEMBERED
            && let Some(oldest) = self.batches.pop_front()
        {
            self.first += 1;
            self.inputs -= oldest.keys.len();
            self.stale += oldest.keys.len();
        }
        if self.stale > STALE {
            self.places.retain(|_, place| place.batch >= self.first);
            self.stale = 0;
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

    #[test]
    fn what_came_is_there_until_it_is_the_oldest_of_too_many() {
        const BATCH: usize = 1000;
        let mut seen = Seen::new();
        let key = |number: usize| number.to_string();
        for batch in 0..=REMEMBERED / BATCH {
            seen.expect(BATCH);
            let inputs = batch * BATCH..(batch + 1) * BATCH;
            let places: Vec<_> = inputs.clone().map(|number| seen.find(&key(number))).collect();
            assert_eq!(seen.find(&key(inputs.start)), places[0], "twice in a batch");
            let (wanted, number) = seen.asked();
            assert_eq!(wanted.len(), BATCH);
            assert_eq!(seen.find(&key(inputs.start)), places[0], "on its way");
            assert_eq!((seen.key(places[0]), seen.outcome(places[0])), (Some(&*key(inputs.start)), None));
            seen.came(number, inputs.clone().collect());
            let seventh = inputs.start + 7;
            assert_eq!(
                (seen.key(places[7]), seen.outcome(places[7])),
                (Some(&*key(seventh)), Some(&seventh))
            );
        }
        seen.forget_oldest();
        let still = seen.find(&key(BATCH));
        assert_eq!(seen.outcome(still), Some(&BATCH));
        let gone = seen.find(&key(0));
        assert_eq!(seen.outcome(gone), None);
        assert_eq!(seen.asked().0.iter().collect::<Vec<_>>(), ["0"], "it is asked again");
    }

    #[test]
    fn the_table_does_not_grow_with_the_list() {
        let mut seen = Seen::new();
        for number in 0..200_000 {
            seen.find(&number.to_string());
            if number % 1000 == 999 {
                let (_, batch) = seen.asked();
                seen.came(batch, vec![(); 1000]);
                seen.forget_oldest();
            }
        }
        assert!(seen.places.len() <= REMEMBERED + STALE + 1000, "{}", seen.places.len());
    }
}
