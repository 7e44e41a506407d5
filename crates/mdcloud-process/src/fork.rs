//! The fork generation, and a mutex that survives fork.
//!
//! A forked child has one thread: the one that called `fork`. A mutex that another thread held at that
//! moment stays locked for good, and what it protects is half changed. So before a fork all registered
//! mutexes are locked, which also means that nobody is in the middle of a change; after it parent and
//! child unlock their own copy of each.
//!
//! Nothing in here may itself break when cut in two by a fork. Hence the handlers are installed when the
//! object is loaded; no `Once` (a child of a fork during the initialisation would wait for good), they may
//! be installed twice instead; and the list of mutexes is guarded by a lock which a fork holds as well,
//! always the last one it takes.
//!
//! Only `fork` runs the handlers. `vfork`, `posix_spawn` and a bare `clone` do not; they lead to `exec`.

use std::cell::RefCell;
use std::mem::ManuallyDrop;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
#[cfg(not(all(test, feature = "models")))]
use std::sync::{Mutex, MutexGuard};

#[cfg(all(test, feature = "models"))]
use shuttle::sync::{Mutex, MutexGuard};

use crate::guard::guarded;

static GENERATION: AtomicU64 = AtomicU64::new(0);
static INSTALLED: AtomicBool = AtomicBool::new(false);
static SETTLED: AtomicBool = AtomicBool::new(false);
static REGISTRY: Mutex<Vec<&'static dyn Entry>> = Mutex::new(Vec::new());

/// Moments of this crate that a fork must not cut in two: listing the loaded objects (the loader's own
/// lock is not reset in a child) and building this copy's ledger. Always the first in the list, so that
/// whatever the building locks is locked after it, in a fork too.
pub(crate) static SETUP: ForkMutex<()> = ForkMutex::new((), |()| {});

/// How often this process has been forked away from the first ancestor that loaded this copy (on other
/// systems than Linux: used it); 0 at first.
///
/// Whoever keeps sockets, file descriptors or threads remembers the generation they were made in, and
/// makes new ones when it has changed. Costs two atomic reads.
pub fn fork_generation() -> u64 {
    settle();
    GENERATION.load(Ordering::Relaxed)
}

/// A mutex for a static whose state stays consistent over `fork`.
///
/// A fork waits until nobody holds it; in the child `in_child` runs first, before anyone can lock. Keep it
/// for short moments and call nothing foreign while holding it; in particular:
/// - forking while this thread holds one never returns;
/// - where one is locked inside another, do so always in the order in which they were first locked, since
///   a fork locks them in that order;
/// - never ask the [`ledger`](crate::ledger()) while holding one: it may belong to another copy;
/// - `in_child` must not lock any of them, and `before_fork` only such as are never held while this one is
///   waited for.
pub struct ForkMutex<T: Send + 'static> {
    registered: AtomicBool,
    before_fork: fn(&mut T),
    in_child: fn(&mut T),
    value: Mutex<T>,
}

impl<T: Send + 'static> ForkMutex<T> {
    /// For a `static`; registers itself with the first lock.
    pub const fn new(value: T, in_child: fn(&mut T)) -> Self {
        ForkMutex {
            registered: AtomicBool::new(false),
            before_fork: |_| {},
            in_child,
            value: Mutex::new(value),
        }
    }

    /// The same, and `before_fork` runs in the parent before each fork, once nobody else holds it.
    pub const fn before_fork(mut self, before_fork: fn(&mut T)) -> Self {
        self.before_fork = before_fork;
        self
    }

    /// For a value that comes into being at run time. It is never freed: a fork may come at any time.
    pub fn leaked(value: T, in_child: fn(&mut T)) -> &'static Self {
        Self::new(value, in_child).leak()
    }

    /// For one with further hooks.
    pub fn leak(self) -> &'static Self {
        Box::leak(Box::new(self))
    }

    /// Locks. A panic of an earlier holder does not matter: the value is as that holder left it.
    pub fn lock(&'static self) -> MutexGuard<'static, T> {
        if !self.registered.load(Ordering::Acquire) {
            register(self);
        }
        locked(&self.value)
    }
}

impl<T: Send + 'static> std::fmt::Debug for ForkMutex<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ForkMutex").finish_non_exhaustive()
    }
}

/// A mutex in the list, whatever it protects.
trait Entry: Sync {
    fn registered(&self) -> &AtomicBool;
    fn hold(&'static self) -> Box<dyn Held>;
}

/// Its guard during a fork; dropping it unlocks.
trait Held {
    fn in_child(&mut self);
}

impl<T: Send + 'static> Entry for ForkMutex<T> {
    fn registered(&self) -> &AtomicBool {
        &self.registered
    }

    fn hold(&'static self) -> Box<dyn Held> {
        let mut value = locked(&self.value);
        guarded(|| (self.before_fork)(&mut value));
        Box::new((value, self.in_child))
    }
}

impl<T: Send + 'static> Held for (MutexGuard<'static, T>, fn(&mut T)) {
    fn in_child(&mut self) {
        (self.1)(&mut self.0);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cold]
fn register(entry: &'static dyn Entry) {
    settle();
    let mut registry = locked(&REGISTRY);
    if registry.is_empty() {
        SETUP.registered.store(true, Ordering::Release);
        registry.push(&SETUP);
    }
    // Asked again under the lock: two threads may come here for the same mutex.
    if !entry.registered().load(Ordering::Acquire) {
        registry.push(entry);
        entry.registered().store(true, Ordering::Release);
    }
}

/// What the forking thread holds between `prepare` and `release`.
struct Forking {
    depth: usize,
    held: Vec<Box<dyn Held>>,
    registry: Option<MutexGuard<'static, Vec<&'static dyn Entry>>>,
}

thread_local! {
    // Without a destructor, so that it is there however late in its life a thread forks.
    static FORKING: RefCell<ManuallyDrop<Forking>> =
        const { RefCell::new(ManuallyDrop::new(Forking { depth: 0, held: Vec::new(), registry: None })) };
}

/// Runs when the object is loaded. Handlers installed with the first use come too late for a fork that
/// another thread is in the middle of: its child would find our locks held by nobody.
#[cfg(target_os = "linux")]
#[used]
// SAFETY: the section holds functions of this type. This one needs nothing that is not there so early.
#[unsafe(link_section = ".init_array")]
static AT_LOAD: extern "C" fn() = install_handlers;

/// Installs the handlers. Threads that come here at once each install them and none waits for another;
/// `depth` makes all but the first run of a fork do nothing.
#[cfg(unix)]
extern "C" fn install_handlers() {
    // SAFETY: the three functions have the right type and do not unwind. The C library drops them when
    // this object is unloaded; with the first use it is pinned.
    let failed = unsafe { libc::pthread_atfork(Some(prepare), Some(in_parent), Some(in_child)) };
    if failed == 0 {
        INSTALLED.store(true, Ordering::Release);
    }
}

/// There is no fork here.
#[cfg(not(unix))]
extern "C" fn install_handlers() {
    INSTALLED.store(true, Ordering::Release);
}

/// With the first use, whatever it is: from now on this copy keeps state, so it stays.
fn settle() {
    if SETTLED.load(Ordering::Acquire) {
        return;
    }
    // Named here, so that a linker that takes this function from an archive takes that as well.
    #[cfg(target_os = "linux")]
    std::hint::black_box(&AT_LOAD);
    #[cfg(unix)]
    crate::objects::pin_self();
    if !INSTALLED.load(Ordering::Acquire) {
        install_handlers();
    }
    SETTLED.store(INSTALLED.load(Ordering::Acquire), Ordering::Release);
}

#[cfg_attr(not(unix), allow(dead_code))]
extern "C" fn prepare() {
    guarded(|| FORKING.with_borrow_mut(|forking| lock_all(forking)));
}

#[cfg_attr(not(unix), allow(dead_code))]
extern "C" fn in_parent() {
    guarded(|| FORKING.with_borrow_mut(|forking| unlock_all(forking, false)));
}

#[cfg_attr(not(unix), allow(dead_code))]
extern "C" fn in_child() {
    guarded(|| FORKING.with_borrow_mut(|forking| unlock_all(forking, true)));
}

fn lock_all(forking: &mut Forking) {
    forking.depth += 1;
    if forking.depth > 1 {
        return;
    }
    loop {
        // Never wait for a mutex while holding the list: its holder may be about to register another.
        let registry = locked(&REGISTRY);
        match registry.get(forking.held.len()).copied() {
            Some(entry) => {
                drop(registry);
                forking.held.push(entry.hold());
            }
            None => {
                forking.registry = Some(registry);
                return;
            }
        }
    }
}

fn unlock_all(forking: &mut Forking, child: bool) {
    forking.depth = forking.depth.saturating_sub(1);
    if forking.depth > 0 {
        return;
    }
    if child {
        GENERATION.fetch_add(1, Ordering::Relaxed);
        for held in &mut forking.held {
            guarded(|| held.in_child());
        }
    }
    while forking.held.pop().is_some() {}
    forking.held = Vec::new();
    forking.registry = None;
}

#[cfg(all(test, feature = "models"))]
#[path = "fork_models.rs"]
mod models;
