//! Faults that a test can order.

use std::time::Duration;

/// An order to go wrong.
#[derive(Clone, Debug)]
pub struct Fault {
    /// A part of `METHOD /path?query`, such as `/hash/` or `POST /v4/file`; empty means every request.
    pub path: String,
    /// How many requests it hits.
    pub count: u32,
    /// What goes wrong.
    pub kind: FaultKind,
}

/// What goes wrong. "Instead of" means that the service never sees the request: nothing is charged,
/// counted or stored. "After" means that it does everything, and only the answer suffers.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum FaultKind {
    /// Instead of the answer: this one, without any of the service's headers.
    Status {
        /// HTTP status.
        status: u16,
        /// Body.
        body: String,
        /// Media type; empty for none.
        content_type: String,
    },
    /// Instead of the answer: the service's own error of this code, in the chosen envelope.
    Code(u32),
    /// Instead of the answer: a 429 (429001) without the service's headers.
    NoHeaders,
    /// Instead of the answer: a 200 that is an HTML page.
    NotJson,
    /// Instead of the answer: a 302 to this place.
    Redirect(String),
    /// Instead of the answer: these bytes, which need not be HTTP; the connection closes.
    Raw(Vec<u8>),
    /// Instead of the answer: a 200 with a JSON object of about this many bytes, made while it goes out.
    Large(u64),
    /// Instead of the answer: a 200 with a JSON object of this many bytes, as gzip a thousandth of that.
    GzipBomb(u64),
    /// Instead of the answer: a 200 with JSON objects and lists nested this deep.
    Deep(usize),
    /// Instead of the answer: the request is read, then the connection closes.
    Close,
    /// Instead of the answer: the connection is reset as soon as the request's head has come.
    Reset,
    /// Instead of the answer: nothing, and the connection stays open.
    Stall,
    /// After the work: the connection closes when this many bytes of the answer, head included, are out.
    /// With 0 the work is done and the client never hears of it.
    CloseAfter(usize),
    /// After the work: the answer stops after this many bytes, and the connection stays open.
    StallAfter(usize),
    /// After the work: the answer comes in small pieces.
    Drip {
        /// Bytes in a piece.
        bytes: usize,
        /// Wait before each piece.
        every: Duration,
    },
    /// After the work: `Content-Length` is off by this much, and the connection closes.
    WrongLength(i64),
    /// After the work: the answer comes this much later.
    Delay(Duration),
    /// After the work: these headers replace the service's own; an empty value removes one.
    Headers(Vec<(String, String)>),
    /// After the work: these headers come besides the service's own, so that some come twice.
    ExtraHeaders(Vec<(String, String)>),
    /// After the work: the body is compressed, as the service does for clients that allow it.
    Gzip,
    /// After the work: every value in the JSON is null; objects and lists stay.
    Nulls,
    /// After the work: every text in the JSON is this one.
    Texts(String),
    /// After the work: no text in the JSON is UTF-8.
    InvalidUtf8,
}

/// The orders that are still open.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    open: Vec<Fault>,
}

impl Faults {
    pub(crate) fn order(&mut self, fault: Fault) {
        if fault.count > 0 {
            self.open.push(fault);
        }
    }

    /// The first order that fits this request, counted as used.
    pub(crate) fn take(&mut self, method: &str, path: &str) -> Option<FaultKind> {
        if self.open.is_empty() {
            return None;
        }
        let line = format!("{method} {path}");
        let index = self.open.iter().position(|fault| line.contains(&fault.path))?;
        let fault = self.open.get_mut(index)?;
        fault.count -= 1;
        let kind = fault.kind.clone();
        if fault.count == 0 {
            self.open.remove(index);
        }
        Some(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_hits_as_often_as_ordered_and_only_where_ordered() {
        let mut faults = Faults::default();
        faults.order(Fault { path: "POST /v4/file".into(), count: 2, kind: FaultKind::Close });
        faults.order(Fault { path: String::new(), count: 0, kind: FaultKind::Stall });
        assert!(faults.take("GET", "/v4/file/x").is_none());
        assert!(faults.take("POST", "/v4/file").is_some());
        assert!(faults.take("POST", "/v4/file").is_some());
        assert!(faults.take("POST", "/v4/file").is_none());
    }
}
