//! One entry of a bulk hash lookup.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::lenient::{self, Maybe, said};
use super::member::{Members, Place};
use super::part::Part;
use super::{Document, Engine, Verdict, view};
use crate::error::{Error, Result};

/// What the service knows of one of many hashes.
#[derive(Clone)]
pub struct HashResult {
    /// The hash as it was given.
    hash: Arc<str>,
    // A result is handed out and remembered for the same input further on: both share it.
    inner: Arc<Inner>,
}

struct Inner {
    facts: Facts,
    place: Place,
    engines: OnceLock<Vec<Engine>>,
    error: Option<Error>,
}

lenient::scalars! {
    struct Facts {
        hash: into_text -> String,
        data_id: into_text -> String,
        scan_result_i: into_int -> i64,
        total_detected_avs: into_int -> i64,
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
    fn new(hash: Arc<str>, facts: Facts, place: Place, error: Option<Error>) -> Self {
        HashResult { hash, inner: Arc::new(Inner { facts, place, engines: OnceLock::new(), error }) }
    }

    /// The results for these hashes, in their order; `None` where the answer leaves one out.
    pub(crate) fn read(document: &Document, wanted: &[Arc<str>]) -> Result<Vec<Option<Self>>> {
        let mut all: Vec<Maybe<Facts>> = entries(document)?;
        let members =
            Members::new(Part::whole(document), |whole| entries(whole.document()).unwrap_or_default());
        // In the order of the question, mostly; else by name.
        let is_of = |Maybe(facts): &Maybe<Facts>, hash: &str| {
            facts
                .as_ref()
                .and_then(|facts| facts.hash.as_deref())
                .is_some_and(|name| name.eq_ignore_ascii_case(hash))
        };
        let mut by_name = None;
        let mut result = |(index, hash): (usize, &Arc<str>)| {
            let index = if all.get(index).is_some_and(|entry| is_of(entry, hash)) {
                index
            } else {
                *by_name.get_or_insert_with(|| places(&all)).get(&**hash)?
            };
            let facts = all.get_mut(index)?.0.take()?;
            Some(HashResult::new(
                hash.clone(),
                Facts { hash: None, ..facts },
                Place::Member(members.clone(), index),
                None,
            ))
        };
        Ok(wanted.iter().enumerate().map(&mut result).collect())
    }

    /// An input that got no answer.
    pub(crate) fn failed(hash: &str, error: Error) -> Self {
        let text = serde_json::json!({
            "hash": hash,
            "error": { "status": error.status() as i32, "code": error.code(), "messages": [error.to_string()] },
        });
        let place = Place::Part(Part::whole(&Document::of_text(text.to_string())));
        HashResult::new(hash.into(), Facts::default(), place, Some(error))
    }

    /// The same result for another spelling of the hash.
    pub(crate) fn for_input(mut self, hash: &str) -> Self {
        if *self.hash != *hash {
            self.hash = hash.into();
        }
        self
    }

    fn text(&self) -> &str {
        self.inner.place.text()
    }
}

/// Where the entry of each hash stands, by its upper-case name.
fn places(all: &[Maybe<Facts>]) -> HashMap<String, usize> {
    let name = |(index, Maybe(facts)): (usize, &Maybe<Facts>)| {
        Some((facts.as_ref()?.hash.as_deref()?.to_ascii_uppercase(), index))
    };
    all.iter().enumerate().filter_map(name).collect()
}

impl super::Restore for HashResult {
    fn restore(document: Document, label: &str) -> Result<Self> {
        let facts: Maybe<Facts> = document.read()?;
        let place = Place::Part(Part::whole(&document));
        Ok(HashResult::new(label.into(), facts.0.unwrap_or_default(), place, None))
    }
}

view! {
    /// What the service knows of one of many hashes.
    impl HashResult {
        /// The hash as it was given.
        pub fn hash(&self) -> Option<&str> { Some(&self.hash) }
        /// Handle of the latest scan; absent where the service does not know the hash.
        pub fn data_id(&self) -> Option<&str> { said(self.inner.facts.data_id.as_deref()) }
        /// Whether the service knows the hash. One that it does not know is no error.
        pub fn is_known(&self) -> bool { self.data_id().is_some() }
        /// What the latest scan found; Unknown where the service does not know the hash.
        pub fn verdict(&self) -> Verdict {
            if self.is_known() { Verdict::of_code(self.inner.facts.scan_result_i) } else { Verdict::Unknown }
        }
        /// The service's result code; 5 where it does not know the hash.
        pub fn result_code(&self) -> Option<i64> { self.inner.facts.scan_result_i }
        /// How many engines found a threat.
        pub fn detected_engines(&self) -> Option<i64> { self.inner.facts.total_detected_avs.filter(|count| *count >= 0) }
        /// The result of every engine, where details were asked for.
        pub fn engines(&self) -> &[Engine] {
            self.inner.engines.get_or_init(|| {
                #[derive(Deserialize)]
                struct Entry<'a> {
                    #[serde(borrow, default)]
                    scan_details: Option<&'a RawValue>,
                }
                let Some(part) = self.inner.place.part() else { return Vec::new() };
                let details = part.read::<Entry<'_>>().and_then(|entry| entry.scan_details);
                details.map_or_else(Vec::new, |raw| Engine::all(&Part::of(part.document(), raw)))
            })
        }
        /// Why this entry has no answer.
        pub fn error(&self) -> Option<&Error> { self.inner.error.as_ref() }
    }
}
