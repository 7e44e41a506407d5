//! JSON text to plain Python objects, in one pass.
//!
//! Python's own reader takes half as long again, and is the measure all the same: what serde reads otherwise than
//! it does (integers beyond 64 bits, halves of surrogate pairs, very deep nesting) is left to it.

use std::borrow::Cow;
use std::fmt;

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyList, PyString};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::guard::guard;
use crate::json;

/// What `json.loads` gives for this text.
pub(crate) fn loads<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Reader { py, names: &mut Names::default() }.deserialize(&mut reader);
    match value.and_then(|value| reader.end().map(|()| value)) {
        Ok(value) => Ok(value),
        Err(_) => json::loads(py, text.as_bytes(), text),
    }
}

/// The same for bytes that may be anything.
#[pyfunction]
pub(crate) fn _loads<'py>(raw: &Bound<'py, PyBytes>) -> PyResult<Bound<'py, PyAny>> {
    guard(|| match std::str::from_utf8(raw.as_bytes()) {
        Ok(text) => loads(raw.py(), text),
        Err(_) => json::loads(raw.py(), raw.as_bytes(), raw),
    })
}

/// Reads one value.
struct Reader<'py, 'n, 'de> {
    py: Python<'py>,
    names: &'n mut Names<'py, 'de>,
}

/// Names that came before, one for each place: with engines they come again and again, and are one Python
/// object, hashed once. A real table would cost more than it saves.
struct Names<'py, 'de>([Option<(Cow<'de, str>, Bound<'py, PyString>)>; 64]);

impl Default for Names<'_, '_> {
    fn default() -> Self {
        Names([const { None }; 64])
    }
}

impl<'py, 'de> Names<'py, 'de> {
    fn get(&mut self, py: Python<'py>, name: Cow<'de, str>) -> Bound<'py, PyString> {
        let ends = name.bytes().next().into_iter().chain(name.bytes().next_back());
        let place =
            ends.fold(name.len(), |sum, byte| sum.wrapping_mul(7).wrapping_add(byte.into())) % self.0.len();
        match &mut self.0[place] {
            Some((known, made)) if *known == name => made.clone(),
            free => {
                let made = PyString::new(py, &name);
                *free = Some((name, made.clone()));
                made
            }
        }
    }
}

impl<'py, 'de> Reader<'py, '_, 'de> {
    fn again(&mut self) -> Reader<'py, '_, 'de> {
        Reader { py: self.py, names: self.names }
    }
}

impl<'py, 'de> DeserializeSeed<'de> for Reader<'py, '_, 'de> {
    type Value = Bound<'py, PyAny>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'py, 'de> Visitor<'de> for Reader<'py, '_, 'de> {
    type Value = Bound<'py, PyAny>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(self.py.None().into_bound(self.py))
    }
    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(PyBool::new(self.py, flag).to_owned().into_any())
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        number.into_pyobject(self.py).map(Bound::into_any).map_err(E::custom)
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        number.into_pyobject(self.py).map(Bound::into_any).map_err(E::custom)
    }
    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        // These may have been integers.
        const LARGE: f64 = 9.0e18;
        match number {
            _ if number.abs() >= LARGE || number == 0.0 && number.is_sign_negative() => {
                Err(E::custom("unsure"))
            }
            _ => Ok(PyFloat::new(self.py, number).into_any()),
        }
    }
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(PyString::new(self.py, text).into_any())
    }
    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Self::Value, A::Error> {
        let list = PyList::empty(self.py);
        while let Some(value) = seq.next_element_seed(self.again())? {
            list.append(value).map_err(A::Error::custom)?;
        }
        Ok(list.into_any())
    }
    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self::Value, A::Error> {
        let dict = PyDict::new(self.py);
        while let Some(name) = map.next_key_seed(Name)? {
            let name = self.names.get(self.py, name);
            let value = map.next_value_seed(self.again())?;
            dict.set_item(name, value).map_err(A::Error::custom)?;
        }
        Ok(dict.into_any())
    }
}

/// The name of a member, borrowed where it holds no escape.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }
    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }
    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}
