//! Parts of an allowance kept for someone.

use crate::client::Client;
use crate::error::{Error, Result};
use crate::quota::Reservation;

impl Client {
    /// Keeps `amount` of an allowance (`prevention_api`, `reputation_api`, or any other that the service
    /// names) for the calls that are given the reservation. Sends nothing and never waits.
    ///
    /// Fails with [`Status::QuotaExhausted`] where less is left. Before the service has told what there is,
    /// the amount is taken on trust. It stays kept over the end of the allowance's window.
    pub fn reserve(&self, family: &str, amount: u32) -> Result<Reservation> {
        check(family, amount)?;
        let inner = &self.inner;
        inner.settings.key()?;
        let asks = (inner.settings.strict_store, &self.patience());
        Reservation::make(inner.route, inner.account, family, amount, self.options.leave, asks)
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
