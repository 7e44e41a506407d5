//! Reading an upload: digests and a verdict while the bytes stream by.

use std::error::Error;

use http_body_util::{BodyDataStream, BodyExt};
use hyper::body::{Body, Bytes};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::failure::Failure;
use crate::kinds::{self, Kind};

/// What is kept of a file to look at; the rest is only counted and digested.
pub(crate) const HEAD: usize = 4 * 1024 * 1024;

/// The standard test file for virus scanners, in two halves so that no scanner takes this source, or a
/// program made from it, for the file itself.
const EICAR_HALVES: [&str; 2] = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STAND", "ARD-ANTIVIRUS-TEST-FILE!$H+H*"];

/// A file that begins so says itself what its result is: `MDCLOUD-RESULT:19`.
const MARKER: &[u8] = b"MDCLOUD-RESULT:";

/// What is known of a file once all of it has come.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) md5: String,
    pub(crate) sha1: String,
    pub(crate) sha256: String,
    pub(crate) size: u64,
    pub(crate) verdict: i64,
    pub(crate) eicar: bool,
    pub(crate) kind: Kind,
    /// All of it, if it was small enough to be kept; else nothing.
    pub(crate) content: Bytes,
    /// Name that a multipart part carried.
    pub(crate) part_name: Option<String>,
}

/// The client went away in the middle.
#[derive(Debug)]
pub(crate) struct Gone;

/// A body that can be read here.
pub(crate) trait Incoming:
    Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Unpin
{
}

impl<B> Incoming for B where B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Unpin {}

/// Reads a body to its end and drops it, so that the client is done sending when the answer comes: a
/// connection that closes with unread bytes is reset, and the answer may be lost with it.
pub(crate) async fn drain(body: &mut impl Incoming) -> Result<(), Gone> {
    while let Some(frame) = body.frame().await {
        frame.map_err(|_| Gone)?;
    }
    Ok(())
}

/// Reads a small body; what is over the limit is read and dropped, and `None` comes back.
pub(crate) async fn collect(body: &mut impl Incoming, limit: usize) -> Result<Option<Vec<u8>>, Gone> {
    let (mut bytes, mut over) = (Vec::new(), false);
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame.map_err(|_| Gone)?.into_data() {
            over |= bytes.len() + data.len() > limit;
            if !over {
                bytes.extend_from_slice(&data);
            }
        }
    }
    Ok((!over).then_some(bytes))
}

/// Reads a file that is the whole body.
pub(crate) async fn plain(
    body: &mut impl Incoming,
    limit: u64,
    keep: usize,
) -> Result<Result<Received, Failure>, Gone> {
    let mut file = Digesting::keeping(keep);
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame.map_err(|_| Gone)?.into_data() {
            file.take(&data, limit);
        }
    }
    Ok(file.finish(limit))
}

/// Reads a file from a form: the first part that has a file name, else the first part.
pub(crate) async fn form(
    body: impl Incoming + Send + 'static,
    boundary: &str,
    limit: u64,
    keep: usize,
) -> Result<Result<Received, Failure>, Gone> {
    let mut form = multer::Multipart::new(BodyDataStream::new(body), boundary);
    let (mut first, mut named) = (None, None);
    loop {
        let mut part = match form.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => break,
            Err(multer::Error::StreamReadFailed(_)) => return Err(Gone),
            Err(error) => return Ok(Err(Failure::with(400_021, format!("Payload is not valid. {error}")))),
        };
        let part_name = part.file_name().map(str::to_owned);
        let wanted = named.is_none() && (part_name.is_some() || first.is_none());
        let mut file = Digesting::keeping(keep);
        loop {
            match part.chunk().await {
                Ok(Some(data)) if wanted => file.take(&data, limit),
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(multer::Error::StreamReadFailed(_)) => return Err(Gone),
                Err(error) => {
                    return Ok(Err(Failure::with(400_021, format!("Payload is not valid. {error}"))));
                }
            }
        }
        if wanted {
            let slot = if part_name.is_some() { &mut named } else { &mut first };
            *slot = Some(file.finish(limit).map(|received| Received { part_name, ..received }));
        }
    }
    Ok(named.or(first).unwrap_or_else(|| Err(Failure::new(400_145))))
}

/// A file that is there already, such as a member of an archive.
pub(crate) fn whole(content: impl Into<Bytes>) -> Received {
    let content: Bytes = content.into();
    let mut file = Digesting::keeping(content.len());
    file.take(&content, u64::MAX);
    file.received()
}

/// The standard test file for virus scanners.
pub(crate) fn eicar() -> Vec<u8> {
    EICAR_HALVES.concat().into_bytes()
}

#[derive(Default)]
struct Digesting {
    md5: Md5,
    sha1: Sha1,
    sha256: Sha256,
    head: Vec<u8>,
    keep: usize,
    size: u64,
}

impl Digesting {
    fn keeping(keep: usize) -> Self {
        Digesting { keep, ..Digesting::default() }
    }

    fn take(&mut self, data: &[u8], limit: u64) {
        self.size += data.len() as u64;
        if self.size > limit {
            return; // It will be refused: no need to work on it.
        }
        self.md5.update(data);
        self.sha1.update(data);
        self.sha256.update(data);
        let room = self.keep.saturating_sub(self.head.len()).min(data.len());
        self.head.extend_from_slice(&data[..room]);
    }

    fn finish(self, limit: u64) -> Result<Received, Failure> {
        if self.size > limit {
            return Err(too_large(limit));
        }
        if self.size == 0 {
            return Err(Failure::new(400_145));
        }
        Ok(self.received())
    }

    fn received(self) -> Received {
        let eicar = is_eicar(&self.head);
        Received {
            md5: hex(&self.md5.finalize()),
            sha1: hex(&self.sha1.finalize()),
            sha256: hex(&self.sha256.finalize()),
            size: self.size,
            verdict: marked(&self.head).unwrap_or(i64::from(eicar)),
            eicar,
            kind: kinds::of(&self.head, eicar),
            content: if self.head.len() as u64 == self.size { self.head.into() } else { Bytes::new() },
            part_name: None,
        }
    }
}

/// The refusal of a file over the limit.
pub(crate) fn too_large(limit: u64) -> Failure {
    let megabytes = limit / (1024 * 1024);
    Failure::with(400_144, format!("Exceeded maximum file size allowed. Allowed maximum {megabytes}MB."))
}

fn is_eicar(head: &[u8]) -> bool {
    let test_file = EICAR_HALVES.concat();
    head.windows(test_file.len()).any(|window| window == test_file.as_bytes())
}

/// The code that a file asks for.
fn marked(head: &[u8]) -> Option<i64> {
    let digits = head.strip_prefix(MARKER)?;
    let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count().min(9);
    std::str::from_utf8(&digits[..length]).ok()?.parse().ok()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn received(content: &[u8]) -> Received {
        let mut file = Digesting::keeping(HEAD);
        file.take(content, 1000);
        file.finish(1000).unwrap()
    }

    #[test]
    fn digests_are_the_real_ones_in_upper_case() {
        let file = received(EICAR_HALVES.concat().as_bytes());
        assert_eq!(file.size, 68);
        assert_eq!(file.md5, "44D88612FEA8A8F36DE82E1278ABB02F");
        assert_eq!(file.sha1, "3395856CE81F2B7382DEE72602F798B642F14140");
        assert_eq!(file.sha256, "275A021BBFB6489E54D471899F7DB9D1663FC695EC2FE2A2C4538AABF651FD0F");
    }

    #[test]
    fn the_test_file_is_infected_and_markers_choose_the_result() {
        assert_eq!(received(EICAR_HALVES.concat().as_bytes()).verdict, 1);
        assert_eq!(received(format!("\n{} ", EICAR_HALVES.concat()).as_bytes()).verdict, 1);
        assert_eq!(received(b"harmless").verdict, 0);
        assert_eq!(received(b"MDCLOUD-RESULT:19").verdict, 19);
        assert_eq!(received(b"MDCLOUD-RESULT:69 and more").verdict, 69);
        assert_eq!(received(b"MDCLOUD-RESULT:").verdict, 0);
        assert_eq!(received(b"x MDCLOUD-RESULT:1").verdict, 0, "only at the start");
    }

    #[test]
    fn nothing_and_too_much_are_refused() {
        assert_eq!(Digesting::default().finish(1).unwrap_err().code, 400_145);
        let mut file = Digesting::default();
        file.take(&[0; 11], 10);
        assert_eq!(file.finish(10).unwrap_err().code, 400_144);
    }
}
