//! The service on loopback, in this process. The public class is Python's own (`mdcloud/_emulator.py`).

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mdcloud_emulator::{Fault, FaultKind, SettingError, Settings};
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

    fn fault(
        &self,
        py: Python<'_>,
        kind: &str,
        value: Option<&Bound<'_, PyAny>>,
        path: &str,
        count: &Bound<'_, PyAny>,
        details: &Bound<'_, PyDict>,
    ) -> PyResult<()> {
        guard(|| {
            let fault = Fault {
                path: path.to_owned(),
                count: arg::count("count", count)?,
                kind: fault_kind(py, kind, value, details)?,
            };
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

/// A fault by its name, with what belongs to it.
fn fault_kind(
    py: Python<'_>,
    kind: &str,
    value: Option<&Bound<'_, PyAny>>,
    details: &Bound<'_, PyDict>,
) -> PyResult<FaultKind> {
    let needed =
        || value.ok_or_else(|| errors::invalid(py, "value", format!("the fault {kind:?} needs one")));
    let detail = |name: &str| details.get_item(name);
    let number = || arg::count("value", needed()?);
    Ok(match kind {
        "status" => FaultKind::Status {
            status: u16::try_from(number()?)
                .map_err(|_| errors::invalid(py, "value", "is no HTTP status"))?,
            body: detail("body")?.map_or(Ok(String::new()), |body| arg::text("body", &body))?,
            content_type: detail("content_type")?
                .map_or(Ok("application/json".to_owned()), |kind| arg::text("content_type", &kind))?,
        },
        "code" => FaultKind::Code(number()?),
        "no_headers" => FaultKind::NoHeaders,
        "not_json" => FaultKind::NotJson,
        "redirect" => FaultKind::Redirect(arg::text("value", needed()?)?),
        "raw" => match arg::bytes(needed()?)? {
            Some(bytes) => FaultKind::Raw(bytes.as_bytes().to_vec()),
            None => return Err(arg::wrong_type("value", "bytes", needed()?)),
        },
        "close" => FaultKind::Close,
        "reset" => FaultKind::Reset,
        "stall" => FaultKind::Stall,
        "close_after" => FaultKind::CloseAfter(number()? as usize),
        "stall_after" => FaultKind::StallAfter(number()? as usize),
        "drip" => FaultKind::Drip {
            bytes: number()? as usize,
            every: detail("every")?
                .map_or(Ok(Duration::from_millis(50)), |every| arg::seconds("every", &every))?,
        },
        "wrong_length" => FaultKind::WrongLength(needed()?.extract()?),
        "delay" => FaultKind::Delay(arg::seconds("value", needed()?)?),
        "headers" => FaultKind::Headers(arg::pairs("value", needed()?)?),
        _ => return Err(errors::invalid(py, "kind", format!("{kind:?} is not a fault"))),
    })
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
