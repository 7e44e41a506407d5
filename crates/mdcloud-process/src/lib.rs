//! What mdcloud shares once per process, and all of its code that is unsafe for that reason.
//!
//! The core is linked statically into every library that carries it: a process with a C++ program and a
//! Python extension has two copies, and one API key has one allowance. So the copies meet: each exports
//! one symbol ([`export_rendezvous!`]), the first loaded copy leads, and all others ask its [`ledger()`].
//! The second thing that exists once per process is the process itself, which [`fork`](mod@fork) doubles:
//! [`fork_generation`] tells that it happened, [`ForkMutex`] keeps a static consistent across it.
//!
//! | file | about |
//! | --- | --- |
//! | `ledger.rs` | the plain data that crosses between copies |
//! | `table.rs` | the table behind the symbol: how this copy serves others |
//! | `remote.rs` | how this copy asks another one through its table |
//! | `rendezvous.rs` | who leads |
//! | `objects.rs` | the loaded objects of the process (Linux; elsewhere the own copy leads) |
//! | `fork.rs` | the generation and the mutex |
//! | `holder.rs` | names of processes, and which of them are gone |

mod export;
pub mod fork;
mod guard;
mod holder;
pub mod ledger;
#[cfg_attr(not(target_os = "linux"), path = "objects_none.rs")]
mod objects;
mod remote;
mod rendezvous;
mod table;

#[doc(hidden)]
pub use export::answer_rendezvous;
pub use fork::{ForkMutex, fork_generation};
pub use holder::{holder, is_gone};
pub use rendezvous::{LeaderInfo, leader_info, ledger};
pub use table::table;
