//! The stand-in service of `benches/server`, started as its own program.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use crate::run;

/// A running stand-in; it ends with this value.
pub struct Stand {
    child: Child,
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
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            let _ = BufReader::new(out).read_line(&mut line);
        }
        match line.trim().strip_prefix("port=").and_then(|port| port.parse().ok()) {
            Some(port) => Ok(Stand { child, port }),
            None => {
                let _ = child.kill();
                let _ = child.wait();
                Err(format!("the stand-in did not say where it listens, but {line:?}"))
            }
        }
    }

    /// Without the path of the interface.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What it has counted: connections, requests.
    pub fn counts(&self) -> Result<BTreeMap<String, u64>, String> {
        let ask = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
            stream.write_all(b"GET /stats HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
            stream.shutdown(std::net::Shutdown::Write)?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer)
        };
        let answer = ask().map_err(|error| format!("the stand-in's counts: {error}"))?;
        let words = answer.lines().last().unwrap_or_default().split(' ');
        let pairs = words.filter_map(|word| word.split_once('='));
        Ok(pairs.filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?))).collect())
    }
}

impl Drop for Stand {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
