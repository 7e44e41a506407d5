//! `/file/webhooks`: how the callbacks went.

use serde_json::{Value, json};

use super::{Call, Desk};
use crate::failure::Failure;
use crate::hooks::Hook;
use crate::reply::Reply;

/// `GET /file/webhooks/{data_id}`: 12 hours long, and from the delivery on.
pub(crate) fn one(desk: &Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    let data_id = call.argument();
    let mut told = desk.state.hooks.told(desk.now);
    if let Some((hook, status, at)) = told.find(|(hook, ..)| hook.data_id == data_id) {
        return Ok(Reply::json(200, &item(desk, hook, status, at)));
    }
    Err(Failure::new(404_001))
}

/// `GET /file/webhooks`.
pub(crate) fn all(desk: &Desk<'_>) -> Reply {
    let items: Vec<Value> =
        desk.state.hooks.told(desk.now).map(|(hook, status, at)| item(desk, hook, status, at)).collect();
    Reply::json(200, &json!({ "data": items }))
}

fn item(desk: &Desk<'_>, hook: &Hook, status: u16, at: std::time::Duration) -> Value {
    json!({
        "url": hook.url, "status_code": status, "data_id": hook.data_id, "request_time": desk.time(at),
    })
}
