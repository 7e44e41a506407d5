//! What can be set before an emulator starts.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::envelope::Envelope;
use crate::quota::BulkCharge;
use crate::reputations::Reputations;

/// Settings of an emulator; all have defaults.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Where to listen; port 0 picks a free one. Loopback unless told otherwise.
    pub address: SocketAddr,
    /// The one key that is accepted.
    pub api_key: String,
    /// Ids follow from the seed and the content, so a run can be repeated.
    pub seed: u64,
    /// Allowance of each family, by the service's names.
    pub allowances: Vec<(String, u64)>,
    /// Window of the allowances; it opens at the first charged request of a family.
    pub interval: Duration,
    /// At most this many requests to the throttled operations in any window of this length, per key.
    pub throttle: Option<(u32, Duration)>,
    /// Whether the throttle counts every operation that needs a key.
    pub throttle_all: bool,
    /// Whether a throttled answer (429001) carries the rate-limit headers.
    pub throttle_headers: bool,
    /// Whether 429 answers carry `Retry-After`, which the service itself was never seen to send.
    pub retry_after: bool,
    /// Whether answers carry `X-RateLimit-*` at all.
    pub headers: bool,
    /// What a bulk lookup costs.
    pub bulk_charge: BulkCharge,
    /// Time from upload to result; the first fifth of it is the queue.
    pub scan_time: Duration,
    /// Whether time moves only by [`Emulator::advance`](crate::Emulator::advance).
    pub virtual_clock: bool,
    /// Largest upload, in MB of 1024 * 1024 bytes.
    pub max_upload_mb: u64,
    /// Shape of error answers.
    pub envelope: Envelope,
    /// Whether a queued file is reported in the short form instead of the full skeleton.
    pub queued_short: bool,
    /// After this many wrong keys within an hour an address is blocked for one hour; 0 means never.
    pub wrong_key_limit: u32,
    /// Wait before every answer.
    pub delay: Duration,
    /// Whether the key is a paid one: private scans allowed, `/apikey/` says so.
    pub paid: bool,
    /// Whether legacy operations still answer; if not, they answer 400048.
    pub legacy: bool,
    /// Service code for paths that do not exist: 404000, 400043 and 400046 are all plausible.
    pub unknown_path: u32,
    /// Whether an upload without `Content-Length` is refused with 411.
    pub strict_length: bool,
    /// From the end of the scan to the clean copy, its own scan included.
    pub sanitize_time: Duration,
    /// How long a sandbox run takes.
    pub sandbox_time: Duration,
    /// Status of the answer about a run that is not done: 200 or 202.
    pub sandbox_pending: u16,
    /// Most files in an archive, all levels together; `None` is that of the kind of key.
    pub max_archive_files: Option<usize>,
    /// Most archives within archives, the outermost counted; `None` is that of the kind of key.
    pub max_archive_depth: Option<u32>,
    /// Most MB in an archive, all levels together; `None` is that of an upload.
    pub max_archive_mb: Option<u64>,
    /// Whether every upload has to be a private one (400157).
    pub enforce_private_scan: bool,
    /// Whether the key is a partner's, for partner feeds and samples; `None` is as `paid`.
    pub partner: Option<bool>,
    /// Entries of each feed on each day.
    pub feed_size: u32,
    /// How often a callback is tried again after a failure.
    pub webhook_retries: u32,
    /// What is known of addresses, URLs and domains.
    pub(crate) reputations: Reputations,
    /// How many requests the log keeps; the oldest go first.
    pub log_limit: usize,
}

impl Settings {
    /// The defaults.
    pub fn new() -> Self {
        Settings {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            api_key: "emulator0key0000000000000000free".to_owned(),
            seed: 1,
            allowances: [
                ("prevention_api", 1000),
                ("reputation_api", 4000),
                ("analysis_api", 1000),
                ("sandbox_api", 5),
                ("feed_api", 10_000),
                ("download_file", 10),
            ]
            .map(|(family, total)| (family.to_owned(), total))
            .to_vec(),
            interval: Duration::from_secs(24 * 60 * 60),
            throttle: None,
            throttle_all: false,
            throttle_headers: true,
            retry_after: false,
            headers: true,
            bulk_charge: BulkCharge::Entries,
            scan_time: Duration::from_millis(200),
            virtual_clock: false,
            max_upload_mb: 140,
            envelope: Envelope::A,
            queued_short: false,
            wrong_key_limit: 10,
            delay: Duration::ZERO,
            paid: false,
            legacy: true,
            unknown_path: 404_000,
            strict_length: false,
            sanitize_time: Duration::from_millis(100),
            sandbox_time: Duration::from_millis(300),
            sandbox_pending: 200,
            max_archive_files: None,
            max_archive_depth: None,
            max_archive_mb: None,
            enforce_private_scan: false,
            partner: None,
            feed_size: 2500,
            webhook_retries: 0,
            reputations: Reputations::default(),
            log_limit: 100_000,
        }
    }

    /// Total of a family; 0 for one that has no allowance.
    pub(crate) fn allowance(&self, family: &str) -> u64 {
        self.allowances.iter().find(|(name, _)| name == family).map_or(0, |(_, total)| *total)
    }

    pub(crate) fn is_partner(&self) -> bool {
        self.partner.unwrap_or(self.paid)
    }

    pub(crate) fn archive_files(&self) -> usize {
        self.max_archive_files.unwrap_or(if self.paid { 2000 } else { 50 })
    }

    pub(crate) fn archive_depth(&self) -> u32 {
        self.max_archive_depth.unwrap_or(if self.paid { 5 } else { 2 })
    }

    pub(crate) fn archive_bytes(&self) -> u64 {
        self.archive_mb().saturating_mul(1024 * 1024)
    }

    pub(crate) fn archive_mb(&self) -> u64 {
        self.max_archive_mb.unwrap_or(self.max_upload_mb)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}
