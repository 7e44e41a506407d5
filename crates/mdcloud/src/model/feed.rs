//! Pages of the feeds, and entries of bulk rescans.

use super::record::{Record, record};
use super::{Document, view};
use crate::envelope::Problem;
use crate::error::{Error, Result};

record! {
    /// One page of a feed, at most 1,000 entries.
    FeedPage {
        /// Begin of the time that the page covers, RFC 3339.
        text from_time = "/from";
        /// End of the time that the page covers, RFC 3339.
        text to_time = "/to";
        /// How many entries the service says that there are.
        int length = "/length";
        /// The entries.
        many(FeedEntry) entries = "/hashes" | "/data" | "/top_infected" | "";
    }
}

record! {
    /// One file of a feed.
    FeedEntry {
        /// Handle of the scan.
        text data_id = "/data_id";
        /// MD5, upper-case hexadecimal digits.
        text md5 = "/md5";
        /// SHA-1, upper-case hexadecimal digits.
        text sha1 = "/sha1";
        /// SHA-256, upper-case hexadecimal digits.
        text sha256 = "/sha256";
        /// Name of the threat.
        text threat_name = "/threat_name" | "/scan_results/threat_name";
        /// When the scan began, RFC 3339.
        text start_time = "/start_time";
        /// How many engines took part.
        int total_engines = "/total_avs";
        /// How many engines found a threat.
        int detected_engines = "/total_detected_avs";
        /// The service's result code.
        int result_code = "/scan_all_result_i";
        /// The usual extension of such files.
        text file_type_extension = "/file_type_extension";
        /// Kind of file as one letter, such as E for executables.
        text file_type_category = "/file_type_category";
        /// Names of the engines that found a threat; partner feeds only.
        texts detected_by = "/detected_by";
        /// Place in the list of the most frequent; legacy feed only.
        int rank = "/rank";
        /// Link to the sample; partner feeds only.
        text download_link = "/download";
        /// Page of the service about the file.
        text page_link = "/link";
    }
}

/// What became of one file of a bulk rescan.
#[derive(Clone)]
pub struct RescanResult {
    input: String,
    facts: RescanFacts,
    error: Option<Error>,
}

record! {
    /// One entry of the answer.
    RescanFacts {
        /// Handle of the file.
        text file_id = "/file_id";
        /// Handle of the new scan.
        text data_id = "/data_id";
        /// Length of the queue at that moment.
        int in_queue = "/in_queue";
        /// `normal`, or `high` for paid keys.
        text queue_priority = "/queue_priority";
        /// The service's code, where this file was refused.
        int code = "/code";
        /// Why this file was refused.
        text err = "/err";
    }
}

impl Record for RescanResult {
    fn of_value(value: &serde_json::Value, document: Document) -> Self {
        let facts = RescanFacts::of_value(value, document);
        let refused = facts.data_id().is_none() && (facts.code().is_some() || facts.err().is_some());
        let error = refused.then(|| {
            let problem = Problem {
                code: facts.code(),
                messages: facts.err().map(str::to_owned).into_iter().collect(),
            };
            problem.of_entry(facts.document.raw())
        });
        RescanResult { input: facts.file_id().unwrap_or_default().to_owned(), facts, error }
    }
}

impl super::Restore for RescanResult {
    fn restore(document: Document, label: &str) -> Result<Self> {
        let value: serde_json::Value = document.read()?;
        let made = Self::of_value(&value, document);
        Ok(RescanResult { input: label.to_owned(), ..made })
    }
}

impl RescanResult {
    /// An input that got no answer.
    pub(crate) fn failed(input: &str, error: Error) -> Self {
        let value = serde_json::json!({ "file_id": input, "error": super::error_as_json(&error) });
        RescanResult { input: input.to_owned(), facts: RescanFacts::of_part(&value), error: Some(error) }
    }

    fn text(&self) -> &str {
        self.facts.document.text()
    }
}

view! {
    /// What became of one file of a bulk rescan.
    impl RescanResult {
        /// Handle of the file, as it was given.
        pub fn file_id(&self) -> Option<&str> { Some(&self.input) }
        /// Handle of the new scan.
        pub fn data_id(&self) -> Option<&str> { self.facts.data_id() }
        /// Length of the queue at that moment.
        pub fn in_queue(&self) -> Option<i64> { self.facts.in_queue() }
        /// `normal`, or `high` for paid keys.
        pub fn queue_priority(&self) -> Option<&str> { self.facts.queue_priority() }
        /// Why this file was not taken.
        pub fn error(&self) -> Option<&Error> { self.error.as_ref() }
    }
}
