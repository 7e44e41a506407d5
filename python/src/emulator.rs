//! The service on loopback, in this process. The public class is Python's own (`mdcloud/_emulator.py`).

use std::sync::{Mutex, MutexGuard, PoisonError};

use mdcloud_emulator::{Fault, SettingError, Settings};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyString};

use crate::arguments as arg;
use crate::errors;
use crate::guard::guard;

#[pyclass(frozen, module = "mdcloud._native")]
pub(crate) struct Emulator {
    emulator: Mutex<Option<mdcloud_emulator::Emulator>>,
    base_url: String,
    api_key: String,
    /// A child of this process has no thread that serves.
    process: u32,
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.end();
    }
}

impl Emulator {
    fn lock(&self) -> MutexGuard<'_, Option<mdcloud_emulator::Emulator>> {
        self.emulator.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self) {
        let emulator = self.lock().take();
        if std::process::id() == self.process {
            drop(emulator);
        } else {
            // After a fork the thread is the parent's: waiting for its end here would never end.
            std::mem::forget(emulator);
        }
    }

    fn with<T>(
        &self,
        py: Python<'_>,
        ask: impl FnOnce(&mdcloud_emulator::Emulator) -> T + Send,
    ) -> PyResult<T>
    where
        T: Send,
    {
        let answer = py.detach(|| self.lock().as_ref().map(ask));
        answer.ok_or_else(|| PyRuntimeError::new_err("the emulator was stopped"))
    }
}

#[pymethods]
impl Emulator {
    #[new]
    fn new(settings: &Bound<'_, PyDict>) -> PyResult<Self> {
        guard(|| {
            let py = settings.py();
            let mut chosen = Settings::new();
            for (name, value) in settings.iter() {
                set(&mut chosen, name.cast::<PyString>()?.to_str()?, &value)?;
            }
            let emulator = py.detach(|| mdcloud_emulator::Emulator::start(chosen))?;
            Ok(Emulator {
                base_url: emulator.base_url(),
                api_key: emulator.api_key().to_owned(),
                emulator: Mutex::new(Some(emulator)),
                process: std::process::id(),
            })
        })
    }

    #[getter]
    fn base_url(&self) -> &str {
        &self.base_url
    }

    #[getter]
    fn api_key(&self) -> &str {
        &self.api_key
    }

    fn advance(&self, py: Python<'_>, seconds: &Bound<'_, PyAny>) -> PyResult<()> {
        guard(|| {
            let time = arg::seconds("seconds", seconds)?;
            self.with(py, |emulator| emulator.advance(time))
        })
    }

    fn requests(&self, py: Python<'_>) -> PyResult<Vec<RequestRecord>> {
        guard(|| {
            let records = self.with(py, mdcloud_emulator::Emulator::requests)?;
            records.into_iter().map(|record| RequestRecord::of(py, record)).collect()
        })
    }

    fn reset(&self, py: Python<'_>) -> PyResult<()> {
        guard(|| self.with(py, mdcloud_emulator::Emulator::reset))
    }

    /// A fault as JSON, which has the names and rules of the program's `--fault`.
    fn fault(&self, py: Python<'_>, order: &str) -> PyResult<()> {
        guard(|| {
            let fault = Fault::from_json(order).map_err(|error| match &error {
                SettingError::BadValue { name, .. } => errors::invalid(py, name, &error),
                _ => errors::invalid(py, "fault", &error),
            })?;
            self.with(py, |emulator| emulator.fault(fault))
        })
    }

    fn stop(&self, py: Python<'_>) -> PyResult<()> {
        guard(|| {
            py.detach(|| self.end());
            Ok(())
        })
    }
}

/// One setting. Numbers are seconds where the setting is a time.
fn set(settings: &mut Settings, name: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = value.py();
    let is_number = value.is_instance_of::<PyInt>() || value.is_instance_of::<PyFloat>();
    let (name, text) = if let Ok(flag) = value.cast::<PyBool>() {
        (name.to_owned(), flag.is_true().to_string())
    } else if is_number && is_time(name) {
        (format!("{name}_ms"), arg::seconds(name, value)?.as_millis().to_string())
    } else if let (Ok(amounts), "allowances") = (value.cast::<PyDict>(), name) {
        for (family, amount) in amounts.iter() {
            set(settings, &format!("allowance.{}", arg::text("allowances", &family)?), &amount)?;
        }
        return Ok(());
    } else if is_number {
        (name.to_owned(), value.str()?.to_string())
    } else if value.is_none() && name == "throttle" {
        (name.to_owned(), "off".to_owned())
    } else {
        (name.to_owned(), arg::text(name, value)?)
    };
    settings.set(&name, &text).map_err(|error| errors::invalid(py, &name, error))
}

/// Times are the settings that come in milliseconds too. An allowance may have any name.
fn is_time(name: &str) -> bool {
    !name.starts_with("allowance.")
        && !matches!(Settings::new().set(&format!("{name}_ms"), "0"), Err(SettingError::UnknownName(_)))
}

/// One request as the emulator saw it.
#[pyclass(frozen, get_all, module = "mdcloud")]
pub(crate) struct RequestRecord {
    /// ``GET``, ``POST``, …
    method: String,
    /// Path with query, as sent.
    path: String,
    /// HTTP status of the answer; 0 where there was none.
    status: u16,
    /// The service's code; 0 for success.
    code: u32,
    /// Whether the right key came along.
    key_ok: bool,
    /// Headers as sent, names in lower case. The key's value is left out.
    headers: Py<PyDict>,
    /// Bytes of the body.
    body_length: u64,
    /// Seconds since the emulator started, by its own clock.
    at: f64,
}

impl RequestRecord {
    fn of(py: Python<'_>, record: mdcloud_emulator::RequestRecord) -> PyResult<Self> {
        let headers = PyDict::new(py);
        for (name, value) in &record.headers {
            headers.set_item(name, value)?;
        }
        Ok(RequestRecord {
            method: record.method,
            path: record.path,
            status: record.status,
            code: record.code,
            key_ok: record.key_ok,
            headers: headers.unbind(),
            body_length: record.body_length,
            at: record.at as f64 / 1000.0,
        })
    }
}

#[pymethods]
impl RequestRecord {
    fn __repr__(&self) -> String {
        format!("RequestRecord({} {} -> {})", self.method, self.path, self.status)
    }
}
