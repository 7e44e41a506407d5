//! The lazy results of a bulk lookup: inputs are taken from any Python iterable, one batch ahead.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError, TryLockError};

use mdcloud::Operation;
use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyIterator, PyString};

use crate::arguments as arg;
use crate::call::{Call, Raised};
use crate::guard::{guard, quiet};
use crate::results;

/// The results of ``hash_lookup_many``: one per input, in input order.
///
/// Lazy: at most one batch of inputs is taken ahead of the results.
#[pyclass(frozen, module = "mdcloud")]
pub(crate) struct HashResults(Mutex<State>);

struct State {
    inputs: Py<PyIterator>,
    queue: Queue,
    results: mdcloud::Results<Queue, mdcloud::HashResult>,
    raised: Raised,
    /// Inputs taken from Python, and results given to it.
    taken: usize,
    given: usize,
    done: bool,
}

/// Inputs that were taken from Python while its interpreter was attached.
#[derive(Clone, Default)]
struct Queue(Arc<Mutex<VecDeque<String>>>);

impl Iterator for Queue {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

impl HashResults {
    pub(crate) fn new(client: &mdcloud::Client, hashes: &Bound<'_, PyAny>, call: Call) -> PyResult<Self> {
        let one = hashes.is_instance_of::<PyString>()
            || hashes.is_instance_of::<PyBytes>()
            || hashes.is_instance_of::<PyByteArray>();
        let inputs = match hashes.try_iter() {
            Ok(inputs) if !one => inputs,
            Err(error) if !error.is_instance_of::<PyTypeError>(hashes.py()) => return Err(error),
            _ => return Err(arg::wrong_type("hashes", "an iterable of str", hashes)),
        };
        let queue = Queue::default();
        let results = client.with(&call.options).hash_lookup_many(queue.clone());
        Ok(HashResults(Mutex::new(State {
            inputs: inputs.unbind(),
            queue,
            results,
            raised: call.raised,
            taken: 0,
            given: 0,
            done: false,
        })))
    }
}

#[pymethods]
impl HashResults {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        guard(|| {
            // Waiting for the lock here would hold up the thread that has it.
            let mut state = match self.0.try_lock() {
                Ok(state) => state,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) => {
                    return Err(PyRuntimeError::new_err(
                        "another thread is taking results from this iterator",
                    ));
                }
            };
            state.next(py)
        })
    }

    fn __repr__(&self) -> String {
        match self.0.try_lock() {
            Ok(state) => format!("<mdcloud.HashResults: {} so far>", state.given),
            Err(_) => "<mdcloud.HashResults: at work>".to_owned(),
        }
    }
}

impl State {
    fn next(&mut self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        if self.done {
            return Ok(None);
        }
        let next = self.try_next(py);
        if !matches!(next, Ok(Some(_))) {
            self.done = true;
        }
        next
    }

    fn try_next(&mut self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        let result = if self.given == self.taken {
            let inputs = self.take_batch(py)?;
            self.queue.0.lock().unwrap_or_else(PoisonError::into_inner).extend(inputs);
            let results = &mut self.results;
            let result = py.detach(|| quiet(|| Ok(results.next())));
            if let Some(raised) = self.raised.take() {
                return Err(raised);
            }
            result.map_err(|error| crate::errors::raised(py, &error, None))?
        } else {
            // It has come with the others of its batch.
            self.results.next()
        };
        let Some(result) = result else { return Ok(None) };
        self.given += 1;
        results::make(py, Box::new(result)).map(Some)
    }

    /// The next inputs, as many as one request takes. Where one of them is no hash at all by its type, or
    /// the iterable raises, none of them is asked for.
    fn take_batch(&mut self, py: Python<'_>) -> PyResult<Vec<String>> {
        let most = Operation::HashLookupMany.endpoint().batch.unwrap_or(1) as usize;
        let mut batch = Vec::new();
        let mut inputs = self.inputs.bind(py).clone();
        while batch.len() < most
            && let Some(input) = inputs.next()
        {
            let place = self.taken + batch.len();
            let input = input?;
            match input.cast::<PyString>() {
                Ok(text) => batch.push(text.to_string_lossy().into_owned()),
                Err(_) => return Err(arg::wrong_type(&format!("hashes[{place}]"), "str", &input)),
            }
        }
        self.taken += batch.len();
        Ok(batch)
    }
}
