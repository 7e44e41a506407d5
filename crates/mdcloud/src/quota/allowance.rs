//! One allowance: the amount that a family of calls may spend until its window ends.

use mdcloud_process::ledger::{ABSENT, Tell};
use serde::{Deserialize, Serialize};

use super::guess::MINUTE;
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
    /// When `remaining` was last changed: the answer to a call that started later knows more.
    changed_at: Nanos,
    /// Since when the present window has been known. Calls that started earlier may be of the last one.
    since: Nanos,
    /// Whether an answer has come at all, with numbers or without.
    probed: bool,
    /// Until when others wait for a first call that is to learn the numbers.
    probe_until: Nanos,
}

/// May a cost be spent?
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// Yes, this much of it.
    Yes(u64),
    /// Nothing is known yet and a first call is out to learn it, since then.
    Probing(Nanos),
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
            return self.unknown(now, cost, least, leave);
        };
        let free = remaining.saturating_sub(self.in_flight);
        if free >= least.max(1) {
            Room::Yes(cost.min(free))
        } else if self.told_at.is_none() {
            // Not from a header: enough to go by, not enough to refuse a call.
            self.unknown(now, cost, least, leave)
        } else if remaining >= least.max(1) {
            Room::InFlight(self.resets_at)
        } else {
            Room::UsedUp(self.resets_at)
        }
    }

    fn unknown(&self, now: Nanos, cost: u64, least: u64, leave: u64) -> Room {
        // The first answer tells the numbers; a crowd at the start could overrun a small rest.
        if !self.probed && self.in_flight > 0 && now < self.probe_until {
            return Room::Probing(self.probe_until.saturating_sub(MOST_PROBE));
        }
        // Whoever is to leave something spends as little as can be until it is known what there is.
        if !self.probed && leave > 0 { Room::Yes(least.max(1)) } else { Room::Yes(cost) }
    }

    /// A window that has ended leaves a full one, which opens with its first call.
    fn turn(&mut self, now: Nanos) {
        if self.resets_at.is_some_and(|at| now >= at) {
            self.resets_at = None;
            self.remaining = self.limit;
            (self.since, self.changed_at) = (now, now);
        }
    }

    /// A call starts that spends this much.
    pub(crate) fn take(&mut self, now: Nanos, cost: u64) {
        self.keep(cost);
        if !self.probed {
            self.probe_until = now.saturating_add(MOST_PROBE);
        }
    }

    /// An amount is not for everybody any more, though no call spends it yet.
    pub(crate) fn keep(&mut self, cost: u64) {
        self.in_flight = self.in_flight.saturating_add(cost);
    }

    /// Spent without a permit of this ledger.
    pub(crate) fn spend(&mut self, now: Nanos, cost: u64) {
        self.turn(now);
        self.remaining = self.remaining.map(|remaining| remaining.saturating_sub(cost));
        self.end_somewhen(now);
    }

    /// A permit comes back unused.
    pub(crate) fn give_back(&mut self, cost: u64) {
        self.in_flight = self.in_flight.saturating_sub(cost);
    }

    /// A permit was spent on a call that started at `granted`, and this is what the answer says.
    pub(crate) fn settle(&mut self, now: Nanos, granted: Nanos, cost: u64, tell: &Tell) {
        self.give_back(cost);
        self.turn(now);
        self.probed = true;
        let Some(remaining) = told(tell.remaining) else { return self.count(now, granted, cost, tell) };
        let interval = told(tell.interval_ns).or(self.interval);
        let resets_at = told(tell.reset_ns).map(|reset| at(now, reset, interval));
        let window = self.window_of(
            granted,
            told(tell.reset_ns).map(|reset| granted.saturating_add(reset)),
            resets_at,
        );
        if window == Window::Past {
            return;
        }
        self.limit = told(tell.limit).or(self.limit);
        self.interval = interval;
        // Answers overtake each other, and within one window what is left only falls.
        self.remaining = Some(match self.remaining {
            Some(known) if window == Window::Present && granted <= self.changed_at => known.min(remaining),
            _ => remaining,
        });
        if window == Window::New || self.resets_at.is_none() {
            (self.resets_at, self.since) = (resets_at, now);
        } else if let (Some(known), Some(latest)) = (self.resets_at, resets_at)
            && granted >= self.since
        {
            // One that started before may speak of the last window.
            self.resets_at = Some(known.min(latest));
        }
        self.end_somewhen(now);
        self.changed(now);
        self.told_at = Some(now);
    }

    /// No word on what is left: count ourselves. Without a limit there is nothing to count from.
    fn count(&mut self, now: Nanos, granted: Nanos, cost: u64, tell: &Tell) {
        let Some(remaining) = self.remaining else { return };
        self.remaining = Some(remaining.saturating_sub(cost));
        self.changed(now);
        // A call that started before the last window ended did not open this one.
        if self.resets_at.is_none() && granted >= self.since {
            let interval = told(tell.interval_ns).or(self.interval);
            self.resets_at = interval.map(|interval| at(now, interval, None));
        }
        self.end_somewhen(now);
    }

    /// What the service says when it is asked about the key. The headers of calls are nearer to the truth.
    pub(crate) fn said(&mut self, now: Nanos, tell: &Tell) {
        self.turn(now);
        if self.told_at.is_some() {
            return;
        }
        self.limit = told(tell.limit).or(self.limit);
        self.remaining = told(tell.remaining).or(self.remaining);
        self.said_at = Some(now);
        self.end_somewhen(now);
    }

    /// News may come late, of an earlier moment than what is known already.
    fn changed(&mut self, now: Nanos) {
        self.changed_at = self.changed_at.max(now);
    }

    /// A window of which nothing is left and no end is known would never end.
    fn end_somewhen(&mut self, now: Nanos) {
        if self.remaining == Some(0) && self.resets_at.is_none() {
            self.resets_at = Some(now + self.interval.unwrap_or(HOUR).min(HOUR));
        }
    }

    /// Which window an answer speaks of, that tells a reset between `earliest` and `latest`: the service said
    /// it at any time between the start of the call and its answer.
    fn window_of(&self, granted: Nanos, earliest: Option<Nanos>, latest: Option<Nanos>) -> Window {
        let known = self.resets_at.unwrap_or(self.since);
        let same = self.interval.map_or(SAME_WINDOW, |interval| SAME_WINDOW.min(interval / 4));
        if earliest.is_some_and(|told| told > known.saturating_add(same)) {
            return Window::New;
        }
        let sooner = self.resets_at.is_none() || latest.is_some_and(|told| told.saturating_add(same) < known);
        match granted < self.since {
            true if sooner || latest.is_none() => Window::Past,
            // What was believed of the window was wrong: this was said later.
            false if sooner && latest.is_some() => Window::New,
            _ => Window::Present,
        }
    }

    /// The service refused the call for another reason: it was not charged, but its headers count.
    pub(crate) fn settle_refused(&mut self, now: Nanos, granted: Nanos, cost: u64, tell: &Tell) {
        self.give_back(cost);
        if tell.remaining != ABSENT {
            self.settle(now, granted, 0, tell);
        }
    }

    /// The service says that nothing is left.
    pub(crate) fn used_up(&mut self, now: Nanos, granted: Nanos, tell: &Tell) {
        self.turn(now);
        let wait = [tell.retry_after_ns, tell.reset_ns].into_iter().find_map(told);
        if wait.is_none() && granted < self.since {
            return; // it may have been the last window
        }
        self.limit = told(tell.limit).or(self.limit);
        self.interval = told(tell.interval_ns).or(self.interval);
        self.remaining = Some(0);
        self.probed = true;
        self.resets_at =
            wait.map(|wait| at(now, wait, self.interval)).or(self.resets_at).or(Some(now + HOUR));
        self.changed(now);
        self.told_at = Some(now);
    }

    /// How much must be spent each minute to spend all of it; 0 where that is not known.
    pub(crate) fn per_minute(&self) -> u64 {
        let minutes = self.interval.unwrap_or(DAY) / MINUTE;
        self.limit.unwrap_or(0) / minutes.max(1)
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

/// Of what window an answer speaks.
#[derive(PartialEq, Eq)]
enum Window {
    Past,
    Present,
    New,
}

/// How far apart the resets of one window may be told: in whole seconds, and by slow answers. Short windows
/// follow each other closely, and have less.
const SAME_WINDOW: Nanos = 5_000_000_000;

/// The service tells whole seconds and does not say how it rounds: a call that comes the moment it said may
/// come too early.
const ROUNDING: Nanos = 1_000_000_000;

/// How long others wait for a first call that is to learn the allowance; a first upload may take long.
pub(super) const MOST_PROBE: Nanos = 2_000_000_000;

/// How long to believe that nothing is left where the service does not say when the window ends.
const HOUR: Nanos = 60 * MINUTE;

/// The window of most licences.
const DAY: Nanos = 24 * HOUR;

/// The latest moment that the service can mean by so many whole seconds, said before `now`. A window was opened
/// by a call, so it ends at most one length of it from now, however the seconds are rounded.
fn at(now: Nanos, wait: Nanos, interval: Option<Nanos>) -> Nanos {
    let most = interval.map_or(Nanos::MAX, |interval| interval.max(wait));
    now.saturating_add(wait.saturating_add(ROUNDING).min(most))
}

fn told(value: u64) -> Option<u64> {
    (value != ABSENT).then_some(value)
}

/// The numbers for people.
#[derive(Clone)]
pub(crate) struct View {
    pub(crate) limit: Option<u64>,
    pub(crate) remaining: Option<u64>,
    pub(crate) in_flight: u64,
    pub(crate) reserved: u64,
    pub(crate) resets_in: Option<Nanos>,
    pub(crate) source: &'static str,
    pub(crate) age: Option<Nanos>,
}
