//! The loaded objects of the process, and which of them export the rendezvous symbol.
//!
//! The list of the loader is in load order and grows at its end only: whoever loads later comes later, so
//! "the first in the list" is the same for everyone who looks, at any time, without a lock.
//!
//! A symbol counts only where its address lies in the code of the very object that was asked: a lookup
//! also searches an object's dependencies, and for the main program all that is loaded globally.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ops::Range;

const SYMBOL: &CStr = c"mdcloud_rendezvous_v1";

/// One loaded object.
struct Object {
    /// As the loader knows it; empty for the main program.
    name: CString,
    /// Where it lies, each with its `PF_` flags.
    segments: Vec<(Range<usize>, u32)>,
}

/// An object that exports the symbol, kept loaded while this lives.
pub(crate) struct Exporter {
    object: Object,
    _handle: Handle,
    symbol: extern "C" fn() -> *const c_void,
}

impl Exporter {
    /// Path of the object; empty for the main program.
    pub(crate) fn object(&self) -> String {
        self.object.name.to_string_lossy().into_owned()
    }

    /// What its symbol returns.
    pub(crate) fn table(&self) -> *const c_void {
        (self.symbol)()
    }

    /// Whether `length` bytes at `at` belong to this object and can be read.
    pub(crate) fn contains(&self, at: *const c_void, length: usize) -> bool {
        self.object.contains(at as usize, length, libc::PF_R)
    }

    /// Keeps the object loaded for good: its table is used from now on.
    pub(crate) fn pin(&self) {
        if let Some(handle) = Handle::open(&self.object.name, libc::RTLD_NODELETE) {
            std::mem::forget(handle);
        }
    }
}

/// Objects that export the symbol themselves, in load order.
pub(crate) fn exporters() -> impl Iterator<Item = Exporter> {
    loaded().into_iter().filter_map(|object| {
        let handle = Handle::open(&object.name, 0)?;
        let address = handle.find(SYMBOL)?;
        if !object.contains(address as usize, 1, libc::PF_X) {
            return None;
        }
        // SAFETY: the name carries the signature, it is code of that object, and the handle keeps it there.
        let symbol = unsafe { std::mem::transmute::<*mut c_void, extern "C" fn() -> *const c_void>(address) };
        Some(Exporter { object, _handle: handle, symbol })
    })
}

/// Path of the object that this copy is part of; empty for the main program.
pub(crate) fn own_object() -> String {
    let here = own_object as *const () as usize;
    let own = loaded().into_iter().find(|object| object.contains(here, 1, libc::PF_X));
    own.map(|object| object.name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Keeps the object that this copy is part of loaded for good. Does nothing in the main program, which
/// the loader does not find by its path and never unloads.
pub(crate) fn pin_self() {
    // SAFETY: all zeros is a valid `Dl_info`: four pointers.
    let mut info: libc::Dl_info = unsafe { std::mem::zeroed() };
    // SAFETY: `dladdr` writes to `info` only, and any address may be asked for.
    let found = unsafe { libc::dladdr(pin_self as *const () as *const c_void, &mut info) };
    if found == 0 || info.dli_fname.is_null() {
        return;
    }
    // SAFETY: the loader's own NUL-ended text; this object, which it belongs to, is running.
    let name = unsafe { CStr::from_ptr(info.dli_fname) };
    if let Some(handle) = Handle::open(name, libc::RTLD_NODELETE) {
        std::mem::forget(handle);
    }
}

impl Object {
    fn contains(&self, at: usize, length: usize, flag: u32) -> bool {
        let Some(end) = at.checked_add(length) else { return false };
        self.segments.iter().any(|(range, flags)| range.start <= at && end <= range.end && flags & flag != 0)
    }
}

fn loaded() -> Vec<Object> {
    let mut objects: Vec<Object> = Vec::new();
    let _uncut = crate::fork::SETUP.lock();
    // SAFETY: `collect` has the right type, does not unwind, and gets the `Vec` that it expects, which
    // outlives the call.
    unsafe { libc::dl_iterate_phdr(Some(collect), (&raw mut objects).cast()) };
    objects
}

/// Notes one object. The loader holds its lock meanwhile, so nothing else is done here.
unsafe extern "C" fn collect(info: *mut libc::dl_phdr_info, _: usize, objects: *mut c_void) -> c_int {
    // SAFETY: the loader passes a valid structure, and `loaded` its `Vec`, which nobody else uses now.
    let (info, objects) = unsafe { (&*info, &mut *objects.cast::<Vec<Object>>()) };
    let name = if info.dlpi_name.is_null() || (cfg!(target_env = "musl") && objects.is_empty()) {
        c"" // musl names the main program, always the first, by its path, and does not find it by that
    } else {
        // SAFETY: the loader's NUL-ended text, valid during this call.
        unsafe { CStr::from_ptr(info.dlpi_name) }
    };
    let mut segments = Vec::new();
    for index in 0..usize::from(info.dlpi_phnum) {
        // SAFETY: `dlpi_phdr` points to `dlpi_phnum` headers.
        let header = unsafe { &*info.dlpi_phdr.add(index) };
        if header.p_type == libc::PT_LOAD {
            let start = (info.dlpi_addr as usize).wrapping_add(header.p_vaddr as usize);
            segments.push((start..start.saturating_add(header.p_memsz as usize), header.p_flags));
        }
    }
    objects.push(Object { name: name.to_owned(), segments });
    0
}

/// An open handle of an object that was loaded already.
struct Handle(*mut c_void);

impl Handle {
    /// An empty name means the main program. Never loads anything.
    fn open(name: &CStr, flags: c_int) -> Option<Handle> {
        let name: *const c_char = if name.is_empty() { std::ptr::null() } else { name.as_ptr() };
        // SAFETY: NULL or NUL-ended text; with RTLD_NOLOAD no foreign code runs.
        let handle =
            unsafe { libc::dlopen(name, libc::RTLD_NOLOAD | libc::RTLD_LAZY | libc::RTLD_LOCAL | flags) };
        if handle.is_null() {
            forget_error();
            return None;
        }
        Some(Handle(handle))
    }

    fn find(&self, symbol: &CStr) -> Option<*mut c_void> {
        // SAFETY: the handle is open, the name NUL-ended.
        let address = unsafe { libc::dlsym(self.0, symbol.as_ptr()) };
        if address.is_null() {
            forget_error();
            return None;
        }
        Some(address)
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: closed once, by its owner.
        unsafe { libc::dlclose(self.0) };
    }
}

/// The host's next `dlerror` must not show a question of ours.
fn forget_error() {
    // SAFETY: has no arguments and touches this thread's message only.
    unsafe { libc::dlerror() };
}
