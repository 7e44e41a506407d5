//! Allowances: how much of each family is used in its window.

use std::collections::HashMap;
use std::time::Duration;

use crate::settings::Settings;

/// What a bulk lookup costs. The service's documents disagree, so a client must read the headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum BulkCharge {
    /// One for each entry.
    #[default]
    Entries,
    /// One for each entry that was found.
    Found,
    /// One for the request.
    Request,
}

/// State of one family, as the headers tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) total: u64,
    pub(crate) used: u64,
    /// Until the window ends.
    pub(crate) reset_in: Duration,
}

impl Standing {
    pub(crate) fn left(&self) -> u64 {
        self.total.saturating_sub(self.used)
    }
}

#[derive(Debug)]
struct Window {
    opened: Duration,
    used: u64,
}

impl Window {
    /// An interval without end is a way to say "never again", not a reason to overflow.
    fn ends(&self, settings: &Settings) -> Duration {
        self.opened.saturating_add(settings.interval)
    }
}

/// The windows of the one key.
#[derive(Debug, Default)]
pub(crate) struct Quota {
    windows: HashMap<String, Window>,
}

impl Quota {
    /// Where a family stands. A window that has ended is gone: the next charge opens a new one.
    pub(crate) fn standing(&self, settings: &Settings, family: &str, now: Duration) -> Standing {
        let total = settings.allowance(family);
        match self.windows.get(family) {
            Some(window) if now < window.ends(settings) => {
                Standing { total, used: window.used, reset_in: window.ends(settings) - now }
            }
            _ => Standing { total, used: 0, reset_in: settings.interval },
        }
    }

    /// Charges `cost`, or says where the family stands if it does not fit.
    pub(crate) fn charge(
        &mut self,
        settings: &Settings,
        family: &str,
        cost: u64,
        now: Duration,
    ) -> Result<Standing, Standing> {
        let standing = self.standing(settings, family, now);
        if standing.left() < cost {
            return Err(standing);
        }
        let window = self
            .windows
            .entry(family.to_owned())
            .and_modify(|window| {
                if now >= window.ends(settings) {
                    *window = Window { opened: now, used: 0 };
                }
            })
            .or_insert(Window { opened: now, used: 0 });
        window.used += cost;
        Ok(self.standing(settings, family, now))
    }
}

/// Whole seconds until the reset, never too few: a client that waits so long must find the window open.
pub(crate) fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn settings() -> Settings {
        let mut settings = Settings::new();
        settings.allowances = vec![("prevention_api".to_owned(), 3)];
        settings
    }

    #[test]
    fn a_window_opens_at_the_first_charge_and_ends_an_interval_later() {
        let (settings, mut quota) = (settings(), Quota::default());
        let charged = quota.charge(&settings, "prevention_api", 2, HOUR * 11).unwrap();
        assert_eq!(charged, Standing { total: 3, used: 2, reset_in: HOUR * 24 });
        let later = quota.standing(&settings, "prevention_api", HOUR * 34);
        assert_eq!((later.left(), later.reset_in), (1, HOUR));
        assert!(quota.charge(&settings, "prevention_api", 2, HOUR * 34).is_err(), "2 do not fit into 1");
        assert_eq!(quota.standing(&settings, "prevention_api", HOUR * 34).used, 2, "a refusal costs nothing");
        let next = quota.charge(&settings, "prevention_api", 1, HOUR * 36).unwrap();
        assert_eq!(next, Standing { total: 3, used: 1, reset_in: HOUR * 24 });
    }

    #[test]
    fn a_family_without_allowance_has_nothing_to_give() {
        let (settings, mut quota) = (settings(), Quota::default());
        assert!(quota.charge(&settings, "sandbox_api", 1, HOUR).is_err());
    }

    #[test]
    fn waiting_for_the_seconds_that_are_told_is_always_enough() {
        assert_eq!(whole_seconds(Duration::from_millis(1)), 1);
        assert_eq!(whole_seconds(Duration::from_secs(5)), 5);
        assert_eq!(whole_seconds(Duration::from_millis(5001)), 6);
    }
}
