//! The rate of a throttle that no setting, header or text names, from the log of our own starts.
//!
//! At a 429001 the service had counted N requests within the window. Our log tells how many of ours it let
//! through within the last minute, and that number is the rate if two things hold:
//!
//! - The log reaches back a full window. At a cold start it does not: who used the key a moment ago is not
//!   known, and a second run of a script would take the rest that the first one left for the whole rate.
//!   So nothing is concluded then, everybody waits for a window, and the next refusal finds a full log.
//! - Nobody else uses the key meanwhile. Where somebody does, the number is our share of the rate: too low,
//!   so never refused, but slow for ever if the other one leaves. So a guess is forgotten after a while.
//!
//! Of the windows, a minute is supposed until a refusal comes after a minute in which nothing was let
//! through: then it is an hour.

use std::collections::VecDeque;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::throttle::{Nanos, Start};
use crate::config::Rate;

pub(super) const MINUTE: Nanos = 60_000_000_000;
const HOUR: Nanos = 60 * MINUTE;

/// A guess is good for so many windows. The next one costs one refusal.
const WINDOWS: u64 = 60;

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Guess {
    /// When the log of starts began.
    since: Option<Nanos>,
    made_at: Nanos,
    /// The window is longer than a minute.
    hourly: bool,
}

impl Guess {
    pub(crate) fn log_begins(&mut self, now: Nanos) {
        self.since.get_or_insert(now);
    }

    pub(crate) fn is_old(&self, now: Nanos) -> bool {
        now >= self.made_at.saturating_add(WINDOWS * self.window())
    }

    /// The window that is supposed.
    pub(crate) fn window(&self) -> Nanos {
        if self.hourly { HOUR } else { MINUTE }
    }

    /// What the starts that were not refused say of the rate, at a refusal that does not name it. Those whose
    /// answers are still out count too: if they are refused as well, this is asked again.
    pub(crate) fn rate(&mut self, now: Nanos, starts: &VecDeque<Start>) -> Option<Rate> {
        let within = |window: Nanos| {
            let from = now.saturating_sub(window);
            let complete = self.since.is_some_and(|since| since <= from);
            (complete, starts.iter().filter(|start| start.granted > from).count())
        };
        if within(MINUTE) == (true, 0) {
            self.hourly = true;
        }
        let (complete, requests) = within(self.window());
        self.made_at = now;
        let requests = u32::try_from(requests).ok().filter(|requests| complete && *requests > 0)?;
        Some(Rate { requests, window: Duration::from_nanos(self.window()) })
    }
}
