//! What the operations answer, one file per family.

pub(crate) mod account;
pub(crate) mod badge;
pub(crate) mod details;
pub(crate) mod feed;
pub(crate) mod file;
pub(crate) mod hash;
pub(crate) mod reputation;
pub(crate) mod rescan;
pub(crate) mod result;
pub(crate) mod sandbox;
pub(crate) mod sanitized;
pub(crate) mod status;
pub(crate) mod webhooks;

use std::time::Duration;

use hyper::HeaderMap;
use mdcloud::endpoints::{Endpoint, Operation};
use serde_json::Value;

use crate::failure::Failure;
use crate::intake::Submission;
use crate::quota::Standing;
use crate::reply::Reply;
use crate::world::{State, World};

/// A request that has been let in and read.
pub(crate) struct Call {
    pub(crate) endpoint: &'static Endpoint,
    /// What stands for the `{…}` of the path, decoded.
    pub(crate) arguments: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// The file, for an upload.
    pub(crate) file: Option<Submission>,
}

impl Call {
    pub(crate) fn argument(&self) -> &str {
        self.arguments.first().map_or("", String::as_str)
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
    }

    /// The body as JSON, with the service's checks.
    pub(crate) fn json(&self) -> Result<Value, Failure> {
        if !self.header("content-type").is_some_and(|kind| kind.to_ascii_lowercase().contains("json")) {
            return Err(Failure::new(406_000));
        }
        if self.body.is_empty() {
            return Err(Failure::new(400_025));
        }
        serde_json::from_slice(&self.body).map_err(|_| Failure::new(400_021))
    }
}

/// Where a call is worked on.
pub(crate) struct Desk<'a> {
    pub(crate) world: &'a World,
    pub(crate) state: &'a mut State,
    pub(crate) now: Duration,
    /// The family that the headers will tell of.
    pub(crate) standing: Option<(String, Standing)>,
}

impl Desk<'_> {
    /// Charges the family of the operation, or refuses with 429000.
    pub(crate) fn charge(&mut self, call: &Call, cost: u64) -> Result<(), Failure> {
        let Some(family) = call.endpoint.family else {
            return Ok(());
        };
        let family = family.as_str();
        let charged = self.state.quota.charge(&self.world.settings, family, cost, self.now);
        let (Ok(standing) | Err(standing)) = charged;
        self.standing = Some((family.to_owned(), standing));
        charged.map(drop).map_err(|standing| exhausted(&standing))
    }

    /// A moment as the service writes it.
    pub(crate) fn time(&self, moment: Duration) -> String {
        crate::date::rfc3339(self.world.clock.unix(moment))
    }
}

/// The refusal when an allowance is used up.
pub(crate) fn exhausted(standing: &Standing) -> Failure {
    let Standing { used, total, .. } = standing;
    let text = format!("Rate limit exceeded, retry after the limit is reset. Limit: {used} / {total}");
    Failure::with(429_000, text)
}

/// The answer to a call.
pub(crate) fn answer(desk: &mut Desk<'_>, call: &Call) -> Result<Reply, Failure> {
    match call.endpoint.operation {
        Operation::ApikeyInfo => Ok(account::info(desk)),
        Operation::ApikeyLimits => Ok(account::used(desk)),
        Operation::ApikeyLimitsLeft => Ok(account::left(desk)),
        Operation::ApikeyScanHistory => account::scan_history(desk, call),
        Operation::FileSubmit => file::submit(desk, call),
        Operation::FileReport => file::report(desk, call),
        Operation::SanitizedLink => sanitized::link(desk, call),
        Operation::SanitizedDelete => sanitized::delete(desk, call),
        Operation::HashLookup => hash::lookup(desk, call),
        Operation::HashLookupMany => hash::lookup_many(desk, call),
        Operation::HashHistory => hash::history(desk, call),
        Operation::HashBadge => Ok(badge::badge(desk, call)),
        Operation::IpLookup | Operation::UrlLookup | Operation::DomainLookup => reputation::one(desk, call),
        Operation::IpLookupMany | Operation::UrlLookupMany | Operation::DomainLookupMany => {
            reputation::many(desk, call)
        }
        Operation::ServiceVersion => Ok(status::version()),
        Operation::EngineDefinitions => Ok(status::definitions(desk)),
        Operation::WebhookStatus => webhooks::one(desk, call),
        Operation::WebhookStatusAll => Ok(webhooks::all(desk)),
        Operation::RepoSubmit => rescan::repository(desk, call),
        Operation::FileRescan => rescan::one(desk, call),
        Operation::FileRescanMany => rescan::many(desk, call),
        Operation::SanitizedLinkLegacy => sanitized::older_link(desk, call),
        Operation::HashPeinfo
        | Operation::HashExif
        | Operation::HashApkManifest
        | Operation::HashAppinfo
        | Operation::HashVulnerability => details::of_hash(desk, call),
        Operation::CveList
        | Operation::CveInfo
        | Operation::CveProducts
        | Operation::CveVendors
        | Operation::CveHashes => details::weaknesses(call),
        Operation::SandboxSubmitUrl => sandbox::submit_url(desk, call),
        Operation::SandboxReport => sandbox::report(desk, call),
        Operation::HashSandbox => sandbox::by_hash(desk, call),
        Operation::SandboxSubmitFile => sandbox::submit_file(desk, call),
        Operation::SampleLink => feed::sample(desk, call),
        Operation::FeedInfected
        | Operation::FeedClean
        | Operation::FeedHashes
        | Operation::FeedFalsePositives
        | Operation::FeedFalsePositivesEngine
        | Operation::FeedInfectedTop => feed::page(desk, call),
        // A row that was added to the table and not yet here.
        _ => Err(Failure::new(400_045)),
    }
}
