//! An object that setters change: settings of a client, options of a call.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use mdcloud_core::{Error, Result};

/// The values, and what was refused. A refusal that the caller did not look at comes up again when the
/// object is used, so a mistake cannot silently become the default.
#[derive(Default)]
pub(crate) struct Settable<T>(Mutex<Inner<T>>);

#[derive(Default)]
struct Inner<T> {
    values: T,
    refused: BTreeMap<String, Error>,
}

impl<T: Clone + Default> Settable<T> {
    fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets one; on failure it stays as it was.
    pub(crate) fn set(&self, name: &str, change: impl FnOnce(T) -> Result<T>) -> Result<()> {
        let mut inner = self.lock();
        match change(inner.values.clone()) {
            Ok(values) => {
                inner.values = values;
                inner.refused.remove(name);
                Ok(())
            }
            Err(error) => {
                inner.refused.insert(name.to_owned(), error.clone());
                Err(error)
            }
        }
    }

    /// All values, or what was refused last for one of them.
    pub(crate) fn get(&self) -> Result<T> {
        let inner = self.lock();
        match inner.refused.values().next() {
            Some(error) => Err(error.clone()),
            None => Ok(inner.values.clone()),
        }
    }
}
