//! Results as an Arrow stream: the C structures by which pandas, polars, pyarrow and DuckDB read them
//! without a copy, and without any of them being a dependency.
//!
//! The structures and the rules of who releases what are those of Arrow's C data and C stream interfaces.

use std::ffi::{CString, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyIterator};

use crate::arrow_columns::{Column, Kind, Shape};
use crate::table::{self, Row};

/// Rows of a batch: as many hashes as one request takes.
const ROWS: usize = 1000;
const NULLABLE: i64 = 2;
/// `errno`'s EIO, as the interface wants one.
const FAILED: c_int = 5;

#[repr(C)]
struct ArrowSchema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    n_children: i64,
    children: *mut *mut ArrowSchema,
    dictionary: *mut ArrowSchema,
    release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    private_data: *mut c_void,
}

#[repr(C)]
struct ArrowArray {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *mut *const c_void,
    children: *mut *mut ArrowArray,
    dictionary: *mut ArrowArray,
    release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    private_data: *mut c_void,
}

#[repr(C)]
struct ArrowArrayStream {
    get_schema: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowSchema) -> c_int>,
    get_next: Option<unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowArray) -> c_int>,
    get_last_error: Option<unsafe extern "C" fn(*mut ArrowArrayStream) -> *const c_char>,
    release: Option<unsafe extern "C" fn(*mut ArrowArrayStream)>,
    private_data: *mut c_void,
}

/// What a stream reads from.
struct Entries {
    iterator: Py<PyIterator>,
    kind: String,
    shape: Shape,
    error: CString,
    ended: bool,
}

/// The stream over the entries of an iterable, all of the class `kind`, in the capsule that the protocol
/// asks for.
#[pyfunction]
#[pyo3(name = "_arrow_stream")]
pub(crate) fn of<'py>(entries: &Bound<'py, PyAny>, kind: &str) -> PyResult<Bound<'py, PyAny>> {
    let py = entries.py();
    let entries = Entries {
        iterator: entries.try_iter()?.unbind(),
        kind: kind.to_owned(),
        shape: Shape::row(&table::columns(kind)),
        error: CString::default(),
        ended: false,
    };
    let stream = ArrowArrayStream {
        get_schema: Some(get_schema),
        get_next: Some(get_next),
        get_last_error: Some(get_last_error),
        release: Some(release_stream),
        private_data: Box::into_raw(Box::new(entries)).cast(),
    };
    Ok(PyCapsule::new_with_value(py, stream, c"arrow_array_stream")?.into_any())
}

// SAFETY: what it points to is ours alone, and may be used from any thread: rows are read while attached to
// the interpreter.
unsafe impl Send for ArrowArrayStream {}

impl Drop for ArrowArrayStream {
    /// A consumer that took the stream has emptied `release` in the capsule.
    fn drop(&mut self) {
        if let Some(release) = self.release {
            // SAFETY: not released yet, and not used again.
            unsafe { release(self) };
        }
    }
}

impl Entries {
    /// The next batch; `None` at the end.
    fn batch(&mut self) -> PyResult<Option<Column>> {
        if self.ended {
            return Ok(None);
        }
        let attached = Python::try_attach(|py| {
            let mut batch = Column::new(&self.shape);
            let mut entries = self.iterator.bind(py).clone();
            while batch.length < ROWS {
                let Some(entry) = entries.next() else {
                    self.ended = true;
                    break;
                };
                let row = Row::of(&entry?, &self.kind)?;
                batch.push_row(&row).map_err(|_| too_long())?;
            }
            Ok(Some(batch).filter(|batch| batch.length > 0))
        });
        attached.unwrap_or(Ok(None))
    }

    fn failed(&mut self, error: &PyErr) -> c_int {
        let text = Python::try_attach(|py| error.value(py).to_string()).unwrap_or_default();
        self.error = CString::new(text.replace('\0', " ")).unwrap_or_default();
        self.ended = true;
        FAILED
    }
}

fn too_long() -> PyErr {
    pyo3::exceptions::PyOverflowError::new_err("a batch of results is longer than Arrow's offsets can say")
}

/// # Safety
/// As the interface says: a stream that was not released, and room for a schema.
unsafe extern "C" fn get_schema(stream: *mut ArrowArrayStream, out: *mut ArrowSchema) -> c_int {
    // SAFETY: `private_data` is the `Entries` that `of` put there, until the stream is released.
    let entries = unsafe { &mut *(*stream).private_data.cast::<Entries>() };
    let made = catch_unwind(AssertUnwindSafe(|| schema(&entries.shape)));
    let Ok(made) = made else { return FAILED };
    // SAFETY: the caller has room there, which holds nothing that is to be dropped.
    unsafe { ptr::write(out, made) };
    0
}

/// # Safety
/// As the interface says: a stream that was not released, and room for an array.
unsafe extern "C" fn get_next(stream: *mut ArrowArrayStream, out: *mut ArrowArray) -> c_int {
    // SAFETY: `private_data` is the `Entries` that `of` put there, until the stream is released; a consumer
    // calls one function of a stream at a time.
    let entries = unsafe { &mut *(*stream).private_data.cast::<Entries>() };
    let made = catch_unwind(AssertUnwindSafe(|| match entries.batch() {
        Ok(batch) => Ok(batch.map_or_else(ended, array)),
        Err(error) => Err(entries.failed(&error)),
    }));
    match made {
        Ok(Ok(made)) => {
            // SAFETY: the caller has room there, which holds nothing that is to be dropped.
            unsafe { ptr::write(out, made) };
            0
        }
        Ok(Err(code)) => code,
        Err(_) => FAILED,
    }
}

/// # Safety
/// As the interface says: a stream that was not released.
unsafe extern "C" fn get_last_error(stream: *mut ArrowArrayStream) -> *const c_char {
    // SAFETY: `private_data` is the `Entries` that `of` put there, until the stream is released.
    let entries = unsafe { &*(*stream).private_data.cast::<Entries>() };
    entries.error.as_ptr()
}

/// # Safety
/// As the interface says: a stream that was not released.
unsafe extern "C" fn release_stream(stream: *mut ArrowArrayStream) {
    // SAFETY: `private_data` came from `Box::into_raw`, and goes back only here, as `release` is emptied.
    let entries = unsafe {
        (*stream).release = None;
        Box::from_raw((*stream).private_data.cast::<Entries>())
    };
    // Attached, as the iterator would otherwise live on until the next call of ours.
    let _ = catch_unwind(AssertUnwindSafe(|| Python::try_attach(|_| drop(entries))));
}

/// What a schema's pointers point to.
struct SchemaParts {
    _name: CString,
    children: Vec<*mut ArrowSchema>,
}

fn schema(shape: &Shape) -> ArrowSchema {
    let format = match shape.kind {
        Kind::Text => c"u",
        Kind::Int => c"l",
        Kind::Float => c"g",
        Kind::Bool => c"b",
        Kind::List => c"+l",
        Kind::Struct => c"+s",
    };
    let name = CString::new(shape.name).unwrap_or_default();
    let children = shape.children.iter().map(|child| Box::into_raw(Box::new(schema(child)))).collect();
    let mut parts = Box::new(SchemaParts { _name: name, children });
    ArrowSchema {
        format: format.as_ptr(),
        name: parts._name.as_ptr(),
        metadata: ptr::null(),
        flags: NULLABLE,
        n_children: parts.children.len() as i64,
        children: parts.children.as_mut_ptr(),
        dictionary: ptr::null_mut(),
        release: Some(release_schema),
        private_data: Box::into_raw(parts).cast(),
    }
}

/// # Safety
/// As the interface says: a schema that was not released.
unsafe extern "C" fn release_schema(schema: *mut ArrowSchema) {
    // SAFETY: `private_data` came from `Box::into_raw` in `schema`, and goes back only here, as `release` is
    // emptied; so do the children, which a consumer may have taken (then their `release` is empty).
    unsafe {
        let parts = Box::from_raw((*schema).private_data.cast::<SchemaParts>());
        for child in &parts.children {
            let mut child = Box::from_raw(*child);
            if let Some(release) = child.release {
                release(&raw mut *child);
            }
        }
        (*schema).release = None;
    }
}

/// What an array's pointers point to.
struct ArrayParts {
    _column: Column,
    buffers: Vec<*const c_void>,
    children: Vec<*mut ArrowArray>,
}

/// The end of a stream is an array that is released already.
fn ended() -> ArrowArray {
    ArrowArray {
        length: 0,
        null_count: 0,
        offset: 0,
        n_buffers: 0,
        n_children: 0,
        buffers: ptr::null_mut(),
        children: ptr::null_mut(),
        dictionary: ptr::null_mut(),
        release: None,
        private_data: ptr::null_mut(),
    }
}

fn array(mut column: Column) -> ArrowArray {
    let children = std::mem::take(&mut column.children);
    let children = children.into_iter().map(|child| Box::into_raw(Box::new(array(child)))).collect();
    let (length, nulls) = (column.length as i64, column.nulls as i64);
    // Moving the column leaves its buffers where they are.
    let mut buffers: Vec<*const c_void> = vec![match nulls {
        0 => ptr::null(),
        _ => column.valid.0.as_ptr().cast(),
    }];
    match column.kind {
        Kind::Text => buffers.extend([column.offsets.as_ptr().cast(), column.text.as_ptr().cast()]),
        Kind::Int => buffers.push(column.ints.as_ptr().cast()),
        Kind::Float => buffers.push(column.floats.as_ptr().cast()),
        Kind::Bool => buffers.push(column.bools.0.as_ptr().cast()),
        Kind::List => buffers.push(column.offsets.as_ptr().cast()),
        Kind::Struct => {}
    }
    let mut parts = Box::new(ArrayParts { _column: column, buffers, children });
    ArrowArray {
        length,
        null_count: nulls,
        offset: 0,
        n_buffers: parts.buffers.len() as i64,
        n_children: parts.children.len() as i64,
        buffers: parts.buffers.as_mut_ptr(),
        children: parts.children.as_mut_ptr(),
        dictionary: ptr::null_mut(),
        release: Some(release_array),
        private_data: Box::into_raw(parts).cast(),
    }
}

/// # Safety
/// As the interface says: an array that was not released.
unsafe extern "C" fn release_array(array: *mut ArrowArray) {
    // SAFETY: as in `release_schema`; the buffers go with the column.
    unsafe {
        let parts = Box::from_raw((*array).private_data.cast::<ArrayParts>());
        for child in &parts.children {
            let mut child = Box::from_raw(*child);
            if let Some(release) = child.release {
                release(&raw mut *child);
            }
        }
        (*array).release = None;
    }
}
