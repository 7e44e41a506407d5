//! What the emulated sources know of addresses: a small table that a user can replace.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value};

/// Entries by address: `sources`, each with `provider`, `assessment`, `detect_time`, `status`, and for an IP
/// address `geo_info`.
#[derive(Clone, Debug)]
pub(crate) struct Reputations(Arc<Map<String, Value>>);

impl Default for Reputations {
    fn default() -> Self {
        // A test makes sure that the built-in table can be read.
        Self::from_json(include_str!("../samples/reputation.json")).unwrap_or(Reputations(Arc::default()))
    }
}

impl Reputations {
    /// Reads a table that takes the place of the built-in one.
    pub(crate) fn from_file(path: impl AsRef<Path>) -> Result<Self, std::io::Error> {
        Self::from_json(&std::fs::read_to_string(path)?)
            .ok_or_else(|| std::io::Error::other("not a JSON object of objects"))
    }

    fn from_json(text: &str) -> Option<Self> {
        let table: Map<String, Value> = serde_json::from_str(text).ok()?;
        if !table.values().all(Value::is_object) {
            return None;
        }
        Some(Reputations(Arc::new(table.into_iter().map(|(key, value)| (plain(&key), value)).collect())))
    }

    /// What is known of an address; of a URL also what is known of its host, of a host also what is known
    /// of the domains above it.
    pub(crate) fn of(&self, address: &str) -> Option<&Value> {
        let address = plain(address);
        if let Some(found) = self.0.get(&address) {
            return Some(found);
        }
        let host = address.split_once("://").map_or(&*address, |(_, rest)| rest);
        let host = host.split(['/', '?', '#']).next()?;
        let host = host.rsplit('@').next()?;
        let host = host.split(':').next()?;
        let mut domain = host;
        loop {
            if let Some(found) = self.0.get(domain) {
                return Some(found);
            }
            (_, domain) = domain.split_once('.')?;
        }
    }
}

/// Letters in one case, and no slash at the end.
fn plain(address: &str) -> String {
    address.trim().trim_end_matches('/').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_domains_speak_for_what_is_below_them() {
        let table = Reputations::default();
        for known in [
            "203.0.113.7",
            "http://malware.example/",
            "HTTP://user@www.Malware.Example:8080/a?b",
            "malware.example",
            "2001:DB8::bad",
        ] {
            assert!(table.of(known).is_some(), "{known}");
        }
        for unknown in ["203.0.113.8", "example", "notmalware.example", "http://example.com/malware.example"]
        {
            assert!(table.of(unknown).is_none(), "{unknown}");
        }
    }

    #[test]
    fn a_table_of_the_users_own_takes_the_place_of_the_built_in_one() {
        let table = Reputations::from_json(r#"{"HTTP://a.example/x/": {}}"#).unwrap();
        assert!(table.of("http://a.example/x").is_some() && table.of("203.0.113.7").is_none());
        assert!(Reputations::from_json("[]").is_none() && Reputations::from_json(r#"{"a": 1}"#).is_none());
        assert!(Reputations::from_file("/nonexistent").is_err());
    }
}
