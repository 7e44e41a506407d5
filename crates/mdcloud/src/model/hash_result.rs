//! One entry of a bulk hash lookup.

use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::part::Part;
use super::{Document, Engine, Verdict, lenient, view};
use crate::error::{Error, Result};

/// What the service knows of one of many hashes.
#[derive(Clone)]
pub struct HashResult {
    hash: String,
    facts: Facts,
    part: Part,
    engines: OnceLock<Vec<Engine>>,
    error: Option<Error>,
}

#[derive(Clone, Deserialize, Default)]
#[serde(default)]
struct Facts {
    #[serde(deserialize_with = "lenient::text")]
    hash: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    data_id: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    scan_result_i: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    total_detected_avs: Option<i64>,
}

impl HashResult {
    /// An entry of the answer, for the hash that was asked for.
    pub(crate) fn new(document: &Document, raw: &RawValue) -> Self {
        let facts: Facts = lenient::read_object(raw.get()).unwrap_or_default();
        let hash = facts.hash.clone().unwrap_or_default();
        HashResult { hash, facts, part: Part::of(document, raw), engines: OnceLock::new(), error: None }
    }

    /// An input that got no answer.
    pub(crate) fn failed(hash: &str, error: Error) -> Self {
        let text = serde_json::json!({
            "hash": hash,
            "error": { "status": error.status() as i32, "code": error.code(), "messages": [error.to_string()] },
        });
        let part = Part::whole(&Document::of_text(text.to_string()));
        let facts = Facts::default();
        HashResult { hash: hash.to_owned(), facts, part, engines: OnceLock::new(), error: Some(error) }
    }

    /// The same result for another spelling of the hash.
    pub(crate) fn for_input(mut self, hash: &str) -> Self {
        hash.clone_into(&mut self.hash);
        self
    }

    fn text(&self) -> &str {
        self.part.text()
    }
}

impl super::Restore for HashResult {
    fn restore(document: Document, label: &str) -> Result<Self> {
        Ok(HashResult::new(&document, document.read()?).for_input(label))
    }
}

view! {
    /// What the service knows of one of many hashes.
    impl HashResult {
        /// The hash as it was given.
        pub fn hash(&self) -> Option<&str> { Some(&self.hash) }
        /// Handle of the latest scan; absent where the service does not know the hash.
        pub fn data_id(&self) -> Option<&str> { self.facts.data_id.as_deref().filter(|id| !id.is_empty()) }
        /// Whether the service knows the hash. One that it does not know is no error.
        pub fn is_known(&self) -> bool { self.data_id().is_some() }
        /// What the latest scan found; Unknown where the service does not know the hash.
        pub fn verdict(&self) -> Verdict {
            if self.is_known() { Verdict::of_code(self.facts.scan_result_i) } else { Verdict::Unknown }
        }
        /// The service's result code; 5 where it does not know the hash.
        pub fn result_code(&self) -> Option<i64> { self.facts.scan_result_i }
        /// How many engines found a threat.
        pub fn detected_engines(&self) -> Option<i64> { self.facts.total_detected_avs.filter(|count| *count >= 0) }
        /// The result of every engine, where details were asked for.
        pub fn engines(&self) -> &[Engine] {
            self.engines.get_or_init(|| {
                #[derive(Deserialize)]
                struct Entry<'a> {
                    #[serde(borrow, default)]
                    scan_details: Option<&'a RawValue>,
                }
                let details = self.part.read::<Entry<'_>>().and_then(|entry| entry.scan_details);
                details.map_or_else(Vec::new, |raw| Engine::all(&Part::of(self.part.document(), raw)))
            })
        }
        /// Why this entry has no answer.
        pub fn error(&self) -> Option<&Error> { self.error.as_ref() }
    }
}
