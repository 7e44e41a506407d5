//! Who leads: the first loaded object that exports the symbol with a table that can be used.
//!
//! Why the first in load order: the list of loaded objects grows at its end only, so all copies that look,
//! at whatever time, from whatever thread, find the same one; the election needs no lock and no shared
//! memory. The winner is pinned, so it cannot leave. Each copy elects once and then stays with its leader.
//!
//! A copy whose own symbol cannot be found (linked statically into a program without
//! `--export-dynamic-symbol`) follows where another copy leads, but nobody follows it.
//!
//! Nothing here waits for another thread: threads that elect at once come to the same result, and the
//! first to write it down wins. A `Once` would hang a child forked in the middle.

use once_cell::race::OnceBox;

use crate::fork::{SETUP, fork_generation};
use crate::ledger::Ledger;
use crate::objects;
use crate::remote::Remote;
use crate::table::{MAJOR, MINOR, table};

type Make = fn() -> Box<dyn Ledger>;

static MAKE: OnceBox<Make> = OnceBox::new();
static OWN: OnceBox<Box<dyn Ledger>> = OnceBox::new();
static ELECTED: OnceBox<Elected> = OnceBox::new();

struct Elected {
    object: String,
    /// `None`: this copy leads.
    remote: Option<Remote>,
}

/// Who leads, for support.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaderInfo {
    /// Path of the object that the leader is part of; empty for the main program.
    pub object: String,
    /// Version of the leader, such as `0.1.0`.
    pub version: String,
    /// Whether it is this copy.
    pub is_self: bool,
    /// How many copies are loaded now, as far as they can be found, this one included.
    pub copies: usize,
    /// Major version of the leader's table.
    pub table_major: u32,
    /// Minor version of the leader's table.
    pub table_minor: u32,
}

/// The ledger of the process: the leader's, possibly in another copy of the library.
///
/// `make` builds this copy's own ledger, once, when this copy is the leader or another copy asks it; it
/// must not call back into this function. All calls of one copy pass the same function.
pub fn ledger(make: fn() -> Box<dyn Ledger>) -> &'static dyn Ledger {
    match &elected(make).remote {
        Some(remote) => remote,
        None => own(make),
    }
}

/// Who leads. Elects if that has not happened yet.
pub fn leader_info(make: fn() -> Box<dyn Ledger>) -> LeaderInfo {
    let elected = elected(make);
    let own_table = table(make);
    let (mut copies, mut own_found) = (0, false);
    for exporter in objects::exporters().filter(|exporter| Remote::of(exporter).is_some()) {
        copies += 1;
        own_found |= exporter.table() == own_table;
    }
    let (version, table_major, table_minor) = match &elected.remote {
        Some(remote) => (remote.version.clone(), remote.major, remote.minor),
        None => (env!("CARGO_PKG_VERSION").into(), MAJOR, MINOR),
    };
    LeaderInfo {
        object: elected.object.clone(),
        version,
        is_self: elected.remote.is_none(),
        copies: copies + usize::from(!own_found),
        table_major,
        table_minor,
    }
}

/// Notes how to build this copy's own ledger, for when another copy asks it.
pub(crate) fn remember(make: Make) {
    if MAKE.get().is_none() {
        // Another thread was first: then it is noted.
        let _ = MAKE.set(Box::new(make));
    }
}

/// This copy's own ledger, for other copies. `None` cannot be: they have the table from [`table`].
pub(crate) fn served() -> Option<&'static dyn Ledger> {
    MAKE.get().map(|make| own(*make))
}

fn own(make: Make) -> &'static dyn Ledger {
    if let Some(own) = OWN.get() {
        return own.as_ref();
    }
    let _uncut = SETUP.lock();
    OWN.get_or_init(|| Box::new(make())).as_ref()
}

fn elected(make: Make) -> &'static Elected {
    ELECTED.get_or_init(|| Box::new(elect(make)))
}

#[cold]
fn elect(make: Make) -> Elected {
    // Installs what keeps a fork from cutting a change of the ledger in two.
    fork_generation();
    let own_table = table(make);
    for exporter in objects::exporters() {
        if let Some(remote) = Remote::of(&exporter) {
            exporter.pin();
            let remote = (exporter.table() != own_table).then_some(remote);
            return Elected { object: exporter.object(), remote };
        }
    }
    Elected { object: objects::own_object(), remote: None }
}
