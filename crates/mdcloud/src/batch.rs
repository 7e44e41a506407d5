//! Any number of inputs in few requests: cut to the service's batches, one outcome per input, in order.

use std::collections::{HashMap, HashSet, VecDeque};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::api;
use crate::call::{Call, Payload};
use crate::client::Client;
use crate::endpoints::Operation;
use crate::error::{Error, Result, Status};
use crate::hash;
use crate::model::HashResult;
use crate::model::lenient::Scalar;

/// The results of [`Client::hash_lookup_many`], one per input, in input order.
///
/// Lazy: at most one batch of inputs is taken ahead of the results, so a million hashes need no more
/// memory than a thousand.
pub struct HashResults<I> {
    client: Client,
    inputs: I,
    ready: VecDeque<HashResult>,
    stopped: Option<Error>,
}

impl Client {
    /// What the service knows of any number of hashes: one result per input, in input order.
    ///
    /// A hash that it does not know is no error; a malformed one is an error of its own entry. A hash that
    /// stands twice in a batch is asked once. Charged to the Reputation allowance, one per hash, and
    /// throttled per request of up to 1,000 hashes.
    pub fn hash_lookup_many<I>(&self, hashes: I) -> HashResults<I::IntoIter>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        HashResults {
            client: self.clone(),
            inputs: hashes.into_iter(),
            ready: VecDeque::new(),
            stopped: None,
        }
    }
}

impl<I> Iterator for HashResults<I>
where
    I: Iterator,
    I::Item: AsRef<str>,
{
    type Item = HashResult;

    fn next(&mut self) -> Option<HashResult> {
        if self.ready.is_empty() {
            let most = Operation::HashLookupMany.endpoint().batch.unwrap_or(1) as usize;
            let inputs: Vec<String> =
                self.inputs.by_ref().take(most).map(|input| input.as_ref().to_owned()).collect();
            self.ready = match &self.stopped {
                Some(error) => inputs.iter().map(|input| HashResult::failed(input, error.clone())).collect(),
                None => self.look_up(inputs),
            };
        }
        self.ready.pop_front()
    }
}

impl<I> HashResults<I> {
    /// One result per input. Where the allowance covers only a part, that part is asked first.
    fn look_up(&mut self, inputs: Vec<String>) -> VecDeque<HashResult> {
        let mut found: HashMap<String, HashResult> = HashMap::new();
        let mut wanted: Vec<String> = Vec::new();
        let mut seen = HashSet::new();
        let key = |hash: &str| hash.to_ascii_uppercase();
        for hash in inputs.iter().filter_map(|input| hash::check(input).ok()) {
            let hash = key(hash);
            if seen.insert(hash.clone()) {
                wanted.push(hash);
            }
        }
        let mut left = &wanted[..];
        while !left.is_empty() {
            match self.client.look_up_once(left) {
                Ok((asked, results)) => {
                    for (hash, result) in left[..asked].iter().zip(results) {
                        found.insert(hash.clone(), result);
                    }
                    left = &left[asked..];
                }
                Err(error) => {
                    // What failed for this batch would fail for the next as well, or has waited long enough.
                    let ends = matches!(error.status(), Status::Server | Status::Protocol | Status::Network);
                    if !ends {
                        self.stopped = Some(error.clone());
                    }
                    found.extend(
                        left.iter().map(|hash| (hash.clone(), HashResult::failed(hash, error.clone()))),
                    );
                    left = &[];
                }
            }
        }
        let outcome = |input: &String| match hash::check(input) {
            Err(error) => HashResult::failed(input, error),
            Ok(hash) => match found.get(&key(hash)) {
                Some(result) => result.clone().for_input(input),
                None => {
                    HashResult::failed(input, Error::new(Status::Protocol, "the answer leaves this hash out"))
                }
            },
        };
        inputs.iter().map(outcome).collect()
    }
}

impl Client {
    /// Asks for as many of the hashes as the allowance covers; says how many those were.
    fn look_up_once(&self, hashes: &[String]) -> Result<(usize, Vec<HashResult>)> {
        let patience = self.patience().at_most(self.options.deadline.flatten());
        let count = u32::try_from(hashes.len()).unwrap_or(u32::MAX);
        let mut call = Call::new(Operation::HashLookupMany, &[]).cost(count, 1);
        for (name, value) in &self.options.headers {
            call = call.header(name.as_str(), value.as_str());
        }
        let permit = self.permit(&call, &patience, None)?;
        let asked = hashes.len().min(permit.granted as usize).max(1);
        let hashes = &hashes[..asked];
        let body = serde_json::json!({ "hash": hashes }).to_string();
        let mut call = call.payload(Payload::Text("application/json", body));
        let reply = self.perform_permitted(&mut call, permit, &patience, &mut None)?;
        let results = api::read("POST /hash", reply, |document| {
            #[derive(Deserialize)]
            struct Wrapped<'a> {
                #[serde(borrow)]
                data: Vec<&'a RawValue>,
            }
            #[derive(Deserialize)]
            struct Named {
                #[serde(default)]
                hash: Scalar,
            }
            // Older answers are the bare list.
            let entries: Vec<&RawValue> = if document.text().trim_start().starts_with('[') {
                document.read()?
            } else {
                document.read::<Wrapped<'_>>()?.data
            };
            let name = |raw: &RawValue| match serde_json::from_str::<Named>(raw.get()) {
                Ok(Named { hash: Scalar::Text(hash) }) => hash.to_ascii_uppercase(),
                _ => String::new(),
            };
            let by_name: HashMap<String, &RawValue> = entries.iter().map(|raw| (name(raw), *raw)).collect();
            let missing = || Error::new(Status::Protocol, "the answer leaves this hash out");
            Ok(hashes
                .iter()
                .map(|hash| match by_name.get(hash) {
                    Some(raw) => HashResult::new(&document, raw),
                    None => HashResult::failed(hash, missing().with_request("POST /hash")),
                })
                .collect())
        })?;
        Ok((asked, results))
    }
}
