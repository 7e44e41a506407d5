//! Opening archives: members, members of members, and the limits on both.

use std::io::Read;

use rawzip::{CompressionMethod, ZipArchive, ZipSliceArchive, zipcrypto::Decryptor};

use crate::kinds;

/// Deeper than the key's limit.
pub(crate) const TOO_DEEP: i64 = 9;
/// Locked, and the password is missing or wrong.
pub(crate) const LOCKED: i64 = 12;
/// More bytes than the key's limit.
pub(crate) const TOO_LARGE: i64 = 13;
/// More files than the key's limit.
pub(crate) const TOO_MANY: i64 = 14;

/// How much may be opened, all levels together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Archives within archives, the outermost counted.
    pub(crate) depth: u32,
    pub(crate) files: usize,
    pub(crate) bytes: u64,
}

/// What was found in an archive.
#[derive(Clone, Debug, Default)]
pub(crate) struct Opened {
    pub(crate) members: Vec<Member>,
    /// Why it was not opened, or not wholly: a result code.
    pub(crate) code: Option<i64>,
    /// Whether it is locked at all.
    pub(crate) locked: bool,
    /// Whether it is damaged, or packed in a way that is not known here.
    pub(crate) broken: bool,
}

/// A file in an archive.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// Where it is, below the archive.
    pub(crate) path: String,
    pub(crate) content: Vec<u8>,
    /// What is in it, if it is an archive itself.
    pub(crate) inside: Option<Opened>,
}

/// Opens an archive; `None` if the file is none that can be opened.
pub(crate) fn open(content: &[u8], password: Option<&str>, limits: Limits) -> Option<Opened> {
    let mut opening = Opening { password: password.unwrap_or_default(), limits, files: 0, bytes: 0 };
    opening.level(content, 1)
}

struct Opening<'a> {
    password: &'a str,
    limits: Limits,
    files: usize,
    bytes: u64,
}

impl Opening<'_> {
    fn level(&mut self, content: &[u8], depth: u32) -> Option<Opened> {
        if kinds::of(content, false) != kinds::ZIP {
            return None;
        }
        if depth > self.limits.depth {
            return Some(Opened { code: Some(TOO_DEEP), ..Opened::default() });
        }
        let mut opened = Opened::default();
        match ZipArchive::from_slice(content) {
            Ok(archive) => match self.members(&archive, &mut opened, depth) {
                Ok(()) => {}
                Err(Trouble::Code(code)) => opened.code = Some(code),
                Err(Trouble::Broken) => opened.broken = true,
            },
            Err(_) => opened.broken = true,
        }
        if opened.code.is_some() || opened.broken {
            opened.members.clear();
        }
        Some(opened)
    }

    fn members(
        &mut self,
        archive: &ZipSliceArchive<&[u8]>,
        opened: &mut Opened,
        depth: u32,
    ) -> Result<(), Trouble> {
        let mut entries = archive.entries();
        while let Some(entry) = entries.next_entry().map_err(|_| Trouble::Broken)? {
            if entry.is_dir() {
                continue;
            }
            self.files += 1;
            if self.files > self.limits.files {
                return Err(Trouble::Code(TOO_MANY));
            }
            let method = entry.compression_method();
            let locked = entry.flags().is_encrypted();
            opened.locked |= locked;
            if locked && method == CompressionMethod::AES {
                return Err(Trouble::Code(LOCKED)); // Nobody opens these here, whatever the password.
            }
            let path = String::from_utf8_lossy(entry.file_path().as_bytes()).into_owned();
            let local = archive.get_entry(entry.wayfinder()).map_err(|_| Trouble::Broken)?;
            let left = self.limits.bytes.saturating_sub(self.bytes);
            let content = if locked {
                let wrong = |_| Trouble::Code(LOCKED);
                let decryptor = Decryptor::new(local.data(), self.password.as_bytes()).map_err(wrong)?;
                let header = local.local_header();
                let expected = if header.flags().has_data_descriptor() {
                    header.last_modified_dos().packed_time() >> 8
                } else {
                    (header.crc32() >> 24) as u16
                };
                if u16::from(decryptor.check_byte()) != expected {
                    return Err(Trouble::Code(LOCKED));
                }
                unpack(decryptor, method, left, |reader, out| local.verifying_reader(reader).read_to_end(out))
                    .map_err(|trouble| match trouble {
                        // One wrong password in 256 passes the first look and fails here.
                        Trouble::Broken => Trouble::Code(LOCKED),
                        other => other,
                    })?
            } else {
                unpack(local.data(), method, left, |reader, out| {
                    local.verifying_reader(reader).read_to_end(out)
                })?
            };
            self.bytes += content.len() as u64;
            let inside = self.level(&content, depth + 1);
            opened.members.push(Member { path, content, inside });
        }
        Ok(())
    }
}

enum Trouble {
    Code(i64),
    Broken,
}

/// Unpacks at most `left` bytes. `verified` reads to the end and compares with what the archive promises.
fn unpack<'a>(
    data: impl Read + 'a,
    method: CompressionMethod,
    left: u64,
    verified: impl FnOnce(Box<dyn Read + 'a>, &mut Vec<u8>) -> std::io::Result<usize>,
) -> Result<Vec<u8>, Trouble> {
    // One byte more than is allowed tells the two ends apart: that of the file and that of the patience.
    let most = left.saturating_add(1);
    let reader: Box<dyn Read + 'a> = match method {
        CompressionMethod::STORE => Box::new(data.take(most)),
        CompressionMethod::DEFLATE => Box::new(flate2::read::DeflateDecoder::new(data).take(most)),
        _ => return Err(Trouble::Broken),
    };
    let mut content = Vec::new();
    let end = verified(reader, &mut content);
    if content.len() as u64 > left {
        return Err(Trouble::Code(TOO_LARGE));
    }
    end.map(|_| content).map_err(|_| Trouble::Broken)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const LIMITS: Limits = Limits { depth: 2, files: 10, bytes: 1000 };

    fn zip(files: &[(&str, &[u8])], password: Option<&[u8]>) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut archive = rawzip::ZipArchiveWriter::new(&mut bytes);
        for (name, content) in files {
            let builder = archive.new_file(*name).compression_method(CompressionMethod::DEFLATE);
            let (mut entry, config) = builder.encrypted(password.is_some()).start().unwrap();
            let check = (entry.last_modified_dos().packed_time() >> 8) as u8;
            let descriptor = match password {
                Some(password) => {
                    let lock =
                        rawzip::zipcrypto::Encryptor::new(&mut entry, password, [7; 11], check).unwrap();
                    let packer = flate2::write::DeflateEncoder::new(lock, flate2::Compression::fast());
                    let mut writer = config.wrap(packer);
                    writer.write_all(content).unwrap();
                    let (packer, descriptor) = writer.finish().unwrap();
                    packer.finish().unwrap();
                    descriptor
                }
                None => {
                    let packer = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::fast());
                    let mut writer = config.wrap(packer);
                    writer.write_all(content).unwrap();
                    let (packer, descriptor) = writer.finish().unwrap();
                    packer.finish().unwrap();
                    descriptor
                }
            };
            entry.finish(descriptor).unwrap();
        }
        archive.finish().unwrap();
        bytes
    }

    #[test]
    fn members_come_out_on_every_level() {
        let inner = zip(&[("c.csv", b"1,2")], None);
        let outer = zip(&[("a.txt", b"hello"), ("in/inner.zip", &inner)], None);
        let opened = open(&outer, None, LIMITS).unwrap();
        assert_eq!((opened.members.len(), opened.code), (2, None));
        assert_eq!(opened.members[0].content, b"hello");
        let inside = opened.members[1].inside.as_ref().unwrap();
        assert_eq!((inside.members[0].path.as_str(), &*inside.members[0].content), ("c.csv", &b"1,2"[..]));
        assert!(open(b"no archive", None, LIMITS).is_none());
        assert!(open(b"PK\x03\x04 but nothing behind it", None, LIMITS).unwrap().broken);
    }

    #[test]
    fn every_limit_has_its_code() {
        let code = |content: &[u8], limits| open(content, None, limits).unwrap().code;
        let many = zip(&[("a", b"1"), ("b", b"2"), ("c", b"3")], None);
        assert_eq!(code(&many, Limits { files: 2, ..LIMITS }), Some(TOO_MANY));
        assert_eq!(code(&many, Limits { files: 3, ..LIMITS }), None);
        let bomb = zip(&[("a", &[0; 100_000])], None);
        assert_eq!(code(&bomb, LIMITS), Some(TOO_LARGE));
        assert_eq!(code(&bomb, Limits { bytes: 100_000, ..LIMITS }), None);
        let nested = zip(&[("2.zip", &zip(&[("3.zip", &zip(&[("x", b"x")], None))], None))], None);
        let opened = open(&nested, None, LIMITS).unwrap();
        let third = &opened.members[0].inside.as_ref().unwrap().members[0];
        assert_eq!(third.inside.as_ref().unwrap().code, Some(TOO_DEEP));
    }

    #[test]
    fn a_locked_archive_wants_its_password() {
        let locked = zip(&[("a.txt", b"secret")], Some(b"open"));
        assert_eq!(open(&locked, None, LIMITS).unwrap().code, Some(LOCKED));
        assert_eq!(open(&locked, Some("wrong"), LIMITS).unwrap().code, Some(LOCKED));
        let opened = open(&locked, Some("open"), LIMITS).unwrap();
        assert_eq!((opened.code, opened.locked, &*opened.members[0].content), (None, true, &b"secret"[..]));
    }
}
