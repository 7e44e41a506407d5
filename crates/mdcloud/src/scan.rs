//! From a file to its verdict: ask by hash, upload if need be, wait until all that applies is finished.

use std::time::Duration;

use crate::client::Client;
use crate::error::{Error, Result, Status};
use crate::hash;
use crate::model::Report;
use crate::options::Progress;
use crate::source::Source;
use crate::wait::{Backoff, Patience, Stop};

impl Client {
    /// Waits for the end of a scan.
    ///
    /// Finished means that scan, sanitization and extracted files, as far as they apply, are through
    /// (see [`Report::is_finished`]). Polls at growing intervals, 1 s to 15 s; a poll is charged to no
    /// allowance. At the deadline the error carries the `data_id`, and the scan goes on at the service.
    pub fn file_wait(&self, data_id: &str) -> Result<Report> {
        let patience = self.patience().at_most(self.waiting_deadline());
        self.wait_within(data_id, &patience)
    }

    fn wait_within(&self, data_id: &str, patience: &Patience) -> Result<Report> {
        const GRACE: Duration = Duration::from_secs(30);
        crate::api::check_id("data_id", data_id)?;
        let mut backoff = Backoff::new(Duration::from_secs(1), 1.5, Duration::from_secs(15));
        let started = patience.now();
        loop {
            let expected = match self.report_within(data_id, patience) {
                Ok(report) if report.is_finished() => {
                    self.tell_percent(100);
                    return Ok(report);
                }
                Ok(report) => {
                    if !self.tell_percent(report.progress().unwrap_or(0).clamp(0, 100) as u8) {
                        return Err(
                            Error::new(Status::Cancelled, "by the progress callback").with_data_id(data_id)
                        );
                    }
                    Ok(())
                }
                Err(error)
                    if patience.left() == Some(Duration::ZERO) && error.status() == Status::Timeout =>
                {
                    return Err(not_finished(data_id));
                }
                Err(error) => Err(error),
            };
            if let Err(error) = expected {
                // A scan is not known everywhere at once, and the service has its moments.
                let young = patience.now().saturating_duration_since(started) < GRACE;
                let passing = match error.status() {
                    Status::NotFound => young,
                    Status::Server => error.code() != Some(500_000),
                    Status::Busy | Status::Timeout | Status::Network => true,
                    _ => false,
                };
                if !passing {
                    return Err(error.with_data_id(data_id));
                }
                log::info!("{error}; polling on");
            }
            match patience.sleep(backoff.pause()) {
                Ok(()) => {}
                Err(Stop::Deadline) => return Err(not_finished(data_id)),
                Err(Stop::Cancelled) => {
                    return Err(Error::new(Status::Cancelled, "the scan goes on at the service")
                        .with_data_id(data_id));
                }
            }
        }
    }

    fn tell_percent(&self, percent: u8) -> bool {
        self.options.progress.as_ref().is_none_or(|tell| tell(Progress::Scan { percent }))
    }

    /// Scans a file: asks for a known result by its hash, uploads it where there is none, and waits.
    ///
    /// Asking first saves the scarce upload allowance and keeps a known file at home. A file is uploaded
    /// without asking with [`Options::reuse`](crate::Options::reuse) off, with private processing, when
    /// something else than a plain scan is wanted of it, and when it is a stream that cannot be rewound.
    pub fn file_scan(&self, source: impl Into<Source>) -> Result<Report> {
        let source = source.into();
        self.check_filename()?;
        let patience = self.patience().at_most(self.waiting_deadline());
        if self.asks_first(&source)
            && let Some(known) = self.known_result(&source, &patience)?
        {
            return match (known.is_finished(), known.data_id()) {
                (true, _) => {
                    self.tell_percent(100);
                    Ok(known)
                }
                // A scan of the same file is under way: its result is ours.
                (false, Some(data_id)) => self.wait_within(data_id, &patience),
                (false, None) => self.upload_and_wait(&source, &patience),
            };
        }
        self.upload_and_wait(&source, &patience)
    }

    fn upload_and_wait(&self, source: &Source, patience: &Patience) -> Result<Report> {
        let submission = self.submit_within(source, patience)?;
        self.wait_within(submission.data_id().unwrap_or_default(), patience)
    }

    /// Whether a result by the file's hash would answer what is asked.
    fn asks_first(&self, source: &Source) -> bool {
        let plain = |(name, value): &(String, String)| match name.as_str() {
            "rule" => value.eq_ignore_ascii_case("multiscan"),
            "filename" | "samplesharing" | "metadata" | "user-agent" => true,
            _ => false,
        };
        self.options.reuse.unwrap_or(true)
            && !self.options.private_processing
            && source.is_repeatable()
            && self.options.headers.iter().all(plain)
    }

    /// What the service knows by the file's hash; `None` where it knows nothing.
    fn known_result(&self, source: &Source, patience: &Patience) -> Result<Option<Report>> {
        let go_on = || match patience.poll() {
            Ok(()) => Ok(()),
            Err(Stop::Cancelled) => Err(Error::new(Status::Cancelled, "while the file was hashed")),
            Err(Stop::Deadline) => Err(Error::new(Status::Timeout, "while the file was hashed")),
        };
        let mut opened = source.open()?;
        let (digest, _) =
            hash::sha256(&mut opened, &go_on).map_err(|error| Error::io("the source", &error))??;
        drop(opened);
        let call = crate::call::Call::new(crate::endpoints::Operation::HashLookup, &[&digest]);
        match self.perform_within(call, patience, &mut None) {
            Ok(reply) => crate::api::read(&format!("GET /hash/{digest}"), reply, Report::new).map(Some),
            Err(error) if error.status() == Status::NotFound => Ok(None),
            // Without lookups left an upload may still do: it has an allowance of its own.
            Err(error) if error.status() == Status::QuotaExhausted => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn not_finished(data_id: &str) -> Error {
    Error::new(Status::Deadline, "").with_data_id(data_id).with_delivery(crate::error::Delivery::Refused)
}
