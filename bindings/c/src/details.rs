//! What is known of the inside of a file

use std::os::raw::c_char;

use mdcloud_core::Status;

use crate::client::mdcloud_client;
use crate::content::Content;
use crate::error::mdcloud_error;
use crate::options::{given, mdcloud_options};
use crate::result::mdcloud_result;

/// Earlier scans of a file, oldest first. Charged to the Reputation allowance. `limit` and `offset` choose
/// a part; 0 leaves the choice to the service. `*out` is a scan history: read it by its view,
/// "/entries/0/verdict", or by pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_hash_history(
    client: *const mdcloud_client,
    hash: *const c_char,
    limit: u32,
    offset: u32,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let hash = text!(hash);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::model(client.hash_history(
            hash,
            given(limit),
            given(offset),
        )?)));
        Ok(())
    })
}

/// A picture that shows what is known of a file, for web pages. Needs no key and sends none. `*out` is a
/// badge: mdcloud_badge_data.
///
/// `size` is "small" or "medium", `kind` is "svg", "png" or "jpg"; NULL takes the first.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_hash_badge(
    client: *const mdcloud_client,
    hash: *const c_char,
    size: *const c_char,
    kind: *const c_char,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let hash = text!(hash);
        let size = optional_text!(size);
        let kind = optional_text!(kind);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Badge(client.hash_badge(hash, size, kind)?)));
        Ok(())
    })
}

/// The inside of a Windows executable. Charged to the Reputation allowance. `*out` is read by its view,
/// "/sections/0/name", or by pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_hash_peinfo(
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
        out.set(mdcloud_result::give(Content::model(client.hash_peinfo(hash)?)));
        Ok(())
    })
}

/// Metadata of a document or picture. Charged to the Reputation allowance. `*out` is read by its view,
/// "/mime_type", or by pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_hash_exif(
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
        out.set(mdcloud_result::give(Content::model(client.hash_exif(hash)?)));
        Ok(())
    })
}

/// Manifest of an Android package. Charged to the Reputation allowance. `*out` is read by its view,
/// "/package", or by pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_hash_apk_manifest(
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
        out.set(mdcloud_result::give(Content::model(client.hash_apk_manifest(hash)?)));
        Ok(())
    })
}

/// Products that a file belongs to. Charged to the Reputation allowance. `*out` is read by its view,
/// "/entries/0/product_name", or by pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_hash_appinfo(
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
        out.set(mdcloud_result::give(Content::model(client.hash_appinfo(hash)?)));
        Ok(())
    })
}

/// Legacy: vulnerabilities of a file; the form of the answer is not documented, read it by pointer. `limit`
/// and `offset` choose a part; 0 leaves the choice to the service.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_hash_vulnerability(
    client: *const mdcloud_client,
    hash: *const c_char,
    limit: u32,
    offset: u32,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let hash = text!(hash);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Document(client.hash_vulnerability(
            hash,
            given(limit),
            given(offset),
        )?)));
        Ok(())
    })
}

/// Legacy: known vulnerabilities; the form of the answer is not documented, read it by pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_cve_list(
    client: *const mdcloud_client,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Document(client.cve_list()?)));
        Ok(())
    })
}

/// Legacy: one vulnerability, such as "CVE-2024-1234"; the form of the answer is not documented, read it by
/// pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_cve_info(
    client: *const mdcloud_client,
    cve: *const c_char,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let cve = text!(cve);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Document(client.cve_info(cve)?)));
        Ok(())
    })
}

/// Legacy: products with a vulnerability; the form of the answer is not documented, read it by pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_cve_products(
    client: *const mdcloud_client,
    cve: *const c_char,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let cve = text!(cve);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Document(client.cve_products(cve)?)));
        Ok(())
    })
}

/// Legacy: vendors with a vulnerability; the form of the answer is not documented, read it by pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_cve_vendors(
    client: *const mdcloud_client,
    cve: *const c_char,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let cve = text!(cve);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Document(client.cve_vendors(cve)?)));
        Ok(())
    })
}

/// Legacy: hashes of files with a vulnerability; the form of the answer is not documented, read it by
/// pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_client_cve_hashes(
    client: *const mdcloud_client,
    cve: *const c_char,
    options: *const mdcloud_options,
    out: *mut *mut mdcloud_result,
    err: *mut *mut mdcloud_error,
) -> Status {
    guard!(err, {
        let client = object!(client);
        let cve = text!(cve);
        let out = out!(out);
        let client = client.with(optional!(options))?;
        out.set(mdcloud_result::give(Content::Document(client.cve_hashes(cve)?)));
        Ok(())
    })
}
