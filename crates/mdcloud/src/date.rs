//! Moments as the service writes them, in seconds since 1970.

/// RFC 3339 in UTC, as in answers: `2026-03-11T10:15:30.123Z`.
pub(crate) fn of_text(text: &str) -> Option<f64> {
    let (date, time) = text.trim().strip_suffix(['Z', 'z'])?.split_once(['T', 't', ' '])?;
    let mut date = date.split('-').map(|part| part.parse::<u32>().ok());
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    seconds(year, month, day, time)
}

/// As in the header `Date`: `Wed, 11 Mar 2026 10:15:30 GMT`.
pub(crate) fn of_header(text: &str) -> Option<f64> {
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let mut parts = text.split_once(',')?.1.strip_suffix("GMT")?.split_ascii_whitespace();
    let day = parts.next()?.parse().ok()?;
    let name = parts.next().filter(|name| name.len() == 3)?;
    let place = MONTHS.find(name).filter(|place| place % 3 == 0)?;
    let month = u32::try_from(place / 3).ok()? + 1;
    seconds(parts.next()?.parse().ok()?, month, day, parts.next()?)
}

fn seconds(year: u32, month: u32, day: u32, time: &str) -> Option<f64> {
    let mut time = time.split(':');
    let hour: f64 = time.next()?.parse().ok()?;
    let minute: f64 = time.next()?.parse().ok()?;
    let second: f64 = time.next()?.parse().ok()?;
    let valid = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0.0..24.0).contains(&hour)
        && (0.0..60.0).contains(&minute)
        && (0.0..61.0).contains(&second);
    valid.then(|| f64::from(days(year, month, day)) * 86_400.0 + hour * 3600.0 + minute * 60.0 + second)
}

/// Days since 1970-01-01. Years are counted from March, so that the leap day is the last of its year.
fn days(year: u32, month: u32, day: u32) -> u32 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let before = year * 365 + year / 4 - year / 100 + year / 400;
    before + (month * 153 + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_name_the_same_moment() {
        for (text, header, seconds) in [
            ("1970-01-01T00:00:00.000Z", "Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
            ("2000-02-29T23:59:59Z", "Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799.0),
            ("2026-03-11T10:15:30Z", "Wed, 11 Mar 2026 10:15:30 GMT", 1_773_224_130.0),
        ] {
            assert_eq!(of_text(text), Some(seconds));
            assert_eq!(of_header(header), Some(seconds));
        }
        assert_eq!(of_text("2026-03-11T10:15:30.5Z"), Some(1_773_224_130.5));
        for bad in
            ["", "Z", "2026", "2026-03-11", "2026-13-01T00:00:00Z", "2026-03-11T25:00:00Z", "é", "--T::Z"]
        {
            assert_eq!((of_text(bad), of_header(bad)), (None, None), "{bad}");
        }
        for bad in [
            "Wed, 11 xyz 2026 10:15:30 GMT",
            "Wed, 11 anF 2026 10:15:30 GMT",
            ", GMT",
            "a, 1 Jan 1 1:1:1 GMT",
        ] {
            assert_eq!(of_header(bad), None, "{bad}");
        }
    }
}
