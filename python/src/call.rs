//! One call: its options, the interpreter released around it, Ctrl-C and callbacks heard meanwhile.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use mdcloud::Options;
use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyFunction, PyList, PyString, PyTuple};

use crate::arguments as arg;
use crate::budget::Reservation;
use crate::errors;
use crate::guard;
use crate::logging;
use crate::progress::{self, Progress};

/// Ends the calls that it was given to, within 150 ms and from any thread.
///
/// Give it as ``cancel=`` to any number of operations. They end with ``CancelledError``. A token stays
/// cancelled: a call that is given a cancelled one ends before it sends anything.
///
/// >>> cancel = Cancel()
/// >>> cancel.cancelled
/// False
/// >>> cancel.cancel()
/// >>> cancel.cancelled
/// True
#[pyclass(frozen, module = "mdcloud")]
pub(crate) struct Cancel {
    pub(crate) token: mdcloud::Cancel,
}

#[pymethods]
impl Cancel {
    #[new]
    fn new() -> Self {
        Cancel { token: mdcloud::Cancel::new() }
    }

    /// A token for some of this one's calls: cancelled with this one, and alone.
    fn child(&self) -> Self {
        Cancel { token: self.token.child() }
    }

    /// Cancels every call that was given this token, now and later.
    fn cancel(&self) {
        self.token.cancel();
    }

    /// Whether it was cancelled.
    #[getter]
    fn cancelled(&self) -> bool {
        self.token.is_cancelled()
    }

    fn __repr__(&self) -> &'static str {
        if self.token.is_cancelled() {
            "<mdcloud.Cancel: cancelled>"
        } else {
            "<mdcloud.Cancel: not cancelled>"
        }
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(PyTypeError::new_err("a Cancel token cannot be pickled or copied: it belongs to its process"))
    }
}

/// The first exception that a signal handler, a callback or a file object raised during a call.
#[derive(Clone, Default)]
pub(crate) struct Raised(Arc<Mutex<Option<PyErr>>>);

impl Raised {
    pub(crate) fn put(&self, raised: PyErr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(raised);
    }

    pub(crate) fn take(&self) -> Option<PyErr> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Asks for signals; true once one of their handlers has raised, or the interpreter is going away.
    fn interrupt(&self) -> mdcloud::Interrupt {
        let raised = self.clone();
        Arc::new(move || {
            match Python::try_attach(|py| py.check_signals().and_then(|()| logging::deliver(py))) {
                Some(Ok(())) => false,
                Some(Err(error)) => {
                    raised.put(error);
                    true
                }
                None => true,
            }
        })
    }

    fn progress(&self, callback: Py<PyAny>) -> mdcloud::OnProgress {
        let raised = self.clone();
        Arc::new(move |come| {
            let told = Python::try_attach(|py| progress::tell(callback.bind(py), Progress::of(come)));
            match told {
                Some(Ok(go_on)) => go_on,
                Some(Err(error)) => {
                    raised.put(error);
                    false
                }
                None => false,
            }
        })
    }
}

/// What an iterable of inputs raises. An error comes when the results of the inputs before it are out, so that none of
/// them is lost; anything else, such as `KeyboardInterrupt`, at once.
#[derive(Clone)]
pub(crate) struct InTurn {
    at_once: Raised,
    at_the_end: Raised,
}

impl InTurn {
    pub(crate) fn new(at_once: Raised) -> Self {
        InTurn { at_once, at_the_end: Raised::default() }
    }

    pub(crate) fn put(&self, py: Python<'_>, raised: PyErr) {
        let is_error = raised.is_instance_of::<PyException>(py);
        if is_error { self.at_the_end.put(raised) } else { self.at_once.put(raised) }
    }

    /// What must not wait, also of a signal or a callback.
    pub(crate) fn now(&self) -> PyResult<()> {
        self.at_once.take().map_or(Ok(()), Err)
    }

    /// There are no more results.
    pub(crate) fn end(&self) -> PyResult<()> {
        self.at_the_end.take().map_or(Ok(()), Err)
    }
}

/// Which keywords an operation takes beyond `deadline`, `max_wait`, `leave`, `reservation`, `cancel` and
/// `progress`.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Takes {
    Common,
    Submit,
    Scan,
}

/// A call in the making.
pub(crate) struct Call {
    pub(crate) options: Options,
    pub(crate) raised: Raised,
    /// Whether the caller has named the file.
    pub(crate) named: bool,
    /// Path of the caller's file, for the exception.
    pub(crate) file: Option<PathBuf>,
    /// A file object and where it stood, to go back to where the call fails: the caller may try again.
    pub(crate) rewind: Option<(Py<PyAny>, Py<PyAny>)>,
    /// Who wants to know how far it has come.
    pub(crate) callback: Option<Py<PyAny>>,
    /// The same where it is a bar of ours, to be closed in the end.
    pub(crate) bar: Option<Py<PyAny>>,
}

impl Call {
    /// A call without keywords.
    pub(crate) fn bare() -> Self {
        Call {
            options: Options::new(),
            raised: Raised::default(),
            named: true,
            file: None,
            rewind: None,
            callback: None,
            bar: None,
        }
    }

    /// Reads the keywords of the operation `name`.
    pub(crate) fn new(name: &str, takes: Takes, given: &Bound<'_, PyDict>) -> PyResult<Self> {
        logging::tune(given.py());
        let mut call = Call { named: false, ..Call::bare() };
        call.options = Options::new().interrupt(call.raised.interrupt());
        for (key, value) in given.iter() {
            let key = key.cast::<PyString>()?.to_str()?.to_owned();
            let options = std::mem::take(&mut call.options);
            call.options = match call.common(name, options, &key, &value)? {
                Known::Yes(options) => options,
                Known::No(options) if takes != Takes::Common => {
                    call.named |= key == "filename" && !value.is_none();
                    match submit(options, &key, &value, takes)? {
                        Known::Yes(options) => options,
                        Known::No(_) => return Err(unexpected(name, &key)),
                    }
                }
                Known::No(_) => return Err(unexpected(name, &key)),
            };
        }
        Ok(call)
    }

    fn common(
        &mut self,
        name: &str,
        options: Options,
        key: &str,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<Known> {
        let is_none = value.is_none();
        let flag = value.cast::<PyBool>().ok().map(|flag| flag.is_true());
        Ok(Known::Yes(match key {
            "deadline" if is_none => options.deadline(None),
            "deadline" => options.deadline(Some(arg::seconds(key, value)?)),
            "max_wait" | "leave" | "reservation" | "cancel" | "progress" if is_none => options,
            "max_wait" => options.max_wait(arg::seconds(key, value)?),
            "leave" => options.leave(u64::from(arg::count(key, value)?)),
            "reservation" => match value.cast::<Reservation>() {
                // One that was given back keeps nothing for the call.
                Ok(reservation) => match reservation.get().kept() {
                    Some(kept) => options.reservation(&kept),
                    None => options,
                },
                Err(_) => return Err(arg::wrong_type(key, "mdcloud.Reservation", value)),
            },
            "cancel" => match value.cast::<Cancel>() {
                Ok(cancel) => options.cancel(&cancel.get().token),
                Err(_) => return Err(arg::wrong_type(key, "mdcloud.Cancel", value)),
            },
            "progress" if flag == Some(false) => options,
            "progress" if flag == Some(true) || value.is_callable() => {
                let callback = match flag {
                    Some(_) => progress::bar(value.py(), name)?,
                    None => value.clone().unbind(),
                };
                self.bar = flag.map(|_| callback.clone_ref(value.py()));
                self.callback = Some(callback.clone_ref(value.py()));
                options.progress(self.raised.progress(callback))
            }
            "progress" => return Err(arg::wrong_type(key, "True or a callable", value)),
            _ => return Ok(Known::No(options)),
        }))
    }

    /// Gives the call its file's path, for the exception.
    pub(crate) fn about_file(mut self, file: Option<PathBuf>) -> Self {
        self.file = file;
        self
    }

    /// Carries the call out with the interpreter released.
    pub(crate) fn run<T: Send>(
        self,
        py: Python<'_>,
        client: &mdcloud::Client,
        operation: impl FnOnce(&mdcloud::Client) -> mdcloud::Result<T> + Send,
    ) -> PyResult<T> {
        still_open(py, client)?;
        let client = client.with(&self.options);
        let done = py.detach(|| guard::quiet(|| operation(&client)));
        let told = logging::deliver(py).and(progress::close(py, self.bar.as_ref()));
        // What Python code raised meanwhile is what the caller gets, unchanged.
        let done = match self.raised.take() {
            Some(raised) => Err(raised),
            None => done.map_err(|error| errors::raised(py, &error, self.file.as_deref())),
        };
        if done.is_err()
            && let Some((file, place)) = &self.rewind
        {
            // Best effort: the failure of the call is what counts.
            let _ = file.bind(py).call_method1(intern!(py, "seek"), (place,));
        }
        done.and_then(|done| told.map(|()| done))
    }
}

/// Refuses a client that was closed, in words that say so.
pub(crate) fn still_open(py: Python<'_>, client: &mdcloud::Client) -> PyResult<()> {
    if !client.is_closed() {
        return Ok(());
    }
    Err(errors::cancelled(py, "this client was closed: make a new one"))
}

/// Whether a keyword was one of those looked for; the options come back either way.
enum Known {
    Yes(Options),
    No(Options),
}

fn unexpected(name: &str, key: &str) -> PyErr {
    PyTypeError::new_err(format!("{name}() got an unexpected keyword argument '{key}'"))
}

/// The options of a submission, by their names.
fn submit(options: Options, key: &str, value: &Bound<'_, PyAny>, takes: Takes) -> PyResult<Known> {
    const NAMES: [&str; 14] = [
        "filename",
        "rule",
        "archive_password",
        "file_password",
        "sample_sharing",
        "private_processing",
        "download_from",
        "sandbox",
        "callback_url",
        "rescan_count",
        "rescan_interval",
        "metadata",
        "headers",
        "reuse",
    ];
    if !NAMES.contains(&key) || (key == "reuse" && takes != Takes::Scan) {
        return Ok(Known::No(options));
    }
    if value.is_none() {
        return Ok(Known::Yes(options));
    }
    let py = value.py();
    let done = match key {
        "filename" => Ok(options.filename(arg::text(key, value)?)),
        "rule" => options.rule(rules(value)?),
        "archive_password" => options.archive_password(&arg::text(key, value)?),
        "file_password" => options.file_password(&arg::text(key, value)?),
        "sample_sharing" => options.sample_sharing(arg::flag(key, value)?),
        "private_processing" => options.private_processing(arg::flag(key, value)?),
        "download_from" => options.download_from(&arg::text(key, value)?),
        "sandbox" => options.sandbox(&arg::text(key, value)?),
        "callback_url" => options.callback_url(&arg::text(key, value)?),
        "rescan_count" => options.rescan_count(arg::count(key, value)?),
        "rescan_interval" => options.rescan_interval(arg::count(key, value)?),
        "metadata" => options.metadata(&metadata(value)?),
        "headers" => arg::pairs(key, value)?
            .into_iter()
            .try_fold(options, |options, (name, value)| options.header(&name, &value)),
        _ => Ok(options.reuse(arg::flag(key, value)?)),
    };
    done.map(Known::Yes).map_err(|error| errors::raised(py, &error, None))
}

/// One rule, or a list of them.
fn rules(value: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    if value.is_instance_of::<PyString>() {
        return Ok(vec![arg::text("rule", value)?]);
    }
    if !value.is_instance_of::<PyList>() && !value.is_instance_of::<PyTuple>() {
        return Err(arg::wrong_type("rule", "str or a list of str", value));
    }
    value.try_iter()?.enumerate().map(|(index, rule)| arg::text(&format!("rule[{index}]"), &rule?)).collect()
}

/// JSON text as it is, a dict as JSON text.
fn metadata(value: &Bound<'_, PyAny>) -> PyResult<String> {
    static DUMPS: PyOnceLock<Py<PyFunction>> = PyOnceLock::new();
    if value.is_instance_of::<PyString>() {
        return arg::text("metadata", value);
    }
    if !value.is_instance_of::<PyDict>() {
        return Err(arg::wrong_type("metadata", "a dict or JSON text", value));
    }
    DUMPS.import(value.py(), "json", "dumps")?.call1((value,))?.extract()
}
