//! The files inside an archive, one by one.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;

use crate::arguments as arg;
use crate::call::{Call, Raised};
use crate::errors;
use crate::guard::{guard, quiet};
use crate::results;

/// One file of an archive, or one that could not be looked into.
#[pyclass(frozen, get_all, module = "mdcloud")]
pub(crate) struct TreeFile {
    /// How deep it lies: 1 for the direct members of the archive; None with an error.
    depth: Option<u32>,
    /// Handle of the archive that it lies in; None with an error.
    parent: Option<String>,
    /// The ExtractedFile; None with an error.
    file: Option<Py<PyAny>>,
    /// Why a member could not be looked into; its ``data_id`` names it. None where all is well.
    error: Option<Py<PyAny>>,
}

#[pymethods]
impl TreeFile {
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        guard(|| {
            let (name, value) = match (&self.file, &self.error) {
                (Some(file), _) => ("file", file.bind(py).repr()?.to_string()),
                (None, Some(error)) => ("error", error.bind(py).get_type().name()?.to_string()),
                (None, None) => ("file", "None".to_owned()),
            };
            let depth = self.depth.map_or("None".to_owned(), |depth| depth.to_string());
            Ok(format!("TreeFile(depth={depth}, {name}={value})"))
        })
    }
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
}
