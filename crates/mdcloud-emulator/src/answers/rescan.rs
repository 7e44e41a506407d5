//! Scanning a known file again, and scanning what is not sent but named: the older rescans and `/repo`.

use serde_json::{Value, json};

use super::{Call, Desk, hash};
use crate::failure::Failure;
use crate::reply::Reply;
use crate::scan::{Origin, Scan};
use crate::scans::Circumstances;
use crate::upload;
use crate::upload_rules::Wishes;

/// `GET /file/{file_id}/rescan`.
pub(crate) fn one(desk: &mut Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    let scan = find(desk, call.argument())?;
    desk.charge(call, 1)?;
    let answer = again(desk, scan);
    Ok(Reply::json(200, &answer))
}

/// `POST /file/rescan`: duplicates become one, and what cannot be scanned again fails alone.
pub(crate) fn many(desk: &mut Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    match call.header("samplesharing") {
        None | Some("1" | "2") => {}
        Some("0") if !desk.world.settings.paid => return Err(Failure::new(400_143)),
        Some("0") => {}
        Some(_) => return Err(Failure::new(400_142)),
    }
    let mut file_ids = hash::entries(&call.json()?, "file_ids", [400_150, 400_151, 400_152, 400_153], call)?;
    let mut seen = std::collections::HashSet::new();
    file_ids.retain(|file_id| seen.insert(file_id.clone()));
    let found: Vec<_> = file_ids.iter().map(|file_id| find(desk, file_id)).collect();
    desk.charge(call, found.iter().filter(|found| found.is_ok()).count() as u64)?;
    let items: Vec<Value> = file_ids
        .iter()
        .zip(found)
        .map(|(file_id, found)| match found {
            Ok(scan) => {
                let mut item = again(desk, scan);
                item["file_id"] = json!(file_id);
                item
            }
            Err(failure) => json!({
                "file_id": file_id, "code": failure.code, "err": failure.message, "status": failure.status(),
            }),
        })
        .collect();
    Ok(Reply::json(200, &json!({ "data": items })))
}

/// The last scan of a file that may be scanned again.
fn find(desk: &Desk<'_>, file_id: &str) -> Result<Scan, Failure> {
    let scan = desk.state.scans.by_file_id(file_id).next_back().ok_or_else(|| Failure::new(404_007))?;
    if scan.origin == Origin::Copy {
        return Err(Failure::new(400_029));
    }
    if scan.wishes.private || scan.wishes.hidden {
        return Err(Failure::new(400_148));
    }
    Ok(scan.clone())
}

fn again(desk: &mut Desk<'_>, scan: Scan) -> Value {
    let settings = &desk.world.settings;
    let data_id = desk.state.scans.again(settings, scan, desk.now);
    json!({
        "data_id": data_id,
        "status": "inqueue",
        "in_queue": desk.state.scans.queued(settings, desk.now),
        "queue_priority": priority(desk),
    })
}

fn priority(desk: &Desk<'_>) -> &'static str {
    if desk.world.settings.paid { "high" } else { "normal" }
}

/// `POST /repo`. Nothing is fetched: the name of the repository is what is scanned.
pub(crate) fn repository(desk: &mut Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    let body = call.json()?;
    let source = match &body["source"] {
        Value::Null => "github",
        Value::String(source) if matches!(source.as_str(), "github" | "gitlab" | "bitbucket") => source,
        _ => return Err(Failure::new(400_240)),
    };
    let name = |field: &str| {
        let is_name = |text: &&str| {
            !text.is_empty()
                && text.len() <= 100
                && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        };
        body[field].as_str().filter(is_name).ok_or_else(|| Failure::new(400_241))
    };
    let (user, repository) = (name("username")?, name("repository")?);
    let reference = match &body["ref"] {
        Value::Null => "master",
        Value::String(text) if !text.is_empty() => text,
        _ => return Err(Failure::new(400_241)),
    };
    desk.charge(call, 1)?;
    let settings = &desk.world.settings;
    let received = upload::whole(format!("{source} {user}/{repository} {reference}\n"));
    let display_name = Some(format!("{user}-{repository}-{reference}"));
    let wishes = Wishes { display_name, ..Wishes::default() };
    let circumstances = Circumstances { origin: Some(Origin::Order), ..Circumstances::default() };
    let data_id = desk.state.scans.add(settings, &received, wishes, circumstances, desk.now);
    let answer = json!({
        "data_id": data_id,
        "status": "inqueue",
        // Text here, and only here, in the service's own sample.
        "in_queue": desk.state.scans.queued(settings, desk.now).to_string(),
        "queue_priority": priority(desk),
        "rest_ip": "emulator/v4",
    });
    Ok(Reply::json(200, &answer))
}
