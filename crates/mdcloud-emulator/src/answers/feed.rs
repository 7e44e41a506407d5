//! `/feed/*`: pages of a thousand, and samples of what they list.

use std::time::Duration;

use mdcloud::endpoints::{Family, Operation};
use serde_json::{Value, json};

use super::{Call, Desk, exhausted, hash};
use crate::engines::ENGINES;
use crate::failure::Failure;
use crate::feeds::{self, CATEGORIES, Entry, Feed};
use crate::links;
use crate::reply::Reply;
use crate::{date, ids};

/// Entries in one page.
const PAGE: usize = 1000;

/// How many days back may be asked for.
const BACK: u64 = 30;

/// How long the link to a sample works.
const LINK: Duration = Duration::from_secs(60 * 60);

const DAY: u64 = 24 * 60 * 60;

/// One page of a list.
pub(crate) fn page(desk: &mut Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    let settings = &desk.world.settings;
    let feed = match call.endpoint.operation {
        Operation::FeedInfected => Feed::Infected,
        Operation::FeedClean => Feed::Clean,
        Operation::FeedHashes => Feed::Hashes,
        Operation::FeedInfectedTop => Feed::Top,
        _ => Feed::FalsePositives,
    };
    let for_partners = matches!(feed, Feed::Hashes | Feed::FalsePositives);
    let asks = ["page", "date", "category"].iter().any(|name| call.query(name).is_some());
    if (for_partners && !settings.is_partner()) || (!for_partners && asks && !settings.paid) {
        return Err(Failure::new(401_007));
    }
    let number = match call.query("page") {
        None => 1,
        Some(text) => {
            text.parse::<u32>().ok().filter(|page| *page > 0).ok_or_else(|| Failure::new(400_033))?
        }
    };
    let day = match call.query("date").filter(|_| !for_partners) {
        None => today(desk),
        Some(text) => day(desk, text)?,
    };
    let category = match call.query("category").filter(|_| !for_partners) {
        None => None,
        Some(letter) if CATEGORIES.iter().any(|(known, _)| *known == letter) => Some(letter),
        Some(_) => return Err(Failure::new(400_261)),
    };
    let engine = (call.endpoint.operation == Operation::FeedFalsePositivesEngine).then(|| call.argument());
    if engine.is_some_and(|engine| !ENGINES.contains(&engine)) {
        return Err(Failure::new(404_018));
    }
    depth(desk, call, number)?;
    let entries: Vec<Entry> = (0..settings.feed_size)
        .filter(|&index| category.is_none_or(|letter| feeds::category(index).0 == letter))
        .filter(|&index| engine.is_none_or(|engine| feeds::finds(engine, index)))
        .skip(PAGE.saturating_mul(number as usize - 1))
        .take(PAGE)
        .map(|index| feeds::entry(settings.seed, feed, day, index))
        .collect();
    if entries.is_empty() {
        return Err(Failure::new(404_002));
    }
    let kind = call.query("type").filter(|_| feed == Feed::Top);
    told(desk, feed, day, number, entries, kind)
}

/// A feed's allowance is the depth that may be read, as often as wanted: nothing is used up.
fn depth(desk: &mut Desk<'_>, call: &Call, page: u32) -> Result<(), Failure> {
    desk.charge(call, 0)?;
    let standing = desk.state.quota.standing(&desk.world.settings, Family::Feed.as_str(), desk.now);
    if (PAGE as u64).saturating_mul(u64::from(page)) > standing.total {
        return Err(exhausted(&standing));
    }
    Ok(())
}

fn today(desk: &Desk<'_>) -> u64 {
    desk.world.clock.unix(desk.now).as_secs() / DAY
}

/// The day that a text names, if it may be asked for.
fn day(desk: &Desk<'_>, text: &str) -> Result<u64, Failure> {
    let is_date = text.len() == 10
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if !is_date {
        return Err(Failure::new(400_004));
    }
    let today = today(desk);
    let name = |day: u64| date::rfc3339(Duration::from_secs(day * DAY));
    if let Some(day) = (0..=BACK.min(today)).map(|back| today - back).find(|day| name(*day).starts_with(text))
    {
        return Ok(day);
    }
    Err(Failure::new(if text > &name(today)[..10] { 404_006 } else { 400_260 }))
}

/// The page in the shape of its list.
fn told(
    desk: &Desk<'_>,
    feed: Feed,
    day: u64,
    page: u32,
    entries: Vec<Entry>,
    kind: Option<&str>,
) -> Result<Reply, Failure> {
    let seed = desk.world.settings.seed;
    let time = |at: Duration| date::rfc3339(at);
    let from = time(Duration::from_secs(day * DAY));
    let to = time(Duration::from_millis((day + 1) * DAY * 1000 - 1));
    if feed == Feed::Top {
        let first = PAGE * (page as usize - 1) + 1;
        return top(seed, &from, &to, first, &entries, kind.unwrap_or("json"));
    }
    let items: Vec<Value> = entries
        .iter()
        .map(|entry| {
            if matches!(feed, Feed::Infected | Feed::Clean) { plain(seed, entry) } else { full(seed, entry) }
        })
        .collect();
    Ok(Reply::json(
        200,
        &match feed {
            Feed::Infected | Feed::Clean => {
                json!({"from": from, "to": to, "length": items.len(), "hashes": items})
            }
            _ => json!({ "data": items }),
        },
    ))
}

fn plain(seed: u64, entry: &Entry) -> Value {
    let file = &entry.received;
    let mut item = json!({
        "md5": file.md5, "sha1": file.sha1, "sha256": file.sha256,
        "data_id": ids::scan_ids(seed, &file.sha256, 0).1,
        "start_time": entry.start_time,
        "total_avs": ENGINES.len(),
        "total_detected_avs": entry.engines.len(),
        "file_type_extension": entry.extension,
        "file_type_category": entry.category,
    });
    // Many, but not all, have a name.
    if entry.engines.len() % 2 == 1 {
        item["threat_name"] = json!(format!("Emulated/{}", &file.md5[..4]));
    }
    item
}

fn full(seed: u64, entry: &Entry) -> Value {
    let mut item = plain(seed, entry);
    if let Some(item) = item.as_object_mut() {
        for name in ["total_avs", "total_detected_avs", "threat_name"] {
            item.remove(name);
        }
    }
    let hash = &entry.received.sha256;
    item["detected_by"] = json!(entry.engines);
    item["scan_all_result_a"] = json!("Infected");
    item["scan_all_result_i"] = json!(1);
    item["download"] = json!(format!("https://api.metadefender.com/v4/file/{hash}/download"));
    item["link"] = json!(format!(
        "https://metadefender.opswat.com/results/file/{}",
        item["data_id"].as_str().unwrap_or_default()
    ));
    item
}

/// The legacy list, in four media.
fn top(
    seed: u64,
    from: &str,
    to: &str,
    first: usize,
    entries: &[Entry],
    kind: &str,
) -> Result<Reply, Failure> {
    let ranked = entries.iter().zip(first..);
    Ok(match kind {
        "json" => {
            let items: Vec<Value> = ranked
                .map(|(entry, rank)| {
                    let mut item = plain(seed, entry);
                    item["rank"] = json!(rank);
                    item["scan_results"] =
                        json!({"threat_name": format!("Emulated/{}", &entry.received.md5[..4])});
                    item
                })
                .collect();
            Reply::json(200, &json!({"from": from, "to": to, "top_infected": items}))
        }
        "csv" => {
            let lines = ranked.map(|(entry, rank)| {
                let file = &entry.received;
                format!("{rank},{},{},{},{}\n", file.md5, file.sha1, file.sha256, entry.engines.len())
            });
            let head = "rank,md5,sha1,sha256,total_detected_avs\n".to_owned();
            Reply::text(200, "text/csv", std::iter::once(head).chain(lines).collect::<String>())
        }
        "bro" => {
            let lines = entries.iter().map(|entry| {
                format!("{}\tIntel::FILE_HASH\tmdcloud-emulator\n", entry.received.md5.to_ascii_lowercase())
            });
            let head = "#fields\tindicator\tindicator_type\tmeta.source\n".to_owned();
            Reply::text(200, "text/plain", std::iter::once(head).chain(lines).collect::<String>())
        }
        "rss" => {
            let items =
                entries.iter().map(|entry| format!("<item><title>{}</title></item>", entry.received.sha256));
            let text = format!(
                "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Top</title>{}</channel></rss>",
                items.collect::<String>()
            );
            Reply::text(200, "application/rss+xml", text)
        }
        _ => return Err(Failure::new(400_004)),
    })
}

/// `GET /file/{hash}/download`: for partners.
pub(crate) fn sample(desk: &mut Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    let hash = call.argument();
    let settings = &desk.world.settings;
    if !settings.is_partner() {
        return Err(Failure::new(401_008));
    }
    // No 400 is described for this one.
    if !hash::is_hash(hash) {
        return Err(Failure::new(404_003));
    }
    let sha256 = stored(desk, hash)?;
    desk.charge(call, 1)?;
    let link = links::make(desk.world, &format!("/files/sample/{sha256}"), desk.now + LINK);
    Ok(Reply::json(200, &json!({ "file_path": link })))
}

/// The SHA-256 of the sample that a hash stands for: of a member that is its archive.
fn stored(desk: &mut Desk<'_>, hash: &str) -> Result<String, Failure> {
    let mut scan = desk.state.scans.by_hash(hash);
    while let Some(parent) = scan.and_then(|scan| scan.parent.as_deref()) {
        scan = desk.state.scans.by_data_id(parent);
    }
    if let Some(scan) = scan {
        return match desk.state.store.get(&scan.sha256) {
            _ if scan.wishes.private => Err(Failure::new(404_011)),
            None => Err(Failure::new(404_012)),
            Some(_) => Ok(scan.sha256.clone()),
        };
    }
    let test_file = crate::upload::whole(crate::upload::eicar());
    let settings = &desk.world.settings;
    let is_test_file =
        [&test_file.md5, &test_file.sha1, &test_file.sha256].iter().any(|own| own.eq_ignore_ascii_case(hash));
    let found = if is_test_file {
        Some(test_file)
    } else {
        feeds::sample(settings.seed, today(desk), settings.feed_size, hash)
    };
    let found = found.ok_or_else(|| Failure::new(404_003))?;
    desk.state.store.put(&found.sha256, found.content);
    Ok(found.sha256)
}
