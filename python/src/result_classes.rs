//! The result classes, made from the core's tables of fields: no field is listed here a second time.
//!
//! Each public class is a subclass of the one native class without members of its own but its fields, which
//! are descriptors that ask the core.

use mdcloud::model::{Field, MODELS, ModelType};
use pyo3::exceptions::{PyAttributeError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple, PyType};

use crate::guard::guard;
use crate::results::{ResultObject, report_from_json};

static CLASSES: PyOnceLock<Vec<(&'static str, Py<PyType>)>> = PyOnceLock::new();

/// The public class of the results of this name.
pub(crate) fn class_of<'py>(py: Python<'py>, name: &str) -> Option<&'py Bound<'py, PyType>> {
    let (_, class) = CLASSES.get(py)?.iter().find(|(known, _)| *known == name)?;
    Some(class.bind(py))
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
            Ok(result) if result.model().type_name() == this.owner => {
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
