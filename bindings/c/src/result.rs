//! Results: any field by its JSON pointer

use std::ffi::CString;
use std::os::raw::c_char;
use std::sync::OnceLock;

use mdcloud_core::{Limits, Status};
use serde_json::Value;

use crate::content::{Content, Held};
use crate::guard::{Why, give};
use crate::text::{Strings, c_string};

/// What a call gave: a report, a submission, a list of hash results, ... Every result keeps the exact bytes
/// that the service sent, and what a getter gives lives as long as the result.
pub struct mdcloud_result {
    content: Content,
    /// The text, NUL-ended.
    json: OnceLock<Vec<u8>>,
    view: OnceLock<CString>,
    value: OnceLock<Value>,
    strings: Strings,
}

/// What a getter found.
type Get<T> = std::result::Result<T, Why>;

impl mdcloud_result {
    pub(crate) fn new(content: Content) -> Self {
        mdcloud_result {
            content,
            json: OnceLock::new(),
            view: OnceLock::new(),
            value: OnceLock::new(),
            strings: Strings::default(),
        }
    }

    pub(crate) fn give(content: Content) -> *mut mdcloud_result {
        give(Self::new(content))
    }

    pub(crate) fn content(&self) -> &Content {
        &self.content
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
/// A call with many inputs gives one array in the order of its entries; those of file_scan_many are objects
/// with `index`, `report` and `error`. A link stands in quotes, and a badge is described. NULL if `result` is
/// NULL.
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

/// All typed fields of the result as JSON text, by the names of this library: what Python and Rust call
/// `report.detected_engines` stands at "/detected_engines". Verdicts stand by name, and errors as objects
/// with `status` (a number), `name`, `code`, `http_status`, `is_local`, ...
///
/// One result gives an object, a list with one entry per input an array, an answer that holds a list an object
/// with `entries`. What has no typed fields stands as it came. mdcloud_json_parse makes a result of it that can be read by pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_result_view(
    result: *const mdcloud_result,
    out: *mut *const c_char,
) -> Status {
    guard_get!({
        let result = object!(result);
        let out = out!(out);
        out.set(result.view.get_or_init(|| c_string(&result.content.view())).as_ptr());
        Ok(())
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

/// The name of one member of the object at a JSON pointer; mdcloud_result_size says how many there are. Which
/// comes first says nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_result_member(
    result: *const mdcloud_result,
    json_pointer: *const c_char,
    index: usize,
    out: *mut *const c_char,
) -> Status {
    guard_get!({
        let result = object!(result);
        let pointer = text!(json_pointer);
        let out = out!(out);
        let members = result.at(pointer)?.as_object().ok_or(Why::OTHER_TYPE)?;
        let name = members.keys().nth(index).ok_or(Why::ABSENT)?;
        out.set(result.strings.give(name));
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
