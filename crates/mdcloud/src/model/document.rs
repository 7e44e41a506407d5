//! An answer as it came: bytes, and the JSON in them.

use std::sync::{Arc, OnceLock};

use serde_json::Value;

use crate::error::{Error, Result, Status};

/// An answer, exactly as the service sent it. Clones share the bytes.
#[derive(Clone)]
pub struct Document(Arc<Inner>);

struct Inner {
    /// UTF-8, which JSON must be; checked once.
    text: Box<str>,
    value: OnceLock<Value>,
}

impl Document {
    /// An answer that must be JSON: UTF-8 is checked here, the syntax by whoever reads it.
    pub(crate) fn new(raw: Vec<u8>) -> Result<Self> {
        match String::from_utf8(raw) {
            Ok(text) => Ok(Self::of_text(text)),
            Err(_) => Err(Self::no_text()),
        }
    }

    pub(crate) fn no_text() -> Error {
        Error::new(Status::Protocol, "the answer is not UTF-8")
    }

    /// A document of our own making.
    pub(crate) fn of_text(text: String) -> Self {
        Document(Arc::new(Inner { text: text.into_boxed_str(), value: OnceLock::new() }))
    }

    /// Any JSON text.
    pub fn from_json(raw: impl Into<Vec<u8>>) -> Result<Self> {
        let document = Self::new(raw.into())?;
        let _: serde::de::IgnoredAny = document.read()?;
        Ok(document)
    }

    /// The bytes as received.
    pub fn raw(&self) -> &[u8] {
        self.0.text.as_bytes()
    }

    /// The same as text.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// Where a text that was borrowed from this document stands in it; `None` for any other.
    pub(crate) fn place_of(&self, part: &str) -> Option<std::ops::Range<usize>> {
        let start = (part.as_ptr() as usize).checked_sub(self.text().as_ptr() as usize)?;
        let place = start..start.checked_add(part.len())?;
        self.text().get(place.clone()).map(|_| place)
    }

    /// The whole answer as JSON, parsed at the first call.
    pub fn value(&self) -> &Value {
        self.0.value.get_or_init(|| serde_json::from_str(&self.0.text).unwrap_or(Value::Null))
    }

    /// One value by its JSON pointer (RFC 6901), such as `/scan_results/scan_details/Vir.IT eXplorer`.
    pub fn pointer(&self, pointer: &str) -> Option<&Value> {
        self.value().pointer(pointer)
    }

    /// Reads an object as `T`, or says that it is none.
    pub(crate) fn read_object<'a, T: serde::Deserialize<'a>>(&'a self) -> Result<T> {
        let start = self.text().trim_start();
        if start.starts_with('[') {
            return Err(Error::new(Status::Protocol, "the answer is a list where an object is expected"));
        }
        self.read()
    }

    /// Reads it as `T`, or says that the answer is not what it should be.
    pub(crate) fn read<'a, T: serde::Deserialize<'a>>(&'a self) -> Result<T> {
        serde_json::from_str(self.text()).map_err(|error| {
            let what = match error.classify() {
                serde_json::error::Category::Data => "the answer has another shape than expected",
                serde_json::error::Category::Eof => "the answer was cut off",
                _ => "the answer is not JSON",
            };
            Error::new(Status::Protocol, format!("{what}: {error}"))
        })
    }
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.raw() == other.raw()
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Document({} bytes)", self.raw().len())
    }
}
