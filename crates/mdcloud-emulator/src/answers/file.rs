//! `/file`: uploads and their results.

use std::time::Duration;

use serde_json::json;

use super::{Call, Desk, result, sandbox};
use crate::failure::Failure;
use crate::intake::{self, Submission};
use crate::loopback;
use crate::reply::Reply;
use crate::upload::{self, Gone, Incoming, Received};
use crate::upload_rules::{self, Wishes};
use crate::world::World;

const MEGABYTE: u64 = 1024 * 1024;

/// How long a server may take that a file is fetched from, in real time.
const PATIENCE: Duration = Duration::from_secs(10);

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
    let keep = intake::keep(&world.settings, &wishes);
    let mut received = match boundary {
        Some(boundary) => upload::form(body, &boundary, limit, keep).await?,
        None => upload::plain(&mut body, limit, keep).await?,
    };
    match (&received, &wishes.link) {
        (Err(Failure { code: 400_145, .. }), Some(link)) => received = download(link, limit, keep).await,
        // With a file in the body there is nothing to fetch.
        _ => wishes.link = None,
    }
    Ok(received.map(|received| {
        if wishes.display_name.is_none() {
            wishes.display_name.clone_from(&received.part_name);
        }
        Submission::new(&world.settings, received, wishes)
    }))
}

/// Fetches a file from a server on this machine; all others count as out of reach.
async fn download(link: &str, limit: u64, keep: usize) -> Result<Received, Failure> {
    let failed =
        || Failure::with(400_146, format!("Provided download url is not valid or inaccessible: {link}"));
    let response = loopback::send(link, "GET", &[], Vec::new(), PATIENCE).await.map_err(|_| failed())?;
    if response.status().is_redirection() {
        return Err(Failure::new(400_155));
    }
    if !response.status().is_success() {
        return Err(failed());
    }
    let path = link.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned);
    let mut body = response.into_body();
    let read = tokio::time::timeout(PATIENCE, upload::plain(&mut body, limit, keep)).await;
    let received = read.map_err(|_| failed())?.map_err(|Gone| failed())??;
    Ok(Received { part_name: name, ..received })
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
    let Some(submission) = &call.file else {
        return Err(Failure::new(400_145));
    };
    desk.charge(call, submission.cost())?;
    let settings = &desk.world.settings;
    let run = submission.wishes.sandbox.as_ref().map(|_| {
        desk.state
            .quota
            .charge(settings, "sandbox_api", 1, desk.now)
            .map_err(|standing| super::exhausted(&standing))
    });
    let data_id = submission.register(settings, desk.state, desk.now);
    let received = &submission.received;
    let mut answer = json!({
        "data_id": data_id,
        "status": "inqueue",
        "in_queue": desk.state.scans.queued(settings, desk.now).max(1),
        "queue_priority": if settings.paid { "high" } else { "normal" },
        "md5": received.md5,
        "sha1": received.sha1,
        "sha256": received.sha256,
    });
    match run {
        Some(Ok(_)) => answer["sandbox_id"] = json!(sandbox::start(desk, &data_id)),
        Some(Err(failure)) => {
            answer["sandbox_error"] = json!({"code": failure.code, "messages": [failure.message]});
        }
        None => {}
    }
    if let Some(url) = &submission.wishes.callback {
        desk.state.hooks.add(&data_id, url, desk.now);
        desk.world.wake.notify_one();
    }
    Ok(Reply::json(200, &answer))
}

/// `GET /file/{data_id}`.
pub(crate) fn report(desk: &Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    let scan = desk.state.scans.by_data_id(call.argument()).ok_or_else(|| Failure::new(404_004))?;
    Ok(Reply::json(200, &result::report(desk, scan)))
}
