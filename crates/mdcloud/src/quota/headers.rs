//! The service's rate-limit headers, as it sends them and as it may send them.
//!
//! Names come in any case, the reset carries a trailing `s`, fields may be missing, and what cannot be
//! believed (negative, huge, text, given twice) is counted and otherwise treated as missing.

use std::time::Duration;

use mdcloud_process::ledger::{ABSENT, Name, Tell};

use crate::config::Rate;
use crate::transport::{Reply, printable};

/// Longest time that is believed, in seconds: ten years.
const MOST_SECONDS: u64 = 10 * 366 * 86_400;

/// Writes what an answer says into `tell`: its headers, and the rate that the text of a 429001 names.
pub(crate) fn read_answer(tell: &mut Tell, reply: &Reply, code: Option<i64>, messages: &[String]) {
    tell.http_status = i32::from(reply.status);
    tell.code = code.unwrap_or(0);
    read_into(tell, reply);
    if let Some(rate) = rate_in_text(messages).filter(|_| reply.status == 429) {
        tell.throttle_requests = rate.requests;
        tell.throttle_window_ns = u64::try_from(rate.window.as_nanos()).unwrap_or(ABSENT);
    }
}

/// Writes what the headers say into `tell`.
pub(crate) fn read_into(tell: &mut Tell, reply: &Reply) {
    let mut bad = 0;
    let mut number = |names: &[&str], most: u64, parse: fn(&str) -> Option<u64>| match first(reply, names) {
        None => ABSENT,
        Some(text) => text.and_then(parse).filter(|number| *number <= most).unwrap_or_else(|| {
            bad += 1;
            ABSENT
        }),
    };
    let most = u64::from(u32::MAX);
    tell.limit = number(&["x-ratelimit-limit", "x-ratelimit"], most, parse_integer);
    // A negative rest is none of zero: it may stand for "no limit", or for an organisation that draws on its
    // buffer. Where nothing is left the service refuses, and says so.
    tell.remaining = number(&["x-ratelimit-remaining"], most, parse_integer);
    tell.used = number(&["x-ratelimit-used"], most, parse_integer);
    tell.reset_ns = nanoseconds(number(&["x-ratelimit-reset-in"], MOST_SECONDS, parse_seconds));
    tell.interval_ns = nanoseconds(number(&["x-ratelimit-interval"], MOST_SECONDS, parse_seconds));
    tell.retry_after_ns = nanoseconds(number(&["retry-after"], MOST_SECONDS, parse_seconds));
    bad += drop_contradictions(tell);
    tell.bad_headers = bad;
    let family = reply.header("x-ratelimit-for").unwrap_or_default().trim();
    if family.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
        tell.family = Name::new(family);
    }
}

/// Of numbers that cannot all be true, those go that would do harm; says how many.
fn drop_contradictions(tell: &mut Tell) -> u32 {
    let known = |numbers: &[u64]| !numbers.contains(&ABSENT);
    let mut dropped = 0;
    // More is left than there is in all: which of the two is wrong is not known.
    if known(&[tell.limit, tell.remaining]) && tell.remaining > tell.limit {
        (tell.limit, tell.remaining) = (ABSENT, ABSENT);
        dropped += 2;
    }
    // `used` is not compared: old answers told the cost of the request there.
    // A window does not end later than one of its length that begins now.
    if known(&[tell.reset_ns, tell.interval_ns]) && tell.reset_ns > tell.interval_ns {
        (tell.reset_ns, tell.interval_ns) = (ABSENT, ABSENT);
        dropped += 2;
    }
    dropped
}

/// The first of the headers that is there; `Some(None)` if it cannot be read, or was given twice with different
/// values.
fn first<'a>(reply: &'a Reply, names: &[&str]) -> Option<Option<&'a str>> {
    names.iter().find_map(|name| {
        let mut all = reply.headers.get_all(name);
        let value = all.next()?;
        let once = all.all(|other| other == value);
        Some(printable(value).filter(|_| once))
    })
}

/// Digits, and nothing but space around them.
fn parse_integer(text: &str) -> Option<u64> {
    let text = text.trim();
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// Digits, then maybe `s`.
fn parse_seconds(text: &str) -> Option<u64> {
    let text = text.trim();
    parse_integer(text.strip_suffix(['s', 'S']).unwrap_or(text))
}

fn nanoseconds(seconds: u64) -> u64 {
    if seconds == ABSENT { ABSENT } else { seconds.saturating_mul(1_000_000_000) }
}

/// The rate that the text of a 429001 names, such as "maximum requests per hour: 9 for free users" or
/// "maximum 10 requests per minute per user".
///
/// A text for people is a weak source, so only a number right beside a known unit counts, and a setting
/// or header always wins over it.
pub(super) fn rate_in_text(messages: &[String]) -> Option<Rate> {
    messages.iter().find_map(|message| {
        let text = message.to_ascii_lowercase();
        let (before, after) = text.split_once("requests per ")?;
        let (window, rest) = window(after)?;
        let number = |text: &str| text.parse::<u32>().ok().filter(|n| *n > 0);
        let behind = rest.trim_start().strip_prefix(':').and_then(|rest| {
            let rest = rest.trim_start();
            number(&rest[..rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len())])
        });
        let ahead = || before.split_whitespace().next_back().and_then(number);
        behind.or_else(ahead).map(|requests| Rate { requests, window })
    })
}

/// A unit of time, maybe with a number before it: "minute", "5 seconds".
fn window(text: &str) -> Option<(Duration, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let count: u64 = if digits == 0 { 1 } else { text[..digits].parse().ok()? };
    let text = text[digits..].trim_start();
    let (unit, seconds) = [("second", 1), ("minute", 60), ("hour", 3600), ("day", 86_400)]
        .into_iter()
        .find(|(u, _)| text.starts_with(u))?;
    let rest = text[unit.len()..].strip_prefix('s').unwrap_or(&text[unit.len()..]);
    let seconds = count.checked_mul(seconds).filter(|s| (1..=MOST_SECONDS).contains(s))?;
    Some((Duration::from_secs(seconds), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tell(headers: &[(&str, &str)]) -> Tell {
        let headers = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        let mut tell = Tell::new([0; 16], 1, 0);
        read_into(&mut tell, &Reply { status: 200, headers, body: Vec::new() });
        tell
    }

    const S: u64 = 1_000_000_000;

    #[test]
    fn the_documented_block_and_the_older_forms_are_read() {
        let t = tell(&[
            ("X-RateLimit-For", "reputation_api"),
            ("X-RateLimit-Limit", "4000"),
            ("X-RateLimit-Used", "1"),
            ("X-RateLimit-Remaining", "3999"),
            ("X-RateLimit-Reset-In", "86400s"),
            ("X-RateLimit-Interval", "86400"),
        ]);
        assert_eq!((t.limit, t.used, t.remaining), (4000, 1, 3999));
        assert_eq!((t.reset_ns, t.interval_ns, t.bad_headers), (86_400 * S, 86_400 * S, 0));
        assert_eq!(t.family.as_str(), "reputation_api");
        let t = tell(&[("X-RateLimit", "4000"), ("x-ratelimit-remaining", "3880")]);
        assert_eq!((t.limit, t.remaining, t.used), (4000, 3880, ABSENT));
        let t = tell(&[("X-RateLimit", "1"), ("X-RateLimit-Limit", "2")]);
        assert_eq!(t.limit, 2);
    }

    #[test]
    fn what_cannot_be_believed_is_absent_and_counted() {
        for (text, seconds) in
            [("86400s", 86_400), ("86400", 86_400), (" 86400 s ", 86_400), ("0s", 0), ("86400S", 86_400)]
        {
            assert_eq!(tell(&[("x-ratelimit-reset-in", text)]).reset_ns, seconds * S, "{text:?}");
        }
        for text in ["", "soon", "-5s", "86400.5s", "1h", "99999999999999999999s", "NaN", "ä"] {
            let t = tell(&[("x-ratelimit-reset-in", text)]);
            assert_eq!((t.reset_ns, t.bad_headers), (ABSENT, 1), "{text:?}");
        }
        let t = tell(&[("x-ratelimit-remaining", "5"), ("x-ratelimit-remaining", "7")]);
        assert_eq!((t.remaining, t.bad_headers), (ABSENT, 1));
        let t = tell(&[("x-ratelimit-remaining", "5"), ("x-ratelimit-remaining", "5")]);
        assert_eq!((t.remaining, t.bad_headers), (5, 0), "the same twice is no doubt");
        let numbers =
            ["-3", "-1", "1e3", "0x10", "4.0", "+5", "5 5", "5, 7", "99999999999", "NaN", "inf", "\u{663}"];
        for text in numbers {
            let t = tell(&[("x-ratelimit-remaining", text), ("x-ratelimit-limit", text)]);
            assert_eq!((t.remaining, t.limit, t.bad_headers), (ABSENT, ABSENT, 2), "{text:?}");
        }
        assert!(tell(&[("x-ratelimit-for", "<b>")]).family.is_empty());
    }

    #[test]
    fn numbers_that_cannot_all_be_true_are_not_believed() {
        let numbers = |limit, used, remaining| {
            let t = tell(&[
                ("x-ratelimit-limit", limit),
                ("x-ratelimit-used", used),
                ("x-ratelimit-remaining", remaining),
            ]);
            (t.limit, t.used, t.remaining, t.bad_headers)
        };
        assert_eq!(numbers("40", "3", "37"), (40, 3, 37, 0));
        assert_eq!(numbers("100", "1", "98"), (100, 1, 98, 0), "as in 2017");
        assert_eq!(numbers("40", "3", "41"), (ABSENT, 3, ABSENT, 2), "more left than there is");
        assert_eq!(numbers("40", "44", "0"), (40, 44, 0, 0), "an organisation's buffer");
        let times = |reset, interval| {
            let t = tell(&[("x-ratelimit-reset-in", reset), ("x-ratelimit-interval", interval)]);
            (t.reset_ns, t.interval_ns, t.bad_headers)
        };
        assert_eq!(times("86400s", "86400"), (86_400 * S, 86_400 * S, 0));
        assert_eq!(times("86401s", "86400"), (ABSENT, ABSENT, 2));
    }

    #[test]
    fn the_rate_is_read_from_every_known_text() {
        let rate = |text: &str| rate_in_text(&[text.to_owned()]).map(|r| (r.requests, r.window.as_secs()));
        let throttled = "Your request has been throttled, ";
        assert_eq!(
            rate(&format!("{throttled}maximum requests per minute: 10 for free user")),
            Some((10, 60))
        );
        assert_eq!(rate(&format!("{throttled}maximum requests per hour: 9 for free users")), Some((9, 3600)));
        assert_eq!(rate("maximum 10 requests per minute per user"), Some((10, 60)));
        assert_eq!(rate("maximum requests per 5 seconds: 10"), Some((10, 5)));
        for none in
            ["", "throttled", "requests per minute", "requests per fortnight: 3", "requests per minute: 0"]
        {
            assert_eq!(rate(none), None, "{none:?}");
        }
    }
}
