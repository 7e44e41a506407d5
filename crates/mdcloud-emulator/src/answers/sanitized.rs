//! `/file/converted`: links to clean copies.

use serde_json::{Value, json};

use super::{Call, Desk};
use crate::clean::NOT_POSSIBLE;
use crate::failure::Failure;
use crate::links;
use crate::past;
use crate::reply::Reply;
use crate::scan::{CopyStage, Made, Origin, Scan, Stage};

/// `GET /file/converted/{data_id}`.
pub(crate) fn link(desk: &Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    answer(desk, own(desk, call.argument())?)
}

/// `GET /file/{file_id}/sanitizedLink`: the older form. As far as is known it looked at no owner.
pub(crate) fn older_link(desk: &Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    let mut scans = desk.state.scans.by_file_id(call.argument()).rev();
    answer(desk, scans.find(|scan| scan.copy.is_some()).ok_or_else(|| Failure::new(404_014))?)
}

fn answer(desk: &Desk<'_>, scan: &Scan) -> Result<Reply, Failure> {
    let settings = &desk.world.settings;
    let percent = match scan.copy_stage(settings, desk.now) {
        CopyStage::Waiting => match scan.stage(settings, desk.now) {
            Stage::Running(percent) => percent / 2,
            _ => 0,
        },
        CopyStage::Making(percent) => 50 + percent / 4,
        CopyStage::Scanning(percent) => 75 + percent / 4,
        CopyStage::Done => 100,
    };
    if percent < 100 {
        return Ok(Reply::json(200, &json!({"file_expired": false, "progress_percentage": percent})));
    }
    let made = scan.copy.as_ref().and_then(|copy| copy.made.as_ref()).ok_or_else(|| Failure::new(404_014))?;
    if scan.is_copy_gone(settings, desk.now) {
        return Ok(Reply::json(200, &json!({"file_expired": true, "progress_percentage": 100})));
    }
    Ok(Reply::json(200, &json!({"sanitizedFilePath": address(desk, scan, made)})))
}

/// `DELETE /file/converted/{data_id}`: for paid keys.
pub(crate) fn delete(desk: &mut Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    if !desk.world.settings.paid {
        return Err(Failure::new(403_003));
    }
    let data_id = own(desk, call.argument())?.data_id.clone();
    if let Some(copy) = desk.state.scans.by_data_id_mut(&data_id).and_then(|scan| scan.copy.as_mut()) {
        copy.dropped = true;
    }
    let answer = json!({"file_expired": true, "progress_percentage": 100, "delete_sanitized": data_id});
    Ok(Reply::json(200, &answer))
}

/// A scan with a clean copy; only who has sent the file may ask.
fn own<'a>(desk: &'a Desk<'_>, data_id: &str) -> Result<&'a Scan, Failure> {
    let scan = desk.state.scans.by_data_id(data_id).ok_or_else(|| Failure::new(404_014))?;
    if scan.origin == Origin::Past || data_id == past::DATA_ID {
        return Err(Failure::new(403_001));
    }
    if scan.copy.is_some() { Ok(scan) } else { Err(Failure::new(404_014)) }
}

/// The part of a result that tells of the clean copy.
pub(crate) fn block(desk: &Desk<'_>, scan: &Scan) -> Option<Value> {
    let settings = &desk.world.settings;
    let copy = scan.copy.as_ref()?;
    Some(match (scan.copy_stage(settings, desk.now), &copy.made) {
        (CopyStage::Waiting | CopyStage::Making(_), _) => {
            json!({"result": "Processing", "reason": "", "progress_percentage": 0})
        }
        (CopyStage::Scanning(percent), _) => {
            json!({"result": "Processing", "reason": "", "progress_percentage": percent})
        }
        (CopyStage::Done, None) => {
            json!({"result": "Error", "reason": NOT_POSSIBLE, "progress_percentage": 100})
        }
        (CopyStage::Done, Some(made)) => {
            let mut block = json!({
                "result": "Allowed", "reason": "", "progress_percentage": 100, "data_id": made.data_id,
            });
            if !scan.is_copy_gone(settings, desk.now) {
                block["file_path"] = json!(address(desk, scan, made));
            }
            block
        }
    })
}

fn address(desk: &Desk<'_>, scan: &Scan, made: &Made) -> String {
    let name: String =
        made.name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '_' }).collect();
    let path = format!("/files/clean/{}/{name}", scan.data_id);
    links::make(desk.world, &path, scan.copy_ends(&desk.world.settings))
}
