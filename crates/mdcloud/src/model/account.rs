//! What the service says of a key.

use super::lenient::{Entries, Scalar};
use super::record::record;
use super::{Document, view};
use crate::error::Result;

record! {
    /// What a key may do. The answer holds the key itself, so do not log its bytes.
    KeyInfo {
        /// Display name of the key's owner.
        text nickname = "/nickname";
        /// Whether the key is paid for.
        flag is_paid = "/paid_user";
        /// When the key was made, RFC 3339.
        text created_at = "/created_at";
        /// When the key was last changed, RFC 3339.
        text updated_at = "/updated_at";
        /// When the paid time ends, RFC 3339; 1970 for free keys.
        text expiration_date = "/expiration_date";
        /// How often the allowances open again, such as `daily`.
        text time_interval = "/time_interval";
        /// The scan queue: `normal` or `high`.
        text queue = "/qos_scan";
        /// The sandbox queue: `normal` or `high`.
        text sandbox_queue = "/sandbox_qos_scan";
        /// Back end that the key uses: `mdaas` or `mdcore`.
        text scan_with = "/scan_with";
        /// Uploads, rescans and sanitizations per window.
        int limit_prevention = "/limit_prevention";
        /// Lookups per window.
        int limit_reputation = "/limit_reputation";
        /// Analyses per window.
        int limit_analysis = "/limit_analysis";
        /// Sandbox runs per window.
        int limit_sandbox = "/limit_sandbox";
        /// Depth of the feeds in entries.
        int limit_feed = "/limit_feed";
        /// Searches in threat intelligence per window.
        int limit_threat_intel_search = "/limit_threat_intel_search";
        /// The service's figure for the throttle; its unit is not documented.
        int throttling_limit = "/throttling_limit";
        /// Largest file, in megabytes.
        int max_upload_file_size = "/max_upload_file_size";
        /// Largest archive, in megabytes.
        int max_archive_file_size = "/max_archive_file_size";
        /// Most files in an archive.
        int max_archive_file_number = "/max_archive_file_number";
        /// Deepest nesting of archives.
        int max_archive_file_depth = "/max_archive_file_depth";
        /// Largest sample download; the unit is not documented.
        int max_file_download = "/max_file_download";
        /// Whether only private scans are allowed.
        flag enforce_private_scan = "/enforce_private_scan";
        /// Whether the key belongs to an enterprise licence.
        flag is_enterprise = "/is_enterprise";
        /// Whether the key works with mutual TLS only.
        flag mtls_only = "/mtls_only";
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
            |raw: &serde_json::value::RawValue| serde_json::from_str::<Scalar<'_>>(raw.get()).ok()?.int();
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

impl super::Restore for Limits {
    fn restore(document: Document, _: &str) -> Result<Self> {
        Limits::new(document)
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
