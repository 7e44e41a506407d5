//! The setting `quota_store`: where a ledger may live.

use std::path::{Path, PathBuf};

use mdcloud_process::ledger::Account;

#[cfg(feature = "redis")]
use super::redis::Address;
use crate::error::{Error, Result};

/// Who shares the ledger of a client, and where it lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// This process, every copy of the library in it, and the processes forked from it.
    Process,
    /// All processes of the user: a file for each account in this directory.
    User(PathBuf),
    /// All processes that use this file.
    File(PathBuf),
    /// All that use this Redis.
    #[cfg(feature = "redis")]
    Redis(Address),
}

impl Place {
    /// Reads the setting. `environment` is asked for where the user's state is kept.
    pub(crate) fn parse(text: &str, environment: impl Fn(&str) -> Option<String>) -> Result<Place> {
        let bad = |rule: String| Error::invalid("quota_store", rule);
        let place = match text.trim() {
            "process" => return Ok(Place::Process),
            "user" => Place::User(state_directory(environment).ok_or_else(|| {
                bad("\"user\" needs HOME or XDG_STATE_HOME to be set; or name a file: \"file:PATH\"".into())
            })?),
            text => match text.split_once(':') {
                Some(("file", path)) => Place::File(absolute(path)?),
                #[cfg(feature = "redis")]
                Some(("redis" | "rediss", _)) => return Ok(Place::Redis(Address::parse(text)?)),
                #[cfg(not(feature = "redis"))]
                Some(("redis" | "rediss", _)) => {
                    return Err(bad("this build was made without the feature \"redis\"".into()));
                }
                parts => {
                    // What is behind a scheme may hold a password.
                    let shown = parts.map_or(text, |(scheme, _)| scheme);
                    let there = "\"process\", \"user\", \"file:PATH\" or \"redis://HOST\"";
                    return Err(bad(format!("{shown:?} is not known; use {there}")));
                }
            },
        };
        if !cfg!(unix) {
            return Err(bad(format!("{text:?} is not there on this system; use \"process\"")));
        }
        Ok(place)
    }

    /// How it is shown, in [`Quota::store`](super::Quota::store).
    pub(crate) fn name(&self) -> String {
        match self {
            Place::Process => "process".to_owned(),
            Place::User(_) => "user".to_owned(),
            Place::File(path) => format!("file:{}", path.display()),
            #[cfg(feature = "redis")]
            Place::Redis(address) => address.to_string(),
        }
    }

    /// The file with this account's ledger, where it is in a file.
    pub(crate) fn file(&self, account: &Account) -> Option<PathBuf> {
        match self {
            Place::Process => None,
            Place::User(directory) => {
                Some(directory.join(format!("quota-{}.ledger", super::fingerprint(account))))
            }
            Place::File(path) => Some(path.clone()),
            #[cfg(feature = "redis")]
            Place::Redis(_) => None,
        }
    }
}

/// As the XDG base directories say, which do not know relative paths.
fn state_directory(environment: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let directory = |name| environment(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = directory("XDG_STATE_HOME").or_else(|| Some(directory("HOME")?.join(".local/state")))?;
    Some(state.join("mdcloud"))
}

/// A relative path counts from the directory in which the program is when it makes the client, so that a
/// later change of directory does not move the ledger.
fn absolute(path: &str) -> Result<PathBuf> {
    let bad = |rule: String| Error::invalid("quota_store", rule);
    if path.is_empty() {
        return Err(bad("\"file:\" names no file; write \"file:PATH\"".into()));
    }
    if path.ends_with('/') || path.contains('\0') {
        return Err(bad(format!("{path:?} cannot be the path of a file")));
    }
    std::path::absolute(Path::new(path)).map_err(|error| bad(format!("{path:?}: {error}")))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::error::Status;

    fn parse(text: &str) -> Result<Place> {
        Place::parse(text, |name| (name == "HOME").then(|| "/somebody".to_owned()))
    }

    #[test]
    fn what_is_no_place_is_refused_by_name_and_says_what_there_is() {
        for bad in ["nowhere", "File:x", "file:", "file:dir/", "file:nul\0", "redis://", "user:x"] {
            let error = parse(bad).unwrap_err();
            assert_eq!(error.status(), Status::InvalidArgument, "{bad}");
            assert!(error.to_string().contains("quota_store: "), "{error}");
        }
        let homeless = Place::parse("user", |_| None).unwrap_err();
        assert!(homeless.to_string().contains("XDG_STATE_HOME"), "{homeless}");
    }

    #[test]
    fn a_user_has_one_file_for_each_account_and_a_relative_path_is_fixed_at_once() {
        let place = parse("user").unwrap();
        let file = place.file(&[1; 16]).unwrap();
        assert!(file.starts_with("/somebody/.local/state/mdcloud"), "{file:?}");
        assert_ne!(Some(file), place.file(&[2; 16]));
        let state = |name: &str| (name == "XDG_STATE_HOME").then(|| "/var/mine".to_owned());
        assert_eq!(Place::parse("user", state).unwrap(), Place::User("/var/mine/mdcloud".into()));
        let here = std::env::current_dir().unwrap();
        assert_eq!(parse("file:ledger").unwrap(), Place::File(here.join("ledger")));
        assert_eq!(parse(" process ").unwrap(), Place::Process);
    }
}
