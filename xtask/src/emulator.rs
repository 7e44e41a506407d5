//! The emulator, started as its own program.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use crate::run;

/// A running emulator; it ends with this value.
pub struct Emulator {
    child: Child,
    /// For `MDCLOUD_BASE_URL`.
    pub base_url: String,
    /// For `MDCLOUD_API_KEY`.
    pub api_key: String,
}

impl Emulator {
    /// Starts the program that `cargo build -p mdcloud-emulator` made, on a free port, with these settings
    /// (`name=value`).
    pub fn start(settings: &[&str]) -> Result<Self, String> {
        let file = run::target().join("debug/mdcloud-emulator");
        // The lifetime ends it even if we are killed.
        let mut child = run::program(&file)
            .args(["--port", "0", "--lifetime", "600"])
            .args(settings.iter().flat_map(|setting| ["--set", setting]))
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", file.display()))?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            let _ = BufReader::new(out).read_line(&mut line);
        }
        let mut emulator = Self { child, base_url: String::new(), api_key: String::new() };
        for word in line.split_whitespace() {
            match word.split_once('=') {
                Some(("base_url", value)) => emulator.base_url = value.to_owned(),
                Some(("api_key", value)) => emulator.api_key = value.to_owned(),
                _ => {}
            }
        }
        if emulator.base_url.is_empty() {
            return Err(format!("the emulator did not say where it listens, but {line:?}"));
        }
        Ok(emulator)
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
