//! The short window: at most N requests in any stretch of W.

use std::collections::VecDeque;
use std::time::Duration;

/// The starts that were let through within the last window, for one key.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    starts: VecDeque<Duration>,
}

impl Throttle {
    /// Lets a request through, or says how long until one would be. A refused request does not count.
    pub(crate) fn admit(&mut self, limit: u32, window: Duration, now: Duration) -> Result<(), Duration> {
        while self.starts.front().is_some_and(|start| start.saturating_add(window) <= now) {
            self.starts.pop_front();
        }
        if self.starts.len() < limit as usize {
            self.starts.push_back(now);
            return Ok(());
        }
        Err(self.starts.front().map_or(window, |oldest| oldest.saturating_add(window).saturating_sub(now)))
    }

    /// How many more would be let through now.
    pub(crate) fn left(&self, limit: u32, window: Duration, now: Duration) -> u32 {
        let counted = self.starts.iter().filter(|start| start.saturating_add(window) > now).count();
        limit.saturating_sub(u32::try_from(counted).unwrap_or(u32::MAX))
    }
}

/// The service's own texts; a client may learn the limit from them.
pub(crate) fn message(limit: u32, window: Duration) -> String {
    match window.as_millis() {
        60_000 => {
            format!("Your request has been throttled, maximum requests per minute: {limit} for free user")
        }
        3_600_000 => {
            format!("Your request has been throttled, maximum requests per hour: {limit} for free users")
        }
        millis => {
            let seconds = Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX)).as_secs_f64();
            format!("Your request has been throttled, maximum requests per {seconds} seconds: {limit}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_stretch_of_the_window_ever_holds_more_than_the_limit() {
        let (window, limit) = (Duration::from_millis(100), 3);
        let mut throttle = Throttle::default();
        let mut admitted = Vec::new();
        for millis in 0..1000 {
            let now = Duration::from_millis(millis);
            if throttle.admit(limit, window, now).is_ok() {
                admitted.push(now);
            }
        }
        for start in &admitted {
            let inside = admitted.iter().filter(|other| *other >= start && **other < *start + window).count();
            assert!(inside <= limit as usize, "{inside} from {start:?}");
        }
        assert_eq!(admitted.len(), 30);
    }

    #[test]
    fn the_wait_that_is_told_is_the_shortest_that_works() {
        let (window, mut throttle) = (Duration::from_secs(60), Throttle::default());
        assert!(throttle.admit(1, window, Duration::from_secs(1)).is_ok());
        assert_eq!(throttle.admit(1, window, Duration::from_secs(21)), Err(Duration::from_secs(40)));
        assert_eq!(throttle.left(1, window, Duration::from_secs(60)), 0);
        assert_eq!(throttle.left(1, window, Duration::from_secs(61)), 1);
        assert!(throttle.admit(1, window, Duration::from_secs(61)).is_ok());
    }

    #[test]
    fn texts_are_the_services() {
        assert!(message(10, Duration::from_secs(60)).ends_with("per minute: 10 for free user"));
        assert!(message(9, Duration::from_secs(3600)).ends_with("per hour: 9 for free users"));
        assert!(message(5, Duration::from_secs(5)).ends_with("per 5 seconds: 5"));
        assert!(message(5, Duration::from_millis(500)).ends_with("per 0.5 seconds: 5"));
    }
}
