//! Faults by name, for the program and for languages that have no `FaultKind`.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::fault::{Fault, FaultKind};
use crate::setting_text::SettingError;

impl Fault {
    /// A fault from JSON: `{"kind": "close_after", "value": 0, "path": "POST /v4/file", "count": 1}`.
    ///
    /// The README lists the kinds and their values. `path` is empty where it is left out, `count` is 1.
    ///
    /// # Errors
    /// When there is no such kind, its value does not fit, or there is a field that no fault has.
    pub fn from_json(text: &str) -> Result<Self, SettingError> {
        let fields: Map<String, Value> =
            serde_json::from_str(text).map_err(|_| bad("fault", text, "an object in JSON"))?;
        const FIELDS: [&str; 7] = ["kind", "value", "path", "count", "body", "content_type", "every"];
        if let Some(unknown) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
            return Err(SettingError::UnknownName(format!("fault.{unknown}")));
        }
        let fields = Fields(&fields);
        Ok(Fault {
            path: fields.text_or("path", "")?,
            count: match fields.0.get("count") {
                Some(_) => fields.number("count")?,
                None => 1,
            },
            kind: fields.kind()?,
        })
    }
}

/// The fields of a fault in JSON.
struct Fields<'a>(&'a Map<String, Value>);

impl Fields<'_> {
    fn kind(&self) -> Result<FaultKind, SettingError> {
        Ok(match self.text("kind")?.as_str() {
            "status" => FaultKind::Status {
                status: self.number("value")?,
                body: self.text_or("body", "")?,
                content_type: self.text_or("content_type", "application/json")?,
            },
            "code" => FaultKind::Code(self.number("value")?),
            "no_headers" => FaultKind::NoHeaders,
            "not_json" => FaultKind::NotJson,
            "redirect" => FaultKind::Redirect(self.text("value")?),
            "raw" => FaultKind::Raw(self.bytes("value")?),
            "large" => FaultKind::Large(self.number("value")?),
            "gzip_bomb" => FaultKind::GzipBomb(self.number("value")?),
            "deep" => FaultKind::Deep(self.number("value")?),
            "close" => FaultKind::Close,
            "reset" => FaultKind::Reset,
            "stall" => FaultKind::Stall,
            "close_after" => FaultKind::CloseAfter(self.number("value")?),
            "stall_after" => FaultKind::StallAfter(self.number("value")?),
            "drip" => FaultKind::Drip {
                bytes: self.number("value")?,
                every: match self.0.get("every") {
                    Some(_) => self.seconds("every")?,
                    None => Duration::from_millis(50),
                },
            },
            "wrong_length" => FaultKind::WrongLength(self.number("value")?),
            "delay" => FaultKind::Delay(self.seconds("value")?),
            "headers" => FaultKind::Headers(self.pairs("value")?),
            "extra_headers" => FaultKind::ExtraHeaders(self.pairs("value")?),
            "gzip" => FaultKind::Gzip,
            "nulls" => FaultKind::Nulls,
            "texts" => FaultKind::Texts(self.text("value")?),
            "invalid_utf8" => FaultKind::InvalidUtf8,
            kind => return Err(bad("kind", kind, "the name of a fault")),
        })
    }

    fn get(&self, name: &str) -> &Value {
        self.0.get(name).unwrap_or(&Value::Null)
    }

    fn refused(&self, name: &str, expected: &'static str) -> SettingError {
        bad(name, &self.get(name).to_string(), expected)
    }

    fn text(&self, name: &str) -> Result<String, SettingError> {
        self.get(name).as_str().map(str::to_owned).ok_or_else(|| self.refused(name, "a text"))
    }

    fn text_or(&self, name: &str, other: &str) -> Result<String, SettingError> {
        if self.0.contains_key(name) { self.text(name) } else { Ok(other.to_owned()) }
    }

    fn number<T: TryFrom<i64>>(&self, name: &str) -> Result<T, SettingError> {
        let number = self.get(name).as_i64().and_then(|number| T::try_from(number).ok());
        number.ok_or_else(|| self.refused(name, "a whole number that fits"))
    }

    fn seconds(&self, name: &str) -> Result<Duration, SettingError> {
        let seconds = self.get(name).as_f64().and_then(|time| Duration::try_from_secs_f64(time).ok());
        seconds.ok_or_else(|| self.refused(name, "a number of seconds"))
    }

    /// Bytes as a text: each letter is one, up to U+00FF.
    fn bytes(&self, name: &str) -> Result<Vec<u8>, SettingError> {
        let bytes = self.text(name)?.chars().map(u8::try_from).collect::<Result<_, _>>();
        bytes.map_err(|_| self.refused(name, "a text of letters up to U+00FF, each for a byte"))
    }

    fn pairs(&self, name: &str) -> Result<Vec<(String, String)>, SettingError> {
        let refused = || self.refused(name, "an object of texts");
        let pairs = self.get(name).as_object().ok_or_else(refused)?.iter();
        pairs.map(|(key, value)| Ok((key.clone(), value.as_str().ok_or_else(refused)?.to_owned()))).collect()
    }
}

fn bad(name: &str, value: &str, expected: &'static str) -> SettingError {
    SettingError::BadValue { name: name.to_owned(), value: value.to_owned(), expected }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_in_a_fault_is_refused_and_names_the_field() {
        for (text, named) in [
            ("close", "fault"),
            (r#"{"kind":"earthquake"}"#, "earthquake"),
            (r#"{"kind":"close","colour":1}"#, "colour"),
            (r#"{"kind":"close_after","value":-1}"#, "value"),
            (r#"{"kind":"raw","value":"\u0100"}"#, "value"),
            (r#"{"kind":"delay","value":-1}"#, "value"),
            (r#"{"kind":"headers","value":{"a":1}}"#, "value"),
            (r#"{"kind":"close","count":-1}"#, "count"),
            (r#"{"kind":"close","path":5}"#, "path"),
        ] {
            let error = Fault::from_json(text).unwrap_err().to_string();
            assert!(error.contains(named), "{text}: {error}");
        }
        let fault = Fault::from_json(r#"{"kind":"raw","value":"a\u00ff","count":3}"#).unwrap();
        assert!(matches!(fault.kind, FaultKind::Raw(bytes) if bytes == b"a\xff"));
        assert_eq!((fault.path.as_str(), fault.count), ("", 3));
    }
}
