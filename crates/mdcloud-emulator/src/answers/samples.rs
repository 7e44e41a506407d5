//! Operations that are not computed yet: a made-up answer in the true shape.

use mdcloud::endpoints::{Family, Operation};

use super::{Call, Desk, exhausted, hash};
use crate::failure::Failure;
use crate::reply::Reply;

/// Entries in one page of a feed.
const PAGE: u64 = 1000;

/// The sample of an operation, charged as the operation would be.
pub(crate) fn sample(desk: &mut Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    let operation = call.endpoint.operation;
    let wants_json =
        matches!(operation, Operation::RepoSubmit | Operation::FileRescanMany | Operation::SandboxSubmitUrl);
    if wants_json {
        call.json()?;
    }
    if call.endpoint.path.contains("{hash}") && !hash::is_hash(call.argument()) {
        return Err(Failure::new(400_064));
    }
    let body = text(operation).ok_or_else(|| Failure::new(404_001))?;
    if call.endpoint.family == Some(Family::Feed) {
        page(desk, call)?;
    } else {
        desk.charge(call, 1)?;
    }
    Ok(Reply::text(200, "application/json; charset=utf-8", body))
}

/// A feed's allowance is the depth that may be read, as often as wanted: nothing is used up.
fn page(desk: &mut Desk<'_>, call: &Call) -> Result<(), Failure> {
    let page = match call.query("page") {
        None => 1,
        Some(text) => text.parse().ok().filter(|page| *page > 0).ok_or_else(|| Failure::new(400_033))?,
    };
    desk.charge(call, 0)?;
    let standing = desk.state.quota.standing(&desk.world.settings, Family::Feed.as_str(), desk.now);
    if PAGE.saturating_mul(page) > standing.total {
        return Err(exhausted(&standing));
    }
    Ok(())
}

fn text(operation: Operation) -> Option<&'static str> {
    Some(match operation {
        Operation::WebhookStatus => include_str!("../../samples/webhook_status_ok.json"),
        Operation::WebhookStatusAll => include_str!("../../samples/webhook_status_all.json"),
        Operation::RepoSubmit => include_str!("../../samples/repo_scan_ok.json"),
        Operation::FileRescan => include_str!("../../samples/rescan_ok.json"),
        Operation::FileRescanMany => include_str!("../../samples/rescan_bulk_ok.json"),
        Operation::SanitizedLinkLegacy => include_str!("../../samples/sanitized_link_legacy.json"),
        Operation::HashPeinfo => include_str!("../../samples/peinfo.json"),
        Operation::HashExif => include_str!("../../samples/exif.json"),
        Operation::HashApkManifest => include_str!("../../samples/apk_manifest.json"),
        Operation::HashAppinfo => include_str!("../../samples/appinfo.json"),
        // The shapes of these are not known; an empty list is the least that can be wrong.
        Operation::HashVulnerability
        | Operation::CveList
        | Operation::CveInfo
        | Operation::CveProducts
        | Operation::CveVendors
        | Operation::CveHashes => "{\"data\":[]}",
        Operation::SandboxSubmitUrl => include_str!("../../samples/sandbox_url_submitted.json"),
        Operation::SandboxReport => include_str!("../../samples/sandbox_url_done.json"),
        Operation::HashSandbox => include_str!("../../samples/sandbox_by_hash.json"),
        Operation::SandboxSubmitFile => include_str!("../../samples/sandbox_legacy_submitted.json"),
        Operation::FeedInfected => include_str!("../../samples/feed_infected_latest.json"),
        Operation::FeedClean => include_str!("../../samples/feed_clean_latest.json"),
        Operation::FeedHashes => include_str!("../../samples/feed_hashes.json"),
        Operation::FeedFalsePositives => include_str!("../../samples/feed_false_positives.json"),
        Operation::FeedFalsePositivesEngine => {
            include_str!("../../samples/feed_false_positives_engine.json")
        }
        Operation::SampleLink => include_str!("../../samples/file_download_link.json"),
        Operation::FeedInfectedTop => include_str!("../../samples/feed_infected_top_legacy.json"),
        _ => return None,
    })
}
