//! No panic leaves this module: it becomes an exception that `except Exception` catches.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::prelude::*;

use crate::errors;

/// Runs an entry; a panic becomes `InternalError`.
pub(crate) fn guard<T>(entry: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(entry)).unwrap_or_else(|payload| Err(raise(payload)))
}

/// Runs work that needs no interpreter; a panic becomes an error of the core.
pub(crate) fn quiet<T>(work: impl FnOnce() -> mdcloud::Result<T>) -> mdcloud::Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| Err(error(payload)))
}

fn raise(payload: Box<dyn Any + Send>) -> PyErr {
    let error = error(payload);
    Python::attach(|py| errors::raised(py, &error, None))
}

fn error(payload: Box<dyn Any + Send>) -> mdcloud::Error {
    let text = match (payload.downcast_ref::<&str>(), payload.downcast_ref::<String>()) {
        (Some(text), _) => (*text).to_owned(),
        (_, Some(text)) => text.clone(),
        _ => "a panic without words".to_owned(),
    };
    // A payload may panic when it is dropped; that one is left alone.
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(second);
    }
    mdcloud::Error::panicked(&text)
}
