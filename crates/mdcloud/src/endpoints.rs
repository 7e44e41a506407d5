//! The table of operations: the only place where an operation of the service is listed.
//!
//! Every row is one row of the service's own catalogue, with the same number. The client, the quota
//! tracker, the emulator's routes, the C and Python enumerations, and the docs read these rows.
//! What is known of the service, and how well, is summed up in `docs/service.md`.

use std::collections::HashMap;

use once_cell::race::OnceBox;

/// An operation of the service. The number is the row of the table and never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(i32)]
#[non_exhaustive]
pub enum Operation {
    /// `GET /apikey/`: what the calling key may do.
    ApikeyInfo = 1,
    /// `GET /apikey/limits`: amounts used in the current window.
    ApikeyLimits = 2,
    /// `GET /apikey/limits/status`: amounts left in the current window.
    ApikeyLimitsLeft = 3,
    /// `GET /apikey/scan-history`: files uploaded with this key.
    ApikeyScanHistory = 4,
    /// `POST /file`: queue a file for analysis.
    FileSubmit = 5,
    /// `GET /file/{data_id}`: status and result of a scan.
    FileReport = 6,
    /// `GET /file/webhooks/{data_id}`: delivery status of one callback.
    WebhookStatus = 7,
    /// `GET /file/webhooks`: all deliveries of the last 12 hours.
    WebhookStatusAll = 8,
    /// `POST /repo`: scan a public source repository.
    RepoSubmit = 9,
    /// `GET /file/{file_id}/rescan` (legacy).
    FileRescan = 10,
    /// `POST /file/rescan` (legacy).
    FileRescanMany = 11,
    /// `GET /file/converted/{data_id}`: link to the sanitized copy.
    SanitizedLink = 12,
    /// `DELETE /file/converted/{data_id}`: remove the sanitized copy early.
    SanitizedDelete = 13,
    /// `GET /file/{file_id}/sanitizedLink` (legacy).
    SanitizedLinkLegacy = 14,
    /// `GET /hash/{hash}`: the latest public result for a hash.
    HashLookup = 15,
    /// `POST /hash`: up to 1,000 hashes at once.
    HashLookupMany = 16,
    /// `GET /hash/{hash}/scanhistory`: earlier scans of a file.
    HashHistory = 17,
    /// `GET /hash/{hash}/badge`: an image; needs no key.
    HashBadge = 18,
    /// `GET /ip/{ip}`: reputation of an address.
    IpLookup = 19,
    /// `POST /ip/`: up to 50 addresses at once.
    IpLookupMany = 20,
    /// `GET /url/{url}`: reputation of a URL.
    UrlLookup = 21,
    /// `POST /url/`: several URLs at once.
    UrlLookupMany = 22,
    /// `GET /domain/{domain}`: reputation of a domain.
    DomainLookup = 23,
    /// `POST /domain/`: several domains at once.
    DomainLookupMany = 24,
    /// `GET /hash/{hash}/peinfo`: details of a Windows executable.
    HashPeinfo = 25,
    /// `GET /hash/{hash}/exif`: metadata of a document or picture.
    HashExif = 26,
    /// `GET /hash/{hash}/apk-manifest`: manifest of an Android package.
    HashApkManifest = 27,
    /// `GET /appinfo/{hash}`: products that a file belongs to.
    HashAppinfo = 28,
    /// `GET /vulnerability/{hash}` (legacy).
    HashVulnerability = 29,
    /// `GET /cve` (legacy).
    CveList = 30,
    /// `GET /cve/{cve}` (legacy).
    CveInfo = 31,
    /// `GET /cve/{cve}/products` (legacy).
    CveProducts = 32,
    /// `GET /cve/{cve}/vendors` (legacy).
    CveVendors = 33,
    /// `GET /cve/{cve}/hashes` (legacy).
    CveHashes = 34,
    /// `POST /sandbox`: dynamic analysis of a URL.
    SandboxSubmitUrl = 35,
    /// `GET /sandbox/{sandbox_id}`: status and result of a sandbox run.
    SandboxReport = 36,
    /// `GET /hash/{hash}/sandbox`: the last sandbox report of a file.
    HashSandbox = 37,
    /// `POST /sandbox/{data_id}/scan` (legacy).
    SandboxSubmitFile = 38,
    /// `GET /feed/infected/latest`: hashes of files found infected.
    FeedInfected = 39,
    /// `GET /feed/clean/latest`: hashes of files found clean.
    FeedClean = 40,
    /// `GET /feed/hashes`: partners only.
    FeedHashes = 41,
    /// `GET /feed/false-positives`: partners only.
    FeedFalsePositives = 42,
    /// `GET /feed/false-positives/{engine}`: partners only.
    FeedFalsePositivesEngine = 43,
    /// `GET /file/{hash}/download`: link to a sample; partners only.
    SampleLink = 44,
    /// `GET /feed/infected` (legacy).
    FeedInfectedTop = 45,
    /// `GET /status/version`: version of the service; needs no key.
    ServiceVersion = 46,
    /// `GET /status/enginedef`: definition times of the engines; needs no key.
    EngineDefinitions = 47,
}

/// HTTP method of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Read.
    Get,
    /// Submit.
    Post,
    /// Remove.
    Delete,
}

impl Method {
    /// The name on the wire, such as `GET`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Delete => "DELETE",
        }
    }
}

/// Allowance that a call is charged to, by the service's own names. The service may name others: the
/// header `X-RateLimit-For` has the last word, the table only guesses first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// Uploads, rescans, sanitization.
    Prevention,
    /// Lookups of hashes, addresses, URLs, domains.
    Reputation,
    /// Dynamic analysis.
    Sandbox,
    /// Feeds; the service counts entries of page depth, not requests.
    Feed,
    /// Sample downloads.
    Download,
}

impl Family {
    /// The name that the service uses in `X-RateLimit-For` and `/apikey/limits`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Family::Prevention => "prevention_api",
            Family::Reputation => "reputation_api",
            Family::Sandbox => "sandbox_api",
            Family::Feed => "feed_api",
            Family::Download => "download_file",
        }
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Endpoint {
    /// The operation; its number is the row's number.
    pub operation: Operation,
    /// Its one name in all languages.
    pub name: &'static str,
    /// HTTP method.
    pub method: Method,
    /// Path below the base URL; `{name}` stands for an argument, percent-encoded as one segment.
    pub path: &'static str,
    /// Which allowance it is charged to, as a first guess; `None` where nothing is charged.
    pub family: Option<Family>,
    /// Whether the short window (error 429001) counts it.
    pub throttled: bool,
    /// Most entries in one request, for bulk operations.
    pub batch: Option<u32>,
    /// Whether sending it twice does no harm (no second upload, nothing charged for a change).
    pub repeatable: bool,
    /// Whether the key is sent. The badge and the status pages need none and get none.
    pub needs_key: bool,
    /// Whether the service has announced its end, or dropped it from its own SDK.
    pub legacy: bool,
}

impl Endpoint {
    /// The row's number, 1 to 47.
    pub const fn number(&self) -> i32 {
        self.operation as i32
    }
}

impl Operation {
    /// The row of this operation.
    pub fn endpoint(self) -> &'static Endpoint {
        &ENDPOINTS[self as usize - 1]
    }

    /// The operation with this number, if there is one.
    pub fn from_number(number: i32) -> Option<Operation> {
        let index = usize::try_from(number.checked_sub(1)?).ok()?;
        ENDPOINTS.get(index).map(|row| row.operation)
    }
}

/// What differs from a plain, free, unthrottled, repeatable read with the key.
const fn row(operation: Operation, name: &'static str, method: Method, path: &'static str) -> Endpoint {
    Endpoint {
        operation,
        name,
        method,
        path,
        family: None,
        throttled: false,
        batch: None,
        repeatable: true,
        needs_key: true,
        legacy: false,
    }
}

const fn get(operation: Operation, name: &'static str, path: &'static str) -> Endpoint {
    row(operation, name, Method::Get, path)
}

const fn post(operation: Operation, name: &'static str, path: &'static str) -> Endpoint {
    row(operation, name, Method::Post, path)
}

impl Endpoint {
    const fn charged(mut self, family: Family) -> Self {
        self.family = Some(family);
        self
    }
    const fn throttled(mut self) -> Self {
        self.throttled = true;
        self
    }
    const fn batch(mut self, most: u32) -> Self {
        self.batch = Some(most);
        self
    }
    const fn once(mut self) -> Self {
        self.repeatable = false;
        self
    }
    const fn keyless(mut self) -> Self {
        self.needs_key = false;
        self
    }
    const fn legacy(mut self) -> Self {
        self.legacy = true;
        self
    }
}

use Family::{Download, Feed, Prevention, Reputation, Sandbox};
use Operation as Op;

/// All operations, row N at index N - 1.
///
/// The bulk limits for URLs, domains and rescans are not documented by the service; they are assumed.
pub const ENDPOINTS: [Endpoint; 47] = [
    get(Op::ApikeyInfo, "apikey_info", "/apikey/"),
    get(Op::ApikeyLimits, "apikey_limits", "/apikey/limits"),
    get(Op::ApikeyLimitsLeft, "apikey_limits_left", "/apikey/limits/status"),
    get(Op::ApikeyScanHistory, "apikey_scan_history", "/apikey/scan-history"),
    post(Op::FileSubmit, "file_submit", "/file").charged(Prevention).throttled().once(),
    get(Op::FileReport, "file_report", "/file/{data_id}"),
    get(Op::WebhookStatus, "webhook_status", "/file/webhooks/{data_id}"),
    get(Op::WebhookStatusAll, "webhook_status_all", "/file/webhooks"),
    post(Op::RepoSubmit, "repo_submit", "/repo").charged(Prevention).throttled().once(),
    get(Op::FileRescan, "file_rescan", "/file/{file_id}/rescan")
        .charged(Prevention)
        .throttled()
        .once()
        .legacy(),
    post(Op::FileRescanMany, "file_rescan_many", "/file/rescan")
        .charged(Prevention)
        .throttled()
        .batch(50)
        .once()
        .legacy(),
    get(Op::SanitizedLink, "sanitized_link", "/file/converted/{data_id}"),
    // The second answer would be that there is no such copy.
    row(Op::SanitizedDelete, "sanitized_delete", Method::Delete, "/file/converted/{data_id}").once(),
    get(Op::SanitizedLinkLegacy, "sanitized_link_legacy", "/file/{file_id}/sanitizedLink").legacy(),
    get(Op::HashLookup, "hash_lookup", "/hash/{hash}").charged(Reputation),
    post(Op::HashLookupMany, "hash_lookup_many", "/hash").charged(Reputation).throttled().batch(1000),
    get(Op::HashHistory, "hash_history", "/hash/{hash}/scanhistory").charged(Reputation),
    get(Op::HashBadge, "hash_badge", "/hash/{hash}/badge").keyless(),
    get(Op::IpLookup, "ip_lookup", "/ip/{ip}").charged(Reputation),
    post(Op::IpLookupMany, "ip_lookup_many", "/ip/").charged(Reputation).throttled().batch(50),
    get(Op::UrlLookup, "url_lookup", "/url/{url}").charged(Reputation),
    post(Op::UrlLookupMany, "url_lookup_many", "/url/").charged(Reputation).throttled().batch(50),
    get(Op::DomainLookup, "domain_lookup", "/domain/{domain}").charged(Reputation),
    post(Op::DomainLookupMany, "domain_lookup_many", "/domain/").charged(Reputation).throttled().batch(50),
    get(Op::HashPeinfo, "hash_peinfo", "/hash/{hash}/peinfo").charged(Reputation),
    get(Op::HashExif, "hash_exif", "/hash/{hash}/exif").charged(Reputation),
    get(Op::HashApkManifest, "hash_apk_manifest", "/hash/{hash}/apk-manifest").charged(Reputation),
    get(Op::HashAppinfo, "hash_appinfo", "/appinfo/{hash}").charged(Reputation),
    get(Op::HashVulnerability, "hash_vulnerability", "/vulnerability/{hash}").charged(Reputation).legacy(),
    get(Op::CveList, "cve_list", "/cve").legacy(),
    get(Op::CveInfo, "cve_info", "/cve/{cve}").legacy(),
    get(Op::CveProducts, "cve_products", "/cve/{cve}/products").legacy(),
    get(Op::CveVendors, "cve_vendors", "/cve/{cve}/vendors").legacy(),
    get(Op::CveHashes, "cve_hashes", "/cve/{cve}/hashes").legacy(),
    post(Op::SandboxSubmitUrl, "sandbox_submit_url", "/sandbox").charged(Sandbox).once(),
    get(Op::SandboxReport, "sandbox_report", "/sandbox/{sandbox_id}"),
    get(Op::HashSandbox, "hash_sandbox", "/hash/{hash}/sandbox").charged(Reputation),
    post(Op::SandboxSubmitFile, "sandbox_submit_file", "/sandbox/{data_id}/scan")
        .charged(Sandbox)
        .once()
        .legacy(),
    get(Op::FeedInfected, "feed_infected", "/feed/infected/latest").charged(Feed),
    get(Op::FeedClean, "feed_clean", "/feed/clean/latest").charged(Feed),
    get(Op::FeedHashes, "feed_hashes", "/feed/hashes").charged(Feed),
    get(Op::FeedFalsePositives, "feed_false_positives", "/feed/false-positives").charged(Feed),
    get(Op::FeedFalsePositivesEngine, "feed_false_positives_engine", "/feed/false-positives/{engine}")
        .charged(Feed),
    get(Op::SampleLink, "sample_link", "/file/{hash}/download").charged(Download),
    get(Op::FeedInfectedTop, "feed_infected_top", "/feed/infected").charged(Feed).legacy(),
    get(Op::ServiceVersion, "service_version", "/status/version").keyless(),
    get(Op::EngineDefinitions, "engine_definitions", "/status/enginedef").keyless(),
];

/// An operation of ours that takes several calls.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Workflow {
    /// Its one name in all languages.
    pub name: &'static str,
    /// The operations that it may call, in order.
    pub calls: &'static [Operation],
}

/// All workflows. `call` is the way out for what is not named here and may call anything.
pub const WORKFLOWS: [Workflow; 9] = [
    Workflow { name: "file_wait", calls: &[Op::FileReport] },
    Workflow { name: "file_scan", calls: &[Op::HashLookup, Op::FileSubmit, Op::FileReport] },
    Workflow { name: "file_scan_many", calls: &[Op::HashLookup, Op::FileSubmit, Op::FileReport] },
    Workflow { name: "file_tree", calls: &[Op::FileReport] },
    Workflow { name: "file_sanitize", calls: &[Op::FileSubmit, Op::FileReport, Op::SanitizedLink] },
    Workflow { name: "sanitized_download", calls: &[Op::SanitizedLink] },
    Workflow { name: "plan", calls: &[Op::ApikeyInfo, Op::ApikeyLimitsLeft, Op::HashLookupMany] },
    Workflow { name: "sandbox_wait", calls: &[Op::SandboxReport] },
    Workflow { name: "call", calls: &[] },
];

/// The row that a method and a path below the base URL belong to, for `call` and for the emulator.
///
/// A trailing slash more or less, and doubled slashes, make no difference, as published clients of the
/// service send both. A fixed segment wins over an argument: `/file/webhooks` is not `/file/{data_id}`.
pub fn find<'a>(method: &str, path: &'a str) -> Option<(&'static Endpoint, Vec<&'a str>)> {
    let end = path.bytes().position(|byte| matches!(byte, b'?' | b'#')).unwrap_or(path.len());
    let mut given = Vec::with_capacity(8);
    given.extend(segments(&path[..end]));
    let mut patterns = by_first_segment().get(given.first()?)?.iter();
    let found = patterns.find(|pattern| pattern.is_for(method, &given))?;
    let both = found.segments.iter().zip(given);
    Some((found.row, both.filter(|(wanted, _)| is_argument(wanted)).map(|(_, given)| given).collect()))
}

/// The path of a row, split once for all.
struct Pattern {
    row: &'static Endpoint,
    segments: Vec<&'static str>,
}

impl Pattern {
    fn is_for(&self, method: &str, given: &[&str]) -> bool {
        let mut both = self.segments.iter().zip(given);
        self.segments.len() == given.len()
            && both.all(|(wanted, given)| wanted == given || is_argument(wanted))
            && self.row.method.as_str().eq_ignore_ascii_case(method)
    }
}

/// Patterns by their first segment, which is never an argument; those with fewer arguments come first.
fn by_first_segment() -> &'static HashMap<&'static str, Vec<Pattern>> {
    static PATTERNS: OnceBox<HashMap<&str, Vec<Pattern>>> = OnceBox::new();
    PATTERNS.get_or_init(|| {
        let mut patterns = HashMap::<_, Vec<_>>::new();
        for row in &ENDPOINTS {
            let segments: Vec<_> = segments(row.path).collect();
            let first = segments.first().copied().unwrap_or_default();
            patterns.entry(first).or_default().push(Pattern { row, segments });
        }
        for same in patterns.values_mut() {
            same.sort_by_key(|pattern| pattern.segments.iter().filter(|wanted| is_argument(wanted)).count());
        }
        Box::new(patterns)
    })
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

fn is_argument(wanted: &str) -> bool {
    wanted.starts_with('{')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_stands_at_its_number_and_names_are_unique() {
        let mut names = std::collections::HashSet::new();
        for (index, row) in ENDPOINTS.iter().enumerate() {
            assert_eq!(row.number(), index as i32 + 1, "{}", row.name);
            assert_eq!(Operation::from_number(row.number()), Some(row.operation));
            assert!(names.insert(row.name), "{} stands twice", row.name);
        }
        for workflow in WORKFLOWS {
            assert!(names.insert(workflow.name), "{} stands twice", workflow.name);
        }
        for beyond in [0, -1, 48, i32::MIN, i32::MAX] {
            assert_eq!(Operation::from_number(beyond), None);
        }
    }

    #[test]
    fn a_fixed_segment_wins_over_an_argument() {
        let name = |method, path| find(method, path).map(|(row, _)| row.name);
        assert_eq!(name("GET", "/file/webhooks"), Some("webhook_status_all"));
        assert_eq!(name("GET", "/file/bzI2"), Some("file_report"));
        assert_eq!(name("GET", "/file/converted/bzI2"), Some("sanitized_link"));
        assert_eq!(name("POST", "/file/rescan"), Some("file_rescan_many"));
        assert_eq!(name("GET", "//apikey"), Some("apikey_info"));
        assert_eq!(name("get", "/file/webhooks/x/?a=1"), Some("webhook_status"));
        assert_eq!(name("GET", "/nowhere"), None);
        assert_eq!(find("GET", "/hash/AB/exif").map(|(_, arguments)| arguments), Some(vec!["AB"]));
    }
}
