//! Settings as `name=value` text, for the program, for Python and for C.

use std::time::Duration;

use crate::envelope::Envelope;
use crate::quota::BulkCharge;
use crate::reputations::Reputations;
use crate::settings::Settings;

/// Why a setting was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingError {
    /// No setting has this name.
    #[error("no setting is called {0:?}")]
    UnknownName(String),
    /// The value does not fit the setting.
    #[error("{value:?} is not a value for {name}: expected {expected}")]
    BadValue {
        /// The setting.
        name: String,
        /// The value as given.
        value: String,
        /// What would fit.
        expected: &'static str,
    },
}

const NAMES: &[(&str, &str)] = &[
    ("address", "where to listen, as ADDRESS:PORT (default 127.0.0.1:0, port 0 picks a free one)"),
    ("api_key", "the one key that is accepted"),
    ("seed", "ids follow from this number and the content (default 1)"),
    ("allowance.FAMILY", "allowance of a family, such as allowance.prevention_api=40"),
    ("interval", "window of the allowances (default 24h)"),
    ("throttle", "at most N throttled requests in a window: 10/5s, 10/min, 9/h, or off (default off)"),
    ("throttle_all", "the throttle counts every operation that needs a key (default false)"),
    ("throttle_headers", "throttled answers carry X-RateLimit-* (default true)"),
    ("retry_after", "429 answers carry Retry-After (default false)"),
    ("headers", "answers carry X-RateLimit-* at all (default true)"),
    ("bulk_charge", "what a bulk lookup costs: entries, found or request (default entries)"),
    ("scan_time", "time from upload to result (default 200ms)"),
    ("virtual_clock", "time moves only when told to; for the library, not the program (default false)"),
    ("max_upload_mb", "largest upload in MB (default 140)"),
    ("envelope", "shape of error answers: A B C D E F H I K (default A)"),
    ("queued_short", "queued files are reported in the short form (default false)"),
    ("wrong_key_limit", "wrong keys before an address is blocked for an hour; 0 is never (default 10)"),
    ("delay", "wait before every answer (default 0ms)"),
    ("paid", "the key is a paid one (default false)"),
    ("legacy", "legacy operations still answer (default true)"),
    ("unknown_path", "service code for unknown paths: 404000, 400043 or 400046 (default 404000)"),
    ("strict_length", "uploads without Content-Length get 411 (default false)"),
    ("sanitize_time", "from the end of the scan to the clean copy (default 100ms)"),
    ("sandbox_time", "how long a sandbox run takes (default 300ms)"),
    ("sandbox_pending", "status for a sandbox run that is not done: 200 or 202 (default 200)"),
    ("max_archive_files", "most files in an archive (default 50; 2000 for a paid key)"),
    ("max_archive_depth", "most archives within archives (default 2; 5 for a paid key)"),
    ("max_archive_mb", "most MB in an archive (default as max_upload_mb)"),
    ("enforce_private_scan", "every upload has to be a private one (default false)"),
    ("partner", "the key is a partner's (default as paid)"),
    ("feed_size", "entries of each feed on each day (default 2500)"),
    ("webhook_retries", "how often a callback is tried again after a failure (default 0)"),
    ("reputation_file", "JSON file with what is known of addresses, in place of the built-in entries"),
    ("log_limit", "how many requests the log keeps (default 100000)"),
];

impl Settings {
    /// Sets one setting from text. Durations take a unit (`50ms`, `5s`, `2min`, `24h`); a name ending in
    /// `_ms` takes a plain number of milliseconds (`scan_time_ms`, `delay_ms`, `interval_ms`).
    ///
    /// # Errors
    /// When there is no such setting or the value does not fit; nothing is changed then.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), SettingError> {
        let value = value.trim();
        if let Some(family) = name.strip_prefix("allowance.") {
            let total = number(name, value)?;
            match self.allowances.iter_mut().find(|(known, _)| known == family) {
                Some(slot) => slot.1 = total,
                None => self.allowances.push((family.to_owned(), total)),
            }
            return Ok(());
        }
        match name {
            "address" => self.address = parsed(name, value, "ADDRESS:PORT")?,
            "api_key" if value.is_empty() => return Err(bad(name, value, "a key")),
            "api_key" => self.api_key = value.to_owned(),
            "seed" => self.seed = number(name, value)?,
            "interval" => self.interval = positive(name, value, duration(name, value)?)?,
            "interval_ms" => self.interval = positive(name, value, milliseconds(name, value)?)?,
            "throttle" => self.throttle = throttle(name, value)?,
            "throttle_all" => self.throttle_all = flag(name, value)?,
            "throttle_headers" => self.throttle_headers = flag(name, value)?,
            "retry_after" => self.retry_after = flag(name, value)?,
            "headers" => self.headers = flag(name, value)?,
            "bulk_charge" => {
                self.bulk_charge = match value {
                    "entries" => BulkCharge::Entries,
                    "found" => BulkCharge::Found,
                    "request" => BulkCharge::Request,
                    _ => return Err(bad(name, value, "entries, found or request")),
                }
            }
            "scan_time" => self.scan_time = duration(name, value)?,
            "scan_time_ms" => self.scan_time = milliseconds(name, value)?,
            "virtual_clock" => self.virtual_clock = flag(name, value)?,
            "max_upload_mb" => self.max_upload_mb = number(name, value)?,
            "envelope" => {
                self.envelope = Envelope::from_letter(value)
                    .ok_or_else(|| bad(name, value, "one of A B C D E F H I K"))?;
            }
            "queued_short" => self.queued_short = flag(name, value)?,
            "wrong_key_limit" => self.wrong_key_limit = parsed(name, value, "a whole number")?,
            "sanitize_time" => self.sanitize_time = duration(name, value)?,
            "sanitize_time_ms" => self.sanitize_time = milliseconds(name, value)?,
            "sandbox_time" => self.sandbox_time = duration(name, value)?,
            "sandbox_time_ms" => self.sandbox_time = milliseconds(name, value)?,
            "sandbox_pending" if !matches!(value, "200" | "202") => {
                return Err(bad(name, value, "200 or 202"));
            }
            "sandbox_pending" => self.sandbox_pending = parsed(name, value, "200 or 202")?,
            "max_archive_files" => self.max_archive_files = Some(parsed(name, value, "a whole number")?),
            "max_archive_depth" => self.max_archive_depth = Some(parsed(name, value, "a whole number")?),
            "max_archive_mb" => self.max_archive_mb = Some(number(name, value)?),
            "enforce_private_scan" => self.enforce_private_scan = flag(name, value)?,
            "partner" => self.partner = Some(flag(name, value)?),
            "feed_size" => self.feed_size = parsed(name, value, "a whole number")?,
            "webhook_retries" => self.webhook_retries = parsed(name, value, "a whole number")?,
            "reputation_file" => {
                self.reputations = Reputations::from_file(value)
                    .map_err(|_| bad(name, value, "a JSON file of the form {ADDRESS: {...}}"))?;
            }
            "delay" => self.delay = duration(name, value)?,
            "delay_ms" => self.delay = milliseconds(name, value)?,
            "paid" => self.paid = flag(name, value)?,
            "legacy" => self.legacy = flag(name, value)?,
            "unknown_path" => {
                self.unknown_path = match value {
                    "404000" => 404_000,
                    "400043" => 400_043,
                    "400046" => 400_046,
                    _ => return Err(bad(name, value, "404000, 400043 or 400046")),
                }
            }
            "strict_length" => self.strict_length = flag(name, value)?,
            "log_limit" => self.log_limit = parsed(name, value, "a whole number")?,
            _ => return Err(SettingError::UnknownName(name.to_owned())),
        }
        Ok(())
    }

    /// Every name that [`set`](Self::set) takes, with a line of explanation.
    pub fn names() -> &'static [(&'static str, &'static str)] {
        NAMES
    }
}

fn bad(name: &str, value: &str, expected: &'static str) -> SettingError {
    SettingError::BadValue { name: name.to_owned(), value: value.to_owned(), expected }
}

fn parsed<T: std::str::FromStr>(name: &str, value: &str, expected: &'static str) -> Result<T, SettingError> {
    value.parse().map_err(|_| bad(name, value, expected))
}

fn number(name: &str, value: &str) -> Result<u64, SettingError> {
    parsed(name, value, "a whole number")
}

fn milliseconds(name: &str, value: &str) -> Result<Duration, SettingError> {
    number(name, value).map(Duration::from_millis)
}

fn flag(name: &str, value: &str) -> Result<bool, SettingError> {
    match value.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err(bad(name, value, "true or false")),
    }
}

/// A window of no length would never hold anything and so never limit anything: surely a slip.
fn positive(name: &str, value: &str, window: Duration) -> Result<Duration, SettingError> {
    if window.is_zero() { Err(bad(name, value, "more than nothing")) } else { Ok(window) }
}

fn duration(name: &str, value: &str) -> Result<Duration, SettingError> {
    let error = || bad(name, value, "a number with a unit: 50ms, 5s, 2min or 24h");
    let digits = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
    let (count, unit) = value.split_at(digits);
    let unit = match unit.trim() {
        "ms" => 1,
        "s" | "sec" => 1000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(error()),
    };
    let count: u64 = if count.is_empty() { 1 } else { count.parse().map_err(|_| error())? };
    Ok(Duration::from_millis(count.checked_mul(unit).ok_or_else(error)?))
}

fn throttle(name: &str, value: &str) -> Result<Option<(u32, Duration)>, SettingError> {
    if matches!(value, "off" | "none" | "") {
        return Ok(None);
    }
    let expected = "COUNT/WINDOW such as 10/5s, 10/min or 9/h, or off";
    let (count, window) = value.split_once('/').ok_or_else(|| bad(name, value, expected))?;
    let count: u32 = parsed(name, count.trim(), expected)?;
    let window = positive(name, value, duration(name, window.trim())?)?;
    Ok(Some((count, window)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_is_listed_can_be_set() {
        for (name, _) in Settings::names() {
            let name = name.replace("FAMILY", "feed_api");
            let file = std::env::temp_dir().join(format!("mdcloud-reputation-{}", std::process::id()));
            std::fs::write(&file, "{}").unwrap();
            let tried = [
                file.to_str().unwrap(),
                "200",
                "true",
                "1",
                "5s",
                "127.0.0.1:9",
                "A",
                "entries",
                "404000",
                "10/5s",
            ];
            let mut settings = Settings::new();
            assert!(tried.iter().any(|value| settings.set(&name, value).is_ok()), "{name} takes nothing");
        }
    }

    #[test]
    fn text_becomes_the_value_that_was_meant() {
        let mut settings = Settings::new();
        settings.set("throttle", "10/5s").unwrap();
        assert_eq!(settings.throttle, Some((10, Duration::from_secs(5))));
        settings.set("throttle", "9/h").unwrap();
        assert_eq!(settings.throttle, Some((9, Duration::from_secs(3600))));
        settings.set("throttle", "off").unwrap();
        assert_eq!(settings.throttle, None);
        settings.set("scan_time_ms", "50").unwrap();
        assert_eq!(settings.scan_time, Duration::from_millis(50));
        settings.set("interval", "24h").unwrap();
        assert_eq!(settings.interval, Duration::from_secs(86_400));
        settings.set("allowance.prevention_api", "100").unwrap();
        settings.set("allowance.brand_new", "7").unwrap();
        assert_eq!((settings.allowance("prevention_api"), settings.allowance("brand_new")), (100, 7));
    }

    #[test]
    fn a_slip_is_refused_and_changes_nothing() {
        let mut settings = Settings::new();
        for (name, value) in [
            ("throttle", "10"),
            ("throttle", "10/0s"),
            ("throttle", "x/5s"),
            ("interval", "0s"),
            ("scan_time", "5"),
            ("paid", "perhaps"),
            ("envelope", "Z"),
            ("seed", "-1"),
            ("api_key", " "),
            ("scan_time", "99999999999999999999d"),
        ] {
            assert!(
                matches!(settings.set(name, value), Err(SettingError::BadValue { .. })),
                "{name}={value}"
            );
        }
        assert!(matches!(settings.set("colour", "red"), Err(SettingError::UnknownName(_))));
        assert_eq!(settings.throttle, None);
    }
}
