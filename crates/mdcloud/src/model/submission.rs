//! What the service says to an upload.

use serde::Deserialize;

use super::{Document, lenient, view};
use crate::error::Result;

/// What the service says to an upload: the handle to wait with.
#[derive(Clone)]
pub struct Submission {
    document: Document,
    facts: Facts,
}

#[derive(Clone, Deserialize, Default)]
#[serde(default)]
struct Facts {
    #[serde(deserialize_with = "lenient::text")]
    data_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    file_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    status: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    in_queue: Option<i64>,
    #[serde(deserialize_with = "lenient::text")]
    queue_priority: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    sha1: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    sha256: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    md5: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    sandbox_id: Option<String>,
}

impl Submission {
    pub(crate) fn new(document: Document) -> Result<Self> {
        let facts = document.read_object()?;
        Ok(Submission { document, facts })
    }

    /// The whole answer.
    pub fn document(&self) -> &Document {
        &self.document
    }

    fn text(&self) -> &str {
        self.document.text()
    }
}

view! {
    /// What the service says to an upload: the handle to wait with.
    impl Submission {
        /// Handle of the scan; `file_wait` and `file_report` take it.
        pub fn data_id(&self) -> Option<&str> { self.facts.data_id.as_deref() }
        /// Handle of the file, where the service gives it at once.
        pub fn file_id(&self) -> Option<&str> { self.facts.file_id.as_deref() }
        /// Usually `inqueue`.
        pub fn status(&self) -> Option<&str> { self.facts.status.as_deref() }
        /// Length of the queue at that moment.
        pub fn in_queue(&self) -> Option<i64> { self.facts.in_queue }
        /// `normal`, or `high` for paid keys.
        pub fn queue_priority(&self) -> Option<&str> { self.facts.queue_priority.as_deref() }
        /// MD5 of what the service received, upper-case hexadecimal digits.
        pub fn md5(&self) -> Option<&str> { self.facts.md5.as_deref() }
        /// SHA-1 of what the service received, upper-case hexadecimal digits.
        pub fn sha1(&self) -> Option<&str> { self.facts.sha1.as_deref() }
        /// SHA-256 of what the service received, upper-case hexadecimal digits.
        pub fn sha256(&self) -> Option<&str> { self.facts.sha256.as_deref() }
        /// Handle of the sandbox run, where one was accepted.
        pub fn sandbox_id(&self) -> Option<&str> { self.facts.sandbox_id.as_deref() }
    }
}
