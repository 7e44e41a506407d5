//! What a single call may override, and the options of a submission.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::cancel::{Cancel, Interrupt};
use crate::error::{Error, Result};
use crate::quota::Reservation;

/// How far a call has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// Bytes of the source that went out.
    Upload {
        /// Bytes sent so far.
        sent: u64,
        /// Bytes in all.
        total: u64,
    },
    /// The scan at the service.
    Scan {
        /// 0 to 100.
        percent: u8,
    },
}

/// Called on the calling thread; `false` cancels the call.
pub type OnProgress = Arc<dyn Fn(Progress) -> bool + Send + Sync>;

/// What one call may override. Give it to [`Client::with`](crate::Client::with).
#[derive(Clone, Default)]
pub struct Options {
    pub(crate) deadline: Option<Option<Duration>>,
    pub(crate) max_wait: Option<Duration>,
    pub(crate) leave: u64,
    pub(crate) reservation: Option<Reservation>,
    pub(crate) cancel: Option<Cancel>,
    /// Ends the call from inside the library, besides the caller's own token.
    pub(crate) stop: Option<Cancel>,
    pub(crate) interrupt: Option<Interrupt>,
    pub(crate) progress: Option<OnProgress>,
    pub(crate) reuse: Option<bool>,
    pub(crate) filename: Option<String>,
    pub(crate) private_processing: bool,
    pub(crate) headers: Vec<(String, String)>,
}

impl Options {
    /// The client's defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// The whole call, waiting included, ends after this time; `None` waits for ever.
    pub fn deadline(mut self, after: Option<Duration>) -> Self {
        self.deadline = Some(after);
        self
    }

    /// Longest time to wait for quota before the call fails at once; zero never waits.
    pub fn max_wait(mut self, most: Duration) -> Self {
        self.max_wait = Some(most);
        self
    }

    /// How much of the allowance the call must leave for others: it is refused as if the allowance ended
    /// there, and a bulk call asks for as many entries as there are above it. Where nothing is known of the
    /// allowance yet, a bulk call first asks for one entry, to learn it.
    pub fn leave(mut self, amount: u64) -> Self {
        self.leave = amount;
        self
    }

    /// An amount of an allowance that was kept back with [`Client::reserve`](crate::Client::reserve), which
    /// the call draws on first. It stays kept as long as these options live.
    pub fn reservation(mut self, reservation: &Reservation) -> Self {
        self.reservation = Some(reservation.clone());
        self
    }

    /// A token that ends the call.
    pub fn cancel(mut self, token: &Cancel) -> Self {
        self.cancel = Some(token.clone());
        self
    }

    /// A question asked on the calling thread about every 50 ms while the call waits; true ends it.
    pub fn interrupt(mut self, ask: Interrupt) -> Self {
        self.interrupt = Some(ask);
        self
    }

    /// Called as the upload and the scan go on; `false` cancels.
    pub fn progress(mut self, call: OnProgress) -> Self {
        self.progress = Some(call);
        self
    }

    /// For `file_scan`: ask for a known result by the file's hash before uploading (the default).
    pub fn reuse(mut self, reuse: bool) -> Self {
        self.reuse = Some(reuse);
        self
    }

    /// The name sent with the file; only its last part is sent, percent-encoded.
    pub fn filename(mut self, name: impl Into<String>) -> Self {
        self.filename = Some(name.into());
        self
    }

    /// What to do with the file: `multiscan`, `sanitize`, `unarchive`, `cdr`, `dlp` or any other text;
    /// several are joined by commas.
    pub fn rule<I, S>(self, rules: I) -> Result<Self>
    where
        I: IntoIterator<Item = S>,
        S: AsRef<str>,
    {
        let rules: Vec<String> = rules.into_iter().map(|rule| rule.as_ref().trim().to_owned()).collect();
        self.header("rule", &rules.join(","))
    }

    /// Password of an archive.
    pub fn archive_password(self, password: &str) -> Result<Self> {
        self.header("archivepwd", password)
    }

    /// Password of a protected document.
    pub fn file_password(self, password: &str) -> Result<Self> {
        self.header("filepassword", password)
    }

    /// Whether the service may keep and share the file; `false` needs a paid key.
    pub fn sample_sharing(self, share: bool) -> Result<Self> {
        self.header("samplesharing", flag(share))
    }

    /// Hides the result from hash lookups too; the file is then always uploaded.
    pub fn private_processing(mut self, private: bool) -> Result<Self> {
        self.private_processing = private;
        self.header("privateprocessing", flag(private))
    }

    /// A direct link from which the service fetches the file itself.
    pub fn download_from(self, url: &str) -> Result<Self> {
        self.header("downloadfrom", url)
    }

    /// Also runs a dynamic analysis, for example in `windows10`.
    pub fn sandbox(self, system: &str) -> Result<Self> {
        self.header("sandbox", system)
    }

    /// Where the service posts the finished result.
    pub fn callback_url(self, url: &str) -> Result<Self> {
        self.header("callbackurl", url)
    }

    /// How many scheduled rescans.
    pub fn rescan_count(self, count: u32) -> Result<Self> {
        self.header("rescan-count", &count.to_string())
    }

    /// Interval of scheduled rescans; the service does not document the unit.
    pub fn rescan_interval(self, interval: u32) -> Result<Self> {
        self.header("rescan-interval", &interval.to_string())
    }

    /// JSON text that comes back in the report.
    pub fn metadata(self, json: &str) -> Result<Self> {
        if serde_json::from_str::<serde::de::IgnoredAny>(json).is_err() {
            return Err(Error::invalid("metadata", "must be JSON text"));
        }
        self.header("metadata", json)
    }

    /// Any further header. A header given twice keeps the last value.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self> {
        check_header(name, value)?;
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        Ok(self)
    }
}

fn flag(on: bool) -> &'static str {
    if on { "1" } else { "0" }
}

/// Refuses what would break out of a header, what a header cannot carry, and headers that are ours.
pub(crate) fn check_header(name: &str, value: &str) -> Result<()> {
    const OURS: [&str; 6] =
        ["apikey", "authorization", "content-length", "transfer-encoding", "host", "connection"];
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.is_empty() || !name.chars().all(token) {
        return Err(Error::invalid("headers", format!("{name:?} is not a header name")));
    }
    if OURS.iter().any(|ours| ours.eq_ignore_ascii_case(name)) {
        return Err(Error::invalid("headers", format!("{name} is set by the library")));
    }
    check_text(name, value)
}

/// Refuses text that cannot stand in a header: control characters, and anything but ASCII.
pub(crate) fn check_text(name: &str, value: &str) -> Result<()> {
    match value.chars().find(|c| c.is_control() || !c.is_ascii()) {
        None => Ok(()),
        Some(c) => Err(Error::invalid(
            name,
            format!("holds {c:?}, which a header cannot carry; percent-encode it if the service allows that"),
        )),
    }
}

impl fmt::Debug for Options {
    /// Names what is set; values may be passwords and are not shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Options")
            .field("deadline", &self.deadline)
            .field("max_wait", &self.max_wait)
            .field("leave", &self.leave)
            .field("reuse", &self.reuse)
            .field("headers", &headers)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    #[test]
    fn text_that_would_break_out_of_a_header_is_refused() {
        for bad in ["a\r\nx: y", "a\nb", "a\0b", "ä", "\u{7f}"] {
            let error = Options::new().archive_password(bad).unwrap_err();
            assert_eq!(error.status(), Status::InvalidArgument);
            assert!(error.to_string().contains("archivepwd"), "{error}");
        }
        assert!(Options::new().header("x y", "1").is_err());
        assert!(Options::new().header("ApiKey", "1").is_err());
        assert!(Options::new().metadata("{").is_err());
        let options = Options::new().rule(["multiscan", "sanitize"]).unwrap().rule(["cdr"]).unwrap();
        assert_eq!(options.headers, [("rule".to_owned(), "cdr".to_owned())]);
    }

    #[test]
    fn passwords_do_not_show_in_debug_output() {
        let options = Options::new().archive_password("s3cret").unwrap();
        assert!(!format!("{options:?}").contains("s3cret"));
    }
}
