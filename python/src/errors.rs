//! Errors of the core as Python exceptions. The classes are Python's own (`mdcloud/_errors.py`).

use std::path::Path;

use mdcloud::{Delivery, Error};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyFunction, PyType};

/// The exception for an error; `file` is the path of the caller's file, where there is one.
pub(crate) fn raised(py: Python<'_>, error: &Error, file: Option<&Path>) -> PyErr {
    exception(py, error, file).map_or_else(|other| other, PyErr::from_value)
}

/// A refused argument: its name and the rule that it breaks.
pub(crate) fn invalid(py: Python<'_>, name: &str, rule: impl std::fmt::Display) -> PyErr {
    raised(py, &Error::invalid(name, rule), None)
}

/// A call that was ended here, or was not to begin.
pub(crate) fn cancelled(py: Python<'_>, why: &str) -> PyErr {
    static CANCELLED: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let made =
        CANCELLED.import(py, "mdcloud._errors", "CancelledError").and_then(|class| class.call1((why,)));
    made.map_or_else(|other| other, PyErr::from_value)
}

/// The exception object for an error.
pub(crate) fn exception<'py>(
    py: Python<'py>,
    error: &Error,
    file: Option<&Path>,
) -> PyResult<Bound<'py, PyAny>> {
    static MAKE: PyOnceLock<Py<PyFunction>> = PyOnceLock::new();
    let facts = PyDict::new(py);
    facts.set_item(intern!(py, "http_status"), error.http_status())?;
    facts.set_item(intern!(py, "code"), error.code())?;
    facts.set_item(intern!(py, "messages"), error.messages())?;
    facts.set_item(intern!(py, "retry_after"), error.retry_after().map(|after| after.as_secs_f64()))?;
    facts.set_item(intern!(py, "family"), error.family())?;
    facts.set_item(intern!(py, "is_local"), error.is_local())?;
    facts.set_item(intern!(py, "delivery"), delivery(error.delivery()))?;
    facts.set_item(intern!(py, "request"), error.request())?;
    facts.set_item(intern!(py, "raw"), PyBytes::new(py, error.raw()))?;
    facts.set_item(intern!(py, "data_id"), error.data_id())?;
    let make = MAKE.import(py, "mdcloud._errors", "_make")?;
    make.call1((error.status() as i32, error.to_string(), error.errno(), file, facts))
}

fn delivery(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::NotSent => "not_sent",
        Delivery::Refused => "refused",
        _ => "unknown",
    }
}
