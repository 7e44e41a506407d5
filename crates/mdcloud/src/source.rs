//! What is scanned: a file, bytes in memory, or a stream.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Result};

/// What is scanned. Clones are cheap and share one stream.
///
/// A file or a stream is never held in memory whole.
#[derive(Clone)]
pub struct Source(Kind);

#[derive(Clone)]
enum Kind {
    Path(PathBuf),
    Bytes(Arc<[u8]>),
    Stream(Arc<Mutex<Stream>>),
}

struct Stream {
    reader: Reader,
    length: u64,
    used: bool,
}

enum Reader {
    Once(Box<dyn Read + Send>),
    Again(Box<dyn ReadSeek + Send>, u64),
}

trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

impl Source {
    /// A file.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        Source(Kind::Path(path.into()))
    }

    /// Bytes in memory.
    pub fn bytes(bytes: impl Into<Arc<[u8]>>) -> Self {
        Source(Kind::Bytes(bytes.into()))
    }

    /// A stream of `length` bytes. It can be read once: `file_scan` uploads it without asking for a known
    /// result first, and nothing is repeated once it has been read from.
    pub fn reader(reader: impl Read + Send + 'static, length: u64) -> Self {
        let reader = Reader::Once(Box::new(reader));
        Source(Kind::Stream(Arc::new(Mutex::new(Stream { reader, length, used: false }))))
    }

    /// A stream that can be read again from where it stands now to its end.
    pub fn seekable(mut reader: impl Read + Seek + Send + 'static) -> Result<Self> {
        let failed = |error: io::Error| Error::io("the source", &error);
        let start = reader.stream_position().map_err(failed)?;
        let end = reader.seek(SeekFrom::End(0)).map_err(failed)?;
        let reader = Reader::Again(Box::new(reader), start);
        let stream = Stream { reader, length: end.saturating_sub(start), used: false };
        Ok(Source(Kind::Stream(Arc::new(Mutex::new(stream)))))
    }

    /// The last part of the path, for the header `filename`. Only files have a name.
    pub(crate) fn name(&self) -> Option<String> {
        match &self.0 {
            Kind::Path(path) => path.file_name().map(|name| name.to_string_lossy().into_owned()),
            _ => None,
        }
    }

    /// Whether it can be read more than once.
    pub(crate) fn is_repeatable(&self) -> bool {
        match &self.0 {
            Kind::Path(_) | Kind::Bytes(_) => true,
            Kind::Stream(stream) => matches!(lock(stream).reader, Reader::Again(..)),
        }
    }

    /// Whether a failed upload may be tried again.
    pub(crate) fn can_restart(&self) -> bool {
        match &self.0 {
            Kind::Stream(stream) => {
                let stream = lock(stream);
                !stream.used || matches!(stream.reader, Reader::Again(..))
            }
            _ => true,
        }
    }

    /// Refuses what cannot be read, without touching a stream.
    pub(crate) fn check(&self) -> Result<()> {
        match &self.0 {
            Kind::Stream(stream) => {
                let stream = lock(stream);
                if stream.length == 0 { Err(empty()) } else { Ok(()) }
            }
            _ => self.open().map(drop),
        }
    }

    /// Opens it for reading from the start.
    pub(crate) fn open(&self) -> Result<Opened<'_>> {
        let opened = match &self.0 {
            Kind::Bytes(bytes) => Opened { length: bytes.len() as u64, from: From::Bytes(bytes), done: 0 },
            Kind::Path(path) => {
                let shown = path.display().to_string();
                let failed = |error: io::Error| Error::io(&shown, &error);
                let file = File::open(path).map_err(failed)?;
                let about = file.metadata().map_err(failed)?;
                if about.is_dir() {
                    return Err(failed(directory()));
                }
                if !about.is_file() {
                    return Err(Error::invalid(
                        "source",
                        format!("{shown} is not a regular file; pass it as a stream"),
                    ));
                }
                Opened { length: about.len(), from: From::File(file), done: 0 }
            }
            Kind::Stream(stream) => {
                let mut stream = lock(stream);
                let used = std::mem::replace(&mut stream.used, true);
                match &mut stream.reader {
                    Reader::Once(_) if used => {
                        return Err(Error::invalid(
                            "source",
                            "the stream was read already and cannot be rewound",
                        ));
                    }
                    Reader::Once(_) => {}
                    Reader::Again(reader, start) => {
                        reader
                            .seek(SeekFrom::Start(*start))
                            .map_err(|error| Error::io("the source", &error))?;
                    }
                }
                Opened { length: stream.length, from: From::Stream(stream), done: 0 }
            }
        };
        if opened.length == 0 {
            return Err(empty());
        }
        Ok(opened)
    }
}

fn empty() -> Error {
    Error::invalid("source", "is empty: there is nothing to scan")
}

#[cfg(unix)]
fn directory() -> io::Error {
    const EISDIR: i32 = 21;
    io::Error::from_raw_os_error(EISDIR)
}

#[cfg(not(unix))]
fn directory() -> io::Error {
    io::ErrorKind::IsADirectory.into()
}

fn lock(stream: &Mutex<Stream>) -> MutexGuard<'_, Stream> {
    stream.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A source that is being read. Gives exactly its announced length, or fails: a file that grows or
/// shrinks meanwhile is never sent as if it were whole.
pub(crate) struct Opened<'a> {
    pub(crate) length: u64,
    from: From<'a>,
    done: u64,
}

enum From<'a> {
    Bytes(&'a [u8]),
    File(File),
    Stream(MutexGuard<'a, Stream>),
}

impl Opened<'_> {
    fn read_some(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match &mut self.from {
            From::Bytes(bytes) => bytes.read(room),
            From::File(file) => file.read(room),
            From::Stream(stream) => match &mut stream.reader {
                Reader::Once(reader) => reader.read(room),
                Reader::Again(reader, _) => reader.read(room),
            },
        }
    }

    /// Whether the source has more than it announced, asked before its last block is given away, so that
    /// the service never gets the whole of a file that is changing.
    fn check_end(&mut self) -> io::Result<()> {
        let more = match &mut self.from {
            From::Bytes(_) => false,
            From::File(file) => file.metadata()?.len() != self.length,
            From::Stream(_) => loop {
                match self.read_some(&mut [0]) {
                    Ok(count) => break count > 0,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            },
        };
        if more { Err(io::Error::other("changed its length while it was read")) } else { Ok(()) }
    }
}

impl Read for Opened<'_> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.length - self.done).unwrap_or(usize::MAX);
        if left == 0 || room.is_empty() {
            return Ok(0);
        }
        let most = room.len().min(left);
        let count = self.read_some(&mut room[..most])?;
        if count == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "became shorter while it was read"));
        }
        if count > most {
            return Err(io::Error::other("gave more bytes than were asked for"));
        }
        self.done += count as u64;
        if self.done == self.length {
            self.check_end()?;
        }
        Ok(count)
    }
}

impl std::convert::From<&Path> for Source {
    fn from(path: &Path) -> Self {
        Source::path(path)
    }
}

impl std::convert::From<PathBuf> for Source {
    fn from(path: PathBuf) -> Self {
        Source::path(path)
    }
}

impl std::convert::From<&str> for Source {
    /// A path.
    fn from(path: &str) -> Self {
        Source::path(path)
    }
}

impl std::convert::From<&[u8]> for Source {
    fn from(bytes: &[u8]) -> Self {
        Source::bytes(bytes)
    }
}

impl std::convert::From<Vec<u8>> for Source {
    fn from(bytes: Vec<u8>) -> Self {
        Source::bytes(bytes)
    }
}

impl std::convert::From<&Source> for Source {
    fn from(source: &Source) -> Self {
        source.clone()
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Path(path) => write!(f, "Source({})", path.display()),
            Kind::Bytes(bytes) => write!(f, "Source({} bytes)", bytes.len()),
            Kind::Stream(stream) => write!(f, "Source(stream of {} bytes)", lock(stream).length),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    fn read(source: &Source) -> io::Result<Vec<u8>> {
        let mut all = Vec::new();
        source.open().unwrap().read_to_end(&mut all).map(|_| all)
    }

    #[test]
    fn a_stream_gives_exactly_its_length_or_fails() {
        let of = |text: &'static [u8], length| Source::reader(text, length);
        assert_eq!(read(&of(b"abc", 3)).unwrap(), b"abc");
        assert!(read(&of(b"abc", 4)).unwrap_err().to_string().contains("shorter"));
        assert!(read(&of(b"abc", 2)).unwrap_err().to_string().contains("changed"));
        let once = of(b"abc", 3);
        read(&once).unwrap();
        assert_eq!(once.open().err().map(|e| e.status()), Some(Status::InvalidArgument));
        let again = Source::seekable(io::Cursor::new(b"abcd".to_vec())).unwrap();
        assert_eq!(read(&again).unwrap(), read(&again).unwrap());
    }

    #[test]
    fn a_file_that_grows_while_it_is_read_is_an_error_before_its_last_block() {
        let path = std::env::temp_dir().join(format!("mdcloud-grow-{}", std::process::id()));
        std::fs::write(&path, vec![7; 1000]).unwrap();
        let source = Source::path(&path);
        let mut opened = source.open().unwrap();
        opened.read_exact(&mut [0; 500]).unwrap();
        std::fs::write(&path, vec![7; 2000]).unwrap();
        let mut rest = Vec::new();
        assert!(opened.read_to_end(&mut rest).is_err());
        std::fs::remove_file(&path).unwrap();
        assert!(rest.len() < 500);
        assert_eq!(source.open().err().and_then(|e| e.errno()), Some(2));
    }

    #[test]
    fn nothing_to_scan_is_refused_before_anything_is_sent() {
        let status = |source: Source| source.open().err().map(|e| (e.status(), e.errno()));
        assert_eq!(status(Source::bytes(*b"")), Some((Status::InvalidArgument, None)));
        assert_eq!(status(Source::path(std::env::temp_dir())), Some((Status::Io, Some(21))));
        assert_eq!(status(Source::path("/nonexistent/file")), Some((Status::Io, Some(2))));
        // A link to itself can be read by nobody, not even by the superuser that tests may run as.
        #[cfg(unix)]
        {
            let link = std::env::temp_dir().join(format!("mdcloud-loop-{}", std::process::id()));
            std::os::unix::fs::symlink(&link, &link).unwrap();
            let seen = status(Source::path(&link));
            std::fs::remove_file(&link).unwrap();
            assert!(matches!(seen, Some((Status::Io, Some(_)))), "{seen:?}");
        }
    }
}
