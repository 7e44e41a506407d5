//! The stand-in service of `benches/server`, started as its own program.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Stdio};

use crate::run;

/// A running stand-in; it ends with this value.
pub struct Stand {
    child: Child,
    output: BufReader<ChildStdout>,
    scheme: &'static str,
    port: u16,
}

impl Stand {
    /// Starts it with these options, on one core if `core` says which.
    pub fn start(options: &[&str], core: Option<&str>) -> Result<Self, String> {
        let server = run::target().join("release/bench-server");
        let mut command = match core {
            Some(core) => {
                let mut pinned = run::program("taskset");
                pinned.args(["-c", core]).arg(&server);
                pinned
            }
            None => run::program(&server),
        };
        // Its standard input is a pipe of ours: it ends when that is closed, even if we are killed.
        let mut child = command
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", server.display()))?;
        let Some(output) = child.stdout.take() else { return Err("the stand-in has no output".to_owned()) };
        let scheme = if options.contains(&"--tls") { "https" } else { "http" };
        let mut stand = Stand { child, output: BufReader::new(output), scheme, port: 0 };
        let mut line = String::new();
        let _ = stand.output.read_line(&mut line);
        match line.trim().strip_prefix("port=").and_then(|port| port.parse().ok()) {
            Some(port) => stand.port = port,
            None => return Err(format!("the stand-in did not say where it listens, but {line:?}")),
        }
        Ok(stand)
    }

    /// Without the path of the interface.
    pub fn url(&self) -> String {
        format!("{}://127.0.0.1:{}", self.scheme, self.port)
    }

    /// Ends it, and gives what it has counted: connections, requests, handshakes.
    pub fn end(mut self) -> Result<BTreeMap<String, u64>, String> {
        drop(self.child.stdin.take());
        let mut line = String::new();
        self.output.read_line(&mut line).map_err(|error| format!("the stand-in's counts: {error}"))?;
        let pairs = line.split_whitespace().filter_map(|word| word.split_once('='));
        Ok(pairs.filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?))).collect())
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
