//! Many scans at once. Sources are taken from any Python iterable, on the caller's thread.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use mdcloud::Source;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyIterator;

use crate::arguments as arg;
use crate::arrow_stream;
use crate::call::{Call, InTurn, Raised, still_open};
use crate::errors;
use crate::guard::{guard, quiet};
use crate::logging;
use crate::outcome::ScanOutcome;
use crate::progress::Counter;
use crate::results;
use crate::source::source;
use crate::table;

/// The outcomes of ``file_scan_many``, in the order in which they finish.
///
/// Lazy: sources are taken as there is room. Scans that have begun go on at the service when the iterator
/// is dropped.
#[pyclass(frozen, module = "mdcloud")]
pub(crate) struct ScanOutcomes(Mutex<Option<State>>);

struct State {
    outcomes: mdcloud::ScanOutcomes<Inputs>,
    waiting: Waiting,
    raised: InTurn,
    counter: Counter,
}

/// A source that was taken, until its outcome is there.
struct Taken {
    given: Py<PyAny>,
    file: Option<PathBuf>,
    raised: Raised,
}

#[derive(Clone, Default)]
struct Waiting(Arc<Mutex<HashMap<usize, Taken>>>);

impl Waiting {
    fn lock(&self) -> MutexGuard<'_, HashMap<usize, Taken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Python's iterable as the core's: attaches to the interpreter for each source.
struct Inputs {
    inputs: Py<PyIterator>,
    waiting: Waiting,
    raised: InTurn,
    taken: usize,
}

impl Inputs {
    fn take(&mut self, py: Python<'_>) -> PyResult<Option<Source>> {
        let given = match self.inputs.bind(py).clone().next() {
            Some(given) => given?,
            None if self.taken == 0 => return Err(arg::empty(py, "sources")),
            None => return Ok(None),
        };
        let (source, call) = source(&given, Call::bare())?;
        let taken = Taken { given: given.unbind(), file: call.file, raised: call.raised };
        self.waiting.lock().insert(self.taken, taken);
        self.taken += 1;
        Ok(Some(source))
    }
}

impl Iterator for Inputs {
    type Item = Source;

    fn next(&mut self) -> Option<Source> {
        Python::try_attach(|py| {
            self.take(py).map_err(|error| self.raised.put(py, error)).unwrap_or_default()
        })?
    }
}

impl ScanOutcomes {
    pub(crate) fn new(client: &mdcloud::Client, sources: &Bound<'_, PyAny>, call: Call) -> PyResult<Self> {
        still_open(sources.py(), client)?;
        let wanted = "an iterable of paths, bytes or binary file objects";
        let inputs = arg::inputs("sources", wanted, sources)?.unbind();
        let counter = Counter::new(sources, call.callback, call.bar);
        let (waiting, raised) = (Waiting::default(), InTurn::new(call.raised));
        let inputs = Inputs { inputs, waiting: waiting.clone(), raised: raised.clone(), taken: 0 };
        let outcomes = client.with(&call.options).file_scan_many(inputs);
        let state = State { outcomes, waiting, raised, counter };
        Ok(ScanOutcomes(Mutex::new(Some(state))))
    }
}

#[pymethods]
impl ScanOutcomes {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<ScanOutcome>> {
        guard(|| {
            let mut state = match self.0.try_lock() {
                Ok(state) => state,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => {
                    return Err(PyRuntimeError::new_err(
                        "another thread is taking outcomes from this iterator",
                    ));
                }
            };
            let Some(working) = state.as_mut() else { return Ok(None) };
            let next = working.next(py).and_then(|next| {
                if next.is_some() {
                    working.counter.step(py, false)?;
                }
                Ok(next)
            });
            if matches!(next, Ok(Some(_))) {
                return next;
            }
            let closed = working.counter.end(py);
            let ended = state.take();
            py.detach(|| drop(ended));
            next.and_then(|next| closed.map(|()| next))
        })
    }

    /// Waits for all outcomes that are left, and makes a ``Table`` of them.
    fn to_table(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        guard(|| table::collect(slf.as_any(), "ScanOutcome"))
    }

    /// The outcomes as an Arrow stream, for pandas, polars, pyarrow, DuckDB and others: lazy, and for once.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        slf: &Bound<'py, Self>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = requested_schema; // a wish that the protocol allows to overhear
        guard(|| arrow_stream::of(slf.as_any(), "ScanOutcome"))
    }
}

impl Drop for ScanOutcomes {
    /// Its threads may be reading file objects: to wait for them attached would never end.
    fn drop(&mut self) {
        let state = self.0.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(state) = state {
            let mut state = Some(state);
            let detached = Python::try_attach(|py| {
                let state = state.take();
                py.detach(|| drop(state));
            });
            if detached.is_none() {
                std::mem::forget(state);
            }
        }
    }
}

impl State {
    fn next(&mut self, py: Python<'_>) -> PyResult<Option<ScanOutcome>> {
        let outcomes = &mut self.outcomes;
        let outcome = py.detach(|| quiet(|| Ok(outcomes.next())));
        self.raised.now()?;
        logging::deliver(py)?;
        let Some(outcome) = outcome.map_err(|error| errors::raised(py, &error, None))? else {
            return self.raised.end().map(|()| None);
        };
        let Some(taken) = self.waiting.lock().remove(&outcome.index) else { return Ok(None) };
        let (result, error) = match (outcome.result, taken.raised.take()) {
            (Ok(report), _) => (Some(results::make(py, Box::new(report))?), None),
            (Err(_), Some(raised)) => (None, Some(raised.into_value(py).into_any())),
            (Err(error), None) => {
                (None, Some(errors::exception(py, &error, taken.file.as_deref())?.unbind()))
            }
        };
        Ok(Some(ScanOutcome { index: outcome.index, source: taken.given, result, error }))
    }
}
