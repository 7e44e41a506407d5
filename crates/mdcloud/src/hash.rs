//! Hashes of files: computed here, and checked where they come from the caller.

use std::io::Read;

use crate::error::{Error, Result, Status};
use crate::source::Source;
use crate::wait::{Patience, Stop};

/// Refuses what is not an MD5, SHA-1 or SHA-256 in hexadecimal digits.
pub(crate) fn check(hash: &str) -> Result<&str> {
    let hash = hash.trim();
    // Without a way out in the middle, which keeps the compiler from looking at many bytes at once.
    let digits = || hash.bytes().fold(true, |all, byte| all & byte.is_ascii_hexdigit());
    if matches!(hash.len(), 32 | 40 | 64) && digits() {
        return Ok(hash);
    }
    let shown: String = hash.chars().take(80).collect();
    Err(Error::invalid(
        "hash",
        format!("{shown:?} is not an MD5, SHA-1 or SHA-256: 32, 40 or 64 hexadecimal digits"),
    ))
}

/// SHA-256 of all that the reader gives, and its length. `go_on` is asked after every block.
pub(crate) fn sha256(
    reader: &mut dyn Read,
    go_on: &dyn Fn() -> Result<()>,
) -> std::io::Result<Result<(String, u64)>> {
    let mut hash = ring::digest::Context::new(&ring::digest::SHA256);
    let mut block = vec![0; 256 * 1024];
    let mut length = 0;
    loop {
        if let Err(stop) = go_on() {
            return Ok(Err(stop));
        }
        match reader.read(&mut block) {
            Ok(0) => break,
            Ok(count) => {
                hash.update(&block[..count]);
                length += count as u64;
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let digest = hash.finish();
    Ok(Ok((digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect(), length)))
}

/// SHA-256 and length of a source, from its beginning.
pub(crate) fn of_source(source: &Source, patience: &Patience) -> Result<(String, u64)> {
    let go_on = || match patience.poll() {
        Ok(()) => Ok(()),
        Err(Stop::Cancelled) => Err(Error::new(Status::Cancelled, "while the file was hashed")),
        Err(Stop::Deadline) => Err(Error::new(Status::Timeout, "while the file was hashed")),
    };
    let mut opened = source.open()?;
    sha256(&mut opened, &go_on).map_err(|error| Error::io("the source", &error))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hexadecimal_digits_of_a_known_length_are_a_hash() {
        for good in [
            "44d88612fea8a8f36de82e1278abb02f",
            &"a".repeat(40),
            &"F".repeat(64),
            &format!(" {} \n", "0".repeat(32)),
        ] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in ["", "x", &"a".repeat(128), &"g".repeat(64), "../apikey", &"é".repeat(16)] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_empty_input_has_the_known_digest() {
        let (digest, length) = sha256(&mut std::io::empty(), &|| Ok(())).unwrap().unwrap();
        assert_eq!(digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(length, 0);
    }
}
