//! What the service knows of a file.

use std::sync::{Arc, OnceLock};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::lenient::{self, Maybe, said};
use super::part::Part;
use super::record::{self, Record};
use super::{Document, Engine, ExtractedFile, ProcessInfo, Sanitized, Verdict, view};
use crate::error::Result;

/// What the service knows of a file: the state of a scan, then its result.
#[derive(Clone)]
pub struct Report(Arc<Inner>);

/// The verdict is read at once; what it rests on when someone asks.
struct Inner {
    document: Document,
    top: Top,
    scan: Scan,
    file: File,
    engines: OnceLock<Vec<Engine>>,
    process: OnceLock<Option<ProcessInfo>>,
    sanitized: OnceLock<Option<Sanitized>>,
    extracted: OnceLock<Vec<ExtractedFile>>,
    parts: Parts,
}

#[derive(Default)]
struct Parts {
    engines: Option<Part>,
    process: Option<Part>,
    sanitized: Option<Part>,
    extracted: Option<Part>,
}

#[derive(Default)]
struct Top {
    data_id: Option<String>,
    file_id: Option<String>,
    threat_name: Option<String>,
    download_failed: bool,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct TopIn<'a> {
    #[serde(deserialize_with = "lenient::text")]
    data_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    file_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    threat_name: Option<String>,
    #[serde(borrow)]
    scan_results: Maybe<ScanIn<'a>>,
    file_info: Maybe<File>,
    #[serde(borrow)]
    process_info: Option<&'a RawValue>,
    #[serde(borrow)]
    sanitized: Option<&'a RawValue>,
    #[serde(borrow)]
    extracted_files: Option<&'a RawValue>,
    download_info: Maybe<Download>,
}

#[derive(Deserialize)]
struct Download {
    #[serde(default, deserialize_with = "lenient::text")]
    status: Option<String>,
}

#[derive(Default)]
struct Scan {
    present: bool,
    code: Option<i64>,
    text: Option<String>,
    progress: Option<i64>,
    engines: Option<i64>,
    detected: Option<i64>,
    start_time: Option<String>,
    total_time: Option<i64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ScanIn<'a> {
    #[serde(deserialize_with = "lenient::int")]
    scan_all_result_i: Option<i64>,
    #[serde(deserialize_with = "lenient::text")]
    scan_all_result_a: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    progress_percentage: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    total_avs: Option<i64>,
    #[serde(deserialize_with = "lenient::int")]
    total_detected_avs: Option<i64>,
    #[serde(deserialize_with = "lenient::text")]
    start_time: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    total_time: Option<i64>,
    #[serde(borrow)]
    scan_details: Option<&'a RawValue>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct File {
    #[serde(deserialize_with = "lenient::text")]
    display_name: Option<String>,
    #[serde(deserialize_with = "lenient::int")]
    file_size: Option<i64>,
    #[serde(deserialize_with = "lenient::text")]
    md5: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    sha1: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    sha256: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    file_type_description: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    file_type_extension: Option<String>,
}

impl Report {
    /// Reads an answer of the service, for example the body of a webhook.
    pub fn from_json(raw: impl Into<Vec<u8>>) -> Result<Self> {
        Self::new(Document::new(raw.into())?)
    }

    pub(crate) fn new(document: Document) -> Result<Self> {
        let mut parts = Parts::default();
        let (top, scan, file) = {
            let top: TopIn<'_> = document.read_object()?;
            let part = |raw: Option<&RawValue>| raw.map(|raw| Part::of(&document, raw));
            parts.process = part(top.process_info);
            parts.sanitized = part(top.sanitized);
            parts.extracted = part(top.extracted_files);
            let scan = top.scan_results.0;
            parts.engines = part(scan.as_ref().and_then(|scan| scan.scan_details));
            let scan = scan.map_or_else(Scan::default, |scan| Scan {
                present: true,
                code: scan.scan_all_result_i,
                text: scan.scan_all_result_a,
                progress: scan.progress_percentage,
                engines: scan.total_avs,
                detected: scan.total_detected_avs,
                start_time: scan.start_time,
                total_time: scan.total_time,
            });
            let file = top.file_info.0.unwrap_or_default();
            let failed = ["download failed", "download timeout", "download cancelled"];
            let download = top.download_info.0.and_then(|info| info.status).unwrap_or_default();
            let top = Top {
                data_id: top.data_id,
                file_id: top.file_id,
                threat_name: top.threat_name,
                download_failed: failed.iter().any(|status| download.eq_ignore_ascii_case(status)),
            };
            (top, scan, file)
        };
        Ok(Report(Arc::new(Inner {
            document,
            top,
            scan,
            file,
            engines: OnceLock::new(),
            process: OnceLock::new(),
            sanitized: OnceLock::new(),
            extracted: OnceLock::new(),
            parts,
        })))
    }

    /// The whole answer.
    pub fn document(&self) -> &Document {
        &self.0.document
    }

    /// The bytes as received.
    pub fn raw(&self) -> &[u8] {
        self.0.document.raw()
    }

    fn text(&self) -> &str {
        self.0.document.text()
    }

    /// Finished means that all parts that apply are, by their progress. The result's code and text do not
    /// decide: "In queue" is no result, and codes come that nobody has listed.
    fn finished(&self) -> bool {
        const ABORTED: i64 = 11;
        const CANCELLED: i64 = 19;
        let inner = &*self.0;
        if matches!(inner.scan.code, Some(ABORTED | CANCELLED)) || inner.top.download_failed {
            return true;
        }
        let process = self.process_info();
        let profile = process.and_then(|process| process.profile()).unwrap_or_default();
        let sanitizes = profile.contains("sanitize") || profile.contains("cdr");
        let processed = process.and_then(|process| process.progress());
        // With the rule cdr alone there may be no multiscan to wait for.
        let scanned = match inner.scan.progress {
            Some(progress) => progress >= 100,
            None => !inner.scan.present && sanitizes && processed.is_some(),
        };
        scanned
            && processed.map_or(!sanitizes, |progress| progress >= 100)
            && self.sanitized().is_none_or(Sanitized::is_finished)
            && self
                .extracted_files()
                .iter()
                .all(|file| file.progress().is_none_or(|progress| progress >= 100))
    }
}

impl super::Restore for Report {
    fn restore(document: Document, _: &str) -> Result<Self> {
        Report::new(document)
    }
}

/// A nested result; absent where the part is no object.
fn part_of<T: Record>(part: &Part) -> Option<T> {
    let value: serde_json::Value = part.read()?;
    Some(T::of_value(&value, Document::of_text(part.text().to_owned())))
}

/// The files in the block of extracted ones.
fn members(block: &Part) -> Vec<ExtractedFile> {
    block
        .read()
        .map_or_else(Vec::new, |value: serde_json::Value| record::many(&value, &["/files_in_archive"]))
}

/// A count that the service writes as -1 where it has none.
fn count(number: Option<i64>) -> Option<i64> {
    number.filter(|number| *number >= 0)
}

view! {
    /// What the service knows of a file: the state of a scan, then its result.
    impl Report {
        /// Handle of this scan; `file_report` asks for it.
        pub fn data_id(&self) -> Option<&str> { said(self.0.top.data_id.as_deref()) }
        /// Handle of the file, for rescans.
        pub fn file_id(&self) -> Option<&str> { said(self.0.top.file_id.as_deref()) }
        /// What the scan found, in one word; Pending until the scan itself is through.
        pub fn verdict(&self) -> Verdict {
            let scan = &self.0.scan;
            if scan.progress.is_some_and(|progress| progress < 100) && scan.code != Some(11) || !scan.present {
                return Verdict::Pending;
            }
            Verdict::of_code(scan.code)
        }
        /// The service's result code; 0 is clean, 1 infected, and there are codes that nobody has listed.
        pub fn result_code(&self) -> Option<i64> { self.0.scan.code }
        /// The service's text for the result code.
        pub fn result_text(&self) -> Option<&str> { said(self.0.scan.text.as_deref()) }
        /// Whether scan, sanitization and extracted files, as far as they apply, are all through.
        pub fn is_finished(&self) -> bool { self.finished() }
        /// Progress of the scan, 0 to 100.
        pub fn progress(&self) -> Option<i64> { self.0.scan.progress }
        /// How many engines took part.
        pub fn total_engines(&self) -> Option<i64> { count(self.0.scan.engines) }
        /// How many engines found a threat.
        pub fn detected_engines(&self) -> Option<i64> { count(self.0.scan.detected) }
        /// Name of the threat, as the service sums it up.
        pub fn threat_name(&self) -> Option<&str> { said(self.0.top.threat_name.as_deref()) }
        /// The result of every engine, in the order of the answer.
        pub fn engines(&self) -> &[Engine] {
            self.0.engines.get_or_init(|| self.0.parts.engines.as_ref().map_or_else(Vec::new, Engine::all))
        }
        /// When the scan began, as the service writes it (usually RFC 3339, UTC).
        pub fn start_time(&self) -> Option<&str> { said(self.0.scan.start_time.as_deref()) }
        /// How long the scan took, in milliseconds.
        pub fn total_time(&self) -> Option<i64> { self.0.scan.total_time }
        /// Name of the file as it was given at the upload. Never use it as a path.
        pub fn display_name(&self) -> Option<&str> { said(self.0.file.display_name.as_deref()) }
        /// Size of the file in bytes.
        pub fn file_size(&self) -> Option<i64> { count(self.0.file.file_size) }
        /// MD5 of the file, upper-case hexadecimal digits.
        pub fn md5(&self) -> Option<&str> { said(self.0.file.md5.as_deref()) }
        /// SHA-1 of the file, upper-case hexadecimal digits.
        pub fn sha1(&self) -> Option<&str> { said(self.0.file.sha1.as_deref()) }
        /// SHA-256 of the file, upper-case hexadecimal digits.
        pub fn sha256(&self) -> Option<&str> { said(self.0.file.sha256.as_deref()) }
        /// What kind of file it is, in words.
        pub fn file_type(&self) -> Option<&str> { said(self.0.file.file_type_description.as_deref()) }
        /// The usual extension of such files.
        pub fn file_type_extension(&self) -> Option<&str> { said(self.0.file.file_type_extension.as_deref()) }
        /// What became of the sanitization, where one was asked for.
        pub fn sanitized(&self) -> Option<&Sanitized> {
            self.0.sanitized.get_or_init(|| part_of(self.0.parts.sanitized.as_ref()?)).as_ref()
        }
        /// The direct members of an archive, where it was unpacked.
        pub fn extracted_files(&self) -> &[ExtractedFile] {
            self.0.extracted.get_or_init(|| self.0.parts.extracted.as_ref().map_or_else(Vec::new, members))
        }
        /// How the service processed the file.
        pub fn process_info(&self) -> Option<&ProcessInfo> {
            self.0.process.get_or_init(|| part_of(self.0.parts.process.as_ref()?)).as_ref()
        }
    }
}

impl PartialEq for Report {
    fn eq(&self, other: &Self) -> bool {
        self.0.document == other.0.document
    }
}
