//! What the service says of a key.

use serde::Deserialize;

use super::lenient::{self, Entries, Scalar};
use super::{Document, view};
use crate::error::Result;

/// What a key may do. The answer holds the key itself; this view does not show it.
#[derive(Clone)]
pub struct KeyInfo {
    document: Document,
    facts: Facts,
}

#[derive(Clone, Deserialize, Default)]
#[serde(default)]
struct Facts {
    #[serde(deserialize_with = "lenient::text")]
    nickname: Option<String>,
    #[serde(deserialize_with = "lenient::flag")]
    paid_user: Option<bool>,
    #[serde(deserialize_with = "lenient::text")]
    created_at: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    updated_at: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    expiration_date: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    time_interval: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    qos_scan: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    limit_prevention: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    limit_reputation: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    limit_sandbox: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    limit_feed: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    throttling_limit: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    max_upload_file_size: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    max_archive_file_size: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    max_archive_file_number: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    max_archive_file_depth: Option<i64>,
    #[serde(deserialize_with = "lenient::flag")]
    enforce_private_scan: Option<bool>,
}

impl KeyInfo {
    pub(crate) fn new(document: Document) -> Result<Self> {
        let facts = document.read_object()?;
        Ok(KeyInfo { document, facts })
    }

    /// The whole answer. It holds the key: do not log it.
    pub fn document(&self) -> &Document {
        &self.document
    }

    fn text(&self) -> &str {
        self.document.text()
    }
}

view! {
    /// What a key may do.
    impl KeyInfo {
        /// Display name of the key's owner.
        pub fn nickname(&self) -> Option<&str> { self.facts.nickname.as_deref() }
        /// Whether the key is paid for.
        pub fn is_paid(&self) -> Option<bool> { self.facts.paid_user }
        /// When the key was made, RFC 3339.
        pub fn created_at(&self) -> Option<&str> { self.facts.created_at.as_deref() }
        /// When the key was last changed, RFC 3339.
        pub fn updated_at(&self) -> Option<&str> { self.facts.updated_at.as_deref() }
        /// When the paid time ends, RFC 3339; 1970 for free keys.
        pub fn expiration_date(&self) -> Option<&str> { self.facts.expiration_date.as_deref() }
        /// How often the allowances open again, such as `daily`.
        pub fn time_interval(&self) -> Option<&str> { self.facts.time_interval.as_deref() }
        /// The scan queue: `normal` or `high`.
        pub fn queue(&self) -> Option<&str> { self.facts.qos_scan.as_deref() }
        /// Uploads, rescans and sanitizations per window.
        pub fn limit_prevention(&self) -> Option<i64> { self.facts.limit_prevention }
        /// Lookups per window.
        pub fn limit_reputation(&self) -> Option<i64> { self.facts.limit_reputation }
        /// Sandbox runs per window.
        pub fn limit_sandbox(&self) -> Option<i64> { self.facts.limit_sandbox }
        /// Depth of the feeds in entries.
        pub fn limit_feed(&self) -> Option<i64> { self.facts.limit_feed }
        /// The service's figure for the throttle; its unit is not documented.
        pub fn throttling_limit(&self) -> Option<i64> { self.facts.throttling_limit }
        /// Largest file, in megabytes.
        pub fn max_upload_file_size(&self) -> Option<i64> { self.facts.max_upload_file_size }
        /// Largest archive, in megabytes.
        pub fn max_archive_file_size(&self) -> Option<i64> { self.facts.max_archive_file_size }
        /// Most files in an archive.
        pub fn max_archive_file_number(&self) -> Option<i64> { self.facts.max_archive_file_number }
        /// Deepest nesting of archives.
        pub fn max_archive_file_depth(&self) -> Option<i64> { self.facts.max_archive_file_depth }
        /// Whether only private scans are allowed.
        pub fn enforce_private_scan(&self) -> Option<bool> { self.facts.enforce_private_scan }
    }
}

/// Amounts per family: used, or left, as the operation says.
#[derive(Clone)]
pub struct Limits {
    document: Document,
    amounts: Vec<(String, i64)>,
}

impl Limits {
    pub(crate) fn new(document: Document) -> Result<Self> {
        let Entries(entries) = document.read()?;
        let amount =
            |raw: &serde_json::value::RawValue| serde_json::from_str::<Scalar>(raw.get()).ok()?.int();
        let amounts = entries
            .iter()
            .filter_map(|(name, raw)| Some((name.clone().into_owned(), amount(raw)?)))
            .collect();
        Ok(Limits { document, amounts })
    }

    /// The amount of one family.
    pub fn get(&self, family: &str) -> Option<i64> {
        self.amounts.iter().find(|(name, _)| name == family).map(|(_, amount)| *amount)
    }

    /// The whole answer.
    pub fn document(&self) -> &Document {
        &self.document
    }

    fn text(&self) -> &str {
        self.document.text()
    }
}

view! {
    /// Amounts per family: used, or left, as the operation says.
    impl Limits {
        /// Every amount by the service's name for the family.
        pub fn amounts(&self) -> Vec<(&str, i64)> {
            self.amounts.iter().map(|(name, amount)| (name.as_str(), *amount)).collect()
        }
        /// Uploads, rescans and sanitizations.
        pub fn prevention_api(&self) -> Option<i64> { self.get("prevention_api") }
        /// Lookups.
        pub fn reputation_api(&self) -> Option<i64> { self.get("reputation_api") }
        /// Analyses.
        pub fn analysis_api(&self) -> Option<i64> { self.get("analysis_api") }
        /// Sandbox runs.
        pub fn sandbox_api(&self) -> Option<i64> { self.get("sandbox_api") }
        /// Feed entries.
        pub fn feed_api(&self) -> Option<i64> { self.get("feed_api") }
        /// Sample downloads.
        pub fn download_file(&self) -> Option<i64> { self.get("download_file") }
        /// The service's figure for the throttle; its unit is not documented.
        pub fn throttling_limit(&self) -> Option<i64> { self.get("throttling_limit") }
    }
}
