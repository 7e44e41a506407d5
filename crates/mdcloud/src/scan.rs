//! From a file to its verdict: ask by hash, upload if need be, wait until all that applies is finished.

use std::time::Duration;

use crate::client::Client;
use crate::error::{Error, Result, Status};
use crate::hash;
use crate::model::{Report, SandboxReport};
use crate::options::Progress;
use crate::source::Source;
use crate::wait::{Backoff, Patience, Stop};

/// What became of a scan at its start.
pub(crate) enum Started {
    /// The service knew the file.
    Known(Box<Report>),
    /// It is being scanned under this `data_id`.
    Running(String),
}

/// The pauses between polls for a scan.
pub(crate) fn poll_backoff() -> Backoff {
    Backoff::new(Duration::from_millis(500), 1.5, Duration::from_secs(15))
}

impl Client {
    /// Waits for the end of a scan.
    ///
    /// Finished means that scan, sanitization and extracted files, as far as they apply, are through
    /// (see [`Report::is_finished`]). Polls at growing intervals, 0.5 s to 15 s; a poll is charged to no
    /// allowance. At the deadline the error carries the `data_id`, and the scan goes on at the service.
    pub fn file_wait(&self, data_id: &str) -> Result<Report> {
        let patience = self.patience().at_most(self.waiting_deadline());
        self.wait_within(data_id, &patience, false)
    }

    /// `running`: the scan is known to have run a moment ago, so asking at once would be wasted.
    fn wait_within(&self, data_id: &str, patience: &Patience, running: bool) -> Result<Report> {
        crate::api::check_id("data_id", data_id)?;
        let mut backoff = poll_backoff();
        let started = patience.now();
        let mut pause = running;
        loop {
            if std::mem::replace(&mut pause, true) {
                match patience.sleep(backoff.pause()) {
                    Ok(()) => {}
                    Err(Stop::Deadline) => return Err(not_finished(data_id)),
                    Err(Stop::Cancelled) => {
                        let error = Error::new(Status::Cancelled, "the scan goes on at the service");
                        return Err(error.with_data_id(data_id));
                    }
                }
            }
            let age = patience.now().saturating_duration_since(started);
            let Some(report) = self.poll(data_id, age, patience)? else { continue };
            if report.is_finished() {
                self.tell_percent(100);
                return Ok(report);
            }
            if !self.tell_percent(report.progress().unwrap_or(0).clamp(0, 100) as u8) {
                return Err(Error::new(Status::Cancelled, "by the progress callback").with_data_id(data_id));
            }
        }
    }

    /// Asks for the state of a scan that is waited for, `age` after the wait began; `None` where the answer
    /// was a failure that passes.
    pub(crate) fn poll(&self, data_id: &str, age: Duration, patience: &Patience) -> Result<Option<Report>> {
        const GRACE: Duration = Duration::from_secs(30);
        let error = match self.report_within(data_id, patience) {
            Ok(report) => return Ok(Some(report)),
            Err(error) => error,
        };
        if patience.left() == Some(Duration::ZERO) && error.status() == Status::Timeout {
            return Err(not_finished(data_id));
        }
        // A scan is not known everywhere at once, and the service has its moments.
        let passes = match error.status() {
            Status::NotFound => age < GRACE,
            Status::Server => error.code() != Some(500_000),
            Status::Busy | Status::Timeout | Status::Network => true,
            _ => false,
        };
        if !passes {
            return Err(error.with_data_id(data_id));
        }
        log::info!("{error}; polling on");
        Ok(None)
    }

    /// Waits for the end of a sandbox run; they take minutes. Polls at growing intervals, 5 s to 30 s.
    ///
    /// At the deadline the error carries the `sandbox_id` in the place of a `data_id`.
    pub fn sandbox_wait(&self, sandbox_id: &str) -> Result<SandboxReport> {
        let patience = self.patience().at_most(self.waiting_deadline());
        let mut backoff = Backoff::new(Duration::from_secs(5), 1.5, Duration::from_secs(30));
        loop {
            match self.sandbox_report_within(sandbox_id, &patience) {
                Ok(report) if report.is_finished() => return Ok(report),
                Ok(_) => {}
                Err(error)
                    if patience.left() == Some(Duration::ZERO) && error.status() == Status::Timeout =>
                {
                    return Err(not_finished(sandbox_id));
                }
                Err(error)
                    if matches!(
                        error.status(),
                        Status::Server | Status::Busy | Status::Timeout | Status::Network
                    ) =>
                {
                    log::info!("{error}; polling on");
                }
                Err(error) => return Err(error.with_data_id(sandbox_id)),
            }
            match patience.sleep(backoff.pause()) {
                Ok(()) => {}
                Err(Stop::Deadline) => return Err(not_finished(sandbox_id)),
                Err(Stop::Cancelled) => {
                    return Err(Error::new(Status::Cancelled, "").with_data_id(sandbox_id));
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
        let patience = self.patience().at_most(self.waiting_deadline());
        match self.start_scan(&source.into(), &patience)? {
            Started::Known(report) => {
                self.tell_percent(100);
                Ok(*report)
            }
            Started::Running(data_id) => self.wait_within(&data_id, &patience, true),
        }
    }

    /// Asks for a known result where that answers the question, and else uploads.
    pub(crate) fn start_scan(&self, source: &Source, patience: &Patience) -> Result<Started> {
        self.check_filename()?;
        if self.asks_first(source)
            && let Some(known) = self.known_result(source, patience)?
        {
            if known.is_finished() {
                return Ok(Started::Known(Box::new(known)));
            }
            // A scan of the same file is under way: its result is ours.
            if let Some(data_id) = known.data_id() {
                return Ok(Started::Running(crate::api::served_id("data_id", data_id)?.to_owned()));
            }
        }
        let submission = self.submit_within(source, patience)?;
        Ok(Started::Running(submission.data_id().unwrap_or_default().to_owned()))
    }

    pub(crate) fn upload_and_wait(&self, source: &Source, patience: &Patience) -> Result<Report> {
        let submission = self.submit_within(source, patience)?;
        self.wait_within(submission.data_id().unwrap_or_default(), patience, true)
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
        let (digest, _) = hash::of_source(source, patience)?;
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

pub(crate) fn not_finished(data_id: &str) -> Error {
    Error::new(Status::Deadline, "").with_data_id(data_id).with_delivery(crate::error::Delivery::Refused)
}
