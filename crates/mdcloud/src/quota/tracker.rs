//! All decisions on quota, pure: (state, clock, event) in, a decision out. It never waits, locks or asks
//! the time; that is what lets a day of traffic run in a second, and what lets the state live anywhere:
//! it is plain data that can be written down and read back (see [`super::shared`]).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{BuildHasherDefault, DefaultHasher};

use mdcloud_process::ledger::{Account, Answer, Ask, Tell, WAIT};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::account::State;
use super::throttle::Nanos;

/// By fingerprint: a table, so that a decision costs the same however many there are. Its order is the same each
/// time, as all decisions are.
type Accounts = HashMap<Account, State, BuildHasherDefault<DefaultHasher>>;

/// The ledger: every account that was used.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Tracker {
    #[serde(with = "by_fingerprint")]
    accounts: Accounts,
    next_ticket: u64,
    /// Whose calls these are: the process that asks and tells now, as [`mdcloud_process::holder`] names it.
    #[serde(skip)]
    holder: u64,
    /// Whether anything has changed since [`Tracker::begin`] that others must know.
    #[serde(skip)]
    touched: bool,
}

impl Tracker {
    /// From now on this process asks and tells, and what it changes is noted.
    pub(crate) fn begin(&mut self, holder: u64) {
        (self.holder, self.touched) = (holder, false);
    }

    /// Whether anything has changed that others must know. A caller that keeps waiting changes nothing.
    pub(crate) fn is_touched(&self) -> bool {
        self.touched
    }

    /// May this call start?
    pub(crate) fn ask(&mut self, now: Nanos, ask: &Ask) -> Answer {
        let ticket = if ask.ticket == 0 { self.ticket() } else { ask.ticket };
        let state = self.accounts.entry(ask.account).or_default();
        let mut answer = state.decide(now, ask, ticket, self.holder);
        answer.ticket = ticket;
        // A new ticket too must be known to others: nobody may get the same.
        self.touched |= ask.ticket == 0 || answer.verdict != WAIT || state.queue_changed();
        answer
    }

    /// What became of it.
    pub(crate) fn tell(&mut self, now: Nanos, tell: &Tell) {
        // News of a call that another ledger allowed may be the first that is heard of an account.
        let state = match tell.ticket {
            0 => Some(self.accounts.entry(tell.account).or_default()),
            _ => self.accounts.get_mut(&tell.account),
        };
        self.touched = true;
        if let Some(state) = state {
            state.settle(now.saturating_sub(tell.ago_ns), tell);
        }
    }

    /// In a forked child that keeps its own ledger from now on: nobody waits, nothing is in flight.
    pub(crate) fn forget_callers(&mut self) {
        self.accounts.values_mut().for_each(State::forget_callers);
    }

    /// Settles what processes that are gone have left behind.
    pub(crate) fn bury(&mut self, now: Nanos, is_gone: &mut dyn FnMut(u64) -> bool) {
        self.touched = true;
        self.accounts.values_mut().for_each(|state| state.bury(now, is_gone));
    }

    /// The processes that wait, or have something in flight.
    pub(crate) fn holders(&self) -> BTreeSet<u64> {
        self.accounts.values().flat_map(State::holders).collect()
    }

    fn ticket(&mut self) -> u64 {
        self.next_ticket += 1;
        self.next_ticket
    }

    /// Everything for people and programs; see [`super::snapshot`].
    pub(crate) fn view(&mut self, now: Nanos) -> Vec<super::snapshot::AccountView> {
        let view = |(account, state): (&Account, &mut State)| state.view(*account, now);
        let mut views: Vec<_> = self.accounts.iter_mut().map(view).collect();
        views.sort_by_key(|view| view.account);
        views
    }
}

/// For a store whose clients may lose an answer on its way.
#[cfg(feature = "redis")]
impl Tracker {
    /// There is something that others must know, although nothing has changed.
    pub(crate) fn touch(&mut self) {
        self.touched = true;
    }

    /// Takes back what `holder` was granted and does not know of.
    pub(crate) fn give_back(
        &mut self,
        account: Account,
        now: Nanos,
        holder: u64,
        knows: &dyn Fn(u64) -> bool,
    ) {
        let Some(state) = self.accounts.get_mut(&account) else { return };
        let unknown: Vec<u64> = state.held_by(holder).filter(|ticket| !knows(*ticket)).collect();
        self.touched |= !unknown.is_empty();
        for ticket in unknown {
            state.settle(now, &Tell::new(account, ticket, mdcloud_process::ledger::NOT_SENT));
        }
    }

    /// What concerns calls that cost nothing and are not throttled: how long all are to stop, and which are
    /// throttled after all.
    pub(crate) fn free_calls(&self, account: &Account, now: Nanos) -> (Nanos, BTreeSet<i32>) {
        self.accounts.get(account).map(|state| state.free_calls(now)).unwrap_or_default()
    }
}

/// Accounts by their fingerprint as text, as JSON wants it.
mod by_fingerprint {
    use super::*;

    pub(super) fn serialize<S: Serializer>(accounts: &Accounts, serializer: S) -> Result<S::Ok, S::Error> {
        serializer
            .collect_map(accounts.iter().map(|(account, state)| (crate::quota::fingerprint(account), state)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Accounts, D::Error> {
        let named = BTreeMap::<String, State>::deserialize(deserializer)?;
        let account = |(name, state): (String, State)| {
            let number = u128::from_str_radix(&name, 16).map_err(serde::de::Error::custom)?;
            Ok((number.to_be_bytes(), state))
        };
        named.into_iter().map(account).collect()
    }
}

#[cfg(test)]
#[path = "tracker_tests.rs"]
mod tests;
