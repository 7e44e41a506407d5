//! What is scanned, as Python has it: a path, bytes, or a binary file object.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use mdcloud::Source;
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyType};

use crate::arguments as arg;
use crate::call::{Call, Raised};
use crate::errors;

/// Reads the argument `source`; the call learns the file's name and path where there is one.
pub(crate) fn source(given: &Bound<'_, PyAny>, mut call: Call) -> PyResult<(Source, Call)> {
    let py = given.py();
    if let Some(bytes) = arg::bytes(given)? {
        // Read where they are, without a copy: bytes never change.
        let source = Source::seekable(Cursor::new(PyBackedBytes::from(bytes)));
        return Ok((source.map_err(|error| errors::raised(py, &error, None))?, call));
    }
    let has_read = given.hasattr(intern!(py, "read"))?;
    if !has_read && let Some(path) = arg::path(given)? {
        return Ok((Source::path(path.clone()), call.about_file(Some(path))));
    }
    if !has_read {
        return Err(arg::wrong_type("source", "a path, bytes, or a binary file object", given));
    }
    if given.is_instance(text_base(py)?)? {
        return Err(PyTypeError::new_err(
            "source: expected a binary file object, got one that gives text: open it with mode 'rb'",
        ));
    }
    if let Some(name) = name_of(given)?.filter(|_| !call.named) {
        call.options = call.options.filename(name);
    }
    let reader = Reader { file: given.clone().unbind(), raised: call.raised.clone() };
    let source = if can_seek(given)? {
        call.rewind = Some((given.clone().unbind(), given.call_method0(intern!(py, "tell"))?.unbind()));
        Source::seekable(reader)
    } else {
        let length = length_of(given)?;
        Ok(Source::reader(reader, length))
    };
    // What the file object itself raised comes out unchanged.
    if let Some(raised) = call.raised.take() {
        return Err(raised);
    }
    Ok((source.map_err(|error| errors::raised(py, &error, None))?, call))
}

fn text_base(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static TEXT: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    TEXT.import(py, "io", "TextIOBase")
}

/// The last part of the file object's name, where it is that of a file.
fn name_of(file: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    let Some(name) = file.getattr_opt(intern!(file.py(), "name"))? else { return Ok(None) };
    let Some(path) = arg::path(&name)? else { return Ok(None) };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok(name.filter(|name| !name.starts_with('<')))
}

fn can_seek(file: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = file.py();
    match file.getattr_opt(intern!(py, "seekable"))? {
        Some(seekable) => seekable.call0()?.is_truthy(),
        None => Ok(file.hasattr(intern!(py, "seek"))? && file.hasattr(intern!(py, "tell"))?),
    }
}

/// How much a file object that cannot seek will give: the operating system knows, or nobody does.
fn length_of(file: &Bound<'_, PyAny>) -> PyResult<u64> {
    const TYPE: u32 = 0o170_000;
    const REGULAR: u32 = 0o100_000;
    let py = file.py();
    let unknown = || {
        errors::invalid(
            py,
            "source",
            "its length is not known, as it can neither seek nor is it a regular file: pass its bytes, or a \
             file that it was saved to",
        )
    };
    let Some(fileno) = file.getattr_opt(intern!(py, "fileno"))? else { return Err(unknown()) };
    let Ok(fileno) = fileno.call0() else { return Err(unknown()) };
    let about = py.import("os")?.call_method1("fstat", (fileno,))?;
    let mode: u32 = about.getattr("st_mode")?.extract()?;
    if mode & TYPE != REGULAR {
        return Err(unknown());
    }
    about.getattr("st_size")?.extract()
}

/// A Python file object as a Rust stream. Each read attaches to the interpreter for its chunk only.
struct Reader {
    file: Py<PyAny>,
    raised: Raised,
}

impl Reader {
    /// Asks the file object; what it raises is kept for the caller.
    fn ask<T>(&self, ask: impl FnOnce(&Bound<'_, PyAny>) -> PyResult<T>) -> io::Result<T> {
        match Python::try_attach(|py| ask(self.file.bind(py))) {
            Some(Ok(answer)) => Ok(answer),
            Some(Err(error)) => {
                self.raised.put(error);
                Err(io::Error::other("the file object raised an exception"))
            }
            None => Err(io::Error::other("the interpreter is shutting down")),
        }
    }
}

impl Read for Reader {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.ask(|file| {
            let py = file.py();
            let chunk = file.call_method1(intern!(py, "read"), (room.len(),))?;
            if chunk.is_none() {
                return Err(PyTypeError::new_err(
                    "source: read() gave None: a non-blocking file cannot be scanned",
                ));
            }
            if chunk.is_instance_of::<PyString>() {
                return Err(PyTypeError::new_err(
                    "source: read() gave str, not bytes: open it with mode 'rb'",
                ));
            }
            let Some(bytes) = arg::bytes(&chunk)? else {
                return Err(arg::wrong_type("source: read()", "bytes", &chunk));
            };
            let bytes = bytes.as_bytes();
            match room.get_mut(..bytes.len()) {
                Some(place) => {
                    place.copy_from_slice(bytes);
                    Ok(bytes.len())
                }
                None => Err(errors::invalid(py, "source", "read() gave more bytes than were asked for")),
            }
        })
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.ask(|file| {
            let py = file.py();
            match to {
                SeekFrom::Start(place) => file.call_method1(intern!(py, "seek"), (place,))?,
                SeekFrom::Current(by) => file.call_method1(intern!(py, "seek"), (by, 1))?,
                SeekFrom::End(by) => file.call_method1(intern!(py, "seek"), (by, 2))?,
            };
            // Some seek() give nothing back.
            file.call_method0(intern!(py, "tell"))?.extract()
        })
    }
}
