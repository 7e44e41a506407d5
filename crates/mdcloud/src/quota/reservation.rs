//! An amount of an allowance that is kept for someone.

use std::fmt;
use std::sync::Arc;

use mdcloud_process::ledger::{Account, Ask, GO, NOT_SENT, Name, RESERVE, Tell};

use super::{Refused, ledger};
use crate::client::Client;
use crate::error::{Error, Result, Status};

/// Holds back an amount of an allowance: other calls see that much less of it, calls with
/// [`Options::reservation`](crate::Options::reservation) draw on it first. What is left of it goes back when
/// the last clone is dropped.
#[derive(Clone)]
pub struct Reservation(Arc<Kept>);

struct Kept {
    account: Account,
    family: String,
    amount: u32,
    ticket: u64,
    /// The process that made it: a forked child must not give back what its parent keeps.
    holder: u64,
}

impl Reservation {
    /// The allowance, by the service's name.
    pub fn family(&self) -> &str {
        &self.0.family
    }

    /// How much was kept at the beginning.
    pub fn amount(&self) -> u32 {
        self.0.amount
    }

    /// Its ticket, for calls of this account; 0 for those of any other.
    pub(crate) fn ticket(&self, account: &Account) -> u64 {
        if self.0.account == *account { self.0.ticket } else { 0 }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if self.holder == mdcloud_process::holder() {
            ledger().tell(&Tell::new(self.account, self.ticket, NOT_SENT));
        }
    }
}

impl fmt::Debug for Reservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reservation").field("family", &self.family()).field("amount", &self.amount()).finish()
    }
}

impl Client {
    /// Keeps `amount` of an allowance (`prevention_api`, `reputation_api`, or any other that the service
    /// names) for the calls that are given the reservation. Sends nothing and never waits.
    ///
    /// Fails with [`Status::QuotaExhausted`] where less is left. Before the service has told what there is,
    /// the amount is taken on trust. It stays kept over the end of the allowance's window.
    pub fn reserve(&self, family: &str, amount: u32) -> Result<Reservation> {
        check(family, amount)?;
        self.inner.settings.key()?;
        let account = self.inner.account;
        let mut ask = Ask::new(account);
        ask.operation = RESERVE;
        ask.family = Name::new(family);
        (ask.cost, ask.at_least, ask.leave) = (amount, amount, self.options.leave);
        let answer = ledger().ask(&ask);
        if answer.verdict != GO {
            return Err(Refused::of(&answer).into_error());
        }
        let holder = mdcloud_process::holder();
        let kept = Kept { account, family: family.to_owned(), amount, ticket: answer.ticket, holder };
        Ok(Reservation(Arc::new(kept)))
    }
}

fn check(family: &str, amount: u32) -> Result<()> {
    if family.is_empty() || family.len() > 47 || !family.chars().all(|c| c.is_ascii_graphic()) {
        return Err(Error::invalid(
            "family",
            "must be the service's name of an allowance, such as prevention_api",
        ));
    }
    match amount {
        0 => Err(Error::invalid("amount", "must be at least 1")),
        _ => Ok(()),
    }
}
