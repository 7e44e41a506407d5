//! The symbol by which copies find each other.
//!
//! Why a symbol: it is found by whoever comes later, needs no file, no environment and no clean-up, and
//! dies with the process. Its name carries the major version of the table; `_v1` stays for good.
//!
//! Why a macro: this crate must not define the symbol. Two versions of the core in one Rust program would
//! not link. Only the leaf (the C library, the Python extension, a program) defines it, once.

use core::ffi::c_void;

/// Defines the exported symbol `mdcloud_rendezvous_v1` in a leaf crate: a cdylib, a staticlib or a program.
///
/// The argument is the path of a `fn() -> *const c_void` that returns [`table`](crate::table). A program
/// must be linked with `-Wl,--export-dynamic-symbol=mdcloud_rendezvous_v1`, else its copy can follow but
/// nobody finds it.
///
/// ```
/// use mdcloud_process::ledger::{Answer, Ask, Ledger, Tell};
///
/// struct Generous;
/// impl Ledger for Generous {
///     fn ask(&self, ask: &Ask) -> Answer {
///         Answer::go(1, ask.cost)
///     }
///     fn tell(&self, _: &Tell) {}
///     fn snapshot(&self) -> String {
///         "{}".into()
///     }
/// }
///
/// fn table() -> *const core::ffi::c_void {
///     mdcloud_process::table(|| Box::new(Generous))
/// }
/// mdcloud_process::export_rendezvous!(table);
/// # fn main() { assert!(!table().is_null()); }
/// ```
#[macro_export]
macro_rules! export_rendezvous {
    ($table:path) => {
        const _: () = {
            #[unsafe(no_mangle)]
            extern "C" fn mdcloud_rendezvous_v1() -> *const ::core::ffi::c_void {
                $crate::answer_rendezvous($table)
            }
        };
    };
}

/// What the symbol does: the table, or NULL where making it panicked.
#[doc(hidden)]
pub fn answer_rendezvous(table: fn() -> *const c_void) -> *const c_void {
    crate::guard::guarded(table).unwrap_or(core::ptr::null())
}
