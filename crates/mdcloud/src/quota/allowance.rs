//! One allowance: the amount that a family of calls may spend until its window ends.

use mdcloud_process::ledger::{ABSENT, Tell};
use serde::{Deserialize, Serialize};

use super::throttle::Nanos;

/// What is known of one family of one account. Every number may be unknown.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Allowance {
    limit: Option<u64>,
    remaining: Option<u64>,
    resets_at: Option<Nanos>,
    interval: Option<Nanos>,
    /// Granted and not yet answered.
    in_flight: u64,
    /// When the numbers were read from the headers of a call.
    told_at: Option<Nanos>,
    /// When the service gave them on being asked about the key.
    said_at: Option<Nanos>,
    /// Whether an answer has come at all, with numbers or without.
    probed: bool,
}

/// May a cost be spent?
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// Yes, this much of it.
    Yes(u64),
    /// Nothing is known yet and a first call is out to learn it.
    Probing,
    /// Permits in flight hold what is left; they may come back, and else the window ends then.
    InFlight(Option<Nanos>),
    /// No: it opens at this time, where that is known.
    UsedUp(Option<Nanos>),
}

impl Allowance {
    /// Whether `cost`, or at least `least` of it, may be spent, so that `leave` is left.
    pub(crate) fn room(&mut self, now: Nanos, cost: u64, least: u64, leave: u64) -> Room {
        self.turn(now);
        let Some(remaining) = self.remaining.map(|remaining| remaining.saturating_sub(leave)) else {
            return self.unknown(cost, least, leave);
        };
        let free = remaining.saturating_sub(self.in_flight);
        if free >= least.max(1) {
            Room::Yes(cost.min(free))
        } else if self.told_at.is_none() {
            // Not from a header: enough to go by, not enough to refuse a call.
            self.unknown(cost, least, leave)
        } else if remaining >= least.max(1) {
            Room::InFlight(self.resets_at)
        } else {
            Room::UsedUp(self.resets_at)
        }
    }

    fn unknown(&self, cost: u64, least: u64, leave: u64) -> Room {
        // The first answer tells the numbers; a crowd at the start could overrun a small rest.
        if !self.probed && self.in_flight > 0 {
            return Room::Probing;
        }
        // Whoever is to leave something spends as little as can be until it is known what there is.
        if !self.probed && leave > 0 { Room::Yes(least.max(1)) } else { Room::Yes(cost) }
    }

    /// A window that has ended leaves a full one, which opens with its first call.
    fn turn(&mut self, now: Nanos) {
        if self.resets_at.is_some_and(|at| now >= at) {
            self.resets_at = None;
            self.remaining = self.limit;
        }
    }

    pub(crate) fn take(&mut self, cost: u64) {
        self.in_flight += cost;
    }

    /// Spent without a permit of this ledger.
    pub(crate) fn spend(&mut self, now: Nanos, cost: u64) {
        self.turn(now);
        self.remaining = self.remaining.map(|remaining| remaining.saturating_sub(cost));
        self.never_for_ever(now);
    }

    /// A permit comes back unused.
    pub(crate) fn give_back(&mut self, cost: u64) {
        self.in_flight = self.in_flight.saturating_sub(cost);
    }

    /// A permit was spent, and this is what the answer says.
    pub(crate) fn settle(&mut self, now: Nanos, cost: u64, tell: &Tell) {
        self.give_back(cost);
        self.turn(now);
        self.probed = true;
        let told = |value: u64| (value != ABSENT).then_some(value);
        let (Some(remaining), resets_at) =
            (told(tell.remaining), told(tell.reset_ns).map(|ns| now.saturating_add(ns)))
        else {
            // No word on what is left: count ourselves. Without a limit there is nothing to count from.
            self.remaining = self.remaining.map(|remaining| remaining.saturating_sub(cost));
            if self.resets_at.is_none() {
                self.resets_at = told(tell.interval_ns)
                    .or(self.interval)
                    .filter(|_| self.remaining.is_some())
                    .map(|ns| now + ns);
            }
            return;
        };
        self.limit = told(tell.limit).or(self.limit);
        self.interval = told(tell.interval_ns).or(self.interval);
        // Answers overtake each other: within one window what is left only falls. A reset that lies
        // clearly later than the known one is a new window.
        let same_window = match (self.resets_at, resets_at) {
            (Some(known), Some(new)) => new <= known.saturating_add(self.same_window()),
            (Some(_), None) => true,
            (None, _) => false,
        };
        self.remaining = Some(match self.remaining {
            Some(known) if same_window => known.min(remaining),
            _ => remaining,
        });
        if !same_window {
            self.resets_at = resets_at;
        }
        self.never_for_ever(now);
        self.told_at = Some(now);
    }

    /// What the service says when it is asked about the key. The headers of calls are nearer to the truth.
    pub(crate) fn said(&mut self, now: Nanos, tell: &Tell) {
        self.turn(now);
        if self.told_at.is_some() {
            return;
        }
        let told = |value: u64| (value != ABSENT).then_some(value);
        self.limit = told(tell.limit).or(self.limit);
        self.remaining = told(tell.remaining).or(self.remaining);
        self.said_at = Some(now);
        self.never_for_ever(now);
    }

    /// Where nothing is left and nobody said until when, it is believed for a while.
    fn never_for_ever(&mut self, now: Nanos) {
        if self.remaining == Some(0) && self.resets_at.is_none() {
            self.resets_at = Some(now + self.interval.unwrap_or(HOUR).min(HOUR));
        }
    }

    /// The service refused the call for another reason: it was not charged, but its headers count.
    pub(crate) fn settle_refused(&mut self, now: Nanos, cost: u64, tell: &Tell) {
        self.give_back(cost);
        if tell.remaining != ABSENT {
            self.settle(now, 0, tell);
        }
    }

    /// How much later a reset may be told for the same window: it comes in whole seconds, and late by
    /// the time of the answer. Short windows follow each other closely.
    fn same_window(&self) -> Nanos {
        self.interval.map_or(SAME_WINDOW, |interval| SAME_WINDOW.min(interval / 4))
    }

    /// The service says that nothing is left.
    pub(crate) fn used_up(&mut self, now: Nanos, tell: &Tell) {
        self.remaining = Some(0);
        let told = [tell.reset_ns, tell.retry_after_ns].into_iter().find(|ns| *ns != ABSENT);
        let at = told
            .map(|ns| now.saturating_add(ns))
            .or(self.resets_at.filter(|at| *at > now))
            .unwrap_or(now + HOUR);
        self.resets_at = Some(at);
        self.told_at = Some(now);
    }

    /// In a forked child nothing is in flight.
    pub(crate) fn forget_in_flight(&mut self) {
        self.in_flight = 0;
    }

    pub(crate) fn view(&mut self, now: Nanos) -> View {
        self.turn(now);
        View {
            limit: self.limit,
            remaining: self.remaining,
            in_flight: self.in_flight,
            reserved: 0,
            resets_in: self.resets_at.map(|at| at.saturating_sub(now)),
            source: match (self.told_at, self.said_at) {
                (Some(_), _) => "header",
                (None, Some(_)) => "apikey",
                (None, None) => "unknown",
            },
            age: self.told_at.or(self.said_at).map(|at| now.saturating_sub(at)),
        }
    }
}

const SAME_WINDOW: Nanos = 5_000_000_000;

/// How long to believe that nothing is left where the service does not say when the window ends.
const HOUR: Nanos = 3_600_000_000_000;

/// The numbers for people.
pub(crate) struct View {
    pub(crate) limit: Option<u64>,
    pub(crate) remaining: Option<u64>,
    pub(crate) in_flight: u64,
    pub(crate) reserved: u64,
    pub(crate) resets_in: Option<Nanos>,
    pub(crate) source: &'static str,
    pub(crate) age: Option<Nanos>,
}
