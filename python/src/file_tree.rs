//! The files inside an archive, one by one.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::arguments as arg;
use crate::arrow_stream;
use crate::call::{Call, Raised, still_open};
use crate::errors;
use crate::guard::{guard, quiet};
use crate::outcome::{shown, told};
use crate::results;
use crate::table;

/// One file of an archive, or one that could not be looked into.
#[pyclass(frozen, get_all, module = "mdcloud")]
pub(crate) struct TreeFile {
    /// How deep it lies: 1 for the direct members of the archive; None with an error.
    pub(crate) depth: Option<u32>,
    /// Handle of the archive that it lies in; None with an error.
    pub(crate) parent: Option<String>,
    /// The ExtractedFile; None with an error.
    pub(crate) file: Option<Py<PyAny>>,
    /// Why a member could not be looked into; its ``data_id`` names it. None where all is well.
    pub(crate) error: Option<Py<PyAny>>,
}

#[pymethods]
impl TreeFile {
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        guard(|| {
            let (name, value) = shown(py, "file", self.file.as_ref(), self.error.as_ref())?;
            let depth = self.depth.map_or("None".to_owned(), |depth| depth.to_string());
            Ok(format!("TreeFile(depth={depth}, {name}={value})"))
        })
    }

    /// The entry as plain Python objects: ``depth``, ``parent``, ``error`` (its text), and the fields of
    /// the file.
    fn to_dict<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        guard(|| table::plain(slf.as_any()))
    }

    fn _repr_html_(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        guard(|| table::html(slf.as_any()))
    }

    fn __eq__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let py = slf.py();
        guard(|| match other.cast::<TreeFile>() {
            Ok(other) => {
                let same = slf.get().identity(py)?.eq(other.get().identity(py)?)?;
                Ok(same.into_pyobject(py)?.to_owned().into_any().unbind())
            }
            Err(_) => Ok(py.NotImplemented()),
        })
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        guard(|| self.identity(py)?.hash())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        guard(|| {
            let state = (self.depth, &self.parent, &self.file, &self.error).into_pyobject(py)?;
            (py.import("mdcloud._native")?.getattr("_restore_tree_file")?, state).into_pyobject(py)
        })
    }
}

impl TreeFile {
    /// What two entries have in common where they are equal.
    fn identity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let error = self.error.as_ref().map(|error| told(error.bind(py))).transpose()?;
        (self.depth, &self.parent, &self.file, error).into_pyobject(py)
    }
}

/// Makes an entry again from what `__reduce__` gave.
#[pyfunction]
pub(crate) fn _restore_tree_file(
    depth: Option<u32>,
    parent: Option<String>,
    file: Option<Py<PyAny>>,
    error: Option<Py<PyAny>>,
) -> TreeFile {
    TreeFile { depth, parent, file, error }
}

/// The files of an archive, outermost first and each before what is inside it.
///
/// Lazy: what is inside a member is asked for when the walk comes to it. A member that stands twice is
/// opened once.
#[pyclass(frozen, module = "mdcloud")]
pub(crate) struct FileTree {
    walk: Mutex<mdcloud::FileTree>,
    raised: Raised,
}

impl FileTree {
    pub(crate) fn new(
        py: Python<'_>,
        client: &mdcloud::Client,
        data_id: &Bound<'_, PyAny>,
        depth: Option<&Bound<'_, PyAny>>,
        call: Call,
    ) -> PyResult<Self> {
        still_open(py, client)?;
        let data_id = arg::text("data_id", data_id)?;
        let depth = depth.map(|depth| arg::count("depth", depth)).transpose()?;
        let walk = client.with(&call.options).file_tree(&data_id, depth);
        let walk = walk.map_err(|error| errors::raised(py, &error, None))?;
        Ok(FileTree { walk: Mutex::new(walk), raised: call.raised })
    }
}

#[pymethods]
impl FileTree {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<TreeFile>> {
        guard(|| {
            let next = py.detach(|| {
                let mut walk = self.walk.lock().unwrap_or_else(PoisonError::into_inner);
                quiet(|| Ok(walk.next()))
            });
            if let Some(raised) = self.raised.take() {
                return Err(raised);
            }
            let Some(found) = next.map_err(|error| errors::raised(py, &error, None))? else {
                return Ok(None);
            };
            Ok(Some(match found {
                Ok(found) => TreeFile {
                    depth: Some(found.depth),
                    parent: Some(found.parent),
                    file: Some(results::make(py, Box::new(found.file))?),
                    error: None,
                },
                Err(error) => {
                    let error = errors::exception(py, &error, None)?.unbind();
                    TreeFile { depth: None, parent: None, file: None, error: Some(error) }
                }
            }))
        })
    }

    /// Takes all files that are left into a ``Table``.
    fn to_table(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        guard(|| table::collect(slf.as_any(), "TreeFile"))
    }

    /// The files as an Arrow stream, for pandas, polars, pyarrow, DuckDB and others: lazy, and for once.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        slf: &Bound<'py, Self>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = requested_schema; // a wish that the protocol allows to overhear
        guard(|| arrow_stream::of(slf.as_any(), "TreeFile"))
    }
}
