//! Lookups of hashes, one or many.

use super::{check, read};
use crate::batch::{self, Batch, Outcome, Results};
use crate::call::Call;
use crate::client::Client;
use crate::endpoints::Operation;
use crate::error::{Error, Result};
use crate::hash;
use crate::keys::Wanted;
use crate::model::{HashResult, Report};

impl Client {
    /// The latest public result for a hash (MD5, SHA-1 or SHA-256 in hexadecimal digits).
    ///
    /// The result may be that of a scan which still goes on: see [`Report::is_finished`]. A hash that the
    /// service does not know is [`Status::NotFound`](crate::Status::NotFound). Charged to the Reputation
    /// allowance.
    pub fn hash_lookup(&self, hash: &str) -> Result<Report> {
        let call = Call::new(Operation::HashLookup, &[hash::check(hash)?]);
        let name = call.name();
        read(&name, self.perform(call)?, Report::new)
    }

    /// What the service knows of any number of hashes: one result per input, in input order.
    ///
    /// A hash that it does not know is no error; a malformed one is an error of its own entry. Charged to
    /// the Reputation allowance, one per hash, but one that is among the 20,000 before it is not asked again;
    /// throttled per request of up to 1,000 hashes. Engines' results come with the header `includescandetails: 1`
    /// in the options.
    pub fn hash_lookup_many<I>(&self, hashes: I) -> Results<I::IntoIter, HashResult>
    where
        I: IntoIterator<Item: AsRef<str>>,
    {
        let batch = Batch {
            operation: Operation::HashLookupMany,
            check: hash::check,
            key: check::lower_case,
            ask: Client::ask_hashes,
        };
        Results::new(self, batch, hashes.into_iter())
    }

    fn ask_hashes(&self, wanted: &Wanted, all_granted: &mut dyn FnMut()) -> Result<Vec<HashResult>> {
        let call = |wanted: &Wanted| {
            let call = Call::new(Operation::HashLookupMany, &[]).json_text(body(wanted));
            let headers = self.options.headers.iter();
            headers.fold(call, |call, (name, value)| call.header(name.as_str(), value.as_str()))
        };
        let (reply, wanted) = self.ask_for(Operation::HashLookupMany, wanted, call, all_granted)?;
        let name = Call::new(Operation::HashLookupMany, &[]).name();
        let left_out = |hash: &str| HashResult::failed(hash, batch::missing(Operation::HashLookupMany));
        read(&name, reply, |document| HashResult::read(&document, &wanted, left_out))
    }
}

/// Written as it stands, since hexadecimal digits need no escapes.
fn body(hashes: &Wanted) -> String {
    let mut body = String::with_capacity(hashes.len() * 68 + 12);
    body.push_str(r#"{"hash":["#);
    for (index, hash) in hashes.iter().enumerate() {
        body.extend([if index == 0 { "\"" } else { ",\"" }, hash, "\""]);
    }
    body + "]}"
}

impl Outcome for HashResult {
    fn failed(input: &str, error: Error) -> Self {
        HashResult::failed(input, error)
    }
    fn for_input(self, input: &str) -> Self {
        HashResult::for_input(self, input)
    }
}
