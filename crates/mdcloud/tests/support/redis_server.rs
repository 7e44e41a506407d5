//! A Redis of a test's own: on a free port, in a folder that goes with it, keeping nothing.
#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

pub(crate) struct RedisServer {
    pub(crate) port: u16,
    arguments: Vec<String>,
    child: Option<Child>,
    folder: PathBuf,
}

impl RedisServer {
    /// `None` where there is no `redis-server`, which the output of the tests then says.
    pub(crate) fn start(what_is_lost: &str, arguments: &[&str]) -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        if Command::new("redis-server").arg("--version").stdout(Stdio::null()).status().is_err() {
            // Past the capture of the test's output, which nobody sees when it passes.
            let text = format!("NOT RUN: redis-server is not installed; not tested: {what_is_lost}\n");
            let _ = std::io::stderr().write_all(text.as_bytes());
            return None;
        }
        let name = format!("mdcloud-redis-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).unwrap();
        let arguments = arguments.iter().map(|text| (*text).to_owned()).collect();
        let mut server = RedisServer { port: 0, arguments, child: None, folder };
        for _ in 0..10 {
            server.port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            if server.try_start() {
                return Some(server);
            }
        }
        panic!("redis-server does not start: {:?}", server.arguments);
    }

    pub(crate) fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// On the port that it had.
    pub(crate) fn start_again(&mut self) {
        assert!(self.try_start(), "redis-server does not start again");
    }

    /// False where somebody else has got the port meanwhile.
    fn try_start(&mut self) -> bool {
        let port = self.port.to_string();
        let plain = ["--port", port.as_str()];
        let tls = ["--port", "0", "--tls-port", port.as_str(), "--tls-auth-clients", "no"];
        let is_tls = self.arguments.iter().any(|argument| argument == "--tls-cert-file");
        let mut command = Command::new("redis-server");
        command.args(if is_tls { &tls[..] } else { &plain[..] });
        command.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no"]);
        command.arg("--dir").arg(&self.folder).args(&self.arguments);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let child = self.child.insert(child.unwrap());
        let start = Instant::now();
        while child.try_wait().unwrap().is_none() && start.elapsed() < Duration::from_secs(30) {
            if TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        false
    }

    /// As if the machine had lost its power.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// It keeps its connections and answers nothing.
    pub(crate) fn stall(&self) {
        self.signal("-STOP");
    }

    pub(crate) fn go_on(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let id = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// What `redis-cli` says to a command.
    pub(crate) fn cli(&self, command: &[&str]) -> String {
        let port = self.port.to_string();
        let ran = Command::new("redis-cli").args(["-p", &port]).args(command).output().unwrap();
        String::from_utf8(ran.stdout).unwrap().trim_end().to_owned()
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
