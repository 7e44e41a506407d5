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
use crate::keys::Wanted;

/// What the service knows of one of many hashes.
#[derive(Clone)]
pub struct HashResult {
    answer: Arc<Answer>,
    /// Of the hash among those that were asked for, and of its entry.
    index: usize,
    /// The hash as it was given, where it was asked for in another spelling.
    given: Option<Arc<str>>,
}

/// One answer with all its entries. They come by the million, so what they have in common is there once, and
/// nothing is copied out of the document.
struct Answer {
    members: Members,
    wanted: Wanted,
    /// In the order of what is wanted.
    entries: Vec<Entry>,
    /// The engines of each entry; nobody may ask for them.
    engines: OnceLock<Box<[OnceLock<Vec<Engine>>]>>,
    error: Option<Error>,
}

impl Answer {
    fn new(members: Members, wanted: Wanted, entries: Vec<Entry>) -> Self {
        Answer { members, wanted, entries, engines: OnceLock::new(), error: None }
    }
}

#[derive(Default)]
struct Entry {
    /// Its place in the answer, which may leave it out.
    member: Option<u32>,
    data_id: Text,
    code: Option<i64>,
    detected: Option<i64>,
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
    fn new(document: &Document, facts: Facts<'_>, member: usize) -> Self {
        Entry {
            member: u32::try_from(member).ok(),
            data_id: Text::of(document, facts.data_id),
            code: facts.scan_result_i,
            detected: facts.total_detected_avs,
        }
    }
}

/// The entries of a bulk answer; older answers are the bare list.
fn members<'a, T: Deserialize<'a>>(document: &'a Document) -> Result<Vec<T>> {
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
    /// The results for these hashes, in their order; `left_out` makes that of one the answer leaves out.
    pub(crate) fn read(
        document: &Document,
        wanted: &Wanted,
        left_out: impl Fn(&str) -> Self,
    ) -> Result<Vec<Self>> {
        let mut all: Vec<Maybe<Facts<'_>>> = members(document)?;
        // In the order and the spelling of the question, mostly; else by name.
        let mut by_name = None;
        let entry = |(index, hash): (usize, &str)| {
            let is_here = all
                .get(index)
                .and_then(name)
                .is_some_and(|name| name == hash || name.eq_ignore_ascii_case(hash));
            let by_name = || by_name.get_or_insert_with(|| places(&all)).get(hash).copied();
            let Some(member) = is_here.then_some(index).or_else(by_name) else { return Entry::default() };
            let facts = all.get_mut(member).and_then(|entry| entry.0.take());
            Entry::new(document, facts.unwrap_or_default(), member)
        };
        let entries: Vec<Entry> = wanted.iter().enumerate().map(entry).collect();
        let members =
            Members::new(Part::whole(document), |whole| members(whole.document()).unwrap_or_default());
        let answer = Arc::new(Answer::new(members, wanted.clone(), entries));
        let result = |(index, hash): (usize, &str)| match answer.entries[index].member {
            Some(_) => HashResult { answer: answer.clone(), index, given: None },
            None => left_out(hash),
        };
        Ok(wanted.iter().enumerate().map(result).collect())
    }

    /// A result whose document is about it alone.
    fn alone(hash: &str, document: &Document, entry: Entry, error: Option<Error>) -> Self {
        let members =
            Members::new(Part::whole(document), |whole| whole.document().read().into_iter().collect());
        let answer = Answer { error, ..Answer::new(members, Wanted::of(&[hash]), vec![entry]) };
        HashResult { answer: Arc::new(answer), index: 0, given: None }
    }

    /// An input that got no answer.
    pub(crate) fn failed(hash: &str, error: Error) -> Self {
        let text = serde_json::json!({
            "hash": hash,
            "error": { "status": error.status() as i32, "code": error.code(), "messages": [error.to_string()] },
        });
        let entry = Entry { member: Some(0), ..Entry::default() };
        HashResult::alone(hash, &Document::of_text(text.to_string()), entry, Some(error))
    }

    /// The same result for another spelling of the hash.
    pub(crate) fn for_input(self, hash: &str) -> Self {
        HashResult { given: Some(hash.into()), ..self }
    }

    fn entry(&self) -> &Entry {
        // Made together with the result.
        &self.answer.entries[self.index]
    }

    fn part(&self) -> Option<&Part> {
        self.answer.members.part(self.entry().member? as usize)
    }

    fn text(&self) -> &str {
        self.part().map_or("", Part::text)
    }

    fn read_engines(&self) -> Vec<Engine> {
        #[derive(Deserialize)]
        struct Details<'a> {
            #[serde(borrow, default)]
            scan_details: Option<&'a RawValue>,
        }
        let Some(part) = self.part() else { return Vec::new() };
        let details = part.read::<Details<'_>>().and_then(|entry| entry.scan_details);
        details.map_or_else(Vec::new, |raw| Engine::all(&Part::of(part.document(), raw)))
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
        let entry = Entry::new(&document, facts.unwrap_or_default(), 0);
        Ok(HashResult::alone(label, &document, entry, None))
    }
}

view! {
    /// What the service knows of one of many hashes.
    impl HashResult {
        /// The hash as it was given.
        pub fn hash(&self) -> Option<&str> { self.given.as_deref().or(self.answer.wanted.get(self.index)) }
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
            let none = || self.answer.entries.iter().map(|_| OnceLock::new()).collect();
            self.answer.engines.get_or_init(none)[self.index].get_or_init(|| self.read_engines())
        }
        /// Why this entry has no answer.
        pub fn error(&self) -> Option<&Error> { self.answer.error.as_ref() }
    }
}
