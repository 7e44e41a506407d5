//! All decisions on quota, pure: (state, clock, event) in, a decision out. It never waits, locks or asks
//! the time; that is what lets a day of traffic run in a second.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use mdcloud_process::ledger::{
    ABSENT, ANSWERED, Account, Answer, Ask, GO, LOST, NOT_SENT, Name, REFUSE, Tell, WAIT,
};

use super::allowance::{Allowance, Room};
use super::throttle::{Nanos, RateSource, Throttle};
use crate::config::Rate;
use crate::endpoints::Operation;
use crate::error::Status;

const SECOND: Nanos = 1_000_000_000;

/// How long a caller in the queue may stay away before its place is given up: it asks again at every
/// slice of its wait, so it is gone.
const LEASE: Nanos = 10 * SECOND;

/// How long others wait for a first call that is to learn the allowance; a first upload may take long.
const MOST_PROBE: Nanos = 2 * SECOND;

/// How soon to ask again where an event, not the clock, will change things.
const SOON: Nanos = 20_000_000;

/// The ledger of one process: every account that it has used.
#[derive(Default)]
pub(crate) struct Tracker {
    accounts: BTreeMap<Account, State>,
    next_ticket: u64,
}

#[derive(Default)]
struct State {
    throttle: Throttle,
    families: HashMap<Name, Allowance>,
    /// Families that the service named for an operation; the table only guesses.
    learned_family: HashMap<i32, Name>,
    /// Operations that were throttled although the table says that they are not.
    learned_throttled: HashSet<i32>,
    /// Callers that wait for the throttle, first come first.
    queue: VecDeque<Waiting>,
    permits: HashMap<u64, Permit>,
    /// All traffic stops until then (403002).
    blocked_until: Nanos,
    bad_headers: u64,
}

struct Waiting {
    ticket: u64,
    seen: Nanos,
}

struct Permit {
    family: Name,
    cost: u64,
    throttled: bool,
    granted_at: Nanos,
}

impl Tracker {
    /// May this call start?
    pub(crate) fn ask(&mut self, now: Nanos, ask: &Ask) -> Answer {
        let ticket = if ask.ticket == 0 { self.ticket() } else { ask.ticket };
        let state = self.accounts.entry(ask.account).or_default();
        let mut answer = state.decide(now, ask, ticket);
        answer.ticket = ticket;
        answer
    }

    /// What became of it.
    pub(crate) fn tell(&mut self, now: Nanos, tell: &Tell) {
        if let Some(state) = self.accounts.get_mut(&tell.account) {
            state.settle(now, tell);
        }
    }

    /// In a forked child no thread but one lives on: nobody waits, nothing is in flight.
    pub(crate) fn forget_callers(&mut self) {
        for state in self.accounts.values_mut() {
            state.queue.clear();
            state.permits.clear();
            state.families.values_mut().for_each(Allowance::forget_in_flight);
        }
    }

    fn ticket(&mut self) -> u64 {
        self.next_ticket += 1;
        self.next_ticket
    }

    /// Everything for people and programs; see [`super::snapshot`].
    pub(crate) fn view(&mut self, now: Nanos) -> Vec<super::snapshot::AccountView> {
        let view = |(account, state): (&Account, &mut State)| state.view(*account, now);
        self.accounts.iter_mut().map(view).collect()
    }
}

impl State {
    fn decide(&mut self, now: Nanos, ask: &Ask, ticket: u64) -> Answer {
        if now < self.blocked_until {
            return self.refuse(ticket, Status::Blocked, Some(self.blocked_until - now), Name::EMPTY);
        }
        let family = self.learned_family.get(&ask.operation).copied().unwrap_or(ask.family);
        let charged = ask.cost > 0 && !family.is_empty();
        let mut granted = ask.cost;
        if charged {
            let allowance = self.families.entry(family).or_default();
            match allowance.room(now, u64::from(ask.cost), u64::from(ask.at_least.min(ask.cost))) {
                Room::Yes(amount) => granted = amount.min(u64::from(u32::MAX)) as u32,
                // Whoever will not wait at all is let through: nothing says that he would be refused.
                Room::Probing if ask.max_wait_ns >= SOON && self.probe_is_fresh(now, family) => {
                    return self.wait(now, ask, ticket, Status::QuotaExhausted, now + SOON, family);
                }
                Room::Probing => {}
                Room::InFlight(_) if ask.max_wait_ns >= SOON => {
                    return self.wait(now, ask, ticket, Status::QuotaExhausted, now + SOON, family);
                }
                Room::InFlight(at) | Room::UsedUp(at) => {
                    let at = at.unwrap_or(now + LEASE);
                    return self.wait(now, ask, ticket, Status::QuotaExhausted, at, family);
                }
            }
        }
        let throttled = ask.throttled != 0 || self.learned_throttled.contains(&ask.operation);
        if throttled {
            if ask.throttle_requests > 0 {
                let window = std::time::Duration::from_nanos(ask.throttle_window_ns);
                self.throttle.learn(Rate { requests: ask.throttle_requests, window }, RateSource::Setting);
            }
            self.queue.retain(|waiting| waiting.ticket == ticket || now < waiting.seen.saturating_add(LEASE));
            let place = self.queue.binary_search_by_key(&ticket, |w| w.ticket).unwrap_or_else(|place| place);
            let earliest = self.throttle.earliest(now, place);
            if earliest > now || place > 0 {
                // Somebody before us may start now but has not asked yet: look again soon.
                return self.wait(
                    now,
                    ask,
                    ticket,
                    Status::Throttled,
                    earliest.max(now + SOON / 10),
                    Name::EMPTY,
                );
            }
            self.throttle.start(now, ticket);
        }
        self.leave_queue(ticket);
        if charged && let Some(allowance) = self.families.get_mut(&family) {
            allowance.take(u64::from(granted));
        }
        let cost = if charged { u64::from(granted) } else { 0 };
        self.permits.insert(ticket, Permit { family, cost, throttled, granted_at: now });
        Answer { family, verdict: GO, ..Answer::go(ticket, granted) }
    }

    fn probe_is_fresh(&self, now: Nanos, family: Name) -> bool {
        self.permits.values().any(|p| p.family == family && p.cost > 0 && now < p.granted_at + MOST_PROBE)
    }

    /// Not yet: wait in the queue if the caller is ready to, and else refuse at once.
    fn wait(
        &mut self,
        now: Nanos,
        ask: &Ask,
        ticket: u64,
        why: Status,
        until: Nanos,
        family: Name,
    ) -> Answer {
        let wait = until.saturating_sub(now);
        if wait > ask.max_wait_ns {
            return self.refuse(ticket, why, Some(wait), family);
        }
        match self.queue.binary_search_by_key(&ticket, |waiting| waiting.ticket) {
            Ok(place) => self.queue[place].seen = now,
            // Only those who wait for the throttle stand in line; an allowance opens for all at once.
            Err(place) if why == Status::Throttled => self.queue.insert(place, Waiting { ticket, seen: now }),
            Err(_) => {}
        }
        Answer { verdict: WAIT, status: why as i32, wait_ns: wait, family, ..Answer::go(ticket, 0) }
    }

    fn refuse(&mut self, ticket: u64, why: Status, after: Option<Nanos>, family: Name) -> Answer {
        self.leave_queue(ticket);
        let wait_ns = after.unwrap_or(ABSENT);
        Answer { verdict: REFUSE, status: why as i32, wait_ns, family, ..Answer::go(ticket, 0) }
    }

    fn leave_queue(&mut self, ticket: u64) {
        if let Ok(place) = self.queue.binary_search_by_key(&ticket, |waiting| waiting.ticket) {
            self.queue.remove(place);
        }
    }

    fn settle(&mut self, now: Nanos, tell: &Tell) {
        self.bad_headers += u64::from(tell.bad_headers);
        let Some(permit) = self.permits.remove(&tell.ticket) else {
            // It only waited.
            self.leave_queue(tell.ticket);
            return;
        };
        match tell.outcome {
            NOT_SENT => {
                self.throttle.forget(tell.ticket);
                self.with(permit.family, |allowance| allowance.give_back(permit.cost));
            }
            LOST => {
                if permit.throttled {
                    self.throttle.answered(now, tell.ticket);
                }
                let nothing = Tell::new(tell.account, tell.ticket, ANSWERED);
                self.with(permit.family, |allowance| allowance.settle(now, permit.cost, &nothing));
            }
            _ => self.answered(now, &permit, tell),
        }
    }

    fn answered(&mut self, now: Nanos, permit: &Permit, tell: &Tell) {
        const BLOCK: Nanos = 3600 * SECOND;
        let family = if tell.family.is_empty() { permit.family } else { tell.family };
        if !tell.family.is_empty() && tell.operation != 0 {
            self.learned_family.insert(tell.operation, tell.family);
        }
        if family != permit.family {
            self.with(permit.family, |allowance| allowance.give_back(permit.cost));
        }
        let retry_after = (tell.retry_after_ns != ABSENT).then_some(tell.retry_after_ns);
        match Status::of_service(
            u16::try_from(tell.http_status).unwrap_or(0),
            Some(tell.code).filter(|c| *c != 0),
        ) {
            Status::Throttled => {
                if Operation::from_number(tell.operation).is_some_and(|op| !op.endpoint().throttled) {
                    self.learned_throttled.insert(tell.operation);
                }
                if tell.throttle_requests > 0 {
                    let window = std::time::Duration::from_nanos(tell.throttle_window_ns);
                    self.throttle
                        .learn(Rate { requests: tell.throttle_requests, window }, RateSource::Learned);
                }
                // With no rate known, an allowance that the same answer calls empty is the best hint.
                let hint = Some(tell.reset_ns).filter(|ns| *ns != ABSENT && tell.remaining == 0);
                let hint = hint.filter(|_| self.throttle.rate().is_none());
                self.throttle.refused(now, tell.ticket, retry_after.or(hint));
                // Its headers, where there are any, are about the family and tell nothing of the throttle.
                let cost = if family == permit.family { permit.cost } else { 0 };
                self.with(family, |allowance| allowance.settle_refused(now, cost, tell));
                return;
            }
            Status::QuotaExhausted => self.with(family, |allowance| {
                allowance.give_back(permit.cost);
                allowance.used_up(now, tell);
            }),
            Status::Blocked => self.blocked_until = now + retry_after.unwrap_or(BLOCK),
            _ if !family.is_empty() => {
                let cost = if family == permit.family { permit.cost } else { 0 };
                self.families.entry(family).or_default().settle(now, cost, tell);
            }
            _ => {}
        }
        if permit.throttled {
            self.throttle.answered(now, tell.ticket);
        }
    }

    fn with(&mut self, family: Name, change: impl FnOnce(&mut Allowance)) {
        if !family.is_empty() {
            change(self.families.entry(family).or_default());
        }
    }

    fn view(&mut self, account: Account, now: Nanos) -> super::snapshot::AccountView {
        let mut families: Vec<_> = self
            .families
            .iter_mut()
            .map(|(name, allowance)| (name.as_str().to_owned(), allowance.view(now)))
            .collect();
        families.sort_by(|a, b| a.0.cmp(&b.0));
        super::snapshot::AccountView {
            account,
            families,
            rate: self.throttle.rate(),
            in_window: self.throttle.in_window(now),
            held_for: self.throttle.held_until().saturating_sub(now),
            waiting: self.queue.len(),
            in_flight: self.permits.len(),
            blocked_for: self.blocked_until.saturating_sub(now),
            bad_headers: self.bad_headers,
        }
    }
}

#[cfg(test)]
#[path = "tracker_tests.rs"]
mod tests;
