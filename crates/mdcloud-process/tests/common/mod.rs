//! Where the fixtures are, and how to run the program that loads them.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)] // each test uses some of it

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// Of this library.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A built example; `cargo test` builds them beside the tests, `cargo test --test NAME` does not.
pub(crate) fn built(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let path = test.parent().unwrap().parent().unwrap().join("examples").join(name);
    assert!(path.exists(), "{} is missing: cargo build -p mdcloud-process --examples", path.display());
    path
}

/// A directory of this test's own, with as many copies of the library as asked for; removed at the end.
pub(crate) struct Copies(PathBuf);

impl Copies {
    pub(crate) fn new(count: usize) -> Copies {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&directory).unwrap();
        for index in 0..count {
            std::fs::copy(built("libprocess_probe.so"), directory.join(format!("lib{index}.so"))).unwrap();
        }
        Copies(directory)
    }

    pub(crate) fn path(&self, index: usize) -> String {
        self.0.join(format!("lib{index}.so")).to_str().unwrap().into()
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.0
    }
}

impl Drop for Copies {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs the host with these words and returns its lines.
pub(crate) fn host(words: &[&str]) -> Vec<String> {
    run(Command::new(built("process_host")).args(words))
}

/// Runs a program, which must end well within 30 seconds, and returns its lines.
pub(crate) fn run(command: &mut Command) -> Vec<String> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let end = Instant::now() + Duration::from_secs(30);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > end {
            child.kill().unwrap();
            panic!("hangs: {command:?}");
        }
        std::thread::sleep(Duration::from_micros(500));
    }
    let output = child.wait_with_output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{:?}: {command:?}\n{out}\n{err}", output.status);
    out.lines().map(String::from).collect()
}
