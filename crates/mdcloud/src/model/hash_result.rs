//! One entry of a bulk hash lookup.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::lenient::{self, Maybe, said};
use super::member::Members;
use super::part::Part;
use super::text::Text;
use super::{Document, Engine, Verdict, view};
use crate::error::{Error, Result};

/// What the service knows of one of many hashes.
#[derive(Clone)]
pub struct HashResult {
    /// The hash as it was given.
    hash: Arc<str>,
    answer: Arc<Answer>,
    index: usize,
}

/// One answer with all its entries. They come by the million, so what they have in common is there once, and
/// nothing is copied out of the document.
struct Answer {
    members: Members,
    entries: Vec<Entry>,
}

#[derive(Default)]
struct Entry {
    data_id: Text,
    code: Option<i64>,
    detected: Option<i64>,
    engines: OnceLock<Vec<Engine>>,
    error: Option<Error>,
}

lenient::scalars! {
    struct Facts<'a> {
        hash: into_text -> Cow<'a, str>,
        data_id: into_text -> Cow<'a, str>,
        scan_result_i: int -> i64,
        total_detected_avs: int -> i64,
    }
}

impl Entry {
    fn new(document: &Document, facts: Facts<'_>) -> Self {
        Entry {
            data_id: Text::of(document, facts.data_id),
            code: facts.scan_result_i,
            detected: facts.total_detected_avs,
            ..Entry::default()
        }
    }
}

/// The entries of a bulk answer; older answers are the bare list.
fn entries<'a, T: Deserialize<'a>>(document: &'a Document) -> Result<Vec<T>> {
    #[derive(Deserialize)]
    struct Wrapped<T> {
        data: Vec<T>,
    }
    if document.text().trim_start().starts_with('[') {
        return document.read();
    }
    Ok(document.read::<Wrapped<T>>()?.data)
}

impl HashResult {
    /// The results for these hashes, in their order; `None` where the answer leaves one out.
    pub(crate) fn read(document: &Document, wanted: &[Arc<str>]) -> Result<Vec<Option<Self>>> {
        let all: Vec<Maybe<Facts<'_>>> = entries(document)?;
        // In the order of the question, mostly; else by name.
        let mut by_name = None;
        let mut find = |(index, hash): (usize, &Arc<str>)| {
            let name = all.get(index).and_then(name);
            if name.is_some_and(|name| name.eq_ignore_ascii_case(hash)) {
                return Some(index);
            }
            by_name.get_or_insert_with(|| places(&all)).get(&**hash).copied()
        };
        let found: Vec<Option<usize>> = wanted.iter().enumerate().map(&mut find).collect();
        let read = |Maybe(facts): Maybe<Facts<'_>>| Entry::new(document, facts.unwrap_or_default());
        let members =
            Members::new(Part::whole(document), |whole| entries(whole.document()).unwrap_or_default());
        let answer = Arc::new(Answer { members, entries: all.into_iter().map(read).collect() });
        let result = |(index, hash): (Option<usize>, &Arc<str>)| {
            Some(HashResult { hash: hash.clone(), answer: answer.clone(), index: index? })
        };
        Ok(found.into_iter().zip(wanted).map(result).collect())
    }

    /// A result whose document is about it alone.
    fn alone(hash: &str, document: &Document, entry: Entry) -> Self {
        let members =
            Members::new(Part::whole(document), |whole| whole.document().read().into_iter().collect());
        HashResult { hash: hash.into(), answer: Arc::new(Answer { members, entries: vec![entry] }), index: 0 }
    }

    /// An input that got no answer.
    pub(crate) fn failed(hash: &str, error: Error) -> Self {
        let text = serde_json::json!({
            "hash": hash,
            "error": { "status": error.status() as i32, "code": error.code(), "messages": [error.to_string()] },
        });
        let document = Document::of_text(text.to_string());
        HashResult::alone(hash, &document, Entry { error: Some(error), ..Entry::default() })
    }

    /// The same result for another spelling of the hash.
    pub(crate) fn for_input(self, hash: &Arc<str>) -> Self {
        HashResult { hash: hash.clone(), ..self }
    }

    fn entry(&self) -> &Entry {
        // Made together with the result.
        &self.answer.entries[self.index]
    }

    fn text(&self) -> &str {
        self.answer.members.part(self.index).map_or("", Part::text)
    }
}

fn name<'a>(Maybe(facts): &'a Maybe<Facts<'_>>) -> Option<&'a str> {
    facts.as_ref()?.hash.as_deref()
}

/// Where the entry of each hash stands, by its lower-case name.
fn places(all: &[Maybe<Facts<'_>>]) -> HashMap<String, usize> {
    let lower = |(index, entry)| Some((name(entry)?.to_ascii_lowercase(), index));
    all.iter().enumerate().filter_map(lower).collect()
}

impl super::Restore for HashResult {
    fn restore(document: Document, label: &str) -> Result<Self> {
        let Maybe(facts) = document.read()?;
        let entry = Entry::new(&document, facts.unwrap_or_default());
        Ok(HashResult::alone(label, &document, entry))
    }
}

view! {
    /// What the service knows of one of many hashes.
    impl HashResult {
        /// The hash as it was given.
        pub fn hash(&self) -> Option<&str> { Some(&self.hash) }
        /// Handle of the latest scan; absent where the service does not know the hash.
        pub fn data_id(&self) -> Option<&str> { said(self.entry().data_id.get(self.answer.members.document())) }
        /// Whether the service knows the hash. One that it does not know is no error.
        pub fn is_known(&self) -> bool { self.data_id().is_some() }
        /// What the latest scan found; Unknown where the service does not know the hash.
        pub fn verdict(&self) -> Verdict {
            if self.is_known() { Verdict::of_code(self.entry().code) } else { Verdict::Unknown }
        }
        /// The service's result code; 5 where it does not know the hash.
        pub fn result_code(&self) -> Option<i64> { self.entry().code }
        /// How many engines found a threat.
        pub fn detected_engines(&self) -> Option<i64> { self.entry().detected.filter(|count| *count >= 0) }
        /// The result of every engine, where details were asked for.
        pub fn engines(&self) -> &[Engine] {
            self.entry().engines.get_or_init(|| {
                #[derive(Deserialize)]
                struct Details<'a> {
                    #[serde(borrow, default)]
                    scan_details: Option<&'a RawValue>,
                }
                let Some(part) = self.answer.members.part(self.index) else { return Vec::new() };
                let details = part.read::<Details<'_>>().and_then(|entry| entry.scan_details);
                details.map_or_else(Vec::new, |raw| Engine::all(&Part::of(part.document(), raw)))
            })
        }
        /// Why this entry has no answer.
        pub fn error(&self) -> Option<&Error> { self.entry().error.as_ref() }
    }
}
