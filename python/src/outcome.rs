//! What became of one of many files.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple, PyType};

use crate::guard::guard;
use crate::table;

/// What became of one of many files. Compares, copies and pickles where its source does.
#[pyclass(frozen, get_all, module = "mdcloud")]
pub(crate) struct ScanOutcome {
    /// Place of the source among the inputs, from 0.
    pub(crate) index: usize,
    /// The source as it was given.
    pub(crate) source: Py<PyAny>,
    /// The finished Report; None where the scan failed.
    pub(crate) result: Option<Py<PyAny>>,
    /// The exception that a single scan would have raised; None where it went well.
    pub(crate) error: Option<Py<PyAny>>,
}

#[pymethods]
impl ScanOutcome {
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        guard(|| {
            let (name, value) = shown(py, "result", self.result.as_ref(), self.error.as_ref())?;
            Ok(format!("ScanOutcome(index={}, {name}={value})", self.index))
        })
    }

    /// The outcome as plain Python objects: ``index``, ``source`` (the path, where it is one), ``error``
    /// (its text), and the fields of the report.
    fn to_dict<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        guard(|| table::plain(slf.as_any()))
    }

    fn _repr_html_(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        guard(|| table::html(slf.as_any()))
    }

    fn __eq__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let py = slf.py();
        guard(|| match other.cast::<ScanOutcome>() {
            Ok(other) => {
                let same = identity(slf)?.eq(identity(other)?)?;
                Ok(same.into_pyobject(py)?.to_owned().into_any().unbind())
            }
            Err(_) => Ok(py.NotImplemented()),
        })
    }

    /// Without the source, which need not be hashable.
    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        guard(|| (self.index, &self.result).into_pyobject(py)?.hash())
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        guard(|| {
            let this = slf.get();
            let state = (this.index, &this.source, &this.result, &this.error).into_pyobject(py)?;
            (py.import("mdcloud._native")?.getattr("_restore_outcome")?, state).into_pyobject(py)
        })
    }
}

/// What two outcomes have in common where they are equal.
fn identity<'py>(outcome: &Bound<'py, ScanOutcome>) -> PyResult<Bound<'py, PyTuple>> {
    let py = outcome.py();
    let this = outcome.get();
    let error = this.error.as_ref().map(|error| told(error.bind(py))).transpose()?;
    (this.index, &this.source, &this.result, error).into_pyobject(py)
}

/// What an exception says: exceptions do not compare by themselves.
pub(crate) fn told<'py>(error: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyType>, Bound<'py, PyString>)> {
    Ok((error.get_type(), error.str()?))
}

/// Name and text of what an entry holds, for its `repr`.
pub(crate) fn shown(
    py: Python<'_>,
    name: &'static str,
    result: Option<&Py<PyAny>>,
    error: Option<&Py<PyAny>>,
) -> PyResult<(&'static str, String)> {
    Ok(match (result, error) {
        (Some(result), _) => (name, result.bind(py).repr()?.to_string()),
        (None, Some(error)) => ("error", class_name(error.bind(py))?),
        (None, None) => (name, "None".to_owned()),
    })
}

/// The public name of an exception's class; those of missing files have classes of their own underneath.
pub(crate) fn class_name(error: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(error.get_type().name()?.to_string_lossy().trim_start_matches('_').to_owned())
}

/// Makes an outcome again from what `__reduce__` gave.
#[pyfunction]
pub(crate) fn _restore_outcome(
    index: usize,
    source: Py<PyAny>,
    result: Option<Bound<'_, PyAny>>,
    error: Option<Py<PyAny>>,
) -> PyResult<ScanOutcome> {
    if let Some(result) = &result
        && !result.is_instance_of::<crate::results::ResultObject>()
    {
        return Err(PyTypeError::new_err("an outcome holds a Report"));
    }
    Ok(ScanOutcome { index, source, result: result.map(Bound::unbind), error })
}
