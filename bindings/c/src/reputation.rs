//! Addresses, URLs, domains

use std::os::raw::c_char;

use mdcloud_core::Status;

use crate::client::mdcloud_client;
use crate::content::{Content, Entries};
use crate::error::mdcloud_error;
use crate::options::mdcloud_options;
use crate::result::mdcloud_result;

/// What sources say of an IPv4 or IPv6 address. Charged to the Reputation allowance. `*out` is a
/// reputation, at index 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_ip_lookup(
    client: *const mdcloud_client,
    ip: *const c_char,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let ip = text!(ip);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Reputations(Entries::one(client.ip_lookup(ip)?))));
        Ok(())
    })
}

/// The same for any number of addresses. `*out` is a list of reputations, one per input, in input order.
///
/// Whatever fails, fails entry by entry: look at mdcloud_reputation_error. An empty list is
/// MDCLOUD_STATUS_INVALID_ARGUMENT. Charged to the Reputation
/// allowance, one per entry, and throttled per request of up to 50.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_ip_lookup_many(
    client: *const mdcloud_client,
    ips: *const *const c_char,
    count: usize,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let ips = texts!(ips, count);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Reputations(Entries::many(client.ip_lookup_many(ips)))));
        Ok(())
    })
}

/// What sources say of a URL, with scheme and host. Charged to the Reputation allowance. `*out` is a
/// reputation, at index 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_url_lookup(
    client: *const mdcloud_client,
    url: *const c_char,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let url = text!(url);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Reputations(Entries::one(client.url_lookup(url)?))));
        Ok(())
    })
}

/// The same for any number of URLs. `*out` is a list of reputations, one per input, in input order.
///
/// Whatever fails, fails entry by entry: look at mdcloud_reputation_error. An empty list is
/// MDCLOUD_STATUS_INVALID_ARGUMENT. Charged to the Reputation
/// allowance, one per entry, and throttled per request of up to 50.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_url_lookup_many(
    client: *const mdcloud_client,
    urls: *const *const c_char,
    count: usize,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let urls = texts!(urls, count);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Reputations(Entries::many(client.url_lookup_many(urls)))));
        Ok(())
    })
}

/// What sources say of a domain, in its ASCII form. Charged to the Reputation allowance. `*out` is a
/// reputation, at index 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_domain_lookup(
    client: *const mdcloud_client,
    domain: *const c_char,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let domain = text!(domain);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Reputations(Entries::one(client.domain_lookup(domain)?))));
        Ok(())
    })
}

/// The same for any number of domains. `*out` is a list of reputations, one per input, in input order.
///
/// Whatever fails, fails entry by entry: look at mdcloud_reputation_error. An empty list is
/// MDCLOUD_STATUS_INVALID_ARGUMENT. Charged to the Reputation
/// allowance, one per entry, and throttled per request of up to 50.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_domain_lookup_many(
    client: *const mdcloud_client,
    domains: *const *const c_char,
    count: usize,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let domains = texts!(domains, count);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Reputations(Entries::many(
            client.domain_lookup_many(domains),
        ))));
        Ok(())
    })
}
