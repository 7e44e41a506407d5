//! The short window: at most N starts in any stretch of W.
//!
//! Exact, not an average: a log of the last N starts. Where a log entry was answered, the moment of the
//! answer counts instead of the start, since the service counted the request somewhere in between; so the
//! N + 1st request can never come too early, whatever the network did (but see [`MOST_SLACK`]).

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::caution;
use super::guess::Guess;
use crate::config::Rate;

/// Nanoseconds on the ledger's own clock.
pub(crate) type Nanos = u64;

/// A slow answer does not hold the window up for longer than this share of it: an upload that takes a
/// minute was counted when it began.
const MOST_SLACK: f64 = 0.05;

/// Longest Retry-After that is believed of a throttle; no known window is longer than an hour.
const MOST_HOLD: Nanos = 24 * 3_600_000_000_000;

/// Starts that are kept while no rate is known that could be relied on.
const MOST_STARTS: usize = 1000;

/// Where a rate comes from, in order of trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum RateSource {
    /// Our own log of starts, at a 429001 that names no rate; see [`super::guess`].
    Guess,
    /// The text of a 429001.
    Learned,
    /// The caller's setting.
    Setting,
}

impl RateSource {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            RateSource::Guess => "guess",
            RateSource::Learned => "learned",
            RateSource::Setting => "setting",
        }
    }
}

/// The window of one account.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Throttle {
    rate: Option<(Rate, RateSource)>,
    /// In the order in which they count as made.
    starts: VecDeque<Start>,
    /// Nobody starts before this: the service said so.
    held_until: Nanos,
    guess: Guess,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Start {
    #[serde(rename = "at")]
    pub(super) granted: Nanos,
    /// When its answer came; `None` while it may still be on its way.
    #[serde(rename = "end", default, skip_serializing_if = "Option::is_none")]
    pub(super) answered: Option<Nanos>,
    /// 0 where another ledger allowed it.
    ticket: u64,
}

impl Start {
    /// When it counts as made: the service counted it before it answered.
    fn counted(&self, slack: Nanos) -> Nanos {
        let latest = self.granted.saturating_add(slack);
        self.answered.map_or(latest, |answered| answered.min(latest))
    }
}

impl Throttle {
    pub(crate) fn rate(&self) -> Option<(Rate, RateSource)> {
        self.rate
    }

    /// Takes a rate, unless a more trusted one is known.
    pub(crate) fn learn(&mut self, rate: Rate, source: RateSource) {
        if self.rate.is_none_or(|(_, known)| source >= known) {
            self.set(Some((rate, source)));
        }
    }

    fn set(&mut self, rate: Option<(Rate, RateSource)>) {
        if self.rate == rate {
            return;
        }
        self.rate = rate;
        let slack = self.slack();
        // Not trimmed yet: of those in the air some may be refused too, and then older ones tell more.
        self.starts.make_contiguous().sort_by_key(|start| start.counted(slack));
    }

    /// When the caller that is `ahead` of by others in the queue may start.
    pub(crate) fn earliest(&mut self, now: Nanos, ahead: usize) -> Nanos {
        if matches!(self.rate, Some((_, RateSource::Guess))) && self.guess.is_old(now) {
            self.set(None);
        }
        let free = now.max(self.held_until);
        let Some((rate, _)) = self.rate else { return free };
        let n = (rate.requests as usize).max(1);
        let window = window_ns(rate);
        let round = window.saturating_add(margin(window));
        // Position of this start in an endless log: full windows ahead, then a place in this one.
        let (rounds, place) = (ahead / n, ahead % n);
        let turn = match (self.starts.len() + place).checked_sub(n) {
            Some(index) if index < self.starts.len() => self.counted_at(index).saturating_add(round),
            _ => free,
        };
        turn.max(free).saturating_add(round.saturating_mul(rounds as u64))
    }

    /// While no rate is known: when to ask again, if not to start now; see [`caution`].
    pub(crate) fn cautious(&self, now: Nanos, ahead: usize, sold: u64) -> Option<Nanos> {
        match self.rate {
            Some(_) => None,
            None => caution::hold(now, &self.starts, ahead, sold),
        }
    }

    /// When a start in the log counts as made.
    fn counted_at(&self, index: usize) -> Nanos {
        self.starts[index].counted(self.slack())
    }

    fn slack(&self) -> Nanos {
        self.rate.map_or(Nanos::MAX, |(rate, _)| (window_ns(rate) as f64 * MOST_SLACK) as Nanos)
    }

    pub(crate) fn start(&mut self, now: Nanos, ticket: u64) {
        self.guess.log_begins(now);
        self.insert(Start { granted: now, answered: None, ticket });
        self.trim();
    }

    /// Those that count later are in flight, and few: looked for from the end.
    fn insert(&mut self, start: Start) {
        let slack = self.slack();
        let counted = start.counted(slack);
        let before = self.starts.iter().rposition(|other| other.counted(slack) <= counted);
        self.starts.insert(before.map_or(0, |before| before + 1), start);
    }

    fn trim(&mut self) {
        let keep = match self.rate {
            Some((rate, source)) if source > RateSource::Guess => rate.requests as usize,
            _ => MOST_STARTS,
        };
        self.starts.drain(..self.starts.len().saturating_sub(keep.max(1)));
    }

    /// The answer to a start came.
    pub(crate) fn answered(&mut self, now: Nanos, ticket: u64) {
        // It counts sooner than it might have.
        if let Some(start) = self.take(ticket) {
            self.insert(Start { answered: start.answered.or(Some(now)), ..start });
        }
    }

    /// The start was not counted by the service.
    pub(crate) fn forget(&mut self, ticket: u64) {
        self.take(ticket);
    }

    fn take(&mut self, ticket: u64) -> Option<Start> {
        let place = self.starts.iter().rposition(|start| start.ticket == ticket && ticket != 0)?;
        self.starts.remove(place)
    }

    /// The service refused although we thought that there was room: hold everybody.
    ///
    /// Without a word of the service on when to come back, the window may have been filled by others at
    /// any time, so a full one is waited for, unless our own log explains the refusal: it was full when the call
    /// started.
    pub(crate) fn refused(
        &mut self,
        now: Nanos,
        ticket: u64,
        named: Option<Rate>,
        retry_after: Option<Nanos>,
    ) {
        let granted = self.take(ticket).map_or(now, |start| start.granted);
        match named {
            Some(rate) => self.learn(rate, RateSource::Learned),
            None if self.rate.is_none_or(|(_, source)| source == RateSource::Guess) => {
                let rate = self.guess.rate(now, &self.starts);
                self.set(rate.map(|rate| (rate, RateSource::Guess)));
            }
            None => {}
        }
        let window = self.rate.map_or(self.guess.window(), |(rate, _)| window_ns(rate));
        let own = self.rate.and_then(|(rate, _)| {
            let index = self.starts.len().checked_sub(rate.requests as usize)?;
            Some(self.counted_at(index).saturating_add(window)).filter(|free| *free > granted)
        });
        // "At once" is no news, when that has just been tried.
        let told = retry_after.filter(|after| *after > 0).map(|after| now + after.min(MOST_HOLD));
        let until = told.or(own).unwrap_or(now.saturating_add(window));
        self.held_until = self.held_until.max(until.saturating_add(margin(window)));
    }

    pub(crate) fn held_until(&self) -> Nanos {
        self.held_until
    }

    /// Starts that still count.
    pub(crate) fn in_window(&self, now: Nanos) -> usize {
        let Some((rate, _)) = self.rate else { return 0 };
        self.starts
            .iter()
            .filter(|start| start.counted(self.slack()).saturating_add(window_ns(rate)) > now)
            .count()
    }
}

fn window_ns(rate: Rate) -> Nanos {
    rate.window.as_nanos().min(u128::from(u64::MAX / 4)) as Nanos
}

/// Two clocks never run alike, and requests overtake each other on their way.
fn margin(window: Nanos) -> Nanos {
    (window / 1000).clamp(2_000_000, 250_000_000)
}
