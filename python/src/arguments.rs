//! Reading one argument. A wrong type is a TypeError that names the argument.

use std::path::PathBuf;
use std::time::Duration;

use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyFunction, PyInt, PyIterator, PyMemoryView, PyString,
};

use crate::errors::invalid;

/// The TypeError of an argument.
pub(crate) fn wrong_type(name: &str, wanted: &str, given: &Bound<'_, PyAny>) -> PyErr {
    let kind = given.get_type();
    let kind = kind.name().map_or_else(|_| "something else".to_owned(), |kind| kind.to_string());
    PyTypeError::new_err(format!("{name}: expected {wanted}, got {kind}"))
}

pub(crate) fn text(name: &str, given: &Bound<'_, PyAny>) -> PyResult<String> {
    match given.cast::<PyString>() {
        Ok(text) => {
            Ok(text.to_str().map_err(|_| invalid(given.py(), name, "holds a lone surrogate"))?.to_owned())
        }
        Err(_) => Err(wrong_type(name, "str", given)),
    }
}

pub(crate) fn flag(name: &str, given: &Bound<'_, PyAny>) -> PyResult<bool> {
    given.cast::<PyBool>().map(|flag| flag.is_true()).map_err(|_| wrong_type(name, "bool", given))
}

/// A number of seconds, whole or not.
pub(crate) fn seconds(name: &str, given: &Bound<'_, PyAny>) -> PyResult<Duration> {
    let wanted = "a number of seconds (int or float)";
    let is_number = given.is_instance_of::<PyFloat>()
        || given.is_instance_of::<PyInt>()
        || given.hasattr(intern!(given.py(), "__index__"))?;
    if given.is_instance_of::<PyBool>() || !is_number {
        return Err(wrong_type(name, wanted, given));
    }
    let bad = || invalid(given.py(), name, "must be a number of seconds: not negative, and finite");
    // An integer that no float can hold is too long a time as well.
    let number: f64 = given.extract().map_err(|_| bad())?;
    Duration::try_from_secs_f64(number).map_err(|_| bad())
}

pub(crate) fn count(name: &str, given: &Bound<'_, PyAny>) -> PyResult<u32> {
    let is_number = given.is_instance_of::<PyInt>() || given.hasattr(intern!(given.py(), "__index__"))?;
    if given.is_instance_of::<PyBool>() || !is_number {
        return Err(wrong_type(name, "int", given));
    }
    given.extract().map_err(|_| invalid(given.py(), name, "must be a whole number, not negative"))
}

/// A path: text, or an object with `__fspath__`. `None` where it is neither.
pub(crate) fn path(given: &Bound<'_, PyAny>) -> PyResult<Option<PathBuf>> {
    if given.is_instance_of::<PyString>() || given.hasattr(intern!(given.py(), "__fspath__"))? {
        static DECODE: PyOnceLock<Py<PyFunction>> = PyOnceLock::new();
        let text = DECODE.import(given.py(), "os", "fsdecode")?.call1((given,))?;
        return text.extract().map(Some);
    }
    Ok(None)
}

/// Bytes of any of the types that hold bytes. `None` where it is none of them.
pub(crate) fn bytes<'py>(given: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyBytes>>> {
    if let Ok(bytes) = given.cast::<PyBytes>() {
        return Ok(Some(bytes.clone()));
    }
    if given.is_instance_of::<PyByteArray>() || given.is_instance_of::<PyMemoryView>() {
        let copied = given.py().get_type::<PyBytes>().call1((given,))?;
        return Ok(Some(copied.cast_into()?));
    }
    Ok(None)
}

/// Names and values, as headers have them.
pub(crate) fn pairs(name: &str, given: &Bound<'_, PyAny>) -> PyResult<Vec<(String, String)>> {
    let wanted = "a dict of str to str";
    let items = match given.cast::<PyDict>() {
        Ok(dict) => dict.items().into_any(),
        Err(_) if given.hasattr(intern!(given.py(), "items"))? => {
            given.call_method0(intern!(given.py(), "items"))?
        }
        Err(_) => return Err(wrong_type(name, wanted, given)),
    };
    let mut pairs = Vec::new();
    for item in items.try_iter()? {
        let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item?.extract()?;
        let key = text(name, &key)?;
        let value = text(&format!("{name}[{key:?}]"), &value)?;
        pairs.push((key, value));
    }
    Ok(pairs)
}

/// Any iterable but a text or bytes, which would give their letters.
pub(crate) fn iterable<'py>(
    name: &str,
    wanted: &str,
    given: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyIterator>> {
    let one = given.is_instance_of::<PyString>() || bytes(given)?.is_some();
    match given.try_iter() {
        Ok(inputs) if !one => Ok(inputs),
        Err(error) if !error.is_instance_of::<PyTypeError>(given.py()) => Err(error),
        _ => Err(wrong_type(name, wanted, given)),
    }
}

/// The iterable that a call with many inputs is given. One that is known to be empty is refused at once.
pub(crate) fn inputs<'py>(
    name: &str,
    wanted: &str,
    given: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyIterator>> {
    let inputs = iterable(name, wanted, given)?;
    match given.len() {
        Ok(0) => Err(empty(given.py(), name)),
        _ => Ok(inputs),
    }
}

/// Nothing to ask for: a mistake further up, which no result would show.
pub(crate) fn empty(py: Python<'_>, name: &str) -> PyErr {
    invalid(py, name, "is empty: there is nothing to ask for")
}

/// Texts of any iterable.
pub(crate) fn texts(name: &str, given: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    let inputs = iterable(name, "an iterable of str", given)?;
    inputs.enumerate().map(|(index, input)| text(&format!("{name}[{index}]"), &input?)).collect()
}
