//! Settings of a client

use std::os::raw::c_char;
use std::time::Duration;

use mdcloud_core::{Config, Result, Status};

use crate::guard::give;
use crate::settable::Settable;

/// For ever: no time limit, where a setting may have none.
pub const MDCLOUD_FOREVER: u64 = u64::MAX;

/// The settings of a client. What is not set comes from the environment, then from the defaults.
///
/// A setter that refuses its value says so, and the setting stays as it was. The object remembers the
/// refusal: mdcloud_client_new fails with it until the same setting gets a value that will do.
#[derive(Default)]
pub struct mdcloud_config {
    values: Settable<Config>,
}

impl mdcloud_config {
    fn set(&self, name: &str, change: impl FnOnce(Config) -> Result<Config>) -> Result<()> {
        self.values.set(name, change)
    }

    pub(crate) fn get(&self) -> Result<Config> {
        self.values.get()
    }
}

/// A time in milliseconds; for ever is longer than anybody waits, and still a number that can be added.
pub(crate) fn time(ms: u64) -> Duration {
    const LONG: Duration = Duration::from_secs(100 * 365 * 86_400);
    Duration::from_millis(ms).min(LONG)
}

/// A time that may be none.
pub(crate) fn limit(ms: u64) -> Option<Duration> {
    (ms != MDCLOUD_FOREVER).then(|| time(ms))
}

/// Nothing set. NULL only after an internal error.
#[unsafe(no_mangle)]
pub extern "C" fn mdcloud_config_new() -> *mut mdcloud_config {
    guard_value!(std::ptr::null_mut(), { give(mdcloud_config::default()) })
}

/// Frees the settings; NULL is fine. Clients made from them keep their own copy.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_config_free(config: *mut mdcloud_config) {
    guard_free!(config)
}

/// The API key. Environment: MDCLOUD_API_KEY.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_config_set_api_key(
    config: *mut mdcloud_config,
    key: *const c_char,
) -> Status {
    guard_status!({ object!(config).set("api_key", |config| Ok(config.api_key(text!(key)))) })
}

/// Address of the service with its `/v4`. It must be https, or loopback: it would carry the key in clear
/// otherwise. Default: https://api.metadefender.com/v4. Environment: MDCLOUD_BASE_URL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_config_set_base_url(
    config: *mut mdcloud_config,
    url: *const c_char,
) -> Status {
    guard_status!({ object!(config).set("base_url", |config| Ok(config.base_url(text!(url)))) })
}

/// Allows an address that is neither https nor loopback: the key then travels in clear.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_config_set_allow_http(config: *mut mdcloud_config, allow: bool) -> Status {
    guard_status!({ object!(config).set("allow_http", |config| Ok(config.allow_http(allow))) })
}

/// Longest time to resolve, connect and shake hands. Default: 10 s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_config_set_connect_timeout(config: *mut mdcloud_config, ms: u64) -> Status {
    guard_status!({ object!(config).set("connect_timeout", |config| Ok(config.connect_timeout(time(ms)))) })
}

/// Longest silence of the service while an answer or progress is due. Default: 70 s, as the service itself
/// gives up after 60 s.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_config_set_read_timeout(config: *mut mdcloud_config, ms: u64) -> Status {
    guard_status!({ object!(config).set("read_timeout", |config| Ok(config.read_timeout(time(ms)))) })
}

/// Longest time of one request in all. Default: MDCLOUD_FOREVER, as a large upload may take long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_config_set_timeout(config: *mut mdcloud_config, ms: u64) -> Status {
    guard_status!({ object!(config).set("timeout", |config| Ok(config.timeout(limit(ms)))) })
}

/// Longest time a call may wait for quota before it fails at once with the time still to wait; 0 never waits.
/// Default: 60 s. Environment: MDCLOUD_MAX_WAIT, in seconds.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_config_set_max_wait(config: *mut mdcloud_config, ms: u64) -> Status {
    guard_status!({ object!(config).set("max_wait", |config| Ok(config.max_wait(time(ms)))) })
}

/// Requests per window for the throttled endpoints, such as "10/60s"; units are ms, s, m, h. Default: learned
/// from the service. Environment: MDCLOUD_THROTTLE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_config_set_throttle(
    config: *mut mdcloud_config,
    rate: *const c_char,
) -> Status {
    guard_status!({ object!(config).set("throttle", |config| Ok(config.throttle(text!(rate).parse()?))) })
}

/// Who shares the quota ledger: "process" this process and its forked children, "user" all processes of the
/// user, "file:PATH" all processes that use this file, "redis://[[user]:password@]host[:port][/database]" or
/// "rediss://..." (with TLS) a fleet of machines. Default: "process". Environment: MDCLOUD_QUOTA_STORE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_config_set_quota_store(
    config: *mut mdcloud_config,
    store: *const c_char,
) -> Status {
    guard_status!({ object!(config).set("quota_store", |config| Ok(config.quota_store(text!(store)))) })
}

/// Whether calls fail, with MDCLOUD_STATUS_IO or MDCLOUD_STATUS_NETWORK, while the quota store cannot be used.
/// Default: false, they go on with the ledger of the process alone.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_config_set_strict_store(
    config: *mut mdcloud_config,
    strict: bool,
) -> Status {
    guard_status!({ object!(config).set("strict_store", |config| Ok(config.strict_store(strict))) })
}

/// How often a failed request is repeated where that does no harm. Default: 3.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_config_set_retries(config: *mut mdcloud_config, retries: u32) -> Status {
    guard_status!({ object!(config).set("retries", |config| Ok(config.retries(retries))) })
}

/// Longest time of operations that wait for a result. Default: 15 min; MDCLOUD_FOREVER for none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_config_set_deadline(config: *mut mdcloud_config, ms: u64) -> Status {
    guard_status!({ object!(config).set("deadline", |config| Ok(config.deadline(limit(ms)))) })
}

/// Proxy as http://, https://, socks4://, socks4a:// or socks5://[user:password@]host:port; "" for none.
/// Default: HTTPS_PROXY, ALL_PROXY and NO_PROXY, which do not count for a loopback address.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_config_set_proxy(config: *mut mdcloud_config, url: *const c_char) -> Status {
    guard_status!({ object!(config).set("proxy", |config| Ok(config.proxy(text!(url)))) })
}

/// PEM file with root certificates to trust beside those of the system.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_config_set_ca_file(
    config: *mut mdcloud_config,
    path: *const c_char,
) -> Status {
    guard_status!({ object!(config).set("ca_file", |config| Ok(config.ca_file(path!(path)))) })
}

/// The header User-Agent. Default: "mdcloud/VERSION".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_config_set_user_agent(
    config: *mut mdcloud_config,
    text: *const c_char,
) -> Status {
    guard_status!({ object!(config).set("user_agent", |config| Ok(config.user_agent(text!(text)))) })
}

/// Most requests at once, and connections kept open. Default: 8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn mdcloud_config_set_concurrency(config: *mut mdcloud_config, most: u32) -> Status {
    guard_status!({ object!(config).set("concurrency", |config| Ok(config.concurrency(most))) })
}
