//! The lazy results of bulk lookups, one batch ahead. Inputs come from any Python iterable.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError, TryLockError};

use mdcloud::Operation;
use mdcloud::model::Model;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyString, PyType};

use crate::arguments as arg;
use crate::call::{Call, Raised};
use crate::guard::{guard, quiet};
use crate::results;

/// The results of a bulk lookup: one per input, in input order.
///
/// Lazy: at most one batch of inputs is taken ahead of the results.
#[pyclass(frozen, module = "mdcloud")]
pub(crate) struct Results(Mutex<State>);

struct State {
    inputs: Py<PyIterator>,
    queue: Queue,
    results: Box<dyn Iterator<Item = Box<dyn Model>> + Send>,
    operation: Operation,
    name: &'static str,
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

impl Results {
    pub(crate) fn new(
        client: &mdcloud::Client,
        name: &str,
        inputs: &Bound<'_, PyAny>,
        call: Call,
    ) -> PyResult<Self> {
        fn models<T: Model + 'static>(one: T) -> Box<dyn Model> {
            Box::new(one)
        }
        let queue = Queue::default();
        let taken = queue.clone();
        let client = client.with(&call.options);
        let (operation, name, results): (_, _, Box<dyn Iterator<Item = Box<dyn Model>> + Send>) = match name {
            "ip_lookup_many" => {
                (Operation::IpLookupMany, "ips", Box::new(client.ip_lookup_many(taken).map(models)))
            }
            "url_lookup_many" => {
                (Operation::UrlLookupMany, "urls", Box::new(client.url_lookup_many(taken).map(models)))
            }
            "domain_lookup_many" => (
                Operation::DomainLookupMany,
                "domains",
                Box::new(client.domain_lookup_many(taken).map(models)),
            ),
            _ => (Operation::HashLookupMany, "hashes", Box::new(client.hash_lookup_many(taken).map(models))),
        };
        let inputs = arg::iterable(name, "an iterable of str", inputs)?.unbind();
        let raised = call.raised;
        Ok(Results(Mutex::new(State {
            inputs,
            queue,
            results,
            operation,
            name,
            raised,
            taken: 0,
            given: 0,
            done: false,
        })))
    }
}

#[pymethods]
impl Results {
    /// For annotations: ``Results[HashResult]``.
    #[classmethod]
    fn __class_getitem__<'py>(class: &Bound<'py, PyType>, _of: &Bound<'py, PyAny>) -> Bound<'py, PyType> {
        class.clone()
    }

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
            Ok(state) => format!("<mdcloud.Results: {} so far>", state.given),
            Err(_) => "<mdcloud.Results: at work>".to_owned(),
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
        results::make(py, result).map(Some)
    }

    /// The next inputs, as many as one request takes. Where one of them is no hash at all by its type, or
    /// the iterable raises, none of them is asked for.
    fn take_batch(&mut self, py: Python<'_>) -> PyResult<Vec<String>> {
        let most = self.operation.endpoint().batch.unwrap_or(1) as usize;
        let mut batch = Vec::new();
        let mut inputs = self.inputs.bind(py).clone();
        while batch.len() < most
            && let Some(input) = inputs.next()
        {
            let place = self.taken + batch.len();
            let input = input?;
            match input.cast::<PyString>() {
                Ok(text) => batch.push(text.to_string_lossy().into_owned()),
                Err(_) => return Err(arg::wrong_type(&format!("{}[{place}]", self.name), "str", &input)),
            }
        }
        self.taken += batch.len();
        Ok(batch)
    }
}
