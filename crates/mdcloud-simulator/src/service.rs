//! The model of the service: it counts, it refuses, and it says so in headers and texts, as the real one
//! does by its documents. It knows nothing of the tracker.

use std::collections::{BTreeMap, VecDeque};

use crate::chance::Chance;
use crate::scene::{Limit, Nanos, Rounding, Rules, SECOND, Text, Window};

/// A request as it reaches the service.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// Whose allowance.
    pub family: &'static str,
    /// What it takes.
    pub cost: u64,
    /// Whether the short window counts it.
    pub throttled: bool,
}

/// What the service answers.
#[derive(Clone, Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// The service's code; 0 for success.
    pub code: i64,
    /// Text of the error.
    pub messages: Vec<String>,
    /// Rate-limit headers.
    pub headers: Vec<(&'static str, String)>,
}

/// The service.
pub struct Service {
    rules: Rules,
    chance: Chance,
    /// When the requests of the short window came.
    counted: VecDeque<Nanos>,
    /// Of each family: when its window opened, and what is used.
    windows: BTreeMap<&'static str, (Nanos, u64)>,
    blocked_until: Nanos,
}

impl Service {
    /// One that nobody has called yet.
    pub fn new(rules: Rules, chance: Chance) -> Self {
        Service { rules, chance, counted: VecDeque::new(), windows: BTreeMap::new(), blocked_until: 0 }
    }

    /// It has another rate from now on.
    pub fn set_rate(&mut self, limit: Limit) {
        self.rules.rate = Some(limit);
    }

    /// Its allowances begin anew.
    pub fn reset(&mut self) {
        self.windows.clear();
    }

    /// Nothing is served for an hour.
    pub fn block(&mut self, now: Nanos) {
        self.blocked_until = now + 3600 * SECOND;
    }

    /// A request comes.
    pub fn arrive(&mut self, now: Nanos, request: &Request) -> Reply {
        if now < self.blocked_until {
            return refusal(403, 403_002, "Your ip is blocked because of abuse".to_owned());
        }
        if let Some(limit) = self.rules.rate.filter(|_| request.throttled)
            && let Err(wait) = self.count(now, limit)
        {
            return self.throttled(now, limit, wait, request);
        }
        if !self.charge(now, request) {
            let mut reply = refusal(429, 429_000, "The limit is exceeded".to_owned());
            reply.headers = self.headers(now, request.family);
            return reply;
        }
        let mut reply = Reply { status: 200, code: 0, messages: vec![], headers: vec![] };
        if !self.chance.percent(self.rules.bare) {
            reply.headers = self.headers(now, request.family);
            if self.chance.percent(self.rules.garbage) {
                self.spoil(&mut reply.headers);
            }
        }
        reply
    }

    /// Counts a request, or says how long until one is let through.
    fn count(&mut self, now: Nanos, limit: Limit) -> Result<(), Nanos> {
        let window = limit.seconds * SECOND;
        match self.rules.window {
            Window::Sliding => {
                while self.counted.front().is_some_and(|at| at + window <= now) {
                    self.counted.pop_front();
                }
            }
            Window::Fixed => {
                if self.counted.front().is_some_and(|at| at + window <= now) {
                    self.counted.clear();
                }
            }
        }
        let full = self.counted.len() >= limit.requests as usize;
        match self.counted.front().filter(|_| full) {
            Some(first) => Err(first + window - now),
            None => {
                self.counted.push_back(now);
                Ok(())
            }
        }
    }

    fn throttled(&mut self, now: Nanos, limit: Limit, wait: Nanos, request: &Request) -> Reply {
        let unit = match limit.seconds {
            60 => "minute".to_owned(),
            3600 => "hour".to_owned(),
            seconds => format!("{seconds} seconds"),
        };
        let requests = limit.requests;
        let text = match self.rules.refusal.text {
            Text::Behind => format!("maximum requests per {unit}: {requests} for free user"),
            Text::Ahead => format!("maximum {requests} requests per {unit} per user"),
            Text::Silent => "try again later".to_owned(),
        };
        let mut reply = refusal(429, 429_001, format!("Your request has been throttled, {text}"));
        if self.rules.refusal.headers {
            reply.headers = self.headers(now, request.family);
        }
        if self.rules.refusal.retry_after {
            reply.headers.push(("retry-after", wait.div_ceil(SECOND).to_string()));
        }
        reply
    }

    fn charge(&mut self, now: Nanos, request: &Request) -> bool {
        let Some((amount, interval)) = self.allowance(request.family) else { return true };
        let window = self.windows.entry(request.family).or_insert((now, 0));
        if window.0 + interval <= now {
            *window = (now, 0);
        }
        let fits = window.1 + request.cost <= amount;
        if fits {
            window.1 += request.cost;
        }
        fits
    }

    fn allowance(&self, family: &str) -> Option<(u64, Nanos)> {
        let found = self.rules.allowances.iter().find(|(name, ..)| *name == family)?;
        Some((found.1, found.2 * SECOND))
    }

    fn headers(&self, now: Nanos, family: &'static str) -> Vec<(&'static str, String)> {
        let Some((amount, interval)) = self.allowance(family) else { return vec![] };
        let (opened, used) = self.windows.get(family).copied().unwrap_or((now, 0));
        let left = (opened + interval).saturating_sub(now);
        let seconds = match self.rules.rounding {
            Rounding::Down => left / SECOND,
            Rounding::Nearest => (left + SECOND / 2) / SECOND,
            Rounding::Up => left.div_ceil(SECOND),
        };
        vec![
            ("x-ratelimit-for", family.to_owned()),
            ("x-ratelimit-limit", amount.to_string()),
            ("x-ratelimit-used", used.to_string()),
            ("x-ratelimit-remaining", amount.saturating_sub(used).to_string()),
            ("x-ratelimit-reset-in", format!("{seconds}s")),
            ("x-ratelimit-interval", (interval / SECOND).to_string()),
        ]
    }

    /// Puts nonsense into one of the numbers.
    fn spoil(&mut self, headers: &mut Vec<(&'static str, String)>) {
        if headers.len() < 2 {
            return;
        }
        let which = self.chance.between(1, headers.len() as u64 - 1) as usize;
        let name = headers[which].0;
        let nonsense =
            ["-1", "-9999", "NaN", "", "soon", "99999999999999999999", "4294967296", "1e3", "5, 7"];
        match self.chance.between(0, 9) {
            0 => headers.push((name, "1".to_owned())),
            1 => {
                headers.remove(which);
            }
            _ => headers[which].1 = self.chance.pick(&nonsense).to_owned(),
        }
    }
}

fn refusal(status: u16, code: i64, text: String) -> Reply {
    Reply { status, code, messages: vec![text], headers: vec![] }
}
