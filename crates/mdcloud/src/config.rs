//! The settings of a client, where their values come from, and what is refused.

use std::path::PathBuf;
use std::time::Duration;

use crate::address::Base;
use crate::error::{Error, Result, Status};
use crate::options::check_text;
use crate::quota::Place;
use crate::secret::Secret;

/// The service's address.
pub const DEFAULT_BASE_URL: &str = "https://api.metadefender.com/v4";

/// Requests per window of the throttled endpoints, such as 10 per 60 s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Rate {
    /// Requests.
    pub requests: u32,
    /// Length of the window.
    pub window: Duration,
}

impl std::str::FromStr for Rate {
    type Err = Error;

    /// Reads `"10/60s"`; the unit may be `ms`, `s`, `m` or `h`, seconds without one.
    fn from_str(text: &str) -> Result<Self> {
        let bad = || Error::invalid("throttle", format!("{text:?} is not of the form \"10/60s\""));
        let (requests, window) = text.split_once('/').ok_or_else(bad)?;
        let requests: u32 = requests.trim().parse().map_err(|_| bad())?;
        let window = duration(window).ok_or_else(bad)?;
        if requests == 0 || window.is_zero() || window > Duration::from_secs(366 * 86_400) {
            return Err(Error::invalid(
                "throttle",
                "needs at least one request, and a window of at most a year",
            ));
        }
        Ok(Rate { requests, window })
    }
}

/// A length of time such as `250ms`, `5s`, `1.5m`, `2h`; seconds without a unit.
fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text[..digits].parse().ok()?;
    let unit = match text[digits..].trim() {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(number * unit).ok()
}

/// The settings of a client. What is not set comes from the environment, then from the defaults.
#[derive(Clone, Debug, Default)]
pub struct Config {
    api_key: Option<Secret>,
    base_url: Option<String>,
    allow_http: bool,
    connect_timeout: Option<Duration>,
    read_timeout: Option<Duration>,
    timeout: Option<Option<Duration>>,
    max_wait: Option<Duration>,
    throttle: Option<Rate>,
    /// It may hold the password of a Redis.
    quota_store: Option<Secret>,
    strict_store: bool,
    retries: Option<u32>,
    deadline: Option<Option<Duration>>,
    /// It may hold a password.
    proxy: Option<Secret>,
    ca_file: Option<PathBuf>,
    user_agent: Option<String>,
    concurrency: Option<u32>,
}

impl Config {
    /// Nothing set.
    pub fn new() -> Self {
        Self::default()
    }

    /// The API key. Environment: `MDCLOUD_API_KEY`.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.api_key = Some(Secret::new(key.into()));
        self
    }

    /// Address of the service with its `/v4`, default [`DEFAULT_BASE_URL`]. Environment:
    /// `MDCLOUD_BASE_URL`. Must be https, or loopback, as it would carry the key in clear otherwise.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Allows an address that is neither https nor loopback: the key then travels in clear.
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.allow_http = allow;
        self
    }

    /// Longest time to resolve, connect and shake hands, default 10 s.
    pub fn connect_timeout(mut self, time: Duration) -> Self {
        self.connect_timeout = Some(time);
        self
    }

    /// Longest silence of the service while an answer or progress is due, default 70 s (the service
    /// itself gives up after 60 s).
    pub fn read_timeout(mut self, time: Duration) -> Self {
        self.read_timeout = Some(time);
        self
    }

    /// Longest time of one request in all, default none: a large upload may take long.
    pub fn timeout(mut self, time: Option<Duration>) -> Self {
        self.timeout = Some(time);
        self
    }

    /// Longest time a call may wait for quota, default 60 s; zero never waits. Environment:
    /// `MDCLOUD_MAX_WAIT` in seconds.
    pub fn max_wait(mut self, time: Duration) -> Self {
        self.max_wait = Some(time);
        self
    }

    /// Requests per window for the throttled endpoints, by default learned from the service.
    /// Environment: `MDCLOUD_THROTTLE`, such as `10/60s`.
    pub fn throttle(mut self, rate: Rate) -> Self {
        self.throttle = Some(rate);
        self
    }

    /// Who shares the quota ledger: `process` (the default) this process and its forked children, `user` all
    /// processes of the user, `file:PATH` all processes that use this file, `redis://` or
    /// `rediss://[[user]:password@]host[:port][/database]` a fleet of machines (with the feature `redis`).
    /// Environment: `MDCLOUD_QUOTA_STORE`.
    pub fn quota_store(mut self, store: impl Into<String>) -> Self {
        self.quota_store = Some(Secret::new(store.into()));
        self
    }

    /// Whether calls fail while the quota store cannot be used, default no: they go on with the ledger of the
    /// process alone.
    pub fn strict_store(mut self, strict: bool) -> Self {
        self.strict_store = strict;
        self
    }

    /// How often a failed request is repeated where that does no harm, default 3.
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = Some(retries);
        self
    }

    /// Longest time of operations that wait for a result, default 15 min; `None` waits for ever.
    pub fn deadline(mut self, time: Option<Duration>) -> Self {
        self.deadline = Some(time);
        self
    }

    /// Proxy as `http://`, `https://`, `socks4://`, `socks4a://` or `socks5://[user:password@]host:port`; empty for none.
    /// Default: `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, which do not count for a loopback address.
    pub fn proxy(mut self, proxy: impl Into<String>) -> Self {
        self.proxy = Some(Secret::new(proxy.into()));
        self
    }

    /// PEM file with root certificates to trust beside those of the system.
    pub fn ca_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.ca_file = Some(file.into());
        self
    }

    /// The header `User-Agent`, default `mdcloud/VERSION`.
    pub fn user_agent(mut self, text: impl Into<String>) -> Self {
        self.user_agent = Some(text.into());
        self
    }

    /// Most requests at once, and connections kept open, default 8.
    pub fn concurrency(mut self, most: u32) -> Self {
        self.concurrency = Some(most);
        self
    }

    /// Fills in the environment and the defaults, and refuses what cannot work.
    pub(crate) fn resolve(&self, environment: impl Fn(&str) -> Option<String>) -> Result<Settings> {
        let env = |name: &str| environment(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        let api_key = match &self.api_key {
            Some(key) => Some(key.clone()),
            None => env("MDCLOUD_API_KEY").map(Secret::new),
        };
        if let Some(key) = &api_key {
            check_key(key.expose())?;
        }
        let base = self.base_url.clone().or_else(|| env("MDCLOUD_BASE_URL"));
        let base = Base::parse(base.as_deref().unwrap_or(DEFAULT_BASE_URL), self.allow_http)?;
        let max_wait = match (self.max_wait, env("MDCLOUD_MAX_WAIT")) {
            (Some(time), _) => time,
            (None, Some(text)) => duration(&text).ok_or_else(|| {
                Error::invalid("MDCLOUD_MAX_WAIT", format!("{text:?} is not a number of seconds"))
            })?,
            (None, None) => Duration::from_secs(60),
        };
        let throttle = match (self.throttle, env("MDCLOUD_THROTTLE")) {
            (Some(rate), _) => Some(rate),
            (None, Some(text)) => Some(text.parse()?),
            (None, None) => None,
        };
        let store = self.quota_store.clone().or_else(|| env("MDCLOUD_QUOTA_STORE").map(Secret::new));
        let store = Place::parse(store.as_ref().map_or("process", Secret::expose), env)?;
        let user_agent = self.user_agent.clone().unwrap_or_else(|| format!("mdcloud/{}", crate::VERSION));
        check_text("user_agent", &user_agent)?;
        let concurrency = self.concurrency.unwrap_or(8);
        if concurrency == 0 {
            return Err(Error::invalid("concurrency", "must be at least 1"));
        }
        Ok(Settings {
            api_key,
            base,
            connect_timeout: self.connect_timeout.unwrap_or(Duration::from_secs(10)),
            read_timeout: self.read_timeout.unwrap_or(Duration::from_secs(70)),
            timeout: self.timeout.unwrap_or(None),
            max_wait,
            throttle,
            store,
            strict_store: self.strict_store,
            retries: self.retries.unwrap_or(3),
            deadline: self.deadline.unwrap_or(Some(Duration::from_secs(15 * 60))),
            proxy: self.proxy.clone(),
            ca_file: self.ca_file.clone(),
            user_agent,
            concurrency,
        })
    }
}

/// The settings with every blank filled in.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) api_key: Option<Secret>,
    pub(crate) base: Base,
    pub(crate) connect_timeout: Duration,
    pub(crate) read_timeout: Duration,
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_wait: Duration,
    pub(crate) throttle: Option<Rate>,
    pub(crate) store: Place,
    pub(crate) strict_store: bool,
    pub(crate) retries: u32,
    pub(crate) deadline: Option<Duration>,
    pub(crate) proxy: Option<Secret>,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) user_agent: String,
    pub(crate) concurrency: u32,
}

impl Settings {
    /// The key, or the error that says how to get one.
    pub(crate) fn key(&self) -> Result<&Secret> {
        self.api_key.as_ref().ok_or_else(|| Error::new(Status::NoApiKey, ""))
    }
}

/// Refuses a key that cannot be sent; its form is left to the service.
fn check_key(key: &str) -> Result<()> {
    if key.is_empty() {
        return Err(Error::invalid("api_key", "is empty"));
    }
    if key.len() > 1024 || !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Error::invalid("api_key", "holds a space, control character or letter that no key has"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settle(config: &Config) -> Result<Settings> {
        config.resolve(|_| None)
    }

    #[test]
    fn settings_win_over_the_environment_and_the_environment_over_defaults() {
        let env = |name: &str| match name {
            "MDCLOUD_API_KEY" => Some("fromenvironment\n".to_owned()),
            "MDCLOUD_MAX_WAIT" => Some("1.5".to_owned()),
            "MDCLOUD_THROTTLE" => Some("10/60s".to_owned()),
            _ => None,
        };
        let settings = Config::new().resolve(env).unwrap();
        assert_eq!(settings.key().unwrap().expose(), "fromenvironment");
        assert_eq!(settings.max_wait, Duration::from_millis(1500));
        assert_eq!(settings.throttle, Some(Rate { requests: 10, window: Duration::from_secs(60) }));
        let settings = Config::new().api_key("own").max_wait(Duration::ZERO).resolve(env).unwrap();
        assert_eq!(settings.key().unwrap().expose(), "own");
        assert_eq!(settings.max_wait, Duration::ZERO);
        assert_eq!(settle(&Config::new()).unwrap().key().unwrap_err().status(), Status::NoApiKey);
    }

    #[test]
    fn a_rate_is_read_or_refused() {
        let rate = |text: &str| text.parse::<Rate>().map(|r| (r.requests, r.window.as_millis())).ok();
        assert_eq!(rate("10/60s"), Some((10, 60_000)));
        assert_eq!(rate("9/1h"), Some((9, 3_600_000)));
        assert_eq!(rate(" 3 / 250ms "), Some((3, 250)));
        for bad in ["", "10", "0/5s", "10/0s", "-1/5s", "10/5x", "ten/5s", "10/1e99s", "10/99999999h"] {
            assert_eq!(rate(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_key_never_shows() {
        let config = Config::new().api_key("marker-key");
        assert!(!format!("{config:?}").contains("marker"));
        let settings = settle(&config).unwrap();
        assert!(!format!("{settings:?}").contains("marker"));
        let config =
            Config::new().quota_store("redis://:marker@127.0.0.1").proxy("http://me:marker@127.0.0.1:1");
        assert!(!format!("{config:?} {:?}", settle(&config)).contains("marker"));
        for bad in ["", "with space", "line\nbreak", "nul\0", "schlüssel"] {
            let error = settle(&Config::new().api_key(bad)).unwrap_err();
            assert!(bad.is_empty() || !error.to_string().contains(bad), "{error}");
        }
    }
}
