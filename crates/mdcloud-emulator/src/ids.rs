//! Ids that look like the service's and follow from the seed.
//!
//! An id depends on the content and on how often that content was sent, not on the order of all uploads:
//! tests that run in parallel get the same ids every time.

use sha2::{Digest, Sha256};

const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const LETTERS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Where every id starts: the letter of an original, and a date that is always the same, so that ids can
/// be compared between days.
const START: &str = "o260311";

/// `file_id` and `data_id` of the `nth` scan of a content. Decoded, the first is a prefix of the second.
pub(crate) fn scan_ids(seed: u64, sha256: &str, nth: usize) -> (String, String) {
    let file = format!("{START}{}", letters(seed, &format!("file {sha256}"), 9));
    let data = format!("{file}{}", letters(seed, &format!("scan {sha256} {nth}"), 10));
    (base64url(file.as_bytes()), base64url(data.as_bytes()))
}

/// `data_id` of the scan of a clean copy: it names the file that it came from.
pub(crate) fn copy_id(seed: u64, data_id: &str) -> String {
    let random = letters(seed, &format!("copy {data_id}"), 18);
    base64url(format!("g{}{}.sanitized{}", &START[1..], &random[..9], &random[9..]).as_bytes())
}

/// 24 hex digits, as sandbox runs have.
pub(crate) fn run_id(seed: u64, label: &str) -> String {
    let digest = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(label.as_bytes()).finalize();
    digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

/// Letters and digits that follow from the seed and a label.
pub(crate) fn letters(seed: u64, label: &str, length: usize) -> String {
    let mut text = String::with_capacity(length);
    let mut round = 0u32;
    while text.len() < length {
        let digest = Sha256::new()
            .chain_update(seed.to_le_bytes())
            .chain_update(round.to_le_bytes())
            .chain_update(label.as_bytes())
            .finalize();
        let wanted = length - text.len();
        text.extend(digest.iter().take(wanted).map(|&byte| char::from(LETTERS[usize::from(byte) % 62])));
        round += 1;
    }
    text
}

/// Base64 for addresses, without padding.
fn base64url(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let mut bits = 0u32;
        for index in 0..3 {
            bits = bits << 8 | u32::from(group.get(index).copied().unwrap_or(0));
        }
        for index in 0..=group.len() {
            let six = bits >> (18 - 6 * index) & 63;
            text.push(char::from(BASE64URL[six as usize]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_can_be_repeated_and_told_apart() {
        let (file, data) = scan_ids(1, "AB", 0);
        assert_eq!((file.clone(), data.clone()), scan_ids(1, "AB", 0));
        assert!(file.len() == 22 && data.len() == 35, "{file} {data}");
        assert!(data.starts_with(&file[..20]), "the file id is a prefix, up to the last group of bits");
        assert!(data.starts_with("bzI2MDMxM"), "{data}");
        assert_ne!(data, scan_ids(1, "AB", 1).1, "another scan of the same content");
        assert_ne!(data, scan_ids(2, "AB", 0).1, "another seed");
        assert_ne!(data, scan_ids(1, "CD", 0).1, "another content");
    }

    #[test]
    fn base64_is_the_usual_one() {
        assert_eq!(base64url(b""), "");
        assert_eq!(base64url(b"f"), "Zg");
        assert_eq!(base64url(b"fo"), "Zm8");
        assert_eq!(base64url(b"foobar"), "Zm9vYmFy");
        assert_eq!(base64url(&[0xFB, 0xFF]), "-_8");
    }
}
