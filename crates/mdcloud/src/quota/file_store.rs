//! A ledger in a file, for all processes that use this file.
//!
//! The file has two slots, which are written in turn: a process that is killed in the middle of writing
//! leaves the older one whole, and a checksum tells. The file begins with the heads of both slots, then
//! come their documents, each with room to grow; what is not written takes no space. All under the lock of
//! the whole file, which the system takes from a process that ends.
//!
//! Nothing is synced: a power cut may lose the last moments, and the service's headers set it right.

use std::fs::{DirBuilder, File, Metadata, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::store::{Change, Kept, Reading, Store, StoreError};
use crate::error::{Error, Result as Checked, Status};

/// Of a slot's head: magic, version, length, then the checksum of these and the document.
const HEAD: usize = 64;
const MAGIC: &[u8; 8] = b"mdcloud1";
/// Where the first document begins.
const DOCUMENTS: u64 = 4096;
/// Room for each document.
const ROOM: u64 = 4 << 20;

/// What `quota_store` must not name, whatever the state of the disk.
pub(crate) fn check(path: &Path, makes_directory: bool) -> Checked<()> {
    let bad = |rule: String| Error::invalid("quota_store", format!("{}: {rule}", path.display()));
    match path.symlink_metadata() {
        Ok(there) => trusted(&there).map_err(|rule| bad(rule.to_owned()))?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        // Whatever else is wrong may pass, so it is a failure of the store and not of the setting.
        Err(_) => return Ok(()),
    }
    match path.parent() {
        Some(parent) if !makes_directory && !parent.is_dir() => Err(bad(format!(
            "the directory does not exist; make it first: mkdir -p -m 700 {}",
            parent.display()
        ))),
        _ => Ok(()),
    }
}

/// Only the user's own, regular file: whoever may write it decides on our budget, and a link would let
/// others choose what we write to.
fn trusted(there: &Metadata) -> Result<(), &'static str> {
    let kind = there.file_type();
    match () {
        () if kind.is_symlink() => Err("is a symbolic link; name the file itself"),
        () if kind.is_dir() => Err("is a directory; name a file in it"),
        () if !kind.is_file() => Err("is not a regular file"),
        () if there.uid() != mdcloud_process::user() => {
            Err("belongs to another user; name a file of your own")
        }
        () => Ok(()),
    }
}

/// The document of one file.
pub(crate) struct FileStore {
    path: PathBuf,
    /// Whether the directory is ours to make.
    makes_directory: bool,
    open: Option<Open>,
}

struct Open {
    file: File,
    /// Device and number: whether the path still leads here.
    identity: (u64, u64),
    /// The head that `document` was read with or written with.
    head: Option<Head>,
    document: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Head {
    slot: usize,
    version: u64,
    length: u64,
    checksum: [u8; 32],
}

impl FileStore {
    pub(crate) fn new(path: PathBuf, makes_directory: bool) -> Self {
        FileStore { path, makes_directory, open: None }
    }

    fn failed(&self, error: &io::Error) -> StoreError {
        StoreError::io(&format!("quota ledger {}", self.path.display()), error)
    }

    /// Opens the file if need be, and locks it. Somebody may have set it aside or deleted it meanwhile;
    /// then the one that is there now counts.
    fn lock(&mut self) -> Result<Locked<'_>, StoreError> {
        for _ in 0..16 {
            if self.open.is_none() {
                self.open = Some(self.open_file().map_err(|error| self.failed(&error))?);
            }
            let Some(open) = &self.open else { continue };
            match open.file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    return Err(StoreError::busy(format!(
                        "quota ledger {}: another process holds its lock, and is perhaps stopped",
                        self.path.display()
                    )));
                }
                Err(TryLockError::Error(error)) => return Err(self.failed(&error)),
            }
            let there = self.path.symlink_metadata().ok().map(|there| identity(&there));
            if there == Some(open.identity) {
                return Ok(Locked(self));
            }
            // Closing it unlocks it.
            self.open = None;
        }
        Err(StoreError::new(
            Status::Io,
            format!("quota ledger {}: it is replaced again and again", self.path.display()),
        ))
    }

    fn open_file(&self) -> io::Result<Open> {
        if let Some(directory) = self.path.parent().filter(|_| self.makes_directory) {
            DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        }
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(mdcloud_process::OPEN_FLAGS)
            .open(&self.path)?;
        let there = file.metadata()?;
        trusted(&there).map_err(io::Error::other)?;
        Ok(Open { file, identity: identity(&there), head: None, document: Vec::new() })
    }
}

/// The file while this process has its lock.
struct Locked<'a>(&'a mut FileStore);

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        if let Some(open) = &self.0.open
            && open.file.unlock().is_err()
        {
            self.0.open = None;
        }
    }
}

impl Store for FileStore {
    fn exchange(&mut self, change: &mut Change<'_>) -> Result<(), StoreError> {
        let locked = self.lock()?;
        let FileStore { open, path, .. } = &mut *locked.0;
        let Some(open) = open else { return Ok(()) };
        let failed = |error| StoreError::io(&format!("quota ledger {}", path.display()), &error);
        let version = open.read().map_err(failed)?;
        let kept = Kept { version, document: &open.document, time: reading() };
        match change(kept) {
            Some(document) => open.write(document, version).map_err(failed),
            None => Ok(()),
        }
    }

    /// Beside the file, as `NAME.damaged-1` and so on.
    fn set_aside(&mut self) -> Result<String, StoreError> {
        let seen = self.open.as_ref().map(|open| open.identity);
        let locked = self.lock()?;
        let store = &mut *locked.0;
        if store.open.as_ref().map(|open| open.identity) != seen {
            return Ok("where another process has put it".to_owned());
        }
        let name = |number: u32| {
            let mut name = store.path.clone().into_os_string();
            name.push(format!(".damaged-{number}"));
            PathBuf::from(name)
        };
        let free = (1..).map(name).find(|path| path.symlink_metadata().is_err()).unwrap_or_default();
        std::fs::rename(&store.path, &free).map_err(|error| store.failed(&error))?;
        store.open = None;
        drop(locked);
        Ok(free.display().to_string())
    }

    fn is_gone(&self, holder: u64) -> bool {
        mdcloud_process::is_gone(holder)
    }

    /// The parent's descriptor would not exclude the parent; and while it is open here, the system would
    /// not take the lock from a parent that is killed.
    fn forked(&mut self) {
        self.open = None;
    }
}

impl Open {
    /// Reads what is kept, unless it is what was read last, and gives its version.
    fn read(&mut self) -> io::Result<u64> {
        let mut heads = [0; 2 * HEAD];
        let length = read_most(&self.file, &mut heads, 0)?;
        let mut found: Vec<Head> = (0..2).filter_map(|slot| Head::read(&heads, slot)).collect();
        found.sort_by_key(|head| std::cmp::Reverse(head.version));
        for head in found {
            if Some(head) == self.head {
                return Ok(head.version);
            }
            self.document.resize(head.length as usize, 0);
            let read = read_most(&self.file, &mut self.document, place(head.slot))?;
            if read == self.document.len() && head.checksum == head.sum(&self.document) {
                self.head = Some(head);
                return Ok(head.version);
            }
        }
        self.head = None;
        self.document.clear();
        // A file with something in it, of which no slot is whole, is no ledger: an empty document says so.
        Ok(if length == 0 { 0 } else { u64::MAX })
    }

    /// Writes the document where the kept one is not, then the head that makes it count.
    fn write(&mut self, document: Vec<u8>, version: u64) -> io::Result<()> {
        if document.len() as u64 > ROOM {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "too many accounts for one ledger"));
        }
        // A new file begins with a number that no earlier one under this path has come to.
        let version = if version == 0 { wall() } else { version + 1 };
        let slot = self.head.map_or(0, |head| 1 - head.slot);
        let mut head = Head { slot, version, length: document.len() as u64, checksum: [0; 32] };
        head.checksum = head.sum(&document);
        self.head = None;
        self.file.write_all_at(&document, place(slot))?;
        self.file.write_all_at(&head.bytes(), (slot * HEAD) as u64)?;
        (self.head, self.document) = (Some(head), document);
        Ok(())
    }
}

impl Head {
    fn read(heads: &[u8; 2 * HEAD], slot: usize) -> Option<Head> {
        let bytes = &heads[slot * HEAD..(slot + 1) * HEAD];
        let number = |at: usize| bytes[at..at + 8].try_into().map(u64::from_le_bytes).ok();
        let head =
            Head { slot, version: number(8)?, length: number(16)?, checksum: bytes[24..56].try_into().ok()? };
        (bytes.starts_with(MAGIC) && head.length <= ROOM && head.version < u64::MAX).then_some(head)
    }

    fn bytes(&self) -> [u8; HEAD] {
        let mut bytes = [0; HEAD];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..16].copy_from_slice(&self.version.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.length.to_le_bytes());
        bytes[24..56].copy_from_slice(&self.checksum);
        bytes
    }

    fn sum(&self, document: &[u8]) -> [u8; 32] {
        let mut hash = ring::digest::Context::new(&ring::digest::SHA256);
        hash.update(&self.version.to_le_bytes());
        hash.update(&self.length.to_le_bytes());
        hash.update(document);
        let mut sum = [0; 32];
        sum.copy_from_slice(hash.finish().as_ref());
        sum
    }
}

fn place(slot: usize) -> u64 {
    DOCUMENTS + slot as u64 * ROOM
}

fn identity(there: &Metadata) -> (u64, u64) {
    (there.dev(), there.ino())
}

/// Reads until the buffer is full or the file ends.
fn read_most(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    let mut done = 0;
    while done < buffer.len() {
        match file.read_at(&mut buffer[done..], at + done as u64) {
            Ok(0) => break,
            Ok(read) => done += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

/// Every process of this machine reads the time since it was started alike; after a restart, and on
/// systems without such a clock, the wall's time counts.
fn reading() -> Reading {
    let wall = wall();
    match mdcloud_process::since_boot() {
        Some((run, ticks)) => Reading { run, ticks, wall },
        None => Reading { run: 0, ticks: wall, wall },
    }
}

fn wall() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX - 1).max(1)
}

#[cfg(test)]
#[path = "file_store_tests.rs"]
mod tests;
