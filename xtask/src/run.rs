//! Running other programs, and where things are.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

/// A chore's outcome: nothing, or what went wrong.
pub type Outcome = Result<(), String>;

/// How long one program may take. A test that hangs costs this much, and not the whole run.
pub const LIMIT: Duration = Duration::from_secs(15 * 60);

/// The project's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Where cargo builds.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(given) => root().join(given),
        None => root().join("target"),
    }
}

/// A program, started in the project's root, without what cargo told this program about itself.
///
/// Some build scripts (ring's) run again when `CARGO_PKG_…` changes: if those of xtask reached the inner
/// cargo, every change between `cargo build` and `cargo xtask` would rebuild half of the tree.
pub fn program(name: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root()).stdin(Stdio::null());
    for (key, _) in std::env::vars_os() {
        let text = key.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_"].iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&key);
        }
    }
    command
}

/// The cargo that runs us.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut command = program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    command
}

/// Tells a program where the C library is that a build made.
pub fn with_library(command: &mut Command) -> &mut Command {
    command.env("MDCLOUD_TEST_LIB", target().join("debug/libmdcloud.so"))
}

/// What a program did.
pub struct Ran {
    /// It ended by itself, with status 0.
    pub ok: bool,
    /// All that it wrote, both streams in their order.
    pub output: String,
    /// How it ended, in words.
    pub how: String,
}

impl Ran {
    /// Nothing, or how it ended and the last of what it wrote.
    pub fn outcome(&self) -> Outcome {
        if self.ok { Ok(()) } else { Err(format!("{}\n{}", self.how, tail(&self.output, 60))) }
    }
}

/// Runs a program to its end and keeps its output; shows it meanwhile if `show`.
pub fn capture(command: &mut Command, show: bool, limit: Duration) -> Ran {
    let failed = |how: String| Ran { ok: false, output: String::new(), how };
    let name = command.get_program().to_string_lossy().into_owned();
    let pipes = std::io::pipe().and_then(|(read, write)| Ok((read, write.try_clone()?, write)));
    let (mut read, out, err) = match pipes {
        Ok(pipes) => pipes,
        Err(error) => return failed(format!("no pipe: {error}")),
    };
    // On a terminal Ctrl-C has to reach the program; elsewhere its own group lets us end all of it.
    let group = std::env::var_os("CI").is_some();
    #[cfg(unix)]
    if group {
        std::os::unix::process::CommandExt::process_group(command, 0);
    }
    let mut child = match command.stdout(out).stderr(err).spawn() {
        Ok(child) => child,
        Err(error) => return failed(format!("{name} cannot be started: {error}")),
    };
    command.stdout(Stdio::null()).stderr(Stdio::null()); // closes our ends of the pipe

    let kept = Arc::new(Mutex::new(Vec::new()));
    let (done, ended) = mpsc::channel();
    let keep = Arc::clone(&kept);
    std::thread::spawn(move || {
        let mut piece = [0; 8192];
        while let Ok(length @ 1..) = read.read(&mut piece) {
            if show {
                use std::io::Write;
                let _ = std::io::stdout().write_all(&piece[..length]);
            }
            if let Ok(mut kept) = keep.lock() {
                kept.extend_from_slice(&piece[..length]);
            }
        }
        let _ = done.send(());
    });
    let (ok, how) = wait(&mut child, &ended, group, limit);
    // Something that the program left behind may hold the pipe open: not waited for.
    let _ = ended.recv_timeout(Duration::from_secs(2));
    let output = kept.lock().map(|kept| String::from_utf8_lossy(&kept).into_owned()).unwrap_or_default();
    Ran { ok, output, how: format!("{name}: {how}") }
}

/// Its output ends where most programs do, so that their end is seen at once: `bench start` times whole processes.
fn wait(child: &mut Child, ended: &mpsc::Receiver<()>, group: bool, limit: Duration) -> (bool, String) {
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return (status.success(), status.to_string()),
            Ok(None) if start.elapsed() < limit => {
                if ended.recv_timeout(Duration::from_millis(10)) != Err(mpsc::RecvTimeoutError::Timeout) {
                    std::thread::sleep(Duration::from_micros(100));
                }
            }
            Ok(None) => {
                if group {
                    let all = format!("-{}", child.id());
                    let _ = Command::new("kill").args(["-KILL", "--", &all]).status();
                }
                let _ = child.kill();
                let _ = child.wait();
                return (false, format!("stopped after {} s", limit.as_secs()));
            }
            Err(error) => return (false, error.to_string()),
        }
    }
}

/// The last lines of a text.
pub fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.trim_end().lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

/// Reads a file of the project.
pub fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes a file, and the folders above it.
pub fn write(path: &Path, text: &str) -> Outcome {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, text))
        .map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes `text` to a file that is generated and committed, or with `check` says whether it has drifted.
pub fn write_or_check(path: &Path, text: &str, check: bool, command: &str) -> Outcome {
    let old = std::fs::read_to_string(path).unwrap_or_default();
    if old == text {
        return Ok(());
    }
    if check {
        return Err(format!("{} is out of date: run `{command}` and commit the result", path.display()));
    }
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// The words of a command line, for tests of how they are understood.
#[cfg(test)]
pub fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_streams_are_kept_in_their_order_with_how_it_ended() {
        let ran = capture(
            program("sh").args(["-c", "echo one; echo two >&2; echo three; exit 3"]),
            false,
            Duration::from_secs(20),
        );
        assert_eq!(ran.output, "one\ntwo\nthree\n");
        assert!(!ran.ok);
        assert!(ran.how.contains('3'), "{}", ran.how);
    }

    #[test]
    fn a_program_that_hangs_is_ended() {
        let start = Instant::now();
        let ran = capture(program("sleep").arg("30"), false, Duration::from_millis(100));
        assert!(!ran.ok && start.elapsed() < Duration::from_secs(10));
        assert!(ran.how.contains("stopped after"), "{}", ran.how);
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let ran = capture(&mut program("no-such-program"), false, LIMIT);
        assert!(ran.how.contains("no-such-program"), "{}", ran.how);
    }

    #[test]
    fn the_tail_is_the_end() {
        assert_eq!(tail("a\nb\nc\n\n", 2), "b\nc");
        assert_eq!(tail("a", 5), "a");
    }
}
