//! Native module of the Python package mdcloud.
//!
//! The public names are in the package (`python/python/mdcloud`); this module reads Python's arguments,
//! calls the core with the interpreter released, and turns what comes back into Python objects.
//!
//! | file | about |
//! | --- | --- |
//! | `guard.rs` | no panic leaves this module |
//! | `errors.rs` | errors of the core as Python exceptions |
//! | `arguments.rs` | reading one argument, and the TypeError that names it |
//! | `call.rs` | one call: options in, interpreter released, Ctrl-C and callbacks heard |
//! | `source.rs` | paths, bytes and file objects as sources |
//! | `client.rs` | the client, and operations with arguments of their own kind |
//! | `operations.rs` | all other operations |
//! | `many.rs` | the lazy results of bulk lookups |
//! | `scan_many.rs` | many scans at once |
//! | `budget.rs` | parts of an allowance kept for someone, and plans |
//! | `file_tree.rs` | the files inside an archive |
//! | `outcome.rs` | what became of one of them |
//! | `plain_json.rs`, `json.rs` | answers as plain objects: in one pass, and by Python's own reader |
//! | `results.rs` | the object that holds a result |
//! | `result_classes.rs` | the result classes, made from the core's tables |
//! | `table.rs` | results as rows |
//! | `arrow_columns.rs`, `arrow_stream.rs` | rows as an Arrow stream |
//! | `progress.rs` | what progress callbacks are told |
//! | `logging.rs` | the core's log in Python's |
//! | `emulator.rs` | the service on loopback |

mod arguments;
mod arrow_columns;
mod arrow_stream;
mod budget;
mod call;
mod client;
mod emulator;
mod errors;
mod file_tree;
mod guard;
mod json;
mod logging;
mod many;
mod operations;
mod outcome;
mod plain_json;
mod progress;
mod result_classes;
mod results;
mod scan_many;
mod source;
mod table;

use pyo3::prelude::*;

mdcloud::export_rendezvous!();

/// The tables that the package's enumerations and exceptions are made from.
fn add_tables(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let kinds: Vec<_> =
        mdcloud::error::KINDS.iter().map(|kind| (kind.status as i32, kind.name, kind.python)).collect();
    let verdicts: Vec<_> =
        mdcloud::Verdict::ALL.iter().map(|verdict| (*verdict as i32, verdict.name())).collect();
    let operations: Vec<_> = mdcloud::endpoints::ENDPOINTS
        .iter()
        .map(|endpoint| (endpoint.number(), endpoint.name.to_ascii_uppercase()))
        .collect();
    module.add("KINDS", kinds)?;
    module.add("VERDICTS", verdicts)?;
    let models: Vec<_> = mdcloud::model::MODELS.iter().map(|model| model.name).collect();
    module.add("MODELS", models)?;
    let legacy: Vec<_> =
        mdcloud::endpoints::ENDPOINTS.iter().filter(|row| row.legacy).map(|row| row.name).collect();
    module.add("LEGACY", legacy)?;
    module.add("OPERATIONS", operations)
}

/// Panics, so that a test can see what becomes of a panic.
#[pyfunction]
fn _panic_for_tests() -> PyResult<()> {
    #[allow(clippy::panic)]
    guard::guard(|| panic!("asked for by a test"))
}

#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    guard::guard(|| {
        // So that workers which are forked after the import share one budget, used or not.
        mdcloud::ready();
        module.add("__version__", mdcloud::VERSION)?;
        add_tables(module)?;
        module.add_class::<call::Cancel>()?;
        module.add_class::<progress::Progress>()?;
        module.add_class::<budget::Reservation>()?;
        module.add_class::<client::Client>()?;
        module.add_class::<client::TrackerInfo>()?;
        module.add_class::<many::Results>()?;
        module.add_class::<scan_many::ScanOutcomes>()?;
        module.add_class::<outcome::ScanOutcome>()?;
        module.add_class::<file_tree::FileTree>()?;
        module.add_class::<file_tree::TreeFile>()?;
        module.add_class::<emulator::Emulator>()?;
        module.add_class::<emulator::RequestRecord>()?;
        result_classes::add_classes(module)?;
        logging::install();
        module.add_function(wrap_pyfunction!(plain_json::_loads, module)?)?;
        module.add_function(wrap_pyfunction!(results::_restore, module)?)?;
        module.add_function(wrap_pyfunction!(outcome::_restore_outcome, module)?)?;
        module.add_function(wrap_pyfunction!(file_tree::_restore_tree_file, module)?)?;
        module.add_function(wrap_pyfunction!(arrow_stream::of, module)?)?;
        module.add_function(wrap_pyfunction!(results::_set_next, module)?)?;
        module.add_function(wrap_pyfunction!(results::_get_next, module)?)?;
        module.add_function(wrap_pyfunction!(client::quota, module)?)?;
        module.add_function(wrap_pyfunction!(client::tracker_info, module)?)?;
        module.add_function(wrap_pyfunction!(_panic_for_tests, module)?)
    })
}
