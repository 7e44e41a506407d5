//! The error that every call gives: its kind, and all the facts.

use std::fmt;
use std::time::Duration;

use crate::error::Status;

/// What is known of a request that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Delivery {
    /// Nothing reached the service, or only the beginning of an upload, which it cannot act on.
    NotSent,
    /// The service answered, and refused.
    Refused,
    /// Bytes went out and no whole answer came: it may have been carried out.
    Unknown,
}

impl Delivery {
    /// Name in capital letters, such as `NOT_SENT`.
    pub const fn name(self) -> &'static str {
        match self {
            Delivery::NotSent => "NOT_SENT",
            Delivery::Refused => "REFUSED",
            Delivery::Unknown => "UNKNOWN",
        }
    }
}

/// Why a call failed, with all the facts. Never holds the API key.
#[derive(Clone, thiserror::Error)]
#[error("{}", self.text())]
pub struct Error(Box<Facts>);

/// A result of this library.
pub type Result<T> = std::result::Result<T, Error>;

#[derive(Clone)]
struct Facts {
    status: Status,
    http_status: Option<u16>,
    code: Option<i64>,
    messages: Vec<String>,
    retry_after: Option<Duration>,
    family: Option<String>,
    is_local: bool,
    delivery: Delivery,
    request: Option<String>,
    data_id: Option<String>,
    errno: Option<i32>,
    raw: Vec<u8>,
    detail: String,
}

impl Error {
    /// An error of this kind with a sentence of detail. Nothing was sent, as far as it knows.
    pub(crate) fn new(status: Status, detail: impl Into<String>) -> Self {
        Error(Box::new(Facts {
            status,
            http_status: None,
            code: None,
            messages: Vec::new(),
            retry_after: None,
            family: None,
            is_local: true,
            delivery: Delivery::NotSent,
            request: None,
            data_id: None,
            errno: None,
            raw: Vec::new(),
            detail: detail.into(),
        }))
    }

    /// A refused argument or setting: its name and the rule that it breaks.
    pub fn invalid(name: &str, rule: impl fmt::Display) -> Self {
        Self::new(Status::InvalidArgument, format!("{name}: {rule}"))
    }

    /// A failure of the caller's own file; `what` names the file.
    pub(crate) fn io(what: &str, error: &std::io::Error) -> Self {
        let mut this = Self::new(Status::Io, format!("{what}: {error}"));
        this.0.errno = error.raw_os_error();
        this
    }

    /// What the FFI edge makes of a panic that it caught.
    #[doc(hidden)]
    pub fn panicked(payload: &str) -> Self {
        Self::new(Status::Panic, payload)
    }

    pub(crate) fn with_answer(
        mut self,
        http_status: u16,
        code: Option<i64>,
        messages: Vec<String>,
        raw: &[u8],
    ) -> Self {
        self.0.http_status = Some(http_status);
        self.0.code = code;
        self.0.messages = messages;
        self.0.raw = raw.to_vec();
        self.0.is_local = false;
        self.0.delivery = Delivery::Refused;
        self
    }

    pub(crate) fn with_errno(mut self, errno: Option<i32>) -> Self {
        self.0.errno = errno;
        self
    }

    pub(crate) fn with_retry_after(mut self, after: Option<Duration>) -> Self {
        self.0.retry_after = after;
        self
    }

    pub(crate) fn with_family(mut self, family: Option<String>) -> Self {
        self.0.family = family;
        self
    }

    pub(crate) fn with_request(mut self, request: impl Into<String>) -> Self {
        self.0.request = Some(request.into());
        self
    }

    pub(crate) fn with_data_id(mut self, data_id: impl Into<String>) -> Self {
        self.0.data_id = Some(data_id.into());
        self
    }

    pub(crate) fn with_delivery(mut self, delivery: Delivery) -> Self {
        self.0.delivery = delivery;
        self.0.is_local = delivery == Delivery::NotSent && self.0.http_status.is_none();
        self
    }

    /// The kind, the same number in every language.
    pub fn status(&self) -> Status {
        self.0.status
    }

    /// The HTTP status of the answer; `None` where there was no answer.
    pub fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }

    /// The service's own code, such as 429001.
    pub fn code(&self) -> Option<i64> {
        self.0.code
    }

    /// The service's own texts, for people.
    pub fn messages(&self) -> &[String] {
        &self.0.messages
    }

    /// How long to wait before the same call can succeed, where that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The allowance concerned, by the service's name for it.
    pub fn family(&self) -> Option<&str> {
        self.0.family.as_deref()
    }

    /// Whether the failure was found here and nothing reached the service.
    pub fn is_local(&self) -> bool {
        self.0.is_local
    }

    /// What is known of the request.
    pub fn delivery(&self) -> Delivery {
        self.0.delivery
    }

    /// Method and path of the request, never the key.
    pub fn request(&self) -> Option<&str> {
        self.0.request.as_deref()
    }

    /// The scan that goes on at the service, where there is one.
    pub fn data_id(&self) -> Option<&str> {
        self.0.data_id.as_deref()
    }

    /// The operating system's error number, for [`Status::Io`].
    pub fn errno(&self) -> Option<i32> {
        self.0.errno
    }

    /// The body of the answer, as received; empty where there was none.
    pub fn raw(&self) -> &[u8] {
        &self.0.raw
    }

    /// One line: what was asked, what happened, what to do next.
    fn text(&self) -> String {
        let facts = &*self.0;
        let (text, advice) = facts.status.kind().map_or(("success", ""), |kind| (kind.text, kind.advice));
        let mut line = match &facts.request {
            Some(request) => format!("{request}: {text}"),
            None => text.to_owned(),
        };
        let said = if facts.messages.is_empty() { facts.detail.clone() } else { facts.messages.join("; ") };
        if !said.is_empty() {
            line.push_str(": ");
            line.push_str(&printable(&said));
        }
        match (facts.code, facts.http_status) {
            (Some(code), _) => line.push_str(&format!(" (error {code})")),
            (None, Some(http)) => line.push_str(&format!(" (HTTP {http})")),
            (None, None) => {}
        }
        if let Some(after) = facts.retry_after {
            line.push_str(&format!("; retry after {} s", after.as_secs_f64().ceil()));
        }
        if let Some(data_id) = &facts.data_id {
            line.push_str(&format!("; data_id {}", printable(data_id)));
        }
        if !advice.is_empty() {
            line.push_str("; ");
            line.push_str(advice);
        }
        line
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({}: {})", self.status().name(), self.text())
    }
}

/// Text of the service for one line on a terminal: bounded, without control characters, and without those
/// that turn the direction of what follows or cannot be seen.
fn printable(text: &str) -> String {
    const MOST: usize = 500;
    let hides = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let clean = |c: char| if hides(c) { ' ' } else { c };
    let mut line: String = text.chars().take(MOST).map(clean).collect();
    if text.chars().nth(MOST).is_some() {
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_what_happened_and_what_to_do_without_control_characters() {
        let error = Error::new(Status::Throttled, "")
            .with_answer(429, Some(429_001), vec!["slow\u{1b}[31m down\u{202e}\r\n".into()], b"{}")
            .with_retry_after(Some(Duration::from_secs(60)))
            .with_request("POST /file");
        let line = error.to_string();
        assert!(line.starts_with("POST /file: throttled: slow [31m down"), "{line}");
        assert!(line.contains("error 429001") && line.contains("retry after 60 s"), "{line}");
        assert!(!line.contains(char::is_control) && !line.contains('\u{202e}'), "{line}");
    }
}
