//! Feeds and samples

use std::os::raw::c_char;

use mdcloud_core::{FeedQuery, Status};

use crate::client::mdcloud_client;
use crate::content::{Content, Link};
use crate::error::mdcloud_error;
use crate::options::{given, mdcloud_options};
use crate::result::mdcloud_result;

/// Hashes of files found infected, newest first. Needs the Feed allowance. `*out` is a page of at most
/// 1,000 entries: read it by its view, "/entries/0/sha256", or by pointer. A page with fewer is the last.
///
/// `date` is a day as "2026-03-11", at most 30 days back, `category` a kind of file as one letter, such as
/// "E" for executables, `page` counts from 1; NULL and 0 leave them open. Free keys get the first page of
/// today only.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_feed_infected(
    client: *const mdcloud_client,
    date: *const c_char,
    category: *const c_char,
    page: u32,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let date = optional_text!(date);
        let category = optional_text!(category);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        let query = query(date, category, None, None, page);
        out.set(mdcloud_result::give(Content::model(client.feed_infected(&query)?)));
        Ok(())
    })
}

/// Hashes of files found clean; arguments as for mdcloud_client_feed_infected. Needs the Feed allowance.
/// `*out` is a page of at most 1,000 entries: read it by its view, "/entries/0/sha256", or by pointer. A
/// page with fewer is the last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_feed_clean(
    client: *const mdcloud_client,
    date: *const c_char,
    category: *const c_char,
    page: u32,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let date = optional_text!(date);
        let category = optional_text!(category);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        let query = query(date, category, None, None, page);
        out.set(mdcloud_result::give(Content::model(client.feed_clean(&query)?)));
        Ok(())
    })
}

/// Hashes for partners of the malware exchange. `page` counts from 1; 0 leaves it open. `*out` is a page of
/// at most 1,000 entries: read it by its view, "/entries/0/sha256", or by pointer. A page with fewer is the
/// last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_feed_hashes(
    client: *const mdcloud_client,
    page: u32,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        let query = query(None, None, None, None, page);
        out.set(mdcloud_result::give(Content::model(client.feed_hashes(&query)?)));
        Ok(())
    })
}

/// Possible false positives, for partners of the malware exchange; of one engine, or of all where `engine`
/// is NULL. `page` counts from 1; 0 leaves it open. `*out` is a page of at most 1,000 entries: read it by
/// its view, "/entries/0/sha256", or by pointer. A page with fewer is the last.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_feed_false_positives(
    client: *const mdcloud_client,
    page: u32,
    engine: *const c_char,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let engine = optional_text!(engine);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        let query = query(None, None, None, engine, page);
        out.set(mdcloud_result::give(Content::model(client.feed_false_positives(&query)?)));
        Ok(())
    })
}

/// Legacy: the most frequent infected files. `*out` is a page of at most 1,000 entries: read it by its
/// view, "/entries/0/sha256", or by pointer. A page with fewer is the last.
///
/// `kind` is the form: NULL or "json", or "csv", "bro", "rss", which come as they are in
/// mdcloud_result_json. `page` counts from 1; 0 leaves it open.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_feed_infected_top(
    client: *const mdcloud_client,
    kind: *const c_char,
    page: u32,
    category: *const c_char,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let kind = optional_text!(kind);
        let category = optional_text!(category);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        let query = query(None, category, kind, None, page);
        let page = match kind {
            None | Some("json") => Content::model(client.feed_infected_top(&query)?),
            Some(_) => Content::Document(client.feed_infected_top_raw(&query)?),
        };
        out.set(mdcloud_result::give(page));
        Ok(())
    })
}

/// Link to a sample, for partners; good without a key for a short time, so do not log it. A file that sat
/// in an archive yields the archive. `*out` is a link: mdcloud_link_text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_sample_link(
    client: *const mdcloud_client,
    hash: *const c_char,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let hash = text!(hash);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Link(Link(client.sample_link(hash)?))));
        Ok(())
    })
}

fn query(
    date: Option<&str>,
    category: Option<&str>,
    kind: Option<&str>,
    engine: Option<&str>,
    page: u32,
) -> FeedQuery {
    let mut query = FeedQuery::new();
    if let Some(date) = date {
        query = query.date(date);
    }
    if let Some(category) = category {
        query = query.category(category);
    }
    if let Some(kind) = kind {
        query = query.kind(kind);
    }
    if let Some(engine) = engine {
        query = query.engine(engine);
    }
    match given(page) {
        Some(page) => query.page(page),
        None => query,
    }
}
