//! What the headers of an upload ask for, and which of it is refused.

use hyper::HeaderMap;
use percent_encoding::percent_decode_str;

use crate::failure::Failure;
use crate::settings::Settings;

/// The wishes that came with a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wishes {
    pub(crate) display_name: Option<String>,
    /// Rules in the order given, such as `multiscan`, `sanitize`.
    pub(crate) rules: Vec<String>,
    /// Not stored, not shared.
    pub(crate) private: bool,
    /// Not to be seen by hash either.
    pub(crate) hidden: bool,
    /// System for a sandbox run.
    pub(crate) sandbox: Option<String>,
    /// Metadata to be echoed.
    pub(crate) metadata: Option<String>,
    pub(crate) link: Option<String>,
    /// Where the result is posted when it is there.
    pub(crate) callback: Option<String>,
    pub(crate) archive_password: Option<String>,
}

impl Wishes {
    /// Whether archives are opened.
    pub(crate) fn unarchive(&self) -> bool {
        self.rules.iter().any(|rule| rule == "unarchive")
    }

    /// Whether engines look at the file at all: `cdr` alone only makes a clean copy.
    pub(crate) fn is_scanned(&self) -> bool {
        self.rules.is_empty() || self.rules.iter().any(|rule| rule != "cdr" && rule != "unarchive")
    }

    /// Whether a clean copy is wanted.
    pub(crate) fn sanitize(&self) -> bool {
        self.rules.iter().any(|rule| rule == "sanitize" || rule == "cdr")
    }

    /// The name of the combination, as results report it.
    pub(crate) fn profile(&self) -> String {
        if self.rules.is_empty() { "multiscan".to_owned() } else { self.rules.join("_") }
    }
}

/// Reads the headers; older spellings are taken too.
pub(crate) fn read(headers: &HeaderMap, settings: &Settings) -> Result<Wishes, Failure> {
    let text = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| headers.get(*name))
            .map(|value| String::from_utf8_lossy(value.as_bytes()).trim().to_owned())
    };
    let rules = rules(&text(&["rule", "x-rule"]).unwrap_or_default())?;
    let private = match text(&["samplesharing", "x-sample-sharing", "x-samplesharing"]).as_deref() {
        None | Some("1" | "2") => false,
        Some("0") if !settings.paid && !settings.enforce_private_scan => return Err(Failure::new(400_143)),
        Some("0") => true,
        Some(_) => return Err(Failure::new(400_142)),
    };
    if settings.enforce_private_scan && !private {
        return Err(Failure::new(400_157));
    }
    let hidden = match text(&["privateprocessing", "x-private-processing"]).as_deref() {
        None | Some("0") => false,
        Some("1") => true,
        Some(_) => return Err(Failure::new(400_158)),
    };
    if !matches!(text(&["scanwith"]).as_deref(), None | Some("mdaas" | "mdcore")) {
        return Err(Failure::new(400_141));
    }
    if private && text(&["rescan-count"]).or_else(|| text(&["rescan-interval"])).is_some() {
        return Err(Failure::new(400_159));
    }
    let link = text(&["downloadfrom", "x-download-from"]);
    if let Some(link) = link.as_deref().filter(|link| !is_web_link(link)) {
        let message = format!("Provided download url is not valid or inaccessible: {link}");
        return Err(Failure::with(400_146, message));
    }
    let sandbox = text(&["sandbox"]).filter(|system| !system.is_empty());
    if let Some(system) = &sandbox
        && !matches!(system.as_str(), "windows7" | "windows10" | "linux")
    {
        return Err(Failure::with(400_020, format!("Header is not valid. 'sandbox' can't be '{system}'")));
    }
    let display_name = text(&["filename", "x-filename"])
        .filter(|name| !name.is_empty())
        .map(|name| percent_decode_str(&name).decode_utf8_lossy().into_owned());
    let callback = text(&["callbackurl"]).filter(|url| !url.is_empty());
    if let Some(url) = callback.as_deref().filter(|url| !is_web_link(url)) {
        return Err(Failure::with(400_020, format!("Header is not valid. 'callbackurl' can't be '{url}'")));
    }
    let metadata = text(&["metadata"]);
    let archive_password = text(&["archivepwd", "x-archive-password"]);
    Ok(Wishes { display_name, rules, private, hidden, sandbox, metadata, link, callback, archive_password })
}

/// The service's documents combine rules with commas, other sources with underscores.
fn rules(text: &str) -> Result<Vec<String>, Failure> {
    text.split([',', '_'])
        .map(|rule| rule.trim().to_ascii_lowercase())
        .filter(|rule| !rule.is_empty())
        .map(|rule| match rule.as_str() {
            "multiscan" | "sanitize" | "unarchive" | "cdr" | "dlp" => Ok(rule),
            _ => Err(Failure::with(400_020, format!("Header is not valid. 'rule' can't be '{rule}'"))),
        })
        .collect()
}

pub(crate) fn is_web_link(text: &str) -> bool {
    ["http://", "https://"]
        .iter()
        .any(|scheme| text.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::{HeaderName, HeaderValue};

    fn wishes(pairs: &[(&'static str, &str)], paid: bool) -> Result<Wishes, u32> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let mut settings = Settings::new();
        settings.paid = paid;
        read(&headers, &settings).map_err(|failure| failure.code)
    }

    #[test]
    fn names_and_rules_arrive_in_old_and_new_spelling() {
        for (name, rule) in [("filename", "rule"), ("x-filename", "x-rule")] {
            let found =
                wishes(&[(name, "r%C3%A4t%20sel.txt"), (rule, "multiscan, unarchive")], false).unwrap();
            assert_eq!(found.display_name.as_deref(), Some("rät sel.txt"));
            assert_eq!(found.profile(), "multiscan_unarchive");
        }
        assert!(wishes(&[("rule", "multiscan_cdr")], false).unwrap().sanitize());
        assert_eq!(wishes(&[], false).unwrap().profile(), "multiscan");
    }

    #[test]
    fn what_the_service_refuses_is_refused() {
        assert_eq!(wishes(&[("rule", "sandbox")], false).unwrap_err(), 400_020);
        assert_eq!(wishes(&[("samplesharing", "3")], true).unwrap_err(), 400_142);
        assert_eq!(wishes(&[("samplesharing", "0")], false).unwrap_err(), 400_143);
        assert_eq!(wishes(&[("samplesharing", "0"), ("rescan-count", "2")], true).unwrap_err(), 400_159);
        assert_eq!(wishes(&[("privateprocessing", "yes")], false).unwrap_err(), 400_158);
        assert_eq!(wishes(&[("scanwith", "me")], false).unwrap_err(), 400_141);
        assert_eq!(wishes(&[("downloadfrom", "ftp://x")], false).unwrap_err(), 400_146);
        assert_eq!(wishes(&[("sandbox", "amiga")], false).unwrap_err(), 400_020);
        assert_eq!(wishes(&[("callbackurl", "mailto:me")], false).unwrap_err(), 400_020);
        assert!(wishes(&[("samplesharing", "0")], true).unwrap().private);
    }

    #[test]
    fn a_clean_copy_alone_wants_no_engines() {
        let scanned = |rule| wishes(&[("rule", rule)], false).unwrap().is_scanned();
        assert!(!scanned("cdr") && scanned("multiscan,cdr") && scanned("sanitize") && scanned(""));
    }
}
