//! An amount of an allowance that is kept for someone.

use std::fmt;
use std::sync::Arc;

use mdcloud_process::ledger::{Account, Ask, GO, NOT_SENT, Name, RESERVE, Tell};

use super::{Refused, Route};
use crate::error::Result;
use crate::wait::Patience;

/// Holds back an amount of an allowance: other calls see that much less of it, calls with
/// [`Options::reservation`](crate::Options::reservation) draw on it first. What is left of it goes back when
/// the last clone is dropped.
#[derive(Clone)]
pub struct Reservation(Arc<Kept>);

struct Kept {
    route: Route,
    account: Account,
    family: String,
    amount: u32,
    ticket: u64,
    /// The process that made it: a forked child must not give back what its parent keeps.
    holder: u64,
}

impl Reservation {
    /// Asks the ledger to keep the amount; never waits.
    pub(crate) fn make(
        route: Route,
        account: Account,
        family: &str,
        amount: u32,
        leave: u64,
        (strict, patience): (bool, &Patience),
    ) -> Result<Self> {
        let mut ask = Ask::new(account);
        ask.operation = RESERVE;
        ask.family = Name::new(family);
        (ask.cost, ask.at_least, ask.leave) = (amount, amount, leave);
        let answer = route.ask(&ask, strict, patience).map_err(|error| Refused::Store(error).into_error())?;
        if answer.verdict != GO {
            return Err(Refused::of(&answer).into_error());
        }
        let holder = mdcloud_process::holder();
        let kept = Kept { route, account, family: family.to_owned(), amount, ticket: answer.ticket, holder };
        Ok(Reservation(Arc::new(kept)))
    }

    /// The allowance, by the service's name.
    pub fn family(&self) -> &str {
        &self.0.family
    }

    /// How much was kept at the beginning.
    pub fn amount(&self) -> u32 {
        self.0.amount
    }

    /// Its ticket, for calls of this account by the same ledger; 0 for any other, which does not know it.
    pub(crate) fn ticket(&self, route: Route, account: &Account) -> u64 {
        if self.0.account == *account && self.0.route.is(route) { self.0.ticket } else { 0 }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if self.holder == mdcloud_process::holder() {
            self.route.tell(&Tell::new(self.account, self.ticket, NOT_SENT));
        }
    }
}

impl fmt::Debug for Reservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reservation").field("family", &self.family()).field("amount", &self.amount()).finish()
    }
}
