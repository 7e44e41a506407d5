//! What scanning a set of files would take of the quota, before anything of it is spent.

use std::borrow::Borrow;
use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::client::Client;
use crate::error::{Error, Result, Status};
use crate::hash;
use crate::model::record::Record;
use crate::model::{Document, Plan};
use crate::quota::{FamilyQuota, Quota};
use crate::source::Source;
use crate::wait::Patience;

/// What a plan may ask the service. By default nothing is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PlanAllow {
    /// Ask for the key's limits: two requests that are charged to no allowance.
    pub limits: bool,
    /// Look the files up by their hashes: charged to the Reputation allowance, one per distinct file, in
    /// throttled requests of up to 1,000. What is known then needs no upload.
    pub lookups: bool,
}

impl PlanAllow {
    /// Nothing is sent.
    pub const NOTHING: Self = PlanAllow { limits: false, lookups: false };

    /// With or without asking for the key's limits.
    pub fn limits(mut self, allow: bool) -> Self {
        self.limits = allow;
        self
    }

    /// With or without looking the files up.
    pub fn lookups(mut self, allow: bool) -> Self {
        self.lookups = allow;
        self
    }
}

/// What was found out about one source.
struct Found {
    name: Option<String>,
    size: Option<u64>,
    sha256: Option<String>,
    duplicate_of: Option<usize>,
    known: Option<Option<i64>>,
    fits_now: Option<bool>,
    problem: Option<String>,
}

impl Found {
    /// Whether scanning it takes anything.
    fn counts(&self) -> bool {
        self.problem.is_none() && self.duplicate_of.is_none()
    }
}

impl Client {
    /// What scanning these sources would take of the quota: hashes them here, finds duplicates, checks sizes,
    /// and compares with what is known of the allowances. Sends nothing but what `allow` allows.
    ///
    /// Keeps to [`Options::leave`](crate::Options::leave) and
    /// [`Options::reservation`](crate::Options::reservation). A source that cannot be read, or only once, is a
    /// problem of its own file. No source at all is refused.
    pub fn plan<I>(&self, sources: I, allow: PlanAllow) -> Result<Plan>
    where
        I: IntoIterator<Item: Borrow<Source>>,
    {
        let patience = self.patience().at_most(self.options.deadline.flatten());
        if allow.limits {
            self.apikey_info()?;
            self.apikey_limits_left()?;
        }
        let mut first = HashMap::new();
        let mut files = Vec::new();
        for (index, source) in sources.into_iter().enumerate() {
            files.push(self.look_at(index, source.borrow(), &mut first, &patience)?);
        }
        if files.is_empty() {
            return Err(Error::invalid("sources", "is empty: there is nothing to plan"));
        }
        if allow.lookups {
            self.look_up(&mut files)?;
        }
        let quota = self.quota();
        let plan = self.compare(&mut files, quota.as_ref(), allow);
        Ok(Plan::of_value(&plan, Document::of_text(plan.to_string())))
    }

    fn look_at(
        &self,
        index: usize,
        source: &Source,
        first: &mut HashMap<String, usize>,
        patience: &Patience,
    ) -> Result<Found> {
        let mut found = Found {
            name: source.name(),
            size: None,
            sha256: None,
            duplicate_of: None,
            known: None,
            fits_now: None,
            problem: None,
        };
        let digest = match source.is_repeatable() {
            true => hash::of_source(source, patience),
            false => Err(Error::invalid("source", "is a stream that can be read only once")),
        };
        match digest {
            Ok((sha256, size)) => {
                found.size = Some(size);
                found.problem = self.check_size(size).err().map(|error| error.to_string());
                found.duplicate_of = first.get(&sha256).copied();
                first.entry(sha256.clone()).or_insert(index);
                found.sha256 = Some(sha256);
            }
            Err(error) if matches!(error.status(), Status::Cancelled | Status::Timeout) => return Err(error),
            Err(error) => found.problem = Some(error.to_string()),
        }
        Ok(found)
    }

    /// Asks what the service knows of each distinct file.
    fn look_up(&self, files: &mut [Found]) -> Result<()> {
        let wanted: Vec<usize> = (0..files.len()).filter(|index| files[*index].counts()).collect();
        let hashes: Vec<String> = wanted.iter().filter_map(|index| files[*index].sha256.clone()).collect();
        for (index, result) in wanted.into_iter().zip(self.hash_lookup_many(hashes)) {
            match result.error() {
                Some(error) if matches!(error.status(), Status::Server | Status::Protocol) => {}
                Some(error) => return Err(error.clone()),
                None => {
                    files[index].known = Some(result.is_known().then(|| result.result_code().unwrap_or(-1)))
                }
            }
        }
        Ok(())
    }

    fn compare(&self, files: &mut [Found], quota: Option<&Quota>, allow: PlanAllow) -> Value {
        let family = |name: &str| quota.and_then(|quota| quota.family(name));
        let (prevention, reputation) = (family("prevention_api"), family("reputation_api"));
        let room = prevention.and_then(|family| self.room(family));
        let is_known = |file: &Found| matches!(file.known, Some(Some(_)));
        let mut uploads = 0;
        for file in files.iter_mut().filter(|file| file.counts()) {
            file.fits_now = room.map(|room| is_known(file) || uploads < room);
            uploads += u64::from(!is_known(file));
        }
        let distinct: Vec<&Found> = files.iter().filter(|file| file.counts()).collect();
        let known = distinct.iter().filter(|file| is_known(file)).count() as u64;
        let lookups = if allow.lookups { 0 } else { distinct.len() as u64 };
        let now = room.map(|room| room.min(uploads));
        let limit = prevention.and_then(|family| family.limit);
        let next =
            now.zip(limit).map(|(now, limit)| limit.saturating_sub(self.options.leave).min(uploads - now));
        let later = now.zip(next).map(|(now, next)| uploads - now - next);
        let throttle = quota.map(|quota| &quota.throttle);
        let rate = throttle.and_then(|throttle| throttle.requests.zip(throttle.window));
        json!({
            "files": files.iter().enumerate().map(|(index, file)| file.to_json(index)).collect::<Vec<_>>(),
            "distinct": distinct.len(),
            "bytes": distinct.iter().filter_map(|file| file.size).sum::<u64>(),
            "known": allow.lookups.then_some(known),
            "uploads": uploads,
            "lookups": lookups,
            "uploads_now": now,
            "uploads_after_reset": next,
            "uploads_later": later,
            "resets_in": prevention.and_then(|family| family.resets_in),
            "lookups_now": reputation.and_then(|family| self.room(family)).map(|room| room.min(lookups)),
            "lookups_reset_in": reputation.and_then(|family| family.resets_in),
            "throttle_seconds": now.zip(rate).map(|(now, rate)| throttled_for(now, rate)),
        })
    }

    /// What this client may spend of an allowance now; `None` where that is not known.
    fn room(&self, family: &FamilyQuota) -> Option<u64> {
        let kept = self.options.reservation.as_ref().filter(|kept| kept.family() == family.name);
        let own = kept.map_or(0, |kept| u64::from(kept.amount()).min(family.reserved));
        let others = family.in_flight + family.reserved - own + self.options.leave;
        Some(family.remaining?.saturating_sub(others))
    }
}

impl Found {
    fn to_json(&self, index: usize) -> Value {
        let mut file = Map::new();
        let mut put = |name: &str, value: Value| file.insert(name.to_owned(), value);
        put("index", json!(index));
        put("name", json!(self.name));
        put("size", json!(self.size));
        put("sha256", json!(self.sha256));
        put("duplicate_of", json!(self.duplicate_of));
        put("is_known", json!(self.known.map(|known| known.is_some())));
        put("result_code", json!(self.known.flatten().filter(|code| *code >= 0)));
        put("fits_now", json!(self.fits_now));
        put("problem", json!(self.problem));
        Value::Object(file)
    }
}

/// The first window's worth starts at once, every further one a window later.
fn throttled_for(uploads: u64, (requests, window): (u32, f64)) -> f64 {
    uploads.saturating_sub(1).checked_div(u64::from(requests)).unwrap_or(0) as f64 * window
}
