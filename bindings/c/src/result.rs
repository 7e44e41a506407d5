//! Results: any field by its JSON pointer

use std::borrow::Cow;
use std::os::raw::c_char;
use std::sync::OnceLock;

use mdcloud_core::model::Model;
use mdcloud_core::{Document, Error, HashResult, KeyInfo, Limits, Report, Result, Status, Submission};
use serde_json::Value;

use crate::error::mdcloud_error;
use crate::guard::{Why, give};
use crate::text::Strings;

/// What a call gave: a report, a submission, a list of hash results, ... Every result keeps the exact bytes
/// that the service sent, and what a getter gives lives as long as the result.
pub struct mdcloud_result {
    content: Content,
    /// The text, NUL-ended.
    json: OnceLock<Vec<u8>>,
    value: OnceLock<Value>,
    strings: Strings,
}

/// What a getter found.
type Get<T> = std::result::Result<T, Why>;

/// What a result holds.
pub(crate) enum Content {
    Report(Report),
    Submission(Submission),
    HashResults(Entries),
    KeyInfo(KeyInfo),
    Limits(Limits),
    Document(Document),
    Text(String),
}

/// The entries of a bulk lookup, with the errors in the form that C looks at.
pub(crate) struct Entries(Vec<(HashResult, Option<mdcloud_error>)>);

impl Entries {
    pub(crate) fn new(results: impl Iterator<Item = HashResult>) -> Self {
        let entry = |result: HashResult| {
            let error = result.error().cloned().map(mdcloud_error::new);
            (result, error)
        };
        Entries(results.map(entry).collect())
    }

    pub(crate) fn get(&self, index: usize) -> Option<&HashResult> {
        self.0.get(index).map(|(result, _)| result)
    }
}

impl Content {
    /// Something of ours, as JSON.
    pub(crate) fn of(value: &impl serde::Serialize) -> Result<Content> {
        serde_json::to_string(value).map(Content::Text).map_err(|error| Error::panicked(&error.to_string()))
    }

    fn json(&self) -> Cow<'_, str> {
        match self {
            Content::Report(report) => report.json().into(),
            Content::Submission(submission) => submission.json().into(),
            Content::KeyInfo(info) => info.json().into(),
            Content::Limits(limits) => limits.json().into(),
            Content::Document(document) => document.text().into(),
            Content::Text(text) => text.into(),
            Content::HashResults(entries) => {
                let texts: Vec<&str> = entries.0.iter().map(|(result, _)| result.json()).collect();
                format!("[{}]", texts.join(",")).into()
            }
        }
    }
}

/// A type of result with getters of its own.
pub(crate) trait Held {
    /// The result as this type, where it is one.
    fn of(content: &Content) -> Option<&Self>;
}

macro_rules! held {
    ($($type:ident in $variant:ident;)+) => {
        $(impl Held for $type {
            fn of(content: &Content) -> Option<&Self> {
                match content {
                    Content::$variant(held) => Some(held),
                    _ => None,
                }
            }
        })+
    };
}

held! {
    Report in Report;
    Submission in Submission;
    Entries in HashResults;
    KeyInfo in KeyInfo;
    Limits in Limits;
}

impl mdcloud_result {
    pub(crate) fn give(content: Content) -> *mut mdcloud_result {
        give(mdcloud_result {
            content,
            json: OnceLock::new(),
            value: OnceLock::new(),
            strings: Strings::default(),
        })
    }

    fn held<T: Held>(&self) -> Get<&T> {
        T::of(&self.content).ok_or(Why::OTHER_TYPE)
    }

    pub(crate) fn text<T: Held>(
        &self,
        get: impl for<'a> FnOnce(&'a T) -> Option<&'a str>,
    ) -> Get<*const c_char> {
        get(self.held()?).map(|text| self.strings.give(text)).ok_or(Why::ABSENT)
    }

    pub(crate) fn copy<T: Held, V>(&self, get: impl FnOnce(&T) -> Option<V>) -> Get<V> {
        get(self.held()?).ok_or(Why::ABSENT)
    }

    fn json(&self) -> &[u8] {
        self.json.get_or_init(|| {
            let mut bytes = self.content.json().into_owned().into_bytes();
            bytes.push(0);
            bytes
        })
    }

    /// The value at a pointer; null counts as absent.
    fn at(&self, pointer: &str) -> Get<&Value> {
        if !pointer.is_empty() && !pointer.starts_with('/') {
            return Err(Why::OTHER_TYPE);
        }
        let value = self.value.get_or_init(|| match &self.content {
            Content::Document(document) => document.value().clone(),
            content => serde_json::from_str(&content.json()).unwrap_or(Value::Null),
        });
        value.pointer(pointer).filter(|value| !value.is_null()).ok_or(Why::ABSENT)
    }
}

/// Frees the result and all that its getters gave; NULL is fine.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_result_free(result: *mut mdcloud_result) {
    guard_free!(result)
}

/// The answer exactly as the service sent it, `*length` bytes and a NUL behind them. `length` may be NULL.
/// A bulk lookup gives one array in input order. NULL if `result` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_result_json(
    result: *const mdcloud_result,
    length: *mut usize,
) -> *const c_char {
    guard_value!(std::ptr::null(), {
        let Some(result) = optional!(result) else { return std::ptr::null() };
        let json = result.json();
        if let Ok(length) = crate::guard::out("length", length) {
            length.set(json.len() - 1);
        }
        json.as_ptr().cast()
    })
}

/// The text at a JSON pointer (RFC 6901), such as "/scan_results/scan_all_result_a"; "" is the whole answer.
/// A NUL inside the text becomes U+FFFD.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_result_string(
    result: *const mdcloud_result,
    json_pointer: *const c_char,
    out: *mut *const c_char,
) -> Status {
    guard_get!({
        let result = object!(result);
        let pointer = text!(json_pointer);
        let out = out!(out);
        let text = result.at(pointer)?.as_str().ok_or(Why::OTHER_TYPE)?;
        out.set(result.strings.give(text));
        Ok(())
    })
}

/// The whole number at a JSON pointer; a text that holds one will do, as the service writes some so.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_result_int(
    result: *const mdcloud_result,
    json_pointer: *const c_char,
    out: *mut i64,
) -> Status {
    guard_get!({
        let result = object!(result);
        let pointer = text!(json_pointer);
        let out = out!(out);
        let number = match result.at(pointer)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        out.set(number.ok_or(Why::OTHER_TYPE)?);
        Ok(())
    })
}

/// The number at a JSON pointer; a text that holds one will do, as the service writes some so.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_result_double(
    result: *const mdcloud_result,
    json_pointer: *const c_char,
    out: *mut f64,
) -> Status {
    guard_get!({
        let result = object!(result);
        let pointer = text!(json_pointer);
        let out = out!(out);
        let number = match result.at(pointer)? {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        };
        out.set(number.ok_or(Why::OTHER_TYPE)?);
        Ok(())
    })
}

/// The true or false at a JSON pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_result_bool(
    result: *const mdcloud_result,
    json_pointer: *const c_char,
    out: *mut bool,
) -> Status {
    guard_get!({
        let result = object!(result);
        let pointer = text!(json_pointer);
        let out = out!(out);
        out.set(result.at(pointer)?.as_bool().ok_or(Why::OTHER_TYPE)?);
        Ok(())
    })
}

/// How many elements the array, or members the object, at a JSON pointer has.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_result_size(
    result: *const mdcloud_result,
    json_pointer: *const c_char,
    out: *mut usize,
) -> Status {
    guard_get!({
        let result = object!(result);
        let pointer = text!(json_pointer);
        let out = out!(out);
        let size = match result.at(pointer)? {
            Value::Array(elements) => elements.len(),
            Value::Object(members) => members.len(),
            _ => return Err(Why::OTHER_TYPE),
        };
        out.set(size);
        Ok(())
    })
}

/// The amount of one family, by the service's name for it, such as "reputation_api".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_limits_amount(
    result: *const mdcloud_result,
    family: *const c_char,
    out: *mut i64,
) -> Status {
    guard_get!({
        let result = object!(result);
        let family = text!(family);
        let out = out!(out);
        out.set(result.copy(|limits: &Limits| limits.get(family))?);
        Ok(())
    })
}

/// How many hash results the list has: one per input.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_hash_result_size(result: *const mdcloud_result, out: *mut usize) -> Status {
    guard_copy!(result, out, |entries: &Entries| Some(entries.0.len()))
}

/// The entry as JSON text, as the service sent it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_hash_result_json(
    result: *const mdcloud_result,
    index: usize,
    out: *mut *const c_char,
) -> Status {
    guard_text!(result, out, |entries: &Entries| entries.get(index).map(Model::json))
}

/// Why an entry has no answer: the error that a single call would have given. It belongs to the result: do
/// not free it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_hash_result_error(
    result: *const mdcloud_result,
    index: usize,
    out: *mut *const mdcloud_error,
) -> Status {
    guard_get!({
        let result = object!(result);
        let out = out!(out);
        let error = result.copy(|entries: &Entries| {
            entries.0.get(index).and_then(|(_, error)| error.as_ref()).map(std::ptr::from_ref)
        })?;
        out.set(error);
        Ok(())
    })
}
