//! What can be set before an emulator starts.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use crate::envelope::Envelope;
use crate::quota::BulkCharge;

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
            log_limit: 100_000,
        }
    }

    /// Total of a family; 0 for one that has no allowance.
    pub(crate) fn allowance(&self, family: &str) -> u64 {
        self.allowances.iter().find(|(name, _)| name == family).map_or(0, |(_, total)| *total)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self::new()
    }
}
