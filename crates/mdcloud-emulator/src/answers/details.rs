//! Details of applications and weaknesses: made-up samples, for files that could have them.

use mdcloud::endpoints::Operation;

use super::{Call, Desk, hash};
use crate::failure::Failure;
use crate::reply::Reply;

/// `/hash/{hash}/peinfo`, `exif` and `apk-manifest`, `/appinfo/{hash}`, `/vulnerability/{hash}`.
pub(crate) fn of_hash(desk: &mut Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    let hash = call.argument();
    if !hash::is_hash(hash) {
        return Err(Failure::new(400_064));
    }
    desk.charge(call, 1)?;
    let (name, code, sample) = match call.endpoint.operation {
        Operation::HashPeinfo => ("peinfo", 404_003, include_str!("../../samples/peinfo.json")),
        Operation::HashExif => ("exif", 404_003, include_str!("../../samples/exif.json")),
        Operation::HashApkManifest => {
            ("apk-manifest", 404_003, include_str!("../../samples/apk_manifest.json"))
        }
        Operation::HashAppinfo => ("appinfo", 404_005, include_str!("../../samples/appinfo.json")),
        // The shape is not known; an empty list is the least that can be wrong.
        _ => ("", 404_003, "{\"data\":[]}"),
    };
    let scan = desk.state.scans.by_hash(hash).ok_or_else(|| Failure::new(code))?;
    if !name.is_empty() && !scan.kind.details().contains(&name) {
        return Err(Failure::new(code));
    }
    Ok(Reply::text(200, "application/json; charset=utf-8", sample))
}

/// `/cve` and what is below it. The shapes are not known either.
pub(crate) fn weaknesses(call: &Call) -> Result<Reply, Failure> {
    if call.endpoint.operation != Operation::CveList {
        let parts: Vec<&str> = call.argument().split('-').collect();
        let is_number = |text: &&str| text.len() >= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        let is_known = matches!(&parts[..], [cve, year, number]
            if cve.eq_ignore_ascii_case("cve") && is_number(year) && is_number(number));
        if !is_known {
            return Err(Failure::new(404_009));
        }
    }
    Ok(Reply::text(200, "application/json; charset=utf-8", "{\"data\":[]}"))
}
