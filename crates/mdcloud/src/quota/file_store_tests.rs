use super::*;
use crate::quota::in_store::InStore;
use crate::quota::shared::Shared;
use crate::quota::store::Outside;
use mdcloud_process::ledger::{ANSWERED, Ask, GO, Name, Tell};
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicU32, Ordering};

const ACCOUNT: [u8; 16] = [9; 16];

/// A directory of the test's own, gone with it.
struct Directory(PathBuf);

impl Directory {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("mdcloud-ledger-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir(&path).unwrap();
        Directory(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("ledger")
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn ledger(path: PathBuf) -> InStore<FileStore> {
    InStore::new(Shared::new(FileStore::new(path, false), mdcloud_process::holder()))
}

fn left(ledger: &dyn Outside, remaining: u64) {
    let mut tell = Tell::new(ACCOUNT, 0, ANSWERED);
    (tell.http_status, tell.limit, tell.remaining) = (200, 100, remaining);
    (tell.reset_ns, tell.family) = (1_000_000_000_000, Name::new("reputation_api"));
    ledger.tell(&tell).unwrap();
}

fn remaining(ledger: &dyn Outside) -> Option<u64> {
    let (views, _) = ledger.view(&Default::default()).unwrap();
    views.iter().find(|view| view.account == ACCOUNT)?.families[0].1.remaining
}

/// Spoils a few bytes in the middle of the document in this slot.
fn spoil(path: &Path, slot: usize) {
    let file = OpenOptions::new().write(true).open(path).unwrap();
    file.write_all_at(b"\0\0\0\0", place(slot) + 20).unwrap();
}

fn newest_slot(path: &Path) -> usize {
    let mut heads = [0; 2 * HEAD];
    File::open(path).unwrap().read_at(&mut heads, 0).unwrap();
    (0..2).filter_map(|slot| Head::read(&heads, slot)).max_by_key(|head| head.version).unwrap().slot
}

#[test]
fn what_was_learned_is_there_after_a_restart_and_for_nobody_else() {
    let directory = Directory::new();
    let path = directory.0.join("made/on/the/way/ledger");
    let first = InStore::new(Shared::new(FileStore::new(path.clone(), true), 1));
    left(&first, 42);
    assert_eq!(remaining(&ledger(path.clone())), Some(42));
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    // Room to grow is not space taken.
    assert!(path.metadata().unwrap().blocks() * 512 < 100_000);
}

#[test]
fn a_slot_that_was_torn_leaves_the_one_before_it() {
    let directory = Directory::new();
    let path = directory.file();
    let writer = ledger(path.clone());
    left(&writer, 42);
    left(&writer, 41);
    spoil(&path, newest_slot(&path));
    assert_eq!(remaining(&ledger(path.clone())), Some(42));
    assert!(!directory.0.join("ledger.damaged-1").exists());
    // And the torn one is the next to be written.
    left(&ledger(path.clone()), 40);
    assert_eq!(remaining(&ledger(path)), Some(40));
}

#[test]
fn a_damaged_file_is_set_aside_once_whoever_finds_it_and_the_view_says_so() {
    let directory = Directory::new();
    let path = directory.file();
    for damage in [b"not a ledger".as_slice(), &[0xff; 9_000]] {
        std::fs::write(&path, damage).unwrap();
        let ledgers: Vec<_> = (0..4).map(|_| ledger(path.clone())).collect();
        std::thread::scope(|scope| {
            for ledger in &ledgers {
                scope.spawn(|| left(ledger, 7));
            }
        });
        assert!(ledgers.iter().all(|ledger| remaining(ledger) == Some(7)));
        let notes: Vec<_> =
            ledgers.iter().filter_map(|ledger| ledger.view(&Default::default()).unwrap().1).collect();
        assert!(notes.iter().any(|note| note.contains("ledger.damaged-")), "{notes:?}");
        std::fs::remove_file(&path).unwrap();
    }
    assert_eq!(std::fs::read(directory.0.join("ledger.damaged-1")).unwrap(), b"not a ledger");
    assert_eq!(std::fs::read(directory.0.join("ledger.damaged-2")).unwrap(), [0xff; 9_000]);
    assert!(!directory.0.join("ledger.damaged-3").exists());
}

#[test]
fn a_ledger_that_was_deleted_or_replaced_is_not_written_to_where_nobody_reads_it() {
    let directory = Directory::new();
    let path = directory.file();
    let ours = ledger(path.clone());
    left(&ours, 42);
    std::fs::remove_file(&path).unwrap();
    left(&ours, 30);
    assert_eq!(remaining(&ledger(path.clone())), Some(30));
    let other = directory.0.join("other");
    left(&ledger(other.clone()), 12);
    std::fs::rename(other, &path).unwrap();
    assert_eq!(remaining(&ours), Some(12));
}

#[test]
fn whoever_finds_it_locked_waits_a_moment_only_and_goes_on_when_it_is_free() {
    let directory = Directory::new();
    let path = directory.file();
    let ours = ledger(path.clone());
    left(&ours, 42);
    let holder = File::open(&path).unwrap();
    holder.lock().unwrap();
    let error = ours.tell(&Tell::new(ACCOUNT, 0, ANSWERED)).unwrap_err();
    assert!(error.busy && error.detail.contains("another process holds its lock"), "{}", error.detail);
    drop(holder);
    assert_eq!(remaining(&ours), Some(42));
}

#[test]
fn what_cannot_be_meant_is_refused_and_says_what_to_do() {
    let directory = Directory::new();
    let refused = |path: &Path| check(path, false).unwrap_err().to_string();
    assert!(refused(&directory.0).contains("is a directory; name a file in it"));
    assert!(refused(&directory.0.join("no/ledger")).contains("mkdir -p -m 700 "));
    assert!(refused(Path::new("/dev/null")).contains("is not a regular file"));
    let link = directory.0.join("link");
    std::os::unix::fs::symlink(directory.file(), &link).unwrap();
    assert!(refused(&link).contains("is a symbolic link"));
    std::fs::write(directory.file(), "").unwrap();
    assert!(refused(&link).contains("is a symbolic link"));
    assert!(check(&directory.file(), false).is_ok());
    // Put there after the check: it is not followed then either.
    let error = FileStore::new(link, false).open_file().err().unwrap();
    assert!(error.raw_os_error().is_some(), "{error}");
    let foreign = match mdcloud_process::user() {
        0 => {
            std::os::unix::fs::chown(directory.file(), Some(12345), None).unwrap();
            directory.file()
        }
        _ => PathBuf::from("/etc/passwd"),
    };
    assert!(refused(&foreign).contains("belongs to another user"));
}

#[test]
fn many_processes_share_one_sum() {
    // Each ledger here opens the file itself, which is what makes processes exclude each other.
    let directory = Directory::new();
    left(&ledger(directory.file()), 60);
    let patience = crate::wait::Patience::new(
        std::sync::Arc::new(crate::wait::SystemClock),
        crate::cancel::Cancels::default(),
    );
    let go: usize = std::thread::scope(|scope| {
        let work = || {
            let ledger = ledger(directory.file());
            let mut ask = Ask::new(ACCOUNT);
            (ask.operation, ask.cost, ask.at_least) = (15, 1, 1);
            ask.family = Name::new("reputation_api");
            (0..40).filter(|_| ledger.ask(&ask, &patience).unwrap().verdict == GO).count()
        };
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(go, 60);
}
