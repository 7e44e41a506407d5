//! Results as rows: what one entry has in which column. Arrow and plain dicts are made from it.

use mdcloud::model::{Field, FieldKind, FieldValue, MODELS, Model, ModelType};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyFunction, PyList, PyString, PyType};

use crate::arguments as arg;
use crate::file_tree::TreeFile;
use crate::outcome::ScanOutcome;
use crate::results::ResultObject;

/// The columns of a kind of entry: some of its own, and the fields of its result.
pub(crate) struct Columns {
    pub(crate) own: &'static [(&'static str, FieldKind)],
    pub(crate) fields: &'static [Field],
}

/// What an entry has in its own columns.
pub(crate) enum Own {
    None,
    Number(i64),
    Text(String),
}

/// One entry.
pub(crate) struct Row<'py> {
    pub(crate) own: Vec<Own>,
    /// None where it failed.
    pub(crate) result: Option<Bound<'py, ResultObject>>,
    /// The text of the result's own error; its model has lost it where it was unpickled.
    pub(crate) error: Option<String>,
}

const OUTCOME: [(&str, FieldKind); 3] =
    [("index", FieldKind::Int), ("source", FieldKind::Text), ("error", FieldKind::Text)];
const TREE_FILE: [(&str, FieldKind); 3] =
    [("depth", FieldKind::Int), ("parent", FieldKind::Text), ("error", FieldKind::Text)];

pub(crate) fn model(name: &str) -> Option<&'static ModelType> {
    static ALL: [ModelType; MODELS.len()] = MODELS;
    ALL.iter().find(|model| model.name == name)
}

/// The columns of the class `kind`; none where there is no such class.
pub(crate) fn columns(kind: &str) -> Columns {
    let (own, result): (&'static [_], _) = match kind {
        "ScanOutcome" => (&OUTCOME, "Report"),
        "TreeFile" => (&TREE_FILE, "ExtractedFile"),
        _ => (&[], kind),
    };
    Columns { own, fields: model(result).map_or(&[], |model| model.fields) }
}

impl<'py> Row<'py> {
    /// Reads an entry of the class `kind`.
    pub(crate) fn of(entry: &Bound<'py, PyAny>, kind: &str) -> PyResult<Self> {
        let py = entry.py();
        if let Ok(outcome) = entry.cast::<ScanOutcome>()
            && kind == "ScanOutcome"
        {
            let outcome = outcome.get();
            let source = arg::path(outcome.source.bind(py))?;
            let source = source.map_or(Own::None, |path| Own::Text(path.to_string_lossy().into_owned()));
            let own = vec![Own::Number(i64::try_from(outcome.index)?), source, text(py, &outcome.error)?];
            return Ok(Row { own, result: result(py, &outcome.result)?, error: None });
        }
        if let Ok(found) = entry.cast::<TreeFile>()
            && kind == "TreeFile"
        {
            let found = found.get();
            let depth = found.depth.map_or(Own::None, |depth| Own::Number(depth.into()));
            let parent = found.parent.clone().map_or(Own::None, Own::Text);
            let own = vec![depth, parent, text(py, &found.error)?];
            return Ok(Row { own, result: result(py, &found.file)?, error: None });
        }
        match entry.cast::<ResultObject>() {
            Ok(found) if found.get().model().type_name() == kind => {
                let error = found.get().error_text(py)?;
                Ok(Row { own: Vec::new(), result: Some(found.clone()), error })
            }
            _ => Err(arg::wrong_type("table", &format!("{kind} in every row"), entry)),
        }
    }
}

fn text(py: Python<'_>, error: &Option<Py<PyAny>>) -> PyResult<Own> {
    error.as_ref().map_or(Ok(Own::None), |error| Ok(Own::Text(error.bind(py).str()?.to_string())))
}

fn result<'py>(py: Python<'py>, given: &Option<Py<PyAny>>) -> PyResult<Option<Bound<'py, ResultObject>>> {
    Ok(given.as_ref().map(|given| given.bind(py).cast::<ResultObject>().cloned()).transpose()?)
}

/// An entry as a dict of plain objects.
pub(crate) fn plain<'py>(entry: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
    let py = entry.py();
    let class = entry.get_type().name()?.to_string();
    let kind = match entry.cast::<ResultObject>() {
        Ok(result) => result.get().model().type_name(),
        Err(_) => class.as_str(),
    };
    let (row, columns) = (Row::of(entry, kind)?, columns(kind));
    let dict = PyDict::new(py);
    for (own, (name, _)) in row.own.into_iter().zip(columns.own) {
        match own {
            Own::None => dict.set_item(name, py.None())?,
            Own::Number(number) => dict.set_item(name, number)?,
            Own::Text(text) => dict.set_item(name, text)?,
        }
    }
    for (index, field) in columns.fields.iter().enumerate() {
        let value = match (&row.result, field.kind) {
            (_, FieldKind::Error) => row.error.as_ref().into_pyobject(py)?.into_any(),
            (Some(result), _) => plain_value(py, result.get().model().value(index))?,
            (None, _) => py.None().into_bound(py),
        };
        dict.set_item(field.name, value)?;
    }
    Ok(dict)
}

fn plain_fields<'py>(py: Python<'py>, model: &dyn Model) -> PyResult<Bound<'py, PyAny>> {
    let dict = PyDict::new(py);
    for (index, field) in model.fields().iter().enumerate() {
        dict.set_item(field.name, plain_value(py, model.value(index))?)?;
    }
    Ok(dict.into_any())
}

fn plain_value<'py>(py: Python<'py>, value: FieldValue<'_>) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        FieldValue::Text(text) => PyString::new(py, text).into_any(),
        FieldValue::Int(number) => number.into_pyobject(py)?.into_any(),
        FieldValue::Float(number) => number.into_pyobject(py)?.into_any(),
        FieldValue::Bool(flag) => flag.into_pyobject(py)?.to_owned().into_any(),
        FieldValue::Verdict(verdict) => PyString::new(py, verdict.name()).into_any(),
        FieldValue::Texts(texts) => PyList::new(py, texts)?.into_any(),
        FieldValue::One(one) => plain_fields(py, one)?,
        FieldValue::Many(many) => {
            let many = many.into_iter().map(|one| plain_fields(py, one)).collect::<PyResult<Vec<_>>>()?;
            PyList::new(py, many)?.into_any()
        }
        FieldValue::Error(error) => PyString::new(py, &error.to_string()).into_any(),
        FieldValue::Amounts(amounts) => {
            let dict = PyDict::new(py);
            for (name, amount) in amounts {
                dict.set_item(name, amount)?;
            }
            dict.into_any()
        }
        _ => py.None().into_bound(py),
    })
}

/// All that an iterator still gives, as Python's `Table`.
pub(crate) fn collect(entries: &Bound<'_, PyAny>, kind: &str) -> PyResult<Py<PyAny>> {
    static TABLE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let class = TABLE.import(entries.py(), "mdcloud._table", "Table")?;
    Ok(class.call_method1("_of", (entries, kind))?.unbind())
}

/// What a notebook shows.
pub(crate) fn html(entry: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
    static HTML: PyOnceLock<Py<PyFunction>> = PyOnceLock::new();
    Ok(HTML.import(entry.py(), "mdcloud._html", "of")?.call1((entry,))?.unbind())
}
