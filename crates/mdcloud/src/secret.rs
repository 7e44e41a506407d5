//! What must not be shown: the API key, passwords.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

/// The API key, or a password: never shown, wiped from memory when the last client that uses it goes.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(Arc<Zeroizing<String>>);

impl Secret {
    pub(crate) fn new(text: String) -> Self {
        Secret(Arc::new(Zeroizing::new(text)))
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Makes stars of it in an answer. The service tells the key to its owner (`portal_api_key`), and an error
    /// page of something in between may show the request: from there it would go on into results that are
    /// printed, kept and pickled. What is short is no key of the service, and could be part of any word.
    pub(crate) fn mask(&self, answer: &mut [u8]) {
        const SHORTEST: usize = 16;
        let secret = self.0.as_bytes();
        if secret.len() < SHORTEST {
            return;
        }
        let mut at = 0;
        while let Some(next) = answer[at..].iter().position(|byte| *byte == secret[0]) {
            at += next;
            match answer.get_mut(at..at + secret.len()) {
                Some(found) if found.eq_ignore_ascii_case(secret) => found.fill(b'*'),
                Some(_) => {}
                None => return,
            }
            at += 1;
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_in_an_answer_becomes_stars_and_nothing_else_changes() {
        let masked = |text: &str| {
            let mut bytes = text.as_bytes().to_vec();
            Secret::new("00112233445566778899".into()).mask(&mut bytes);
            String::from_utf8(bytes).unwrap()
        };
        assert_eq!(
            masked("000112233445566778899, 00112233445566778899"),
            format!("0{0}, {0}", "*".repeat(20))
        );
        for other in ["", "0", "0011223344556677889", "001122334455667788x9"] {
            assert_eq!(masked(other), other);
        }
        let mut word = b"a key is a key".to_vec();
        Secret::new("key".into()).mask(&mut word);
        assert_eq!(word, b"a key is a key");
    }
}
