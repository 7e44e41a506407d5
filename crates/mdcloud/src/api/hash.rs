//! Lookups of one hash.

use super::read;
use crate::call::Call;
use crate::client::Client;
use crate::endpoints::Operation;
use crate::error::Result;
use crate::hash;
use crate::model::Report;

impl Client {
    /// The latest public result for a hash (MD5, SHA-1 or SHA-256 in hexadecimal digits).
    ///
    /// The result may be that of a scan which still goes on: see [`Report::is_finished`]. A hash that the
    /// service does not know is [`Status::NotFound`](crate::Status::NotFound). Charged to the Reputation
    /// allowance.
    pub fn hash_lookup(&self, hash: &str) -> Result<Report> {
        let hash = hash::check(hash)?;
        let reply = self.perform(Call::new(Operation::HashLookup, &[hash]))?;
        read(&format!("GET /hash/{hash}"), reply, Report::new)
    }
}
