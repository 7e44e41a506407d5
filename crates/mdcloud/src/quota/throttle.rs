//! The short window: at most N starts in any stretch of W.
//!
//! Exact, not an average: a log of the last N starts. Where a log entry was answered, the moment of the
//! answer counts instead of the start, since the service counted the request somewhere in between; so the
//! N + 1st request can never come too early, whatever the network did (but see [`MOST_SLACK`]).

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::config::Rate;

/// Nanoseconds on the ledger's own clock.
pub(crate) type Nanos = u64;

/// A slow answer does not hold the window up for longer than this share of it: an upload that takes a
/// minute was counted when it began.
const MOST_SLACK: f64 = 0.05;

/// Where a rate comes from, in order of trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum RateSource {
    /// The text of a 429001.
    Learned,
    /// The caller's setting.
    Setting,
}

impl RateSource {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            RateSource::Learned => "learned",
            RateSource::Setting => "setting",
        }
    }
}

impl Start {
    fn counted(&self, slack: Nanos) -> Nanos {
        let latest = self.granted.saturating_add(slack);
        self.answered.map_or(latest, |answered| answered.min(latest))
    }
}

/// The window of one account.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Throttle {
    rate: Option<(Rate, RateSource)>,
    /// Starts, oldest first: when each counts as made, and its ticket while its answer is out.
    starts: VecDeque<Start>,
    /// Nobody starts before this: the service said so.
    held_until: Nanos,
}

#[derive(Serialize, Deserialize)]
struct Start {
    #[serde(rename = "at")]
    granted: Nanos,
    /// When its answer came; `None` while it may still be on its way.
    #[serde(rename = "end", default, skip_serializing_if = "Option::is_none")]
    answered: Option<Nanos>,
    /// 0 where another ledger allowed it.
    ticket: u64,
}

impl Throttle {
    pub(crate) fn rate(&self) -> Option<(Rate, RateSource)> {
        self.rate
    }

    /// Takes a rate, unless a more trusted one is known.
    pub(crate) fn learn(&mut self, rate: Rate, source: RateSource) {
        if self.rate.is_none_or(|(_, known)| source >= known) {
            self.rate = Some((rate, source));
        }
    }

    /// When the caller that is `ahead` of by others in the queue may start.
    pub(crate) fn earliest(&self, now: Nanos, ahead: usize) -> Nanos {
        let free = now.max(self.held_until);
        let Some((rate, _)) = self.rate else { return free };
        let n = rate.requests as usize;
        let window = window_ns(rate);
        // Position of this start in an endless log: full windows ahead, then a place in this one.
        let (rounds, place) = (ahead / n, ahead % n);
        let turn = match (self.starts.len() + place).checked_sub(n) {
            Some(index) if index < self.starts.len() => {
                self.counted_at(index).saturating_add(window + margin(window))
            }
            _ => free,
        };
        turn.max(free) + rounds as u64 * (window + margin(window))
    }

    /// When a start in the log counts as made.
    fn counted_at(&self, index: usize) -> Nanos {
        self.starts[index].counted(self.slack())
    }

    fn slack(&self) -> Nanos {
        self.rate.map_or(Nanos::MAX, |(rate, _)| (window_ns(rate) as f64 * MOST_SLACK) as Nanos)
    }

    pub(crate) fn start(&mut self, now: Nanos, ticket: u64) {
        self.starts.push_back(Start { granted: now, answered: None, ticket });
        let keep = self.rate.map_or(1000, |(rate, _)| rate.requests as usize).max(1);
        while self.starts.len() > keep {
            self.starts.pop_front();
        }
    }

    /// The answer to a start came.
    pub(crate) fn answered(&mut self, now: Nanos, ticket: u64) {
        if let Some(start) = self.starts.iter_mut().rev().find(|start| start.ticket == ticket) {
            start.answered.get_or_insert(now);
        }
        // Answers come out of order; the log is sorted by when they count.
        let slack = self.slack();
        self.starts.make_contiguous().sort_by_key(|start| start.counted(slack));
    }

    /// The start was not counted by the service.
    pub(crate) fn forget(&mut self, ticket: u64) {
        self.starts.retain(|start| start.ticket != ticket);
    }

    /// The service refused although we thought that there was room: hold everybody.
    ///
    /// Without a word of the service on when to come back, the window may have been filled by others at
    /// any time, so a full one is waited for, unless our own log explains the refusal.
    pub(crate) fn refused(&mut self, now: Nanos, ticket: u64, retry_after: Option<Nanos>) {
        self.forget(ticket);
        const MINUTE: Nanos = 60_000_000_000;
        let window = self.rate.map_or(MINUTE, |(rate, _)| window_ns(rate));
        let own = self.rate.and_then(|(rate, _)| {
            let index = self.starts.len().checked_sub(rate.requests as usize)?;
            Some(self.counted_at(index).saturating_add(window)).filter(|free| *free > now)
        });
        let until = retry_after.map(|after| now + after).or(own).unwrap_or(now + window);
        self.held_until = self.held_until.max(until + margin(window));
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
