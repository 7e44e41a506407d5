//! Client for the MetaDefender Cloud v4 API: scan files with many antivirus engines, look up hashes.
//!
//! This project is independent of OPSWAT, the maker of MetaDefender Cloud.
//!
//! ```no_run
//! use mdcloud::{Client, Config, Verdict};
//!
//! let client = Client::new(&Config::new())?; // the key comes from MDCLOUD_API_KEY
//! let report = client.file_scan("invoice.pdf")?;
//! if report.verdict() == Verdict::Infected {
//!     println!("{} of {} engines", report.detected_engines().unwrap_or(0), report.total_engines().unwrap_or(0));
//! }
//! # Ok::<(), mdcloud::Error>(())
//! ```
//!
//! Every call blocks its thread and can be ended by a [`Cancel`] token within 150 ms. All clients of a
//! process that use the same key share one quota ledger ([`quota()`]), also with copies of this library
//! that came with C or Python code, if the program exports [`export_rendezvous!`].
#![forbid(unsafe_code)]

mod address;
mod api;
mod batch;
mod batch_worker;
mod call;
mod cancel;
mod client;
mod config;
mod date;
pub mod endpoints;
mod envelope;
pub mod error;
mod failure;
mod file_tree;
mod flight;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod hash;
mod intake;
mod keys;
mod link;
mod lost;
pub mod model;
#[cfg(all(test, feature = "models"))]
mod models;
mod options;
mod perform;
mod plan;
mod quota;
mod scan;
mod scan_many;
mod secret;
mod seen;
mod source;
mod sync;
mod transport;
mod wait;

pub use api::{Badge, FeedPages, FeedQuery};
pub use batch::Results;
pub use cancel::{Cancel, Interrupt};
pub use client::Client;
pub use config::{Config, DEFAULT_BASE_URL, Rate};
pub use endpoints::Operation;
pub use error::{Delivery, Error, Result, Retry, Status};
pub use file_tree::{FileTree, TreeFile};
pub use model::{
    ApkManifest, ApkPermission, AppEntry, AppInfo, Document, Engine, Exif, ExtractedFile, FeedEntry,
    FeedPage, GeoInfo, HashResult, KeyInfo, Limits, PastScan, PeImport, PeInfo, PeSection, Plan, PlannedFile,
    ProcessInfo, Report, Reputation, ReputationSource, RescanResult, SandboxReport, SandboxSubmission,
    Sanitized, ScanHistory, ScanSummaries, ScanSummary, Submission, Verdict, WebhookStatus, WebhookStatuses,
};
pub use options::{OnProgress, Options, Progress};
pub use plan::PlanAllow;
pub use quota::{
    FamilyQuota, LeaderInfo, Quota, Reservation, ThrottleQuota, quota, ready, rendezvous_table, tracker_info,
};
pub use scan_many::{ScanOutcome, ScanOutcomes};
pub use source::Source;

/// Version of this library.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Lets the copies of this library in one process find each other and share one quota ledger.
///
/// The C library and the Python package have it already. A Rust program that loads one of them writes it
/// once, and exports the symbol: `cargo:rustc-link-arg-bins=-Wl,--export-dynamic-symbol=mdcloud_rendezvous_v1`
/// in its build script.
#[macro_export]
macro_rules! export_rendezvous {
    () => {
        $crate::__process::export_rendezvous!($crate::rendezvous_table);
    };
}

#[doc(hidden)]
pub use mdcloud_process as __process;

/// The tracker on a virtual clock; no part of the interface, and not there without the feature.
#[cfg(feature = "simulator")]
#[doc(hidden)]
pub use quota::simulator as __simulator;
