//! Lookups of hashes, one or many.

use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::HashMap;

use super::read;
use crate::batch::{self, Batch, Outcome, Results};
use crate::call::Call;
use crate::client::Client;
use crate::endpoints::Operation;
use crate::error::{Error, Result};
use crate::hash;
use crate::model::lenient::Scalar;
use crate::model::{Document, HashResult, Report};

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
    /// the Reputation allowance, one per hash, and throttled per request of up to 1,000 hashes. Engines'
    /// results come with the header `includescandetails: 1` in the options.
    pub fn hash_lookup_many<I>(&self, hashes: I) -> Results<I::IntoIter, HashResult>
    where
        I: IntoIterator<Item: AsRef<str>>,
    {
        let batch = Batch {
            operation: Operation::HashLookupMany,
            check: hash::check,
            key: |hash| hash.to_ascii_uppercase(),
            ask: Client::ask_hashes,
        };
        Results::new(self, batch, hashes.into_iter())
    }

    fn ask_hashes(&self, wanted: &[String]) -> Result<(usize, Vec<HashResult>)> {
        let (permit, asked, patience) = self.bulk_permit(Operation::HashLookupMany, wanted.len())?;
        let wanted = &wanted[..asked];
        let mut call = Call::new(Operation::HashLookupMany, &[]).json(&serde_json::json!({ "hash": wanted }));
        for (name, value) in &self.options.headers {
            call = call.header(name.as_str(), value.as_str());
        }
        let name = call.name();
        let reply = self.perform_permitted(&mut call, permit, &patience, &mut None)?;
        let results = read(&name, reply, |document| {
            let entries = entries(&document)?;
            let by_hash: HashMap<String, &RawValue> =
                entries.into_iter().map(|raw| (hash_of(raw), raw)).collect();
            let result = |hash: &String| match by_hash.get(hash) {
                Some(raw) => HashResult::new(&document, raw),
                None => HashResult::failed(hash, batch::missing(Operation::HashLookupMany)),
            };
            Ok(wanted.iter().map(result).collect())
        })?;
        Ok((asked, results))
    }
}

impl Outcome for HashResult {
    fn failed(input: &str, error: Error) -> Self {
        HashResult::failed(input, error)
    }
    fn for_input(self, input: &str) -> Self {
        HashResult::for_input(self, input)
    }
}

/// The entries of a bulk answer; older answers are the bare list.
pub(crate) fn entries(document: &Document) -> Result<Vec<&RawValue>> {
    #[derive(Deserialize)]
    struct Wrapped<'a> {
        #[serde(borrow)]
        data: Vec<&'a RawValue>,
    }
    if document.text().trim_start().starts_with('[') {
        return document.read();
    }
    Ok(document.read::<Wrapped<'_>>()?.data)
}

fn hash_of(entry: &RawValue) -> String {
    #[derive(Deserialize)]
    struct Named {
        #[serde(default)]
        hash: Scalar,
    }
    match serde_json::from_str(entry.get()) {
        Ok(Named { hash: Scalar::Text(hash) }) => hash.to_ascii_uppercase(),
        _ => String::new(),
    }
}
