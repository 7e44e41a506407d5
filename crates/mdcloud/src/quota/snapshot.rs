//! What the ledger knows, for people and programs: the same JSON in every language.

use serde::{Deserialize, Serialize};

use mdcloud_process::ledger::Account;

use super::allowance::View;
use super::throttle::{Nanos, RateSource};
use crate::config::Rate;

/// One account as the tracker sees it.
#[derive(Clone)]
pub(crate) struct AccountView {
    pub(crate) account: Account,
    pub(crate) families: Vec<(String, View)>,
    pub(crate) rate: Option<(Rate, RateSource)>,
    pub(crate) in_window: usize,
    pub(crate) held_for: Nanos,
    pub(crate) waiting: usize,
    pub(crate) in_flight: usize,
    pub(crate) blocked_for: Nanos,
    pub(crate) bad_headers: u64,
}

/// What is known of the quota of one key at one service address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Quota {
    /// Fingerprint of service address and key; the key cannot be told from it.
    pub account: String,
    /// Where this ledger lives: `process`, `user`, `file:PATH`, or the address of a Redis, without its login;
    /// `process` while its store cannot be used.
    pub store: String,
    /// What is wrong with the store, if anything: why the numbers are those of this process alone, or that
    /// a damaged ledger was replaced by a new one.
    #[serde(default)]
    pub store_error: Option<String>,
    /// Every allowance that was used, by the service's name.
    pub families: Vec<FamilyQuota>,
    /// The short window.
    pub throttle: ThrottleQuota,
    /// Calls that have started and are not answered yet.
    pub in_flight: u64,
    /// Seconds until the service lifts its block of this address; 0 where there is none.
    pub blocked_for: f64,
    /// Rate-limit headers that could not be believed.
    pub bad_headers: u64,
}

/// One allowance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FamilyQuota {
    /// The service's name, such as `prevention_api`.
    pub name: String,
    /// Amount per window.
    pub limit: Option<u64>,
    /// Amount left.
    pub remaining: Option<u64>,
    /// Amount spent.
    pub used: Option<u64>,
    /// Amount granted to calls that are not answered yet.
    pub in_flight: u64,
    /// Amount kept back by reservations.
    #[serde(default)]
    pub reserved: u64,
    /// Seconds until the window ends.
    pub resets_in: Option<f64>,
    /// Where the numbers come from: `header` (of a call), `apikey` (the service was asked about the key), or
    /// `unknown`.
    pub source: String,
    /// Seconds since they were read.
    pub age: Option<f64>,
}

/// The short window.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ThrottleQuota {
    /// Requests per window.
    pub requests: Option<u32>,
    /// Length of the window in seconds.
    pub window: Option<f64>,
    /// Where the rate comes from: `setting`, `learned`, `guess`, or `unknown`.
    pub source: String,
    /// Requests that count in the window now.
    pub in_window: u64,
    /// Seconds for which everybody is held, because the service said so.
    pub held_for: f64,
    /// Callers that wait.
    pub waiting: u64,
}

fn seconds(ns: Nanos) -> f64 {
    ns as f64 / 1e9
}

impl Quota {
    /// The allowance of this name.
    pub(crate) fn family(&self, name: &str) -> Option<&FamilyQuota> {
        self.families.iter().find(|family| family.name == name)
    }
}

impl From<AccountView> for Quota {
    fn from(view: AccountView) -> Self {
        let family = |(name, view): (String, View)| FamilyQuota {
            name,
            limit: view.limit,
            remaining: view.remaining,
            used: view.limit.zip(view.remaining).map(|(limit, remaining)| limit.saturating_sub(remaining)),
            in_flight: view.in_flight,
            reserved: view.reserved,
            resets_in: view.resets_in.map(seconds),
            source: view.source.to_owned(),
            age: view.age.map(seconds),
        };
        Quota {
            account: view.account.iter().map(|byte| format!("{byte:02x}")).collect(),
            store: "process".to_owned(),
            store_error: None,
            families: view.families.into_iter().map(family).collect(),
            throttle: ThrottleQuota {
                requests: view.rate.map(|(rate, _)| rate.requests),
                window: view.rate.map(|(rate, _)| rate.window.as_secs_f64()),
                source: view.rate.map_or("unknown", |(_, source)| source.as_str()).to_owned(),
                in_window: view.in_window as u64,
                held_for: seconds(view.held_for),
                waiting: view.waiting as u64,
            },
            in_flight: view.in_flight as u64,
            blocked_for: seconds(view.blocked_for),
            bad_headers: view.bad_headers,
        }
    }
}
