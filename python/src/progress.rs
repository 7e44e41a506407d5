//! What a `progress=` callback is called with, and who calls it for operations on many inputs.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyFunction};

use crate::errors;

/// How far a call has come; what a ``progress=`` callback is called with.
///
/// The callback runs on the calling thread. Where it returns ``False`` the call is cancelled; what it
/// raises comes out of the call.
#[pyclass(frozen, get_all, module = "mdcloud")]
pub(crate) struct Progress {
    /// ``"upload"``, then ``"scan"``; ``"many"`` for the operations on many inputs.
    phase: &'static str,
    /// 0 to 100; 0 where it is not known.
    percent: u8,
    /// Bytes sent so far, or inputs that are finished; None while scanning.
    sent: Option<u64>,
    /// Bytes or inputs in all; None while scanning, and where it is not known.
    total: Option<u64>,
}

#[pymethods]
impl Progress {
    fn __repr__(&self) -> String {
        let mut text = format!("Progress(phase='{}', percent={}", self.phase, self.percent);
        if let Some(sent) = self.sent {
            let total = self.total.map_or("None".to_owned(), |total| total.to_string());
            text.push_str(&format!(", sent={sent}, total={total}"));
        }
        text.push(')');
        text
    }
}

impl Progress {
    pub(crate) fn of(progress: mdcloud::Progress) -> Self {
        match progress {
            mdcloud::Progress::Upload { sent, total } => Self::part("upload", sent, Some(total)),
            mdcloud::Progress::Scan { percent } => {
                Progress { phase: "scan", percent, sent: None, total: None }
            }
            _ => Progress { phase: "scan", percent: 0, sent: None, total: None },
        }
    }

    fn part(phase: &'static str, sent: u64, total: Option<u64>) -> Self {
        let percent = match total {
            Some(total) => (u128::from(sent) * 100).checked_div(u128::from(total)).unwrap_or(100),
            None => 0,
        };
        Progress { phase, percent: u8::try_from(percent.min(100)).unwrap_or(100), sent: Some(sent), total }
    }
}

/// Calls back; false where the callback wants no more.
pub(crate) fn tell(callback: &Bound<'_, PyAny>, progress: Progress) -> PyResult<bool> {
    let answer = callback.call1((progress,))?;
    Ok(!answer.is(PyBool::new(callback.py(), false)))
}

/// The bar of ``progress=True``: a callback that is to be closed in the end.
pub(crate) fn bar(py: Python<'_>, operation: &str) -> PyResult<Py<PyAny>> {
    static START: PyOnceLock<Py<PyFunction>> = PyOnceLock::new();
    Ok(START.import(py, "mdcloud._progress", "start")?.call1((operation,))?.unbind())
}

pub(crate) fn close(py: Python<'_>, bar: Option<&Py<PyAny>>) -> PyResult<()> {
    bar.map_or(Ok(()), |bar| bar.call_method0(py, intern!(py, "close")).map(|_| ()))
}

/// Counts the finished ones among many inputs for a callback.
pub(crate) struct Counter {
    callback: Option<Py<PyAny>>,
    bar: Option<Py<PyAny>>,
    done: u64,
    told: u64,
    total: Option<u64>,
}

impl Counter {
    /// The total is known where the inputs have a length.
    pub(crate) fn new(
        inputs: &Bound<'_, PyAny>,
        callback: Option<Py<PyAny>>,
        bar: Option<Py<PyAny>>,
    ) -> Self {
        let total =
            callback.as_ref().and_then(|_| inputs.len().ok()).and_then(|total| u64::try_from(total).ok());
        Counter { callback, bar, done: 0, told: 0, total }
    }

    /// One more; the callback hears it now or, where `soon` another comes, with one of the next.
    pub(crate) fn step(&mut self, py: Python<'_>, soon: bool) -> PyResult<()> {
        const MOST_AT_ONCE: u64 = 1000;
        self.done += 1;
        if soon && self.done - self.told < MOST_AT_ONCE {
            return Ok(());
        }
        self.told = self.done;
        let Some(callback) = &self.callback else { return Ok(()) };
        if tell(callback.bind(py), Progress::part("many", self.done, self.total))? {
            return Ok(());
        }
        Err(errors::cancelled(py, "the progress callback said False"))
    }

    /// No more will come. Twice does no harm.
    pub(crate) fn end(&mut self, py: Python<'_>) -> PyResult<()> {
        close(py, self.bar.take().as_ref())
    }
}
