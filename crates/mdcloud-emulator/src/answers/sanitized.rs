//! `/file/converted`: clean copies, as far as links go. The emulator sanitizes nothing.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Call, Desk};
use crate::failure::Failure;
use crate::reply::Reply;
use crate::scan::{Scan, Stage};
use crate::world::World;

/// How long the service keeps a clean copy.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Where copies are fetched. Not below `/v4`: these links stand for another host and want no key.
const PLACE: &str = "/files/";

/// `GET /file/converted/{data_id}`, and its older form.
pub(crate) fn link(desk: &Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    let scan = find(desk, call)?;
    let answer = match scan.stage(&desk.world.settings, desk.now) {
        Stage::Queued => json!({"file_expired": false, "progress_percentage": 0}),
        Stage::Running(percent) => json!({"file_expired": false, "progress_percentage": percent}),
        Stage::Done if is_gone(desk.world, scan, desk.now) => {
            json!({"file_expired": true, "progress_percentage": 100})
        }
        Stage::Done => json!({"sanitizedFilePath": address(call, scan)}),
    };
    Ok(Reply::json(200, &answer))
}

/// `DELETE /file/converted/{data_id}`: for paid keys.
pub(crate) fn delete(desk: &mut Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    if !desk.world.settings.paid {
        return Err(Failure::new(403_003));
    }
    let data_id = find(desk, call)?.data_id.clone();
    desk.state.scans.drop_copy(&data_id);
    let answer = json!({"file_expired": true, "progress_percentage": 100, "delete_sanitized": data_id});
    Ok(Reply::json(200, &answer))
}

/// The part of a result that tells of the clean copy.
pub(crate) fn block(desk: &Desk<'_>, call: &Call, scan: &Scan, stage: Stage) -> Option<Value> {
    if !scan.wishes.sanitize() {
        return None;
    }
    Some(match stage {
        Stage::Queued => json!({"result": "Processing", "progress_percentage": 0}),
        Stage::Running(percent) => json!({"result": "Processing", "progress_percentage": percent}),
        Stage::Done => json!({
            "result": "Allowed",
            "reason": "",
            "progress_percentage": 100,
            "file_path": (!is_gone(desk.world, scan, desk.now)).then(|| address(call, scan)),
        }),
    })
}

/// A copy, fetched by its link; `None` if the path is not that of a copy. The key has no business here:
/// at the real storage it would break the signature, and it would be out.
pub(crate) fn fetch(world: &World, path: &str, with_key: bool) -> Option<Reply> {
    let rest = path.strip_prefix(PLACE)?;
    let data_id = rest.split('/').next().unwrap_or_default();
    let refused = |status, text: &str| {
        Reply::text(status, "application/xml", format!("<Error><Code>{text}</Code></Error>"))
    };
    if with_key {
        return Some(refused(400, "InvalidArgument"));
    }
    let now = world.clock.now();
    let state = world.state();
    let scan = state.scans.by_data_id(data_id).filter(|scan| {
        scan.wishes.sanitize()
            && scan.stage(&world.settings, now) == Stage::Done
            && !is_gone(world, scan, now)
    });
    Some(scan.map_or_else(
        || refused(403, "AccessDenied"),
        |scan| {
            let text =
                format!("Clean copy of {} ({}), made up by the emulator.\n", scan.display_name, scan.sha256);
            let mut reply = Reply::text(200, "application/octet-stream", text);
            reply.set_header("content-disposition", "attachment; filename=\"sanitized.txt\"");
            reply
        },
    ))
}

fn find<'a>(desk: &'a Desk<'_>, call: &Call) -> Result<&'a Scan, Failure> {
    desk.state
        .scans
        .by_data_id(call.argument())
        .filter(|scan| scan.wishes.sanitize())
        .ok_or_else(|| Failure::new(404_014))
}

fn is_gone(world: &World, scan: &Scan, now: Duration) -> bool {
    scan.copy_dropped || now.saturating_sub(scan.uploaded) >= world.settings.scan_time.saturating_add(KEPT)
}

fn address(call: &Call, scan: &Scan) -> String {
    let host = call.header("host").unwrap_or("127.0.0.1");
    format!("http://{host}{PLACE}{}/clean?X-Emulated-Expires=86400", scan.data_id)
}
