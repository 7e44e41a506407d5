//! One call in the making: a row of the table, its arguments, and what is sent with them.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::endpoints::{Endpoint, Family, Operation};
use crate::quota::Permit;
use crate::source::Source;

/// What may stand in one segment of a path as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-encodes a text as one segment of a path, or as one value of a query.
pub(crate) fn segment(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, SEGMENT).into()
}

/// A request in the making.
pub(crate) struct Call<'a> {
    pub(crate) endpoint: Option<&'static Endpoint>,
    pub(crate) method: &'static str,
    /// Below the base URL, with its query.
    pub(crate) path: String,
    pub(crate) headers: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    pub(crate) payload: Payload<'a>,
    /// Entries of the allowance: as many as this, or as few as that.
    pub(crate) cost: (u32, u32),
    /// Found out when it was tried: the allowance covers fewer entries than it names, and this is the leave for those.
    pub(crate) covered: Option<Permit>,
    pub(crate) with_key: bool,
}

/// What is sent behind the headers.
pub(crate) enum Payload<'a> {
    None,
    /// A text, with its content type.
    Text(&'static str, String),
    /// Bytes as the caller gave them.
    Bytes(&'a [u8]),
    /// As `application/octet-stream`, streamed.
    Source(&'a Source),
}

impl<'a> Call<'a> {
    /// A call of this operation with the arguments of its path, in their order.
    pub(crate) fn new(operation: Operation, arguments: &[&str]) -> Self {
        let endpoint = operation.endpoint();
        let mut arguments = arguments.iter();
        let mut path = String::with_capacity(96);
        for (index, part) in endpoint.path.split('/').enumerate() {
            if index > 0 {
                path.push('/');
            }
            match part.starts_with('{') {
                true => path.push_str(&segment(arguments.next().copied().unwrap_or_default())),
                false => path.push_str(part),
            }
        }
        Call {
            endpoint: Some(endpoint),
            method: endpoint.method.as_str(),
            path,
            headers: Vec::new(),
            payload: Payload::None,
            cost: (1, 1),
            covered: None,
            with_key: endpoint.needs_key,
        }
    }

    /// A call of a path that the table may or may not know.
    pub(crate) fn raw(method: &'static str, path: &str) -> Self {
        let endpoint = crate::endpoints::find(method, path).map(|(row, _)| row);
        Call {
            endpoint,
            method,
            path: path.to_owned(),
            headers: Vec::new(),
            payload: Payload::None,
            cost: (1, 1),
            covered: None,
            with_key: endpoint.is_none_or(|row| row.needs_key),
        }
    }

    pub(crate) fn header(mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Cow<'a, str>>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Adds what is given to the query.
    pub(crate) fn query(mut self, name: &str, value: Option<String>) -> Self {
        if let Some(value) = value {
            self.path.push(if self.path.contains('?') { '&' } else { '?' });
            self.path.push_str(name);
            self.path.push('=');
            self.path.push_str(&segment(&value));
        }
        self
    }

    /// The body as JSON.
    pub(crate) fn json(self, body: &serde_json::Value) -> Self {
        self.json_text(body.to_string())
    }

    /// The same, written already.
    pub(crate) fn json_text(self, body: String) -> Self {
        self.payload(Payload::Text("application/json", body))
    }

    pub(crate) fn payload(mut self, payload: Payload<'a>) -> Self {
        self.payload = payload;
        self
    }

    /// Charged `most` entries, or as few as `least`.
    pub(crate) fn cost(mut self, most: u32, least: u32) -> Self {
        self.cost = (most, least);
        self
    }

    /// Method and path, for errors; never the key.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// What the same request of another thread has in common with this one, where both may share an answer:
    /// lookups that are charged and change nothing.
    pub(crate) fn subject(&self) -> Option<String> {
        let row = self.endpoint?;
        let shared = row.family == Some(Family::Reputation) && self.method == "GET";
        if !shared || !matches!(self.payload, Payload::None) {
            return None;
        }
        let mut subject = self.path.clone();
        for (name, value) in &self.headers {
            subject.push('\n');
            subject.push_str(name);
            subject.push(':');
            subject.push_str(value);
        }
        Some(subject)
    }

    pub(crate) fn is_repeatable(&self) -> bool {
        self.endpoint.map_or(self.method == "GET", |row| row.repeatable)
    }

    /// Whether a good answer may hold the key: that about the key itself does, and what is not known may.
    pub(crate) fn may_tell_the_key(&self) -> bool {
        self.endpoint.is_none_or(|row| row.operation == Operation::ApikeyInfo)
    }

    /// Whether what it sends can be sent from its beginning again.
    pub(crate) fn can_restart(&self) -> bool {
        match &self.payload {
            Payload::Source(source) => source.can_restart(),
            _ => true,
        }
    }
}
