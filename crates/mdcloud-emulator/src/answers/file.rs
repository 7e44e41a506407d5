//! `/file`: uploads and their results.

use serde_json::json;

use super::{Call, Desk, result};
use crate::failure::Failure;
use crate::reply::Reply;
use crate::upload::{self, Gone, Incoming, Received};
use crate::upload_rules::{self, Wishes};
use crate::world::World;

const MEGABYTE: u64 = 1024 * 1024;

/// An upload that has come completely and may be scanned.
pub(crate) struct Submission {
    received: Received,
    wishes: Wishes,
}

/// Reads an upload. The headers are looked at first, but the body is read in any case.
pub(crate) async fn receive<B>(
    world: &World,
    call: &Call,
    mut body: B,
) -> Result<Result<Submission, Failure>, Gone>
where
    B: Incoming + Send + 'static,
{
    let limit = world.settings.max_upload_mb.saturating_mul(MEGABYTE);
    let checked = check(world, call, limit);
    let (mut wishes, boundary) = match checked {
        Ok(checked) => checked,
        Err(failure) => {
            if call.header("expect").is_none() {
                upload::drain(&mut body).await?;
            }
            return Ok(Err(failure));
        }
    };
    let mut received = match boundary {
        Some(boundary) => upload::form(body, &boundary, limit).await?,
        None => upload::plain(&mut body, limit).await?,
    };
    if let (Err(Failure { code: 400_145, .. }), Some(link)) = (&received, &wishes.link) {
        received = upload::from_link(link);
    }
    Ok(received.map(|received| {
        if wishes.display_name.is_none() {
            wishes.display_name.clone_from(&received.part_name);
        }
        Submission { received, wishes }
    }))
}

/// What the head tells: the wishes, and the boundary if the body is a form.
fn check(world: &World, call: &Call, limit: u64) -> Result<(Wishes, Option<String>), Failure> {
    let length = call.header("content-length").and_then(|text| text.parse::<u64>().ok());
    if world.settings.strict_length && length.is_none() {
        return Err(Failure::new(411_000));
    }
    let kind = call.header("content-type").unwrap_or("application/octet-stream");
    let boundary = multer::parse_boundary(kind).ok();
    let plain = kind.to_ascii_lowercase().starts_with("application/octet-stream");
    if boundary.is_none() && !plain {
        return Err(Failure::with(400_020, format!("Header is not valid. Invalid Content-Type: {kind}")));
    }
    // A form is a little longer than its file, so its own length decides nothing.
    if boundary.is_none() && length.is_some_and(|length| length > limit) {
        return Err(upload::too_large(limit));
    }
    Ok((upload_rules::read(&call.headers, &world.settings)?, boundary))
}

/// `POST /file`.
pub(crate) fn submit(desk: &mut Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    let Some(Submission { received, wishes }) = &call.file else {
        return Err(Failure::new(400_145));
    };
    desk.charge(call, 1)?;
    let settings = &desk.world.settings;
    let sandbox = wishes.sandbox.as_ref().map(|_| {
        desk.state
            .quota
            .charge(settings, "sandbox_api", 1, desk.now)
            .map_err(|standing| super::exhausted(&standing))
    });
    let scan = desk.state.scans.add(settings, received.clone(), wishes.clone(), desk.now);
    let mut answer = json!({
        "data_id": scan.data_id,
        "status": "inqueue",
        "queue_priority": if settings.paid { "high" } else { "normal" },
        "md5": scan.md5,
        "sha1": scan.sha1,
        "sha256": scan.sha256,
    });
    match sandbox {
        Some(Ok(_)) => answer["sandbox_id"] = json!(result::sandbox_id(scan)),
        Some(Err(failure)) => {
            answer["sandbox_error"] = json!({"code": failure.code, "messages": [failure.message]});
        }
        None => {}
    }
    answer["in_queue"] = json!(desk.state.scans.queued(settings, desk.now).max(1));
    Ok(Reply::json(200, &answer))
}

/// `GET /file/{data_id}`.
pub(crate) fn report(desk: &Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    let scan = desk.state.scans.by_data_id(call.argument()).ok_or_else(|| Failure::new(404_004))?;
    Ok(Reply::json(200, &result::report(desk, call, scan)))
}
