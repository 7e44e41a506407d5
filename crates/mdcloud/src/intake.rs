//! The inputs of a bulk call: taken from the caller batch by batch, each with the place where its outcome will stand.

use std::collections::VecDeque;
use std::time::Instant;

use crate::batch::{Batch, NEAR, Outcome, missing};
use crate::keys::Wanted;
use crate::seen::{Place, REMEMBERED, Seen};

/// What the caller gives, and what came of it as long as that may be asked for again.
pub(crate) struct Intake<I, T> {
    batch: Batch<T>,
    /// Gone at its end.
    source: Option<I>,
    /// Batches that were taken before it was their turn.
    ahead: VecDeque<Taken<T>>,
    /// Whether the last batch came at once, and it is known how many inputs are left.
    is_quick: bool,
    seen: Seen<T>,
}

/// A batch of inputs.
pub(crate) struct Taken<T> {
    pub(crate) inputs: Vec<Input<T>>,
    pub(crate) wanted: Wanted,
    /// Its number among what was [`Seen`].
    pub(crate) number: u32,
}

/// One input.
pub(crate) enum Input<T> {
    /// Its outcome stands here among what was [`Seen`].
    Asked(Place),
    /// Rare, and out of the way.
    Other(Box<Other<T>>),
}

pub(crate) enum Other<T> {
    /// The input is malformed.
    Refused(T),
    /// With the input's own spelling.
    Spelled(Place, Box<str>),
}

impl<I, T: Outcome> Intake<I, T> {
    pub(crate) fn new(batch: Batch<T>, source: I) -> Self {
        Intake { batch, source: Some(source), ahead: VecDeque::new(), is_quick: false, seen: Seen::new() }
    }

    pub(crate) fn all_taken(&self) -> bool {
        self.source.is_none() && self.ahead.is_empty()
    }

    /// What came of the inputs of this batch.
    pub(crate) fn came(&mut self, batch: u32, outcomes: Vec<T>) {
        self.seen.came(batch, outcomes);
    }

    /// Everything that came was handed out.
    pub(crate) fn all_handed_out(&mut self) {
        self.seen.forget(self.source.is_none());
    }

    pub(crate) fn outcome(&mut self, input: Input<T>) -> T {
        let (place, spelling) = match input {
            Input::Asked(place) => (place, None),
            Input::Other(other) => match *other {
                Other::Refused(outcome) => return outcome,
                Other::Spelled(place, spelling) => (place, Some(spelling)),
            },
        };
        match (self.seen.outcome(place), spelling) {
            (Some(outcome), None) => outcome,
            (Some(outcome), Some(spelling)) => outcome.for_input(&spelling),
            (None, spelling) => {
                let input = spelling.as_deref().or(self.seen.key(place)).unwrap_or_default();
                T::failed(input, missing(self.batch.operation))
            }
        }
    }
}

impl<I, T> Intake<I, T>
where
    I: Iterator<Item: AsRef<str>>,
    T: Outcome,
{
    /// The next batch.
    pub(crate) fn next_batch(&mut self) -> Option<Taken<T>> {
        self.ahead.pop_front().or_else(|| self.take())
    }

    /// Takes as many inputs ahead as are remembered, where nobody has to wait for them: only what comes again among
    /// them is then kept.
    pub(crate) fn read_ahead(&mut self) {
        while self.is_quick
            && self.ahead.len() < REMEMBERED / self.batch.size()
            && let Some(batch) = self.take()
        {
            self.ahead.push_back(batch);
        }
    }

    fn take(&mut self) -> Option<Taken<T>> {
        let source = self.source.as_mut()?;
        let start = Instant::now();
        let most = self.batch.size();
        let (expected, at_most) = source.size_hint();
        self.seen.expect(expected.min(most), expected);
        let mut inputs = Vec::with_capacity(expected.min(most));
        for input in source.by_ref().take(most) {
            inputs.push(self.batch.place(&mut self.seen, input.as_ref()));
        }
        if inputs.len() < most {
            self.source = None;
        }
        if inputs.is_empty() {
            return None;
        }
        self.is_quick = at_most == Some(expected) && start.elapsed() < NEAR;
        let (wanted, number) = self.seen.taken();
        Some(Taken { inputs, wanted, number })
    }
}

impl<T: Outcome> Batch<T> {
    /// Puts an input among what was [`Seen`] if it has not been there.
    fn place(&self, seen: &mut Seen<T>, input: &str) -> Input<T> {
        let key = match (self.check)(input) {
            Ok(checked) => (self.key)(checked),
            Err(error) => return Input::Other(Box::new(Other::Refused(T::failed(input, error)))),
        };
        let place = seen.find(&key);
        if *key == *input {
            Input::Asked(place)
        } else {
            Input::Other(Box::new(Other::Spelled(place, input.into())))
        }
    }
}
