//! What an answer can cost in memory, however large it is. Alone in its program, as it looks at all of it.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[path = "support/calls.rs"]
mod calls;

use calls::{HASH, sanitized};
use mdcloud::{Client, Config, Source, Status};
use mdcloud_emulator::{Emulator, Fault, FaultKind, Settings};

const GIB: u64 = 1 << 30;

/// The most memory that this program has had since it was last asked, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak = line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024;
    std::fs::write("/proc/self/clear_refs", "5").unwrap();
    peak
}

#[test]
fn a_gib_is_never_held_in_memory_whichever_way_it_goes() {
    let mut settings = Settings::new();
    for (name, value) in [("scan_time", "1ms"), ("sanitize_time", "1ms"), ("max_upload_mb", "2000")] {
        settings.set(name, value).unwrap();
    }
    let emulator = Emulator::start(settings).unwrap();
    let config = Config::new().base_url(emulator.base_url()).api_key(emulator.api_key()).retries(0);
    let client = Client::new(&config).unwrap();
    let data_id = sanitized(&client);
    let order = |path: &str, kind| emulator.fault(Fault { path: path.to_owned(), count: 1, kind });
    let before = peak();
    let told = |what: &str, size: u64| {
        let most = peak().saturating_sub(before);
        println!("{what}: {} MiB in memory for {} MiB", most >> 20, size >> 20);
        // 64 MiB may be read, into memory that doubles as it grows.
        assert!(most < size / 5, "{what}: {most} bytes");
    };

    for (what, kind) in [("answer", FaultKind::Large(GIB)), ("bomb", FaultKind::GzipBomb(GIB))] {
        order("/hash/", kind);
        let error = client.hash_lookup(HASH).unwrap_err();
        assert_eq!(error.status(), Status::Protocol, "{what}: {error}");
        assert!(error.to_string().contains("64 MiB") && error.raw().len() < 1 << 20, "{error}");
        told(what, GIB);
    }
    order("/files/", FaultKind::Large(GIB));
    assert_eq!(client.sanitized_download_to(&data_id, std::io::sink()).unwrap(), GIB);
    told("download", GIB);
    const SENT: u64 = 300 << 20;
    let source = Source::reader(std::io::Read::take(std::io::repeat(7), SENT), SENT);
    assert!(client.file_submit(source).is_ok());
    told("upload", SENT);
}
