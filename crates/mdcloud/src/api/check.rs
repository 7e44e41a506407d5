//! Arguments are refused here, before anyone waits or sends: each error names the argument and the rule.

use std::borrow::Cow;
use std::net::IpAddr;

use crate::error::{Error, Result, Status};

/// Refuses what cannot be an identifier of the service: those are short and of harmless letters, and what
/// stands in a path must not lead elsewhere.
pub(crate) fn check_id<'a>(name: &str, id: &'a str) -> Result<&'a str> {
    let id = id.trim();
    let harmless = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '=' | '.');
    if id.is_empty() || id.len() > 512 || !id.chars().all(harmless) || id.chars().all(|c| c == '.') {
        return Err(Error::invalid(name, "is not an identifier: letters, digits, '-' and '_' only"));
    }
    Ok(id)
}

/// The same for one that came from the service, where the caller is not to blame.
pub(crate) fn served_id<'a>(name: &str, id: &'a str) -> Result<&'a str> {
    check_id(name, id).map_err(|_| {
        let shown = id.chars().take(60).collect::<String>();
        Error::new(Status::Protocol, format!("the service gave a {name} that is none: {shown:?}"))
    })
}

/// An IPv4 or IPv6 address, as text.
pub(super) fn ip(text: &str) -> Result<&str> {
    let text = text.trim();
    match text.parse::<IpAddr>() {
        Ok(_) => Ok(text),
        Err(_) => Err(Error::invalid("ip", format!("{:?} is not an IPv4 or IPv6 address", short(text)))),
    }
}

/// A URL with scheme and host, as text.
pub(super) fn url(text: &str) -> Result<&str> {
    let text = text.trim();
    let harmful = |c: char| c.is_control() || c.is_whitespace();
    let rest = text.split_once("://").filter(|(scheme, _)| !scheme.is_empty()).map(|(_, rest)| rest);
    let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    if text.len() > 8192 || text.chars().any(harmful) || host.is_none_or(str::is_empty) {
        return Err(Error::invalid(
            "url",
            format!("{:?} is not a URL of the form scheme://host/...", short(text)),
        ));
    }
    Ok(text)
}

/// A fully qualified domain name in its ASCII form.
pub(super) fn domain(text: &str) -> Result<&str> {
    let text = text.trim().trim_end_matches('.');
    let label = |label: &str| {
        let inner = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        (1..=63).contains(&label.len())
            && label.chars().all(inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_ip = text.parse::<IpAddr>().is_ok();
    if text.len() > 253 || is_ip || !text.contains('.') || !text.split('.').all(label) {
        let hint = if text.is_ascii() { "" } else { "; write it in its ASCII form (xn--...)" };
        return Err(Error::invalid(
            "domain",
            format!("{:?} is not a domain name such as example.com{hint}", short(text)),
        ));
    }
    Ok(text)
}

/// A day of the calendar as `YYYY-MM-DD`. How far back it may lie is the service's matter, by its own clock.
pub(super) fn date(text: &str) -> Result<&str> {
    let number = |range: std::ops::Range<usize>| {
        text.get(range)
            .filter(|part| part.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|part| part.parse().ok())
    };
    let shape = text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
    let parts: Option<(u32, u32, u32)> =
        number(0..4).zip(number(5..7)).zip(number(8..10)).map(|((y, m), d)| (y, m, d));
    let days = |year: u32, month: u32| match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    match parts {
        Some((year, month, day)) if shape && (1..=days(year, month)).contains(&day) => Ok(text),
        _ => Err(Error::invalid("date", format!("{:?} is not a day of the form YYYY-MM-DD", short(text)))),
    }
}

/// A kind of file as one letter; which letters there are is the service's matter.
pub(super) fn category(text: &str) -> Result<&str> {
    if text.len() == 1 && text.bytes().all(|b| b.is_ascii_uppercase()) {
        return Ok(text);
    }
    Err(Error::invalid("category", format!("{:?} is not one capital letter, such as E", short(text))))
}

/// An identifier of a vulnerability.
pub(super) fn cve(text: &str) -> Result<&str> {
    let text = text.trim();
    let mut parts = text.splitn(3, '-');
    let number =
        |part: Option<&str>| part.is_some_and(|p| p.len() >= 4 && p.bytes().all(|b| b.is_ascii_digit()));
    if parts.next().is_some_and(|p| p.eq_ignore_ascii_case("CVE"))
        && number(parts.next())
        && number(parts.next())
    {
        return Ok(text);
    }
    Err(Error::invalid("cve", format!("{:?} is not of the form CVE-2024-1234", short(text))))
}

/// A text of one line that says something.
pub(super) fn name<'a>(argument: &str, text: &'a str) -> Result<&'a str> {
    let text = text.trim();
    if text.is_empty() || text.len() > 256 || text.chars().any(char::is_control) {
        return Err(Error::invalid(argument, "must be a text of one line, at most 256 bytes"));
    }
    Ok(text)
}

/// One of a few words.
pub(super) fn one_of<'a>(argument: &str, text: &'a str, words: &[&str]) -> Result<&'a str> {
    if words.contains(&text) {
        return Ok(text);
    }
    Err(Error::invalid(argument, format!("{:?} is none of {}", short(text), words.join(", "))))
}

fn short(text: &str) -> String {
    text.chars().take(80).collect()
}

/// What names and hashes have in common, however they are written; most are written so.
pub(super) fn lower_case(text: &str) -> Cow<'_, str> {
    // Without a way out in the middle: see `hash::check`.
    if text.bytes().fold(false, |any, byte| any | byte.is_ascii_uppercase()) {
        text.to_ascii_lowercase().into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_well_formed_passes_and_the_rest_names_its_rule() {
        for good in ["203.0.113.7", "2001:db8::1", " ::1 "] {
            assert!(ip(good).is_ok(), "{good}");
        }
        for bad in ["", "1.2.3", "1.2.3.4.5", "256.1.1.1", "example.com", "1.2.3.4/8", "[::1]"] {
            assert!(ip(bad).is_err(), "{bad}");
        }
        for good in ["http://a.example/x?y=1&z", "https://a.example", "ftp://a.example/ä"] {
            assert!(url(good).is_ok(), "{good}");
        }
        for bad in ["", "a.example", "://x", "http://", "http:///x", "http://a b", "http://a\r\nb"] {
            assert!(url(bad).is_err(), "{bad}");
        }
        for good in ["example.com", "a-b.example.", "xn--bcher-kva.example", "_dmarc.example.com"] {
            assert!(domain(good).is_ok(), "{good}");
        }
        for bad in
            ["", "com", "-a.example", "a..example", "bücher.example", "a b.example", "1.2.3.4", "a/b.c"]
        {
            assert!(domain(bad).is_err(), "{bad}");
        }
        assert!(domain("bücher.example").unwrap_err().to_string().contains("xn--"));
        assert!(
            date("2024-02-29").is_ok()
                && date("2026-03-11").is_ok()
                && cve("CVE-2024-12345").is_ok()
                && category("E").is_ok()
        );
        for bad in [
            "2026-3-11",
            "2026-13-01",
            "2026-01-00",
            "11.03.2026",
            "2026-03-11T",
            "äääää",
            "2026-02-29",
            "2026-04-31",
        ] {
            assert!(date(bad).is_err(), "{bad}");
        }
        assert!(cve("2024-1").is_err() && category("e").is_err() && category("").is_err());
        assert!(check_id("data_id", "../x").is_err() && check_id("data_id", "..").is_err());
        assert!(
            one_of("size", "huge", &["small"]).unwrap_err().to_string().starts_with("invalid argument: size")
        );
    }
}
