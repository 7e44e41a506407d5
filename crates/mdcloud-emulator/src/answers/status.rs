//! `/status/*`: the service itself. Needs no key and costs nothing.

use serde_json::{Map, Value, json};

use super::Desk;
use crate::engines::{self, ENGINES};
use crate::reply::Reply;

/// `GET /status/version`. The `0` at the end of the line tells people that this is not the service.
pub(crate) fn version() -> Reply {
    Reply::json(200, &json!({"version": "4.0.0"}))
}

/// `GET /status/enginedef`.
pub(crate) fn definitions(desk: &Desk<'_>) -> Reply {
    let today = desk.world.clock.unix(desk.now);
    let times: Map<String, Value> = ENGINES
        .iter()
        .enumerate()
        .map(|(index, name)| ((*name).to_owned(), json!(engines::definition_time(index, today))))
        .collect();
    Reply::json(200, &Value::Object(times))
}
