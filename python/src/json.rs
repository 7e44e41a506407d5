//! Python's own JSON reader, for what `plain_json.rs` leaves to it.

use pyo3::exceptions::PyRecursionError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyFunction;

/// Deeper ones are refused before they are read: from Python 3.12 on its reader goes down so far that a thread
/// with a small stack, as every thread has on musl, ends the process. The service's answers nest less than ten.
const DEEPEST: usize = 500;

/// ``json.loads`` for what comes from outside.
pub(crate) fn loads<'py>(
    py: Python<'py>,
    text: &[u8],
    again: impl IntoPyObject<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    static LOADS: PyOnceLock<Py<PyFunction>> = PyOnceLock::new();
    if depth(text) > DEEPEST {
        let why = format!("the answer nests deeper than {DEEPEST} levels; `raw` has its bytes");
        return Err(PyRecursionError::new_err(why));
    }
    LOADS.import(py, "json", "loads")?.call1((again,))
}

/// How many arrays and objects are open at once, at most.
fn depth(text: &[u8]) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' | b'{' => now += 1,
            b']' | b'}' => now = now.saturating_sub(1),
            // To the end of the string, past what is escaped.
            b'"' => {
                while let Some(inside) = bytes.next() {
                    match inside {
                        b'\\' => drop(bytes.next()),
                        b'"' => break,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        most = most.max(now);
    }
    most
}
