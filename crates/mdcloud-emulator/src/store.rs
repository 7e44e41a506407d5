//! The contents that are kept: shared samples and clean copies.

use std::collections::{HashMap, VecDeque};

use hyper::body::Bytes;

/// As much as is kept altogether; the oldest go first.
const MOST: usize = 64 * 1024 * 1024;

/// Contents by their SHA-256 in upper case.
#[derive(Debug, Default)]
pub(crate) struct Store {
    contents: HashMap<String, Bytes>,
    order: VecDeque<String>,
    size: usize,
}

impl Store {
    /// Keeps a content, unless it is too large to be kept at all.
    pub(crate) fn put(&mut self, sha256: &str, content: Bytes) {
        if content.len() > MOST || self.contents.contains_key(sha256) {
            return;
        }
        self.size += content.len();
        self.contents.insert(sha256.to_owned(), content);
        self.order.push_back(sha256.to_owned());
        while self.size > MOST {
            let Some(oldest) = self.order.pop_front() else { break };
            self.size -= self.contents.remove(&oldest).map_or(0, |content| content.len());
        }
    }

    pub(crate) fn get(&self, sha256: &str) -> Option<Bytes> {
        self.contents.get(sha256).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_make_room() {
        let mut store = Store::default();
        let third = Bytes::from(vec![0; MOST / 3 + 1]);
        for name in ["A", "B", "B", "C"] {
            store.put(name, third.clone());
        }
        assert!(store.get("A").is_none() && store.get("B").is_some() && store.get("C").is_some());
        store.put("D", Bytes::from(vec![0; MOST + 1]));
        assert!(store.get("D").is_none() && store.get("C").is_some());
    }
}
