//! Quota

use std::os::raw::c_char;

use mdcloud_core::{PlanAllow, Reservation, Status};

use crate::client::mdcloud_client;
use crate::content::Content;
use crate::error::mdcloud_error;
use crate::guard::give;
use crate::options::mdcloud_options;
use crate::result::mdcloud_result;
use crate::source::mdcloud_source;

/// An amount of an allowance that is kept for whoever has this.
pub struct mdcloud_reservation {
    pub(crate) reservation: Reservation,
}

/// Keeps `amount` of an allowance (`prevention_api`, `reputation_api`, or any other that the service names)
/// for the calls whose options have the reservation; other calls see that much less. Sends nothing, never
/// waits.
///
/// MDCLOUD_STATUS_QUOTA_EXHAUSTED where less is left. Before the service has told what there is, the amount is
/// taken on trust. Of `options` only `leave` counts. `*out` is yours: free it with mdcloud_reservation_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_reserve(
    client: *const mdcloud_client,
    family: *const c_char,
    amount: u32,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_reservation,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let family = text!(family);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(give(mdcloud_reservation { reservation: client.reserve(family, amount)? }));
        Ok(())
    })
}

/// Gives back what is left of the amount; NULL is fine. Options that have the reservation keep it until they
/// are freed too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_reservation_free(reservation: *mut mdcloud_reservation) {
    guard_free!(reservation)
}

/// What a plan may ask the service; flags, joined with `|`.
#[derive(Clone, Copy)]
#[repr(i32)]
pub enum mdcloud_plan {
    /// Nothing is sent.
    Nothing = 0,
    /// Ask for the key's limits: two requests that are charged to no allowance.
    Limits = 1,
    /// Look the files up by their hashes: charged to the Reputation allowance, one per distinct file.
    Lookups = 2,
}

/// What scanning these sources would take of the quota: hashes them here, finds duplicates, checks sizes, and
/// compares with what is known of the allowances. Sends nothing but what `allow` (flags of mdcloud_plan)
/// allows. `*out` is a plan.
///
/// Keeps to the `leave` and the reservation of the options. A source that cannot be read, or only once, is a
/// problem of its own file. An empty list is MDCLOUD_STATUS_INVALID_ARGUMENT.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_plan(
    client: *const mdcloud_client,
    sources: *const *const mdcloud_source,
    count: usize,
    allow: i32,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let sources = objects!(sources, count);
        let allow = allowed(allow)?;
        let out = out!(out);
        let client = client.with(optional!(options))?;
        let plan = client.plan(sources.into_iter().map(|source| &source.source), allow)?;
        out.set(mdcloud_result::give(Content::Model(Box::new(plan))));
        Ok(())
    })
}

fn allowed(flags: i32) -> mdcloud_core::Result<PlanAllow> {
    let (limits, lookups) = (mdcloud_plan::Limits as i32, mdcloud_plan::Lookups as i32);
    if flags & !(limits | lookups) != 0 {
        return Err(mdcloud_core::Error::invalid("allow", "holds a flag that this version does not know"));
    }
    Ok(PlanAllow::NOTHING.limits(flags & limits != 0).lookups(flags & lookups != 0))
}

/// What is known of the quota of the client's key. Asks nobody. `*out` is JSON, read it by pointer:
/// `/families/0/remaining`, `/throttle/in_window`, ... Before the first call it is `null`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_quota(
    client: *const mdcloud_client,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let out = out!(out);
        out.set(mdcloud_result::give(Content::of(&client.client.quota())?));
        Ok(())
    })
}

/// What is known of the quota of every key that this process has used, whatever language used it. `*out` is
/// a JSON array; keys stand there by their fingerprint.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_quota(
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let out = out!(out);
        out.set(mdcloud_result::give(Content::of(&mdcloud_core::quota())?));
        Ok(())
    })
}

/// Which loaded object keeps the quota ledger of this process, for support. `*out` is JSON: `object`,
/// `version`, `is_self`, `copies`, `table_major`, `table_minor`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_tracker_info(
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let out = out!(out);
        let leader = mdcloud_core::tracker_info();
        let text = serde_json::json!({
            "object": leader.object,
            "version": leader.version,
            "is_self": leader.is_self,
            "copies": leader.copies,
            "table_major": leader.table_major,
            "table_minor": leader.table_minor,
        });
        out.set(mdcloud_result::give(Content::of(&text)?));
        Ok(())
    })
}
