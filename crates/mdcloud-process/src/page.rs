//! A document in memory that forked processes share.
//!
//! The memory is mapped before the fork, without a file or a name: it is there for whoever is forked from
//! this process, and is gone with the last of them. It holds two slots that are written in turn, and which
//! of them counts is one number, written last: a process that is killed in the middle of writing leaves the
//! older document whole.
//!
//! One process at a time changes it, under a mutex that the system hands on when its holder dies. A holder
//! that is stopped keeps it, so nobody waits for it here: see [`Page::exchange`].

use std::cell::UnsafeCell;
use std::io;
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};

/// Room for each document. Only what is written takes memory.
const ROOM: usize = 1 << 20;

/// What stands at the beginning of the memory. Nothing in it is an address: it is mapped at the same one in
/// all processes that have it, but that is not relied upon.
#[repr(C)]
struct Shared {
    mutex: UnsafeCell<libc::pthread_mutex_t>,
    /// Which slot counts; [`NOTHING`] at first.
    current: AtomicU32,
    slots: [UnsafeCell<Slot>; 2],
}

const NOTHING: u32 = u32::MAX;

#[repr(C)]
struct Slot {
    version: u64,
    length: usize,
    document: [u8; ROOM],
}

/// A document that this process shares with those that are forked from it. Never unmapped.
pub struct Page(NonNull<Shared>);

// SAFETY: the memory stays mapped, and what is in it is only touched under its mutex, or atomic.
unsafe impl Send for Page {}

/// Gets version and document, and gives the document that is to be kept instead, if any.
pub type PageChange<'a> = dyn FnMut(u64, &[u8]) -> Option<Vec<u8>> + 'a;

/// What an exchange came to, where nothing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exchanged {
    /// It was seen, and changed if that was wanted.
    Done,
    /// Another process is in the middle of a change, or was stopped there.
    Busy,
}

impl Page {
    /// Memory for a document; there is none in it yet.
    pub fn new() -> io::Result<Page> {
        // SAFETY: asks for memory wherever there is room for it.
        let memory = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                size_of::<Shared>(),
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        let shared = NonNull::new(memory.cast::<Shared>())
            .filter(|_| memory != libc::MAP_FAILED)
            .ok_or_else(io::Error::last_os_error)?;
        let page = Page(shared);
        page.shared().current.store(NOTHING, Ordering::Relaxed);
        match page.make_mutex() {
            0 => Ok(page),
            error => {
                // SAFETY: mapped above, with this size, and nobody else has it.
                unsafe { libc::munmap(memory, size_of::<Shared>()) };
                Err(io::Error::from_raw_os_error(error))
            }
        }
    }

    fn shared(&self) -> &Shared {
        // SAFETY: mapped for good, aligned to a page, and zeros are valid in all of it. It is never seen as
        // `&mut`; what is behind a cell is only touched under the mutex.
        unsafe { self.0.as_ref() }
    }

    /// Makes the mutex; gives the error's number, or 0.
    fn make_mutex(&self) -> libc::c_int {
        let mut attributes = MaybeUninit::uninit();
        let attributes = attributes.as_mut_ptr();
        // SAFETY: `attributes` is initialised before all else, and destroyed once. The mutex is in memory
        // that nobody else sees yet, and stays where it is.
        unsafe {
            let error = libc::pthread_mutexattr_init(attributes);
            if error != 0 {
                return error;
            }
            let mut error = libc::pthread_mutexattr_setpshared(attributes, libc::PTHREAD_PROCESS_SHARED);
            if error == 0 {
                error = libc::pthread_mutexattr_setrobust(attributes, libc::PTHREAD_MUTEX_ROBUST);
            }
            if error == 0 {
                error = libc::pthread_mutex_init(self.shared().mutex.get(), attributes);
            }
            libc::pthread_mutexattr_destroy(attributes);
            error
        }
    }

    /// Shows the document with its version, 0 where there is none yet, to `change`, and keeps what it gives
    /// instead, with the next version. Never waits: see [`Exchanged::Busy`].
    pub fn exchange(&mut self, change: &mut PageChange<'_>) -> io::Result<Exchanged> {
        let Some(_locked) = self.lock()? else { return Ok(Exchanged::Busy) };
        let shared = self.shared();
        let current = shared.current.load(Ordering::Acquire) as usize;
        let (version, wanted) = match shared.slots.get(current) {
            // SAFETY: the mutex is held, and nobody writes to the slot that counts.
            Some(slot) => unsafe {
                let slot = &*slot.get();
                (slot.version, change(slot.version, &slot.document[..slot.length.min(ROOM)]))
            },
            None => (0, change(0, &[])),
        };
        let Some(document) = wanted else { return Ok(Exchanged::Done) };
        if document.len() > ROOM {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "too many accounts for the shared page"));
        }
        let next = usize::from(current == 0);
        // SAFETY: the mutex is held, so this is the only reference to the slot that does not count, and the
        // slot that was read is another one.
        let slot = unsafe { &mut *shared.slots[next].get() };
        (slot.version, slot.length) = (version + 1, document.len());
        slot.document[..document.len()].copy_from_slice(&document);
        shared.current.store(next as u32, Ordering::Release);
        Ok(Exchanged::Done)
    }

    /// `None` where another process has the mutex. Whatever a holder left that died counts as it is: the
    /// older document, or the newer one.
    fn lock(&self) -> io::Result<Option<Locked>> {
        let mutex = self.shared().mutex.get();
        // SAFETY: a mutex made by `make_mutex`.
        match unsafe { libc::pthread_mutex_trylock(mutex) } {
            0 => {}
            libc::EBUSY => return Ok(None),
            libc::EOWNERDEAD => {
                // SAFETY: we hold it, in the state in which its holder died.
                unsafe { libc::pthread_mutex_consistent(mutex) };
            }
            error => return Err(io::Error::from_raw_os_error(error)),
        }
        Ok(Some(Locked(mutex)))
    }
}

impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Page").finish_non_exhaustive()
    }
}

/// The mutex, held by this thread.
struct Locked(*mut libc::pthread_mutex_t);

impl Drop for Locked {
    fn drop(&mut self) {
        // SAFETY: this thread holds it, and its memory is mapped for good.
        unsafe { libc::pthread_mutex_unlock(self.0) };
    }
}
