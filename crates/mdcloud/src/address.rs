//! The service's address: what the key belongs to, and is sent to.

use std::net::IpAddr;

use ureq::http::Uri;

use crate::error::{Error, Result};

/// The service's address, checked, without a trailing slash.
#[derive(Clone, Debug)]
pub(crate) struct Base {
    url: String,
    origin: String,
    loopback: bool,
}

impl Base {
    pub(crate) fn parse(url: &str, allow_http: bool) -> Result<Self> {
        let bad = |rule: &str| Error::invalid("base_url", rule);
        if url.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(bad("holds a space or control character"));
        }
        let uri: Uri = url.parse().map_err(|_| bad("is not a URL"))?;
        let scheme = uri.scheme_str().ok_or_else(|| bad("must begin with https://"))?.to_ascii_lowercase();
        let authority = uri.authority().ok_or_else(|| bad("names no host"))?;
        if authority.as_str().contains('@') {
            return Err(bad("must not hold a user name or password"));
        }
        if uri.query().is_some() || url.contains('#') {
            return Err(bad("must not hold a query or fragment"));
        }
        let loopback = is_loopback(authority.host());
        match scheme.as_str() {
            "https" => {}
            "http" if loopback || allow_http => {}
            "http" => return Err(bad("must be https, as the key would travel in clear (or set allow_http)")),
            _ => return Err(bad("must begin with https://")),
        }
        Ok(Base {
            url: url.trim_end_matches('/').to_owned(),
            origin: format!("{scheme}://{}", authority.as_str().to_ascii_lowercase()),
            loopback,
        })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Scheme, host and port: what the key belongs to.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    pub(crate) fn is_loopback(&self) -> bool {
        self.loopback
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DEFAULT_BASE_URL;
    use crate::error::Status;

    #[test]
    fn an_address_that_would_carry_the_key_in_clear_is_refused() {
        for bad in [
            "http://api.metadefender.com/v4",
            "http://127.0.0.1.example.com/v4",
            "http://user:pw@127.0.0.1/v4",
            "ftp://127.0.0.1/v4",
            "api.metadefender.com",
            "https://api.example.com/v4?x=1",
            "https://api.example.com/\r\nx",
            "",
        ] {
            let error = Base::parse(bad, false).unwrap_err();
            assert_eq!(error.status(), Status::InvalidArgument, "{bad}");
        }
        for good in
            ["http://127.0.0.1:8080/v4/", "http://localhost/v4", "http://[::1]:1/v4", DEFAULT_BASE_URL]
        {
            assert!(Base::parse(good, false).is_ok(), "{good}");
        }
        assert!(Base::parse("http://10.0.0.1/v4", true).is_ok());
    }
}
