//! Where a Redis is, as its URL says it. The URL may hold a password, so it is never shown as it came.

use std::fmt;

use percent_encoding::percent_decode_str;
use ureq::http::Uri;

use crate::error::{Error, Result};
use crate::secret::Secret;

const DEFAULT_PORT: u16 = 6379;

/// `redis://[[user]:password@]host[:port][/database]`, or `rediss://` for TLS.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address {
    tls: bool,
    /// Without the brackets of an IPv6 address.
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) user: Option<String>,
    pub(super) password: Option<Secret>,
    pub(super) database: u32,
}

impl Address {
    pub(crate) fn parse(url: &str) -> Result<Self> {
        let bad = |rule: &str| {
            let form = "redis://[[user]:password@]host[:port][/database], or rediss:// for TLS";
            Error::invalid("quota_store", format!("{rule}; the form is {form}"))
        };
        let encode = "holds a character that must be percent-encoded";
        if url.contains(['#', '?']) {
            return Err(bad(
                "a redis:// URL has no query and no fragment (in a password, write %3F and %23)",
            ));
        }
        let uri: Uri = url.parse().map_err(|_| bad(encode))?;
        let tls = match uri.scheme_str() {
            Some("redis") => false,
            Some("rediss") => true,
            _ => return Err(bad("it does not begin with redis:// or rediss://")),
        };
        let authority = uri.authority().ok_or_else(|| bad("it names no host"))?;
        let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
        if host.is_empty() {
            return Err(bad("it names no host"));
        }
        let behind_host = authority.as_str().rsplit_once(authority.host()).map_or("", |(_, rest)| rest);
        let port = match behind_host.strip_prefix(':') {
            None => DEFAULT_PORT,
            Some(number) => number.parse().map_err(|_| bad("the port behind the colon is not a number"))?,
        };
        let decoded = |text: &str| {
            percent_decode_str(text).decode_utf8().map(|text| text.into_owned()).map_err(|_| bad(encode))
        };
        let (user, password) = match authority.as_str().rsplit_once('@') {
            None => (None, None),
            Some((login, _)) => {
                // Without a colon it would be taken for a password by some and for a user by others.
                let (user, password) =
                    login.split_once(':').ok_or_else(|| bad("a password stands behind a colon"))?;
                if password.is_empty() {
                    return Err(bad("the password is missing behind the colon"));
                }
                let user = Some(decoded(user)?).filter(|user| !user.is_empty());
                (user, Some(Secret::new(decoded(password)?)))
            }
        };
        let database = match uri.path().trim_start_matches('/') {
            "" => 0,
            number => number.parse().map_err(|_| bad("the database is not a number"))?,
        };
        Ok(Address { tls, host, port, user, password, database })
    }

    pub(crate) fn tls(&self) -> bool {
        self.tls
    }
}

/// Without user and password.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "rediss" } else { "redis" };
        let login = if self.password.is_some() { "***@" } else { "" };
        let (open, close) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        write!(f, "{scheme}://{login}{open}{}{close}:{}/{}", self.host, self.port, self.database)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_a_url_are_read_and_shown_without_user_and_password() {
        for (url, shown) in [
            ("redis://localhost", "redis://localhost:6379/0"),
            ("redis://10.0.0.7:7000/3", "redis://10.0.0.7:7000/3"),
            ("rediss://:geheim@cache.example", "rediss://***@cache.example:6379/0"),
            ("redis://me:geheim%3F%40%3a@[::1]:1/2/", "!"),
            ("redis://me:geheim%3F%40%3a@[::1]:1/2", "redis://***@[::1]:1/2"),
        ] {
            match Address::parse(url) {
                Ok(address) => {
                    assert_eq!(address.to_string(), shown, "{url}");
                    assert!(!format!("{address:?}").contains("geheim"));
                }
                Err(_) => assert_eq!(shown, "!", "{url}"),
            }
        }
        let address = Address::parse("redis://me:geheim%3F%40%3a@[::1]:1/2").unwrap();
        assert_eq!(address.user.as_deref(), Some("me"));
        assert_eq!(address.password.as_ref().map(|password| password.expose()), Some("geheim?@:"));
        assert_eq!((address.host.as_str(), address.port, address.database), ("::1", 1, 2));
    }

    #[test]
    fn a_url_that_is_none_is_refused_and_the_password_is_not_repeated() {
        for bad in [
            "redis://",
            "redis:///3",
            "redis://geheim@host",
            "redis://:@host",
            "redis://:ge heim@host",
            "redis://:geheim@host:port",
            "redis://:geheim@host:",
            "redis://:geheim@host/first",
            "redis://:geheim@host/0?protocol=3",
            "redis://:geheim@host/0#insecure",
            "redis://:%ff@host",
            "http://:geheim@host",
            "geheim",
        ] {
            let error = Address::parse(bad).unwrap_err().to_string();
            assert!(error.contains("quota_store") && !error.contains("geheim"), "{bad}: {error}");
        }
    }
}
