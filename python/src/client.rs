//! The operations. The public class is Python's own (`mdcloud/_client.py`); this is what it calls.

use mdcloud::Config;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};

use crate::arguments as arg;
use crate::budget::{self, Reservation};
use crate::call::{Call, Takes};
use crate::errors;
use crate::file_tree::FileTree;
use crate::guard::guard;
use crate::many::Results;
use crate::results;
use crate::scan_many::ScanOutcomes;
use crate::source::source;

#[pyclass(frozen, module = "mdcloud._native")]
pub(crate) struct Client {
    client: mdcloud::Client,
}

#[pymethods]
impl Client {
    /// `settings` holds what the caller has set.
    #[new]
    fn new(settings: &Bound<'_, PyDict>) -> PyResult<Self> {
        guard(|| {
            let mut config = Config::new();
            for (name, value) in settings.iter() {
                config = set(config, name.cast::<PyString>()?.to_str()?, &value)?;
            }
            let made = settings.py().detach(|| crate::guard::quiet(|| mdcloud::Client::new(&config)));
            match made {
                Ok(client) => Ok(Client { client }),
                Err(error) => Err(errors::raised(settings.py(), &error, None)),
            }
        })
    }

    #[getter]
    fn base_url(&self) -> &str {
        self.client.base_url()
    }

    #[getter]
    fn closed(&self) -> bool {
        self.client.is_closed()
    }

    fn close(&self) -> PyResult<()> {
        guard(|| {
            self.client.close();
            Ok(())
        })
    }

    /// The quota of this key as JSON text: a list that is empty before the key was used.
    fn quota(&self, py: Python<'_>) -> PyResult<String> {
        guard(|| to_json(&py.detach(|| self.client.quota()).into_iter().collect::<Vec<_>>()))
    }

    fn apikey_info(&self, py: Python<'_>, options: &Bound<'_, PyDict>) -> PyResult<Py<PyAny>> {
        guard(|| {
            let call = Call::new("apikey_info", Takes::Common, options)?;
            results::make(py, Box::new(call.run(py, &self.client, |client| client.apikey_info())?))
        })
    }

    fn apikey_limits(&self, py: Python<'_>, options: &Bound<'_, PyDict>) -> PyResult<Py<PyAny>> {
        guard(|| {
            let call = Call::new("apikey_limits", Takes::Common, options)?;
            results::make(py, Box::new(call.run(py, &self.client, |client| client.apikey_limits())?))
        })
    }

    fn apikey_limits_left(&self, py: Python<'_>, options: &Bound<'_, PyDict>) -> PyResult<Py<PyAny>> {
        guard(|| {
            let call = Call::new("apikey_limits_left", Takes::Common, options)?;
            results::make(py, Box::new(call.run(py, &self.client, |client| client.apikey_limits_left())?))
        })
    }

    fn file_submit(
        &self,
        py: Python<'_>,
        source: &Bound<'_, PyAny>,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<Py<PyAny>> {
        guard(|| {
            let call = Call::new("file_submit", Takes::Submit, options)?;
            let (source, call) = self::source(source, call)?;
            results::make(py, Box::new(call.run(py, &self.client, |client| client.file_submit(&source))?))
        })
    }

    fn file_report(
        &self,
        py: Python<'_>,
        data_id: &Bound<'_, PyAny>,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<Py<PyAny>> {
        guard(|| {
            let call = Call::new("file_report", Takes::Common, options)?;
            let data_id = arg::text("data_id", data_id)?;
            results::make(py, Box::new(call.run(py, &self.client, |client| client.file_report(&data_id))?))
        })
    }

    fn file_wait(
        &self,
        py: Python<'_>,
        data_id: &Bound<'_, PyAny>,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<Py<PyAny>> {
        guard(|| {
            let call = Call::new("file_wait", Takes::Common, options)?;
            let data_id = arg::text("data_id", data_id)?;
            results::make(py, Box::new(call.run(py, &self.client, |client| client.file_wait(&data_id))?))
        })
    }

    fn file_scan(
        &self,
        py: Python<'_>,
        source: &Bound<'_, PyAny>,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<Py<PyAny>> {
        guard(|| {
            let call = Call::new("file_scan", Takes::Scan, options)?;
            let (source, call) = self::source(source, call)?;
            results::make(py, Box::new(call.run(py, &self.client, |client| client.file_scan(&source))?))
        })
    }

    fn hash_lookup(
        &self,
        py: Python<'_>,
        hash: &Bound<'_, PyAny>,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<Py<PyAny>> {
        guard(|| {
            let call = Call::new("hash_lookup", Takes::Common, options)?;
            let hash = arg::text("hash", hash)?;
            results::make(py, Box::new(call.run(py, &self.client, |client| client.hash_lookup(&hash))?))
        })
    }

    /// A bulk lookup, by the name of its operation.
    fn many(&self, name: &str, inputs: &Bound<'_, PyAny>, options: &Bound<'_, PyDict>) -> PyResult<Results> {
        guard(|| Results::new(&self.client, name, inputs, Call::new(name, Takes::Common, options)?))
    }

    fn file_scan_many(
        &self,
        sources: &Bound<'_, PyAny>,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<ScanOutcomes> {
        guard(|| {
            let call = Call::new("file_scan_many", Takes::Scan, options)?;
            ScanOutcomes::new(&self.client, sources, call)
        })
    }

    fn reserve(
        &self,
        py: Python<'_>,
        family: &Bound<'_, PyAny>,
        amount: &Bound<'_, PyAny>,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<Reservation> {
        guard(|| budget::reserve(py, &self.client, family, amount, options))
    }

    fn plan(
        &self,
        py: Python<'_>,
        sources: &Bound<'_, PyAny>,
        limits: &Bound<'_, PyAny>,
        lookups: &Bound<'_, PyAny>,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<Py<PyAny>> {
        guard(|| budget::plan(py, &self.client, sources, (limits, lookups), options))
    }

    fn file_tree(
        &self,
        py: Python<'_>,
        data_id: &Bound<'_, PyAny>,
        depth: Option<&Bound<'_, PyAny>>,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<FileTree> {
        guard(|| {
            let call = Call::new("file_tree", Takes::Common, options)?;
            FileTree::new(py, &self.client, data_id, depth, call)
        })
    }

    /// Any other operation, by its name and with its arguments by theirs.
    fn perform(
        &self,
        py: Python<'_>,
        name: &str,
        given: &Bound<'_, PyDict>,
        options: &Bound<'_, PyDict>,
    ) -> PyResult<Py<PyAny>> {
        guard(|| crate::operations::perform(py, &self.client, name, given, options))
    }

    /// Gives the bytes of the answer.
    fn call<'py>(
        &self,
        py: Python<'py>,
        method: &Bound<'py, PyAny>,
        path: &Bound<'py, PyAny>,
        headers: Option<&Bound<'py, PyAny>>,
        body: Option<&Bound<'py, PyAny>>,
        options: &Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        guard(|| {
            let call = Call::new("call", Takes::Common, options)?;
            let (method, path) = (arg::text("method", method)?, arg::text("path", path)?);
            let headers = headers.map_or(Ok(Vec::new()), |given| arg::pairs("headers", given))?;
            let headers: Vec<(&str, &str)> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            let body = body.map(|given| bytes_or_text("body", given)).transpose()?;
            let document =
                call.run(py, &self.client, |client| client.call(&method, &path, &headers, body.as_deref()))?;
            Ok(PyBytes::new(py, document.raw()))
        })
    }
}

fn bytes_or_text(name: &str, given: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    if given.is_instance_of::<PyString>() {
        return Ok(arg::text(name, given)?.into_bytes());
    }
    match arg::bytes(given)? {
        Some(bytes) => Ok(bytes.as_bytes().to_vec()),
        None => Err(arg::wrong_type(name, "bytes or str", given)),
    }
}

/// One setting by its name; None is as good as not given, except where it has a meaning of its own.
fn set(config: Config, name: &str, value: &Bound<'_, PyAny>) -> PyResult<Config> {
    if value.is_none() && name != "deadline" {
        return Ok(config);
    }
    Ok(match name {
        "api_key" => config.api_key(arg::text(name, value)?),
        "base_url" => config.base_url(arg::text(name, value)?),
        "allow_http" => config.allow_http(arg::flag(name, value)?),
        "connect_timeout" => config.connect_timeout(arg::seconds(name, value)?),
        "read_timeout" => config.read_timeout(arg::seconds(name, value)?),
        "timeout" => config.timeout(Some(arg::seconds(name, value)?)),
        "max_wait" => config.max_wait(arg::seconds(name, value)?),
        "throttle" => {
            let rate = arg::text(name, value)?.parse();
            config.throttle(rate.map_err(|error| errors::raised(value.py(), &error, None))?)
        }
        "quota_store" => config.quota_store(arg::text(name, value)?),
        "retries" => config.retries(arg::count(name, value)?),
        "deadline" if value.is_none() => config.deadline(None),
        "deadline" => config.deadline(Some(arg::seconds(name, value)?)),
        "proxy" => config.proxy(arg::text(name, value)?),
        "ca_file" => match arg::path(value)? {
            Some(path) => config.ca_file(path),
            None => return Err(arg::wrong_type(name, "a path", value)),
        },
        "user_agent" => config.user_agent(arg::text(name, value)?),
        "concurrency" => config.concurrency(arg::count(name, value)?),
        _ => return Err(PyTypeError::new_err(format!("Client() got an unexpected setting '{name}'"))),
    })
}

fn to_json(quotas: &[mdcloud::Quota]) -> PyResult<String> {
    serde_json::to_string(quotas)
        .map_err(|error| pyo3::exceptions::PyRuntimeError::new_err(error.to_string()))
}

/// The quota of every key that this process has used, as JSON text.
#[pyfunction]
pub(crate) fn quota(py: Python<'_>) -> PyResult<String> {
    guard(|| to_json(&py.detach(mdcloud::quota)))
}

/// Which copy of the library keeps the quota ledger of this process.
#[pyclass(frozen, get_all, module = "mdcloud")]
pub(crate) struct TrackerInfo {
    /// Path of the loaded object that keeps the ledger; empty for the main program.
    object: String,
    /// Its version.
    version: String,
    /// Whether it is this module.
    is_self: bool,
    /// How many copies of the library are loaded, as far as they can be found.
    copies: usize,
    /// Major version of the table through which copies talk.
    table_major: u32,
    /// Minor version of that table.
    table_minor: u32,
}

#[pymethods]
impl TrackerInfo {
    fn __repr__(&self) -> String {
        format!(
            "TrackerInfo(object={:?}, version={:?}, is_self={}, copies={})",
            self.object,
            self.version,
            if self.is_self { "True" } else { "False" },
            self.copies
        )
    }
}

/// Which copy of the library keeps the quota ledger of this process: for support.
#[pyfunction]
pub(crate) fn tracker_info(py: Python<'_>) -> PyResult<TrackerInfo> {
    guard(|| {
        let info = py.detach(mdcloud::tracker_info);
        Ok(TrackerInfo {
            object: info.object,
            version: info.version,
            is_self: info.is_self,
            copies: info.copies,
            table_major: info.table_major,
            table_minor: info.table_minor,
        })
    })
}
