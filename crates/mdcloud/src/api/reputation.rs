//! Addresses, URLs and domains, one or many.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::check;
use crate::batch::{self, Batch, Outcome, Results};
use crate::call::Call;
use crate::client::Client;
use crate::endpoints::Operation;
use crate::envelope;
use crate::error::{Error, Result, Status};
use crate::keys::Wanted;
use crate::model::Reputation;
use crate::model::record::Record;

const IPS: Batch<Reputation> = Batch {
    operation: Operation::IpLookupMany,
    check: check::ip,
    key: |input| input.into(),
    ask: |client, wanted, all_granted| {
        client.ask_addresses(Operation::IpLookupMany, "address", wanted, all_granted)
    },
};

const URLS: Batch<Reputation> = Batch {
    operation: Operation::UrlLookupMany,
    check: check::url,
    key: |input| input.into(),
    ask: |client, wanted, all_granted| {
        client.ask_addresses(Operation::UrlLookupMany, "url", wanted, all_granted)
    },
};

const DOMAINS: Batch<Reputation> = Batch {
    operation: Operation::DomainLookupMany,
    check: check::domain,
    key: check::lower_case,
    ask: |client, wanted, all_granted| {
        client.ask_addresses(Operation::DomainLookupMany, "fqdn", wanted, all_granted)
    },
};

impl Client {
    /// What sources say of an IPv4 or IPv6 address. Charged to the Reputation allowance.
    pub fn ip_lookup(&self, ip: &str) -> Result<Reputation> {
        self.read_record(Call::new(Operation::IpLookup, &[check::ip(ip)?]))
    }

    /// What sources say of a URL. Charged to the Reputation allowance.
    pub fn url_lookup(&self, url: &str) -> Result<Reputation> {
        self.read_record(Call::new(Operation::UrlLookup, &[check::url(url)?]))
    }

    /// What sources say of a domain. Charged to the Reputation allowance.
    pub fn domain_lookup(&self, domain: &str) -> Result<Reputation> {
        self.read_record(Call::new(Operation::DomainLookup, &[check::domain(domain)?]))
    }

    /// The same for any number of addresses: one result per input, in input order. Charged to the
    /// Reputation allowance, one per address, and throttled per request of up to 50.
    pub fn ip_lookup_many<I>(&self, ips: I) -> Results<I::IntoIter, Reputation>
    where
        I: IntoIterator<Item: AsRef<str>>,
    {
        Results::new(self, IPS, ips.into_iter())
    }

    /// The same for any number of URLs: one result per input, in input order.
    pub fn url_lookup_many<I>(&self, urls: I) -> Results<I::IntoIter, Reputation>
    where
        I: IntoIterator<Item: AsRef<str>>,
    {
        Results::new(self, URLS, urls.into_iter())
    }

    /// The same for any number of domains: one result per input, in input order.
    pub fn domain_lookup_many<I>(&self, domains: I) -> Results<I::IntoIter, Reputation>
    where
        I: IntoIterator<Item: AsRef<str>>,
    {
        Results::new(self, DOMAINS, domains.into_iter())
    }

    /// `list` is the name of the inputs in the request.
    fn ask_addresses(
        &self,
        operation: Operation,
        list: &str,
        wanted: &Wanted,
        all_granted: &mut dyn FnMut(),
    ) -> Result<Vec<Reputation>> {
        let call = |wanted: &Wanted| {
            let inputs: Vec<&str> = wanted.iter().collect();
            Call::new(operation, &[]).json(&json!({ list: inputs }))
        };
        let (reply, wanted) = self.ask_for(operation, wanted, call, all_granted)?;
        let name = Call::new(operation, &[]).name();
        super::read(&name, reply, |document| {
            let value: Value = document.read()?;
            let Some(entries) = value.pointer("/data").unwrap_or(&value).as_array() else {
                return Err(Error::new(Status::Protocol, "the answer holds no list"));
            };
            // By name, and by place for one that the service spells in its own way.
            let by_name: HashMap<&str, &Value> = entries
                .iter()
                .filter_map(|entry| Some((entry.pointer("/address")?.as_str()?, entry)))
                .collect();
            let outcome =
                |(index, input): (usize, &str)| match by_name.get(input).copied().or(entries.get(index)) {
                    Some(entry) => match envelope::problem_of_entry(entry) {
                        Some(problem) => Reputation::failed(input, problem.of_entry(document.raw())),
                        None => Reputation::of_part(entry).for_input(input),
                    },
                    None => Reputation::failed(input, batch::missing(operation)),
                };
            Ok(wanted.iter().enumerate().map(outcome).collect())
        })
    }
}

impl Outcome for Reputation {
    fn failed(input: &str, error: Error) -> Self {
        Reputation::failed(input, error)
    }
    fn for_input(self, input: &str) -> Self {
        Reputation::for_input(self, input)
    }
}
