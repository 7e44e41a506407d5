//! What is known of one account, and every decision about its calls.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use mdcloud_process::ledger::{
    ABSENT, ANSWERED, Account, Answer, Ask, GO, LOST, NOT_SENT, REFUSE, RESERVE, SAID, STARTED, Tell, WAIT,
};
use serde::{Deserialize, Serialize};

use super::allowance::{Allowance, Room};
use super::caution;
use super::family::Family;
use super::throttle::{Nanos, RateSource, Throttle};
use crate::config::Rate;
use crate::endpoints::Operation;
use crate::error::Status;

const SECOND: Nanos = 1_000_000_000;

/// How long a caller in the queue may stay away before its place is given up: it asks again at every
/// slice of its wait, so it is gone. Should it come back, its ticket has the old place.
pub(super) const LEASE: Nanos = 3 * SECOND;

/// How soon to ask again where an event, not the clock, will change things.
const SOON: Nanos = 20_000_000;

/// A process that is not seen to live or die (on another machine) has left its calls after this long.
const MOST_CALL: Nanos = 3600 * SECOND;

/// Who asks, and for what.
struct Caller<'a> {
    ask: &'a Ask,
    ticket: u64,
    holder: u64,
    family: Family,
}

/// One account as the ledger knows it.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct State {
    throttle: Throttle,
    families: BTreeMap<Family, Allowance>,
    /// Families that the service named for an operation; the table only guesses.
    learned_family: BTreeMap<i32, Family>,
    /// Operations that were throttled although the table says that they are not.
    learned_throttled: BTreeSet<i32>,
    /// Callers that wait for the throttle, first come first.
    queue: VecDeque<Waiting>,
    /// When to look for callers that are gone.
    sweep_at: Nanos,
    permits: BTreeMap<u64, Permit>,
    /// All traffic stops until then (403002).
    blocked_until: Nanos,
    bad_headers: u64,
    /// Whether the last caller that was told to wait has changed its place or its mark in the queue.
    #[serde(skip)]
    queue_changed: bool,
}

#[derive(Serialize, Deserialize)]
struct Waiting {
    ticket: u64,
    seen: Nanos,
    holder: u64,
}

#[derive(Serialize, Deserialize)]
struct Permit {
    family: Family,
    cost: u64,
    throttled: bool,
    granted_at: Nanos,
    holder: u64,
    /// Not a call: an amount kept for calls to come.
    #[serde(default)]
    reserved: bool,
}

impl Permit {
    /// That of a call which another ledger allowed; it was counted when it started.
    fn elsewhere(now: Nanos) -> Self {
        Permit {
            family: Family::NONE,
            cost: 0,
            throttled: false,
            granted_at: now,
            holder: 0,
            reserved: false,
        }
    }
}

impl State {
    /// May this call start?
    pub(crate) fn decide(&mut self, now: Nanos, ask: &Ask, ticket: u64, holder: u64) -> Answer {
        if now < self.blocked_until {
            return self.refuse(ticket, Status::Blocked, Some(self.blocked_until - now), Family::NONE);
        }
        let family = self.learned_family.get(&ask.operation).copied().unwrap_or(Family(ask.family));
        let charged = ask.cost > 0 && !family.is_none();
        let call = Caller { ask, ticket, holder, family };
        let throttled = ask.throttled != 0 || self.learned_throttled.contains(&ask.operation);
        let mut granted = u64::from(ask.cost);
        let mut drawn = None;
        if charged {
            drawn = self.reserved_for(&call);
            let room = match drawn {
                Some(amount) => Room::Yes(amount),
                None => self.families.entry(family).or_default().room(
                    now,
                    u64::from(ask.cost),
                    u64::from(ask.at_least.min(ask.cost)),
                    ask.leave,
                ),
            };
            match room {
                Room::Yes(amount) => granted = amount.min(u64::from(u32::MAX)),
                // Whoever will not wait at all is let through: nothing says that he would be refused.
                Room::Probing(since) if ask.max_wait_ns >= SOON => {
                    // It is over soon: who then waits for the throttle has kept its place meanwhile.
                    let why = if throttled { Status::Throttled } else { Status::QuotaExhausted };
                    return self.wait(now, &call, why, now + caution::pause(now, since).min(SOON));
                }
                Room::Probing(_) => {}
                Room::InFlight(_) if ask.max_wait_ns >= SOON => {
                    return self.wait(now, &call, Status::QuotaExhausted, now + SOON);
                }
                Room::InFlight(at) | Room::UsedUp(at) => {
                    let at = at.unwrap_or(now + LEASE);
                    return self.wait(now, &call, Status::QuotaExhausted, at);
                }
            }
        }
        if throttled {
            if ask.throttle_requests > 0 {
                let window = std::time::Duration::from_nanos(ask.throttle_window_ns);
                self.throttle.learn(Rate { requests: ask.throttle_requests, window }, RateSource::Setting);
            }
            if let Some(until) = self.turn(now, &call) {
                return self.wait(now, &call, Status::Throttled, until);
            }
            self.throttle.start(now, ticket);
        }
        self.leave_queue(ticket);
        let reserved = ask.operation == RESERVE;
        if charged {
            if drawn.is_some() {
                self.draw(ask.reservation, granted);
            }
            self.with(family, |allowance| match reserved {
                true => allowance.keep(granted),
                false => allowance.take(now, granted),
            });
        }
        let cost = if charged { granted } else { 0 };
        self.permits.insert(ticket, Permit { family, cost, throttled, granted_at: now, holder, reserved });
        Answer { family: family.0, verdict: GO, ..Answer::go(ticket, granted as u32) }
    }

    /// Until when a throttled call has to wait, if it has to.
    fn turn(&mut self, now: Nanos, call: &Caller<'_>) -> Option<Nanos> {
        self.sweep_queue(now, call.ticket);
        let place = self.queue.binary_search_by_key(&call.ticket, |w| w.ticket).unwrap_or_else(|place| place);
        let earliest = self.throttle.earliest(now, place);
        if earliest > now || (place > 0 && self.throttle.rate().is_some()) {
            // Somebody before us may start now but has not asked yet: look again soon.
            return Some(earliest.max(now + SOON / 10));
        }
        // Whoever will not wait at all is let through: nothing says that he would be refused.
        if call.ask.max_wait_ns < SOON {
            return None;
        }
        let sold = self.families.get(&call.family).map_or(0, Allowance::per_minute);
        let until = self.throttle.cautious(now, place, sold)?;
        Some(until.min(now.saturating_add(call.ask.max_wait_ns)))
    }

    /// What the reservation that the call names can give to it.
    fn reserved_for(&self, call: &Caller<'_>) -> Option<u64> {
        let kept = self.permits.get(&call.ask.reservation).filter(|permit| permit.reserved)?;
        let least = u64::from(call.ask.at_least.min(call.ask.cost)).max(1);
        let amount = kept.cost.min(u64::from(call.ask.cost));
        (kept.family == call.family && amount >= least).then_some(amount)
    }

    /// Takes an amount out of a reservation.
    fn draw(&mut self, reservation: u64, amount: u64) {
        if let Some(kept) = self.permits.get_mut(&reservation) {
            kept.cost = kept.cost.saturating_sub(amount);
            let family = kept.family;
            self.with(family, |allowance| allowance.give_back(amount));
        }
    }

    /// Not yet: wait in the queue if the caller is ready to, and else refuse at once.
    fn wait(&mut self, now: Nanos, call: &Caller<'_>, why: Status, until: Nanos) -> Answer {
        let Caller { ask, ticket, holder, family } = *call;
        let family = if why == Status::Throttled { Family::NONE } else { family };
        let wait = until.saturating_sub(now);
        if wait > ask.max_wait_ns {
            return self.refuse(ticket, why, Some(wait), family);
        }
        match self.queue.binary_search_by_key(&ticket, |waiting| waiting.ticket) {
            // Only those who wait for the throttle stand in line: an allowance opens for all at once, and
            // whoever waits hours for his must not keep those behind him from theirs.
            Ok(place) if why != Status::Throttled => {
                self.queue.remove(place);
                self.queue_changed = true;
            }
            Err(_) if why != Status::Throttled => self.queue_changed = false,
            // Not each time, since that would have to be written down wherever the ledger is shared.
            Ok(place) => {
                self.queue_changed = now >= self.queue[place].seen.saturating_add(LEASE / 3);
                if self.queue_changed {
                    self.queue[place].seen = now;
                }
            }
            Err(place) => {
                self.queue_changed = true;
                self.queue.insert(place, Waiting { ticket, seen: now, holder });
            }
        }
        Answer { verdict: WAIT, status: why as i32, wait_ns: wait, family: family.0, ..Answer::go(ticket, 0) }
    }

    fn refuse(&mut self, ticket: u64, why: Status, after: Option<Nanos>, family: Family) -> Answer {
        self.leave_queue(ticket);
        let wait_ns = after.unwrap_or(ABSENT);
        Answer { verdict: REFUSE, status: why as i32, wait_ns, family: family.0, ..Answer::go(ticket, 0) }
    }

    /// Callers that have not asked for long are gone. Not looked for at each ask: a crowd asks often.
    fn sweep_queue(&mut self, now: Nanos, ticket: u64) {
        if now >= self.sweep_at {
            self.queue.retain(|waiting| waiting.ticket == ticket || now < waiting.seen.saturating_add(LEASE));
            self.sweep_at = now.saturating_add(LEASE / 6);
        }
    }

    fn leave_queue(&mut self, ticket: u64) {
        if let Ok(place) = self.queue.binary_search_by_key(&ticket, |waiting| waiting.ticket) {
            self.queue.remove(place);
        }
    }

    /// What became of a call.
    pub(crate) fn settle(&mut self, now: Nanos, tell: &Tell) {
        self.bad_headers += u64::from(tell.bad_headers);
        if tell.outcome == STARTED {
            return self.started_elsewhere(now, tell);
        }
        if tell.outcome == SAID {
            return self.with(Family(tell.family), |allowance| allowance.said(now, tell));
        }
        let permit = match self.permits.remove(&tell.ticket) {
            Some(permit) => permit,
            None if tell.ticket == 0 && tell.outcome == ANSWERED => Permit::elsewhere(now),
            // It only waited.
            None => return self.leave_queue(tell.ticket),
        };
        match tell.outcome {
            NOT_SENT => {
                self.throttle.forget(tell.ticket);
                self.with(permit.family, |allowance| allowance.give_back(permit.cost));
            }
            LOST => self.lose(now, tell.ticket, &permit),
            _ => self.answered(now, &permit, tell),
        }
    }

    /// A call of which nothing is heard any more: the service may have counted it.
    fn lose(&mut self, now: Nanos, ticket: u64, permit: &Permit) {
        if permit.throttled {
            self.throttle.answered(now, ticket);
        }
        let nothing = Tell::new(Account::default(), ticket, ANSWERED);
        self.with(permit.family, |allowance| allowance.settle(now, permit.granted_at, permit.cost, &nothing));
    }

    /// A call that another ledger allowed.
    fn started_elsewhere(&mut self, now: Nanos, tell: &Tell) {
        if tell.throttled != 0 {
            self.throttle.start(now, 0);
        }
        self.with(Family(tell.family), |allowance| allowance.spend(now, u64::from(tell.cost)));
    }

    /// Settles what processes that are gone have left behind.
    pub(crate) fn bury(&mut self, now: Nanos, is_gone: &mut dyn FnMut(u64) -> bool) {
        self.queue.retain(|waiting| !is_gone(waiting.holder));
        let old = |permit: &Permit| !permit.reserved && now >= permit.granted_at.saturating_add(MOST_CALL);
        let left: Vec<u64> = self
            .permits
            .iter()
            .filter(|(_, permit)| old(permit) || is_gone(permit.holder))
            .map(|(ticket, _)| *ticket)
            .collect();
        for ticket in left {
            match self.permits.remove(&ticket) {
                Some(kept) if kept.reserved => {
                    self.with(kept.family, |allowance| allowance.give_back(kept.cost));
                }
                Some(permit) => self.lose(now, ticket, &permit),
                None => {}
            }
        }
    }

    /// The processes that wait, or have something in flight.
    pub(crate) fn holders(&self) -> impl Iterator<Item = u64> {
        let waiting = self.queue.iter().map(|waiting| waiting.holder);
        waiting.chain(self.permits.values().map(|permit| permit.holder))
    }

    /// The tickets that a process has in flight.
    #[cfg(feature = "redis")]
    pub(crate) fn held_by(&self, holder: u64) -> impl Iterator<Item = u64> {
        let held = self.permits.iter().filter(move |(_, permit)| permit.holder == holder);
        held.map(|(ticket, _)| *ticket)
    }

    /// For how long all calls are to stop, and which are throttled although the table says they are not.
    #[cfg(feature = "redis")]
    pub(crate) fn free_calls(&self, now: Nanos) -> (Nanos, BTreeSet<i32>) {
        (self.blocked_until.saturating_sub(now), self.learned_throttled.clone())
    }

    pub(crate) fn queue_changed(&self) -> bool {
        self.queue_changed
    }

    /// Nobody waits any more, and nothing is in flight.
    pub(crate) fn forget_callers(&mut self) {
        self.queue.clear();
        self.permits.clear();
        self.families.values_mut().for_each(Allowance::forget_in_flight);
    }

    fn answered(&mut self, now: Nanos, permit: &Permit, tell: &Tell) {
        const BLOCK: Nanos = 3600 * SECOND;
        const MOST_BLOCK: Nanos = 24 * BLOCK;
        let family = if tell.family.is_empty() { permit.family } else { Family(tell.family) };
        if !tell.family.is_empty() && tell.operation != 0 {
            self.learned_family.insert(tell.operation, family);
        }
        if family != permit.family {
            self.with(permit.family, |allowance| allowance.give_back(permit.cost));
        }
        let granted = permit.granted_at;
        let cost = if family == permit.family { permit.cost } else { 0 };
        let retry_after = (tell.retry_after_ns != ABSENT).then_some(tell.retry_after_ns);
        match Status::of_service(
            u16::try_from(tell.http_status).unwrap_or(0),
            Some(tell.code).filter(|c| *c != 0),
        ) {
            Status::Throttled => {
                if Operation::from_number(tell.operation).is_some_and(|op| !op.endpoint().throttled) {
                    self.learned_throttled.insert(tell.operation);
                }
                let window = std::time::Duration::from_nanos(tell.throttle_window_ns);
                let named = Rate { requests: tell.throttle_requests, window };
                let named = Some(named).filter(|rate| rate.requests > 0 && !window.is_zero());
                // With no rate known, an allowance that the same answer calls empty is the best hint.
                let hint = Some(tell.reset_ns).filter(|ns| *ns != ABSENT && tell.remaining == 0);
                let hint = hint.filter(|_| named.is_none() && self.throttle.rate().is_none());
                self.throttle.refused(now, tell.ticket, named, retry_after.or(hint));
                // Its headers, where there are any, are about the family and tell nothing of the throttle.
                self.with(family, |allowance| allowance.settle_refused(now, granted, cost, tell));
                return;
            }
            // Too many connections: the service did not look at the call.
            Status::Busy => {
                self.with(family, |allowance| allowance.settle_refused(now, granted, cost, tell));
            }
            Status::QuotaExhausted => self.with(family, |allowance| {
                // A call of many entries is refused where fewer are left; what its headers say of that is true.
                if (1..permit.cost).contains(&tell.remaining) {
                    return allowance.settle_refused(now, granted, cost, tell);
                }
                allowance.give_back(cost);
                allowance.used_up(now, granted, tell);
            }),
            Status::Blocked => {
                self.blocked_until = now + retry_after.map_or(BLOCK, |after| after.min(MOST_BLOCK));
                self.with(family, |allowance| allowance.give_back(cost));
            }
            _ => self.with(family, |allowance| allowance.settle(now, granted, cost, tell)),
        }
        if permit.throttled {
            self.throttle.answered(now, tell.ticket);
        }
    }

    fn with(&mut self, family: Family, change: impl FnOnce(&mut Allowance)) {
        if !family.is_none() {
            change(self.families.entry(family).or_default());
        }
    }

    /// The numbers for people.
    pub(crate) fn view(&mut self, account: Account, now: Nanos) -> super::snapshot::AccountView {
        let mut families: Vec<_> = self
            .families
            .iter_mut()
            .map(|(family, allowance)| (family.0.as_str().to_owned(), allowance.view(now)))
            .collect();
        for kept in self.permits.values().filter(|permit| permit.reserved) {
            if let Some((_, view)) = families.iter_mut().find(|(name, _)| name == kept.family.0.as_str()) {
                view.reserved += kept.cost;
                view.in_flight = view.in_flight.saturating_sub(kept.cost);
            }
        }
        super::snapshot::AccountView {
            account,
            families,
            rate: self.throttle.rate(),
            in_window: self.throttle.in_window(now),
            held_for: self.throttle.held_until().saturating_sub(now),
            waiting: self.queue.len(),
            in_flight: self.permits.values().filter(|permit| !permit.reserved).count(),
            blocked_for: self.blocked_until.saturating_sub(now),
            bad_headers: self.bad_headers,
        }
    }
}

#[cfg(test)]
#[path = "account_tests.rs"]
mod tests;
