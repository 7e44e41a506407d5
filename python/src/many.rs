//! The lazy results of bulk lookups. Inputs come from any Python iterable.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, TryLockError};

use mdcloud::Operation;
use mdcloud::model::Model;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyList, PyString, PyTuple, PyType};

use crate::arguments as arg;
use crate::arrow_stream;
use crate::call::{Call, InTurn, still_open};
use crate::guard::{guard, quiet};
use crate::logging;
use crate::progress::Counter;
use crate::results;
use crate::table;

/// The results of a bulk lookup: one per input, in input order.
///
/// Lazy: as many batches of inputs as the client's ``concurrency`` are taken ahead of the results; of a list, up to
/// 20,000 inputs. One that is among the 20,000 before it is not asked again.
#[pyclass(frozen, module = "mdcloud")]
pub(crate) struct Results(Mutex<State>);

struct State {
    /// None at the end.
    results: Option<Box<dyn Models>>,
    /// The class of the results.
    kind: &'static str,
    raised: InTurn,
    counter: Counter,
    given: usize,
}

/// Results of the core, whatever their type.
trait Models: Send {
    fn next(&mut self) -> Option<Box<dyn Model>>;
    /// How many come without a wait.
    fn ready(&self) -> usize;
}

impl<T> Models for mdcloud::Results<Inputs, T>
where
    T: Model + 'static,
    mdcloud::Results<Inputs, T>: Iterator<Item = T> + Send,
{
    fn next(&mut self) -> Option<Box<dyn Model>> {
        Some(Box::new(Iterator::next(self)?))
    }
    fn ready(&self) -> usize {
        mdcloud::Results::ready(self)
    }
}

/// Python's iterable as the core's, a batch at a time: attaches to the interpreter for each.
struct Inputs {
    inputs: Py<PyIterator>,
    name: &'static str,
    /// How many there are, where that is known.
    all: Option<usize>,
    batch: usize,
    taken: usize,
    waiting: VecDeque<String>,
    raised: InTurn,
    ended: bool,
}

impl Inputs {
    /// The next inputs, as many as one request takes. Where one of them is no text, or the iterable raises,
    /// none of them is asked for.
    fn take_batch(&mut self, py: Python<'_>) -> PyResult<VecDeque<String>> {
        let mut batch = VecDeque::with_capacity(self.batch);
        let mut inputs = self.inputs.bind(py).clone();
        while batch.len() < self.batch
            && let Some(input) = inputs.next()
        {
            let place = self.taken + batch.len();
            let input = input?;
            match input.cast::<PyString>() {
                Ok(text) => batch.push_back(text.to_string_lossy().into_owned()),
                Err(_) => return Err(no_text(self.name, place, &input)),
            }
        }
        self.taken += batch.len();
        match self.taken {
            0 => Err(arg::empty(py, self.name)),
            _ => Ok(batch),
        }
    }
}

impl Iterator for Inputs {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        if self.waiting.is_empty() && !self.ended {
            let batch = Python::try_attach(|py| {
                self.take_batch(py).map_err(|error| self.raised.put(py, error)).unwrap_or_default()
            });
            self.waiting = batch.unwrap_or_default();
            self.ended = self.waiting.len() < self.batch;
        }
        self.waiting.pop_front()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let here = self.waiting.len();
        let left = self.all.map(|all| here + all.saturating_sub(self.taken));
        (left.unwrap_or(here), left)
    }
}

/// A list can be looked at before anything is sent.
fn check_list(name: &str, inputs: &Bound<'_, PyAny>) -> PyResult<()> {
    if inputs.is_instance_of::<PyList>() || inputs.is_instance_of::<PyTuple>() {
        for (place, input) in inputs.try_iter()?.enumerate() {
            let input = input?;
            if !input.is_instance_of::<PyString>() {
                return Err(no_text(name, place, &input));
            }
        }
    }
    Ok(())
}

fn no_text(name: &str, place: usize, input: &Bound<'_, PyAny>) -> PyErr {
    arg::wrong_type(&format!("{name}[{place}]"), "str", input)
}

impl Results {
    pub(crate) fn new(
        client: &mdcloud::Client,
        name: &str,
        inputs: &Bound<'_, PyAny>,
        call: Call,
    ) -> PyResult<Self> {
        still_open(inputs.py(), client)?;
        let raised = InTurn::new(call.raised);
        let (operation, argument) = match name {
            "ip_lookup_many" => (Operation::IpLookupMany, "ips"),
            "url_lookup_many" => (Operation::UrlLookupMany, "urls"),
            "domain_lookup_many" => (Operation::DomainLookupMany, "domains"),
            _ => (Operation::HashLookupMany, "hashes"),
        };
        let counter = Counter::new(inputs, call.callback, call.bar);
        check_list(argument, inputs)?;
        let inputs = Inputs {
            inputs: arg::inputs(argument, "an iterable of str", inputs)?.unbind(),
            name: argument,
            all: inputs.len().ok(),
            batch: operation.endpoint().batch.unwrap_or(1) as usize,
            taken: 0,
            waiting: VecDeque::new(),
            raised: raised.clone(),
            ended: false,
        };
        let client = client.with(&call.options);
        let results: Box<dyn Models> = match operation {
            Operation::IpLookupMany => Box::new(client.ip_lookup_many(inputs)),
            Operation::UrlLookupMany => Box::new(client.url_lookup_many(inputs)),
            Operation::DomainLookupMany => Box::new(client.domain_lookup_many(inputs)),
            _ => Box::new(client.hash_lookup_many(inputs)),
        };
        let kind = if matches!(operation, Operation::HashLookupMany) { "HashResult" } else { "Reputation" };
        let results = Some(results);
        let state = State { results, kind, raised, counter, given: 0 };
        Ok(Results(Mutex::new(state)))
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
        guard(|| self.open()?.next(py))
    }

    /// The next result, and as many as have come with it; empty at the end.
    fn _take(&self, py: Python<'_>, most: usize) -> PyResult<Vec<Py<PyAny>>> {
        guard(|| {
            let mut state = self.open()?;
            let mut taken: Vec<Py<PyAny>> = state.next(py)?.into_iter().collect();
            while !taken.is_empty() && taken.len() < most && state.ready() > 0 {
                taken.extend(state.next(py)?);
            }
            Ok(taken)
        })
    }

    /// Takes all results that are left into a ``Table``.
    fn to_table(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        guard(|| {
            let kind = slf.get().open()?.kind;
            table::collect(slf.as_any(), kind)
        })
    }

    /// The results as an Arrow stream, for pandas, polars, pyarrow, DuckDB and others: lazy, and for once.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        slf: &Bound<'py, Self>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = requested_schema; // a wish that the protocol allows to overhear
        guard(|| {
            let kind = slf.get().open()?.kind;
            arrow_stream::of(slf.as_any(), kind)
        })
    }

    fn __repr__(&self) -> String {
        match self.0.try_lock() {
            Ok(state) => format!("<mdcloud.Results: {} so far>", state.given),
            Err(_) => "<mdcloud.Results: at work>".to_owned(),
        }
    }
}

impl Results {
    /// Waiting for the lock here would hold up the thread that has it.
    fn open(&self) -> PyResult<MutexGuard<'_, State>> {
        match self.0.try_lock() {
            Ok(state) => Ok(state),
            Err(TryLockError::Poisoned(poisoned)) => Ok(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => {
                Err(PyRuntimeError::new_err("another thread is taking results from this iterator"))
            }
        }
    }
}

impl State {
    /// How many come without a wait.
    fn ready(&self) -> usize {
        self.results.as_ref().map_or(0, |results| results.ready())
    }

    fn next(&mut self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        let next = self.try_next(py).and_then(|next| {
            if next.is_some() {
                self.counter.step(py, self.ready() > 0)?;
            }
            Ok(next)
        });
        if matches!(next, Ok(Some(_))) {
            return next;
        }
        let ended = self.results.take();
        py.detach(|| drop(ended));
        let closed = self.counter.end(py);
        next.and_then(|next| closed.map(|()| next))
    }

    fn try_next(&mut self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        let Some(results) = &mut self.results else { return Ok(None) };
        let result = match results.ready() {
            0 => py.detach(|| quiet(|| Ok(results.next()))),
            // It has come with the others of its batch.
            _ => Ok(results.next()),
        };
        self.raised.now()?;
        logging::deliver(py)?;
        let Some(result) = result.map_err(|error| crate::errors::raised(py, &error, None))? else {
            return self.raised.end().map(|()| None);
        };
        self.given += 1;
        results::make(py, result).map(Some)
    }
}
