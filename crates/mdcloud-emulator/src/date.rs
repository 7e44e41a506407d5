//! Moments as the service writes them: RFC 3339, UTC, milliseconds; in headers as HTTP has them.

use std::time::{Duration, UNIX_EPOCH};

/// A clock moved by hand may stand anywhere; both formats end with the year 9999.
const LAST_SECOND: u64 = 253_402_300_799;

/// `Wed, 11 Mar 2026 09:15:00 GMT` for a time since 1970.
pub(crate) fn http(since_1970: Duration) -> String {
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(since_1970.as_secs().min(LAST_SECOND)))
}

/// `2026-03-11T09:15:00.000Z` for a time since 1970.
pub(crate) fn rfc3339(since_1970: Duration) -> String {
    let seconds = since_1970.as_secs().min(LAST_SECOND);
    let (year, month, day) = civil(seconds / 86_400);
    let in_day = seconds % 86_400;
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
        in_day / 3600,
        in_day / 60 % 60,
        in_day % 60,
        since_1970.subsec_millis()
    )
}

/// Year, month and day of a number of days since 1970, by stepping through years and months: this runs a
/// few times per answer, and plain steps are easier to trust than a closed formula.
fn civil(mut days: u64) -> (u64, usize, u64) {
    let mut year = 1970;
    loop {
        let length = if leap(year) { 366 } else { 365 };
        if days < length {
            break;
        }
        days -= length;
        year += 1;
    }
    let february = if leap(year) { 29 } else { 28 };
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

fn leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_the_calendars_own() {
        let text = |seconds| rfc3339(Duration::from_secs(seconds));
        assert_eq!(text(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(text(951_782_400), "2000-02-29T00:00:00.000Z");
        assert_eq!(text(1_773_220_500), "2026-03-11T09:15:00.000Z");
        assert_eq!(text(1_798_761_599), "2026-12-31T23:59:59.000Z");
        assert_eq!(rfc3339(Duration::from_millis(1_006)), "1970-01-01T00:00:01.006Z");
    }
}
