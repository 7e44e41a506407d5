//! The result classes, made from the core's tables of fields: no field is listed here a second time.
//!
//! One native class holds any result of the core. Each public class is a subclass of it without members of
//! its own but its fields, which are descriptors that ask the core.

use std::cell::Cell;

use mdcloud::Verdict;
use mdcloud::model::{Field, FieldKind, FieldValue, MODELS, Model, ModelType};
use pyo3::exceptions::{PyAttributeError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFunction, PyList, PyString, PyTuple, PyType};

use crate::errors;
use crate::guard::guard;

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

static CLASSES: PyOnceLock<Vec<(&'static str, Py<PyType>)>> = PyOnceLock::new();

/// The Python object of a result.
pub(crate) fn make(py: Python<'_>, model: Box<dyn Model>) -> PyResult<Py<PyAny>> {
    let name = model.type_name();
    let class = CLASSES.get(py).and_then(|classes| classes.iter().find(|(known, _)| *known == name));
    let Some((_, class)) = class else {
        return Err(PyTypeError::new_err(format!("no class {name}")));
    };
    NEXT.set(Some(model));
    let made = class.call0(py);
    NEXT.set(None);
    made
}

impl ResultObject {
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

    fn value<'py>(&self, py: Python<'py>, index: usize) -> PyResult<Bound<'py, PyAny>> {
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
        static LOADS: PyOnceLock<Py<PyFunction>> = PyOnceLock::new();
        guard(|| LOADS.import(py, "json", "loads")?.call1((self.model.json(),)))
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
                        error => error.get_type().name()?.to_string(),
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
            let state = (self.model.type_name(), self.raw(py)?, self.label(), error).into_pyobject(py)?;
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

// One field of a result class. No doc comment: the class would have that text for every field.
#[pyclass(frozen, module = "mdcloud._native", name = "Field")]
struct FieldDescriptor {
    owner: &'static str,
    field: &'static Field,
    index: usize,
}

#[pymethods]
impl FieldDescriptor {
    fn __get__<'py>(
        slf: &Bound<'py, Self>,
        object: Option<&Bound<'py, PyAny>>,
        _class: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let Some(object) = object else { return Ok(slf.clone().into_any()) };
        let this = slf.get();
        match object.cast::<ResultObject>().map(Bound::get) {
            Ok(result) if result.model.type_name() == this.owner => {
                guard(|| result.value(slf.py(), this.index))
            }
            _ => Err(PyTypeError::new_err(format!(
                "{}.{} is a field of {0} only",
                this.owner, this.field.name
            ))),
        }
    }

    fn __set__(&self, _object: &Bound<'_, PyAny>, _value: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(self.read_only())
    }

    fn __delete__(&self, _object: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(self.read_only())
    }

    #[getter]
    fn __name__(&self) -> &'static str {
        self.field.name
    }

    #[getter]
    fn __doc__(&self) -> String {
        doc_text(self.field.doc)
    }

    #[getter]
    fn __objclass__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(py.import("mdcloud._native")?.getattr(self.owner)?.unbind())
    }

    fn __repr__(&self) -> String {
        format!("<field '{}' of mdcloud.{}>", self.field.name, self.owner)
    }
}

impl FieldDescriptor {
    fn read_only(&self) -> PyErr {
        PyAttributeError::new_err(format!("{}.{} cannot be changed", self.owner, self.field.name))
    }
}

/// A Rust doc comment as plain text.
fn doc_text(doc: &str) -> String {
    let lines: Vec<&str> = doc.lines().map(str::trim).collect();
    lines.join("\n").trim().to_owned()
}

/// Makes the result classes, and adds them to the module.
pub(crate) fn add_classes(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add_class::<ResultObject>()?;
    let base = py.get_type::<ResultObject>();
    let made = MODELS.iter().map(|model| Ok((model.name, class(&base, model)?.unbind())));
    let made: Vec<(&'static str, Py<PyType>)> = made.collect::<PyResult<_>>()?;
    for (name, class) in &made {
        module.add(*name, class)?;
    }
    // A second import of the module in one process finds the classes of the first.
    let _ = CLASSES.set(py, made);
    Ok(())
}

fn class<'py>(base: &Bound<'py, PyType>, model: &ModelType) -> PyResult<Bound<'py, PyType>> {
    let py = base.py();
    let body = PyDict::new(py);
    body.set_item(intern!(py, "__module__"), "mdcloud")?;
    body.set_item(intern!(py, "__doc__"), doc_text(model.doc))?;
    body.set_item(intern!(py, "__slots__"), PyTuple::empty(py))?;
    if model.name == "Report" {
        let from_json = pyo3::wrap_pyfunction!(report_from_json, py)?;
        body.set_item("from_json", py.import("builtins")?.getattr("staticmethod")?.call1((from_json,))?)?;
    }
    for (index, field) in model.fields.iter().enumerate() {
        body.set_item(field.name, FieldDescriptor { owner: model.name, field, index }.into_pyobject(py)?)?;
    }
    let made = py.get_type::<PyType>().call1((model.name, (base,), body))?;
    Ok(made.cast_into()?)
}

/// Makes a result again from what `__reduce__` gave.
#[pyfunction]
pub(crate) fn _restore<'py>(
    py: Python<'py>,
    name: &str,
    raw: &[u8],
    label: &str,
    error: Option<Py<PyAny>>,
) -> PyResult<Py<PyAny>> {
    guard(|| {
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
fn report_from_json(py: Python<'_>, raw: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
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
