//! Parts of an allowance kept for someone, and plans.

use std::sync::{Mutex, PoisonError};

use mdcloud::{PlanAllow, Source};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::arguments as arg;
use crate::call::{Call, Takes};
use crate::results;
use crate::source::source;

/// An amount of an allowance that is kept for the calls which are given it as ``reservation=``.
///
/// What is left of it goes back at the end of the ``with`` block, or with ``release()``.
///
/// >>> import mdcloud
/// >>> with mdcloud.Emulator() as emulator, emulator.client() as client:
/// ...     with client.reserve("prevention_api", 5) as kept:
/// ...         _ = client.file_submit(b"urgent", reservation=kept)
/// ...         kept.family, kept.amount
/// ('prevention_api', 5)
#[pyclass(frozen, module = "mdcloud")]
pub(crate) struct Reservation(Mutex<Option<mdcloud::Reservation>>, String, u32);

impl Reservation {
    /// What is kept, unless it was given back.
    pub(crate) fn kept(&self) -> Option<mdcloud::Reservation> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[pymethods]
impl Reservation {
    /// The allowance, by the service's name.
    #[getter]
    fn family(&self) -> &str {
        &self.1
    }

    /// How much was kept at the beginning.
    #[getter]
    fn amount(&self) -> u32 {
        self.2
    }

    /// Whether it was given back.
    #[getter]
    fn released(&self) -> bool {
        self.kept().is_none()
    }

    /// Gives back what is left of it. Calls that are under way keep what they have.
    fn release(&self) {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(kept);
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __exit__(&self, _kind: &Bound<'_, PyAny>, _error: &Bound<'_, PyAny>, _trace: &Bound<'_, PyAny>) {
        self.release();
    }

    fn __repr__(&self) -> String {
        let released = if self.released() { ", released" } else { "" };
        format!("<mdcloud.Reservation: {} of {}{released}>", self.2, self.1)
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Reservation cannot be pickled or copied: it belongs to its process"))
    }
}

pub(crate) fn reserve(
    py: Python<'_>,
    client: &mdcloud::Client,
    family: &Bound<'_, PyAny>,
    amount: &Bound<'_, PyAny>,
    options: &Bound<'_, PyDict>,
) -> PyResult<Reservation> {
    let call = Call::new("reserve", Takes::Common, options)?;
    let (family, amount) = (arg::text("family", family)?, arg::count("amount", amount)?);
    let kept = call.run(py, client, |client| client.reserve(&family, amount))?;
    Ok(Reservation(Mutex::new(Some(kept)), family, amount))
}

pub(crate) fn plan(
    py: Python<'_>,
    client: &mdcloud::Client,
    sources: &Bound<'_, PyAny>,
    (limits, lookups): (&Bound<'_, PyAny>, &Bound<'_, PyAny>),
    options: &Bound<'_, PyDict>,
) -> PyResult<Py<PyAny>> {
    let call = Call::new("plan", Takes::Common, options)?;
    let allow = PlanAllow::NOTHING.limits(arg::flag("limits", limits)?);
    let allow = allow.lookups(arg::flag("lookups", lookups)?);
    let wanted = "an iterable of paths, bytes or binary file objects";
    let mut all: Vec<Source> = Vec::new();
    // Each keeps what its file object raises, which is a problem of that file alone.
    let mut calls = Vec::new();
    for given in arg::inputs("sources", wanted, sources)? {
        let (source, call) = source(&given?, Call::bare())?;
        all.push(source);
        calls.push(call);
    }
    results::make(py, Box::new(call.run(py, client, |client| client.plan(&all, allow))?))
}
