//! The object that holds any result of the core. Its public subclasses are made in `result_classes.rs`.

use std::cell::Cell;

use mdcloud::Verdict;
use mdcloud::model::{Field, FieldKind, FieldValue, Model};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyDict, PyList, PyString, PyTuple};

use crate::errors;
use crate::guard::guard;
use crate::json;
use crate::outcome;
use crate::result_classes;
use crate::table;

/// What all results have: the exact bytes, and the same as plain objects.
///
/// Results compare and hash by their bytes, pickle, and never change.
#[pyclass(frozen, subclass, name = "Result", module = "mdcloud")]
pub(crate) struct ResultObject {
    model: Box<dyn Model>,
    /// The exception of a failed entry, made once.
    error: PyOnceLock<Option<Py<PyAny>>>,
    /// How to go on from here, for a page of a feed; Python's own affair.
    next: PyOnceLock<Py<PyAny>>,
}

thread_local! {
    /// What the next new object holds: a class of Python's can be given nothing but Python objects.
    static NEXT: Cell<Option<Box<dyn Model>>> = const { Cell::new(None) };
}

/// The Python object of a result.
pub(crate) fn make(py: Python<'_>, model: Box<dyn Model>) -> PyResult<Py<PyAny>> {
    let name = model.type_name();
    let Some(class) = result_classes::class_of(py, name) else {
        return Err(PyTypeError::new_err(format!("no class {name}")));
    };
    NEXT.set(Some(model));
    let made = class.call0();
    NEXT.set(None);
    made.map(Bound::unbind)
}

impl ResultObject {
    pub(crate) fn model(&self) -> &dyn Model {
        self.model.as_ref()
    }

    /// The text of the exception of a failed entry.
    pub(crate) fn error_text(&self, py: Python<'_>) -> PyResult<Option<String>> {
        let index = self.model.fields().iter().position(|field| field.kind == FieldKind::Error);
        let error = index.map(|index| self.value(py, index)).transpose()?.filter(|error| !error.is_none());
        error.map(|error| Ok(error.str()?.to_string())).transpose()
    }

    fn field(&self, name: &str) -> Option<FieldValue<'_>> {
        let index = self.model.fields().iter().position(|field| field.name == name)?;
        Some(self.model.value(index))
    }

    /// What belongs to the result and does not stand in its bytes.
    fn label(&self) -> &str {
        let name = match self.model.type_name() {
            "Engine" => "name",
            "HashResult" => "hash",
            "Reputation" => "address",
            "RescanResult" => "file_id",
            _ => return "",
        };
        match self.field(name) {
            Some(FieldValue::Text(text)) => text,
            _ => "",
        }
    }

    fn identity(&self) -> (&str, &str, &str) {
        (self.model.type_name(), self.model.json(), self.label())
    }

    pub(crate) fn value<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Bound<'py, PyAny>> {
        Ok(match self.model.value(index) {
            FieldValue::Text(text) => PyString::new(py, text).into_any(),
            FieldValue::Int(number) => number.into_pyobject(py)?.into_any(),
            FieldValue::Float(number) => number.into_pyobject(py)?.into_any(),
            FieldValue::Bool(flag) => flag.into_pyobject(py)?.to_owned().into_any(),
            FieldValue::Verdict(verdict) => self::verdict(py, verdict)?,
            FieldValue::Texts(texts) => PyList::new(py, texts)?.into_any(),
            FieldValue::One(one) => make(py, one.boxed())?.into_bound(py),
            FieldValue::Many(many) => {
                let many: Vec<Py<PyAny>> =
                    many.into_iter().map(|one| make(py, one.boxed())).collect::<PyResult<_>>()?;
                PyList::new(py, many)?.into_any()
            }
            FieldValue::Error(error) => {
                let kept = self.error.get_or_try_init(py, || {
                    PyResult::Ok(Some(errors::exception(py, error, None)?.unbind()))
                })?;
                kept.as_ref().map_or_else(|| py.None(), |kept| kept.clone_ref(py)).into_bound(py)
            }
            FieldValue::Amounts(amounts) => {
                let dict = PyDict::new(py);
                for (name, amount) in amounts {
                    dict.set_item(name, amount)?;
                }
                dict.into_any()
            }
            // Nothing, or the error of an entry that was unpickled.
            _ => match (self.model.fields().get(index), self.error.get(py)) {
                (Some(Field { kind: FieldKind::Error, .. }), Some(Some(kept))) => kept.bind(py).clone(),
                _ => py.None().into_bound(py),
            },
        })
    }

    /// The fields that say most, for `repr`.
    fn shown(&self) -> Vec<usize> {
        let fields = self.model.fields();
        let names: &[&str] = match self.model.type_name() {
            "Report" => &["verdict", "detected_engines", "total_engines", "data_id"],
            "Engine" => &["name", "code", "threat"],
            "HashResult" => &["hash", "verdict", "data_id", "error"],
            "ExtractedFile" => &["verdict", "display_name", "data_id"],
            "Submission" => &["data_id", "status"],
            "KeyInfo" => &["is_paid", "limit_prevention", "limit_reputation", "time_interval"],
            "Limits" => &["amounts"],
            _ => &[],
        };
        if names.is_empty() {
            return (0..fields.len().min(4)).collect();
        }
        names.iter().filter_map(|name| fields.iter().position(|field| field.name == *name)).collect()
    }
}

#[pymethods]
impl ResultObject {
    #[new]
    fn new() -> PyResult<Self> {
        match NEXT.take() {
            Some(model) => Ok(ResultObject { model, error: PyOnceLock::new(), next: PyOnceLock::new() }),
            None => Err(PyTypeError::new_err("results come from a Client; this class cannot be called")),
        }
    }

    /// The bytes of the answer exactly as received; of a nested result, its part of them.
    #[getter]
    fn raw<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        guard(|| Ok(PyBytes::new(py, self.model.json().as_bytes())))
    }

    /// The answer as plain Python objects.
    fn json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let text = self.model.json();
        guard(|| json::loads(py, text.as_bytes(), text))
    }

    /// The typed fields as plain Python objects, nested ones too: verdicts by their names, an error by its
    /// text.
    fn to_dict<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        guard(|| table::plain(slf.as_any()))
    }

    fn _repr_html_(slf: &Bound<'_, Self>) -> PyResult<Py<PyAny>> {
        guard(|| table::html(slf.as_any()))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let py = other.py();
        guard(|| match other.cast::<ResultObject>() {
            Ok(other) => {
                let same = self.identity() == other.get().identity();
                Ok(PyBool::new(py, same).to_owned().into_any().unbind())
            }
            Err(_) => Ok(py.NotImplemented()),
        })
    }

    fn __hash__(&self) -> PyResult<u64> {
        use std::hash::{DefaultHasher, Hash, Hasher};
        guard(|| {
            let mut hasher = DefaultHasher::new();
            self.identity().hash(&mut hasher);
            Ok(hasher.finish())
        })
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        guard(|| {
            let mut parts = Vec::new();
            for index in self.shown() {
                let Some(field) = self.model.fields().get(index) else { continue };
                let shown = match self.model.value(index) {
                    _ if field.kind == FieldKind::Error => match self.value(py, index)? {
                        none if none.is_none() => continue,
                        error => outcome::class_name(&error)?,
                    },
                    FieldValue::None => "None".to_owned(),
                    FieldValue::Verdict(verdict) => verdict.name().to_owned(),
                    FieldValue::One(one) => format!("{}(...)", one.type_name()),
                    FieldValue::Many(many) => format!("[{} more]", many.len()),
                    FieldValue::Text(text) => PyString::new(py, &short(text)).repr()?.to_string(),
                    _ => short(&self.value(py, index)?.repr()?.to_string()),
                };
                parts.push(format!("{}={shown}", field.name));
            }
            Ok(format!("{}({})", self.model.type_name(), parts.join(", ")))
        })
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        guard(|| {
            let restore = py.import("mdcloud._native")?.getattr("_restore")?;
            let error = self.model.fields().iter().position(|field| field.kind == FieldKind::Error);
            let error = error.map(|index| self.value(py, index)).transpose()?;
            let name = self.model.type_name();
            let state = (name, self.raw(py)?, self.label(), error, mdcloud::VERSION).into_pyobject(py)?;
            (restore, state).into_pyobject(py)
        })
    }
}

/// A text of bounded length.
fn short(text: &str) -> String {
    const MOST: usize = 100;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn verdict(py: Python<'_>, verdict: Verdict) -> PyResult<Bound<'_, PyAny>> {
    static MEMBERS: PyOnceLock<Vec<(Verdict, Py<PyAny>)>> = PyOnceLock::new();
    let members = MEMBERS.get_or_try_init(py, || {
        let class = py.import("mdcloud._enums")?.getattr("Verdict")?;
        Verdict::ALL
            .iter()
            .map(|one| Ok((*one, class.getattr(one.name())?.unbind())))
            .collect::<PyResult<_>>()
    })?;
    let member = members.iter().find(|(one, _)| *one == verdict).or(members.first());
    Ok(member.map_or_else(|| py.None(), |(_, member)| member.clone_ref(py)).into_bound(py))
}

/// Makes a result again from what `__reduce__` gave; a later version may give more.
#[pyfunction]
#[pyo3(signature = (name, raw, label, error = None, version = "0.1.0", *_later))]
pub(crate) fn _restore<'py>(
    py: Python<'py>,
    name: &str,
    raw: &[u8],
    label: &str,
    error: Option<Py<PyAny>>,
    version: &str,
    _later: &Bound<'py, PyTuple>,
) -> PyResult<Py<PyAny>> {
    guard(|| {
        if table::model(name).is_none() {
            let rule = format!(
                "a {name} was pickled by version {version} of mdcloud, and {} does not know it: unpickle it \
                 with that version",
                mdcloud::VERSION
            );
            return Err(errors::invalid(py, "pickle", rule));
        }
        let model = mdcloud::model::restore(name, raw.to_vec(), label);
        let made = make(py, model.map_err(|error| errors::raised(py, &error, None))?)?;
        if let (Some(error), Ok(object)) = (error, made.bind(py).cast::<ResultObject>()) {
            let _ = object.get().error.set(py, Some(error));
        }
        Ok(made)
    })
}

/// Reads an answer of the service, for example the body of a webhook.
#[pyfunction]
#[pyo3(name = "from_json")]
pub(crate) fn report_from_json(py: Python<'_>, raw: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
    guard(|| {
        let bytes = match raw.cast::<PyString>() {
            Ok(text) => text.to_str()?.as_bytes().to_vec(),
            Err(_) => match crate::arguments::bytes(raw)? {
                Some(bytes) => bytes.as_bytes().to_vec(),
                None => return Err(crate::arguments::wrong_type("raw", "bytes or str", raw)),
            },
        };
        let report = mdcloud::Report::from_json(bytes).map_err(|error| errors::raised(py, &error, None))?;
        make(py, Box::new(report))
    })
}

/// Gives a result what it needs to go on from.
#[pyfunction]
pub(crate) fn _set_next(py: Python<'_>, result: &Bound<'_, PyAny>, next: Py<PyAny>) -> PyResult<()> {
    let _ = result.cast::<ResultObject>()?.get().next.set(py, next);
    Ok(())
}

/// What it was given; None where it was given nothing.
#[pyfunction]
pub(crate) fn _get_next(py: Python<'_>, result: &Bound<'_, PyAny>) -> PyResult<Option<Py<PyAny>>> {
    Ok(result.cast::<ResultObject>()?.get().next.get(py).map(|next| next.clone_ref(py)))
}
