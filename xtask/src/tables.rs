//! The tables as JSON, for tests that hold every language against them.

use mdcloud::endpoints::{ENDPOINTS, WORKFLOWS};
use mdcloud::error::KINDS;
use mdcloud::model::MODELS;
use serde_json::json;

use crate::run::Outcome;

pub fn run() -> Outcome {
    let operations = ENDPOINTS.iter().map(|row| json!({ "name": row.name, "legacy": row.legacy }));
    let workflows = WORKFLOWS.iter().map(|row| json!({ "name": row.name, "legacy": false }));
    let models = MODELS.iter().map(|model| {
        let fields: Vec<_> =
            model.fields.iter().map(|field| json!([field.name, format!("{:?}", field.kind)])).collect();
        json!({ "name": model.name, "fields": fields })
    });
    let kinds = KINDS
        .iter()
        .map(|kind| json!({ "name": kind.name, "number": kind.status as i32, "python": kind.python }));
    let tables = json!({
        "operations": operations.chain(workflows).collect::<Vec<_>>(),
        "models": models.collect::<Vec<_>>(),
        "kinds": kinds.collect::<Vec<_>>(),
    });
    println!("{tables}");
    Ok(())
}
