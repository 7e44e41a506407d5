//! An upload whose answer was lost: did the service take the file?
//!
//! It went out whole and nothing came back, or nothing that can be read, so it may be scanned by now; sending it again could double it.
//! So it is looked for: in the list of files uploaded with this key, which names content and time, and where
//! that cannot be had, by its hash. Only a scan that began after this upload did is this upload's.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::call::Call;
use crate::client::Client;
use crate::date;
use crate::endpoints::Operation;
use crate::error::{Delivery, Error, Result, Status};
use crate::hash;
use crate::model::record::Record;
use crate::model::{Document, Report, ScanSummaries, Submission};
use crate::source::Source;
use crate::transport::Reply;
use crate::wait::Patience;

/// When to look: the service needs a moment to know a new file everywhere.
const PAUSES: [Duration; 2] = [Duration::from_millis(500), Duration::from_secs(2)];

/// The service tells times in whole seconds, on clocks of several machines.
const SLACK: f64 = 5.0;

/// How many of the newest uploads are looked at.
const NEWEST: &str = "50";

impl Client {
    /// The submission whose answer was lost with `error`, where it can be found; otherwise that error.
    pub(crate) fn find_lost(
        &self,
        source: &Source,
        started: Instant,
        patience: &Patience,
        error: Error,
    ) -> Result<Submission> {
        let lost = error.delivery() == Delivery::Unknown
            && matches!(error.status(), Status::Network | Status::Timeout | Status::Protocol);
        // Hashing a stream would need what is gone.
        if !lost || !source.is_repeatable() || patience.check().is_err() {
            return Err(error);
        }
        let Ok((sha256, _)) = hash::of_source(source, patience) else { return Err(error) };
        log::info!("{error}; looking for the upload before anything is sent again");
        for pause in PAUSES {
            if patience.sleep(pause).is_err() {
                break;
            }
            let found = self
                .in_history(&sha256, started, patience)
                .or_else(|_| self.by_hash(&sha256, started, patience));
            if let Ok(Some(data_id)) = found {
                log::info!("the upload was taken: {data_id}");
                let document = json!({ "data_id": data_id, "sha256": sha256 });
                return Ok(Submission::of_value(&document, Document::of_text(document.to_string())));
            }
        }
        Err(error)
    }

    /// Looks through the newest uploads of this key.
    fn in_history(&self, sha256: &str, started: Instant, patience: &Patience) -> Result<Option<String>> {
        let call = Call::new(Operation::ApikeyScanHistory, &[]).query("limit", Some(NEWEST.to_owned()));
        let reply = self.perform_within(call, patience, &mut None)?;
        let since = since(&reply, started, patience);
        let document = crate::api::document(reply)?;
        let history = ScanSummaries::of_value(document.value(), document.clone());
        let ours = history.entries().iter().find(|entry| {
            let same = entry.sha256().is_some_and(|known| known.eq_ignore_ascii_case(sha256));
            same && is_since(entry.start_time(), since)
        });
        Ok(ours.and_then(|entry| entry.data_id()).map(str::to_owned))
    }

    /// Looks the file up. A private one is not found so.
    fn by_hash(&self, sha256: &str, started: Instant, patience: &Patience) -> Result<Option<String>> {
        let reply = self.perform_within(Call::new(Operation::HashLookup, &[sha256]), patience, &mut None)?;
        let since = since(&reply, started, patience);
        let report = Report::new(crate::api::document(reply)?)?;
        let start = report.document().pointer("/scan_results/start_time").and_then(|time| time.as_str());
        Ok(report.data_id().filter(|_| is_since(start, since)).map(str::to_owned))
    }
}

/// The earliest time, on the service's clock, at which this upload's scan can have begun.
fn since(reply: &Reply, started: Instant, patience: &Patience) -> Option<f64> {
    let now = date::of_header(reply.header("date")?)?;
    Some(now - patience.now().saturating_duration_since(started).as_secs_f64() - SLACK)
}

fn is_since(start: Option<&str>, since: Option<f64>) -> bool {
    start.and_then(date::of_text).zip(since).is_some_and(|(start, since)| start >= since)
}
