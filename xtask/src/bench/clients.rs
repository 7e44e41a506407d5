//! The clients that take part: ours in each language, and others.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::plugins;
use crate::python::Venv;
use crate::run::{self, LIMIT};

/// A program that keeps to the protocol of `benches/protocol`.
pub struct Client {
    pub name: String,
    pub ours: bool,
    words: Vec<PathBuf>,
    /// How many times slower than ours it is, roughly, so that a round of it does not take as many times longer.
    pub slower: usize,
}

/// One run of a client: mode, address, how many, and with what file.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    before: &'a [&'a str],
    mode: &'a str,
    url: &'a str,
    count: usize,
    file: Option<&'a Path>,
}

impl<'a> Run<'a> {
    pub fn new(mode: &'a str, url: &'a str, count: usize, file: Option<&'a Path>) -> Self {
        Run { before: &[], mode, url, count, file }
    }

    /// Behind these words, such as `taskset -c 0`.
    pub fn behind(self, before: &'a [&'a str]) -> Self {
        Run { before, ..self }
    }
}

impl Client {
    fn new(name: &str, ours: bool, slower: usize, words: &[&Path]) -> Self {
        let words = words.iter().map(|word| word.to_path_buf()).collect();
        Client { name: name.to_owned(), ours, words, slower }
    }

    /// Its name in a table.
    pub fn shown(&self) -> String {
        if self.ours { format!("**{}**", self.name) } else { self.name.clone() }
    }

    /// Seconds of one run; None if it has no such mode. What it did not do in full is a failure.
    pub fn seconds(&self, run: Run<'_>) -> Result<Option<f64>, String> {
        Ok(self.words(run)?.and_then(|words| words.get("seconds").copied()))
    }

    /// All that it says of one run.
    pub fn words(&self, run: Run<'_>) -> Result<Option<BTreeMap<String, f64>>, String> {
        let Run { mode, count, .. } = run;
        let ran = run::capture(&mut self.command(run), false, LIMIT);
        if ran.how.ends_with("exit status: 3") {
            return Ok(None);
        }
        let line = ran.output.lines().rev().find(|line| line.starts_with(|c: char| c.is_ascii_digit()));
        let Some(line) = line.filter(|_| ran.ok) else {
            return Err(format!("{} {mode}: {}\n{}", self.name, ran.how, run::tail(&ran.output, 20)));
        };
        let line = format!("seconds={line}");
        let pairs = line.split_whitespace().filter_map(|word| word.split_once('='));
        let words: BTreeMap<String, f64> =
            pairs.filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?))).collect();
        let done = words.get("ok").copied().unwrap_or(0.0);
        if done < count as f64 {
            return Err(format!("{} {mode}: {done} of {count} were done", self.name));
        }
        Ok(Some(words))
    }

    /// The command line of a run.
    pub fn command(&self, run: Run<'_>) -> Command {
        let words: Vec<PathBuf> = run.before.iter().map(PathBuf::from).chain(self.words.clone()).collect();
        let mut command = run::program(&words[0]);
        command.args(&words[1..]).args([run.mode, run.url, &run.count.to_string()]).args(run.file);
        // Cargo puts its own folders before those of the program, and the library of the tests is in one of them.
        command.env_remove("LD_LIBRARY_PATH");
        // Their own settings are not what is compared.
        for name in std::env::vars().map(|(name, _)| name).filter(|name| name.starts_with("MDCLOUD_")) {
            command.env_remove(name);
        }
        command
    }
}

/// All clients; one whose libraries are missing is said to be.
pub fn all(folder: &Path, venv: &Venv) -> Result<Vec<Client>, String> {
    plugins::cargo_build("bench-ureq")?;
    let ours = |name: &str, command: &str| Client::new(name, true, 1, &[&folder.join(command)]);
    let (python, script) = (venv.tool("python"), run::root().join("benches/peers/python.py"));
    let peer = |name: &str, kind: &str, slower: usize| {
        Client::new(name, false, slower, &[&python, &script, Path::new(kind)])
    };
    let mut clients = vec![
        ours("mdcloud, Rust", "mdcloud-rust"),
        ours("mdcloud, C", "mdcloud-c"),
        ours("mdcloud, C++", "mdcloud-cpp"),
        ours("mdcloud, Python", "mdcloud-python"),
        Client::new("ureq and serde, Rust", false, 1, &[&run::target().join("release/bench-ureq")]),
        peer("httpx, Python", "httpx", 12),
        peer("requests, Python", "requests", 25),
        peer("OPSWAT's SDK, Python", "opswat", 15),
    ];
    match libcurl(folder) {
        Ok(program) => clients.insert(5, Client::new("libcurl and jansson, C", false, 2, &[&program])),
        Err(why) => println!("NOT RUN: libcurl: {why}"),
    }
    Ok(clients)
}

/// The floor for an upload under TLS; it has no other mode.
pub fn sealed() -> Result<Client, String> {
    plugins::cargo_build("bench-sealed")?;
    Ok(Client::new("read, sealed and written", false, 1, &[&run::target().join("release/bench-sealed")]))
}

fn libcurl(folder: &Path) -> Result<PathBuf, String> {
    let mut ask = run::program("pkg-config");
    let told = run::capture(ask.args(["--cflags", "--libs", "libcurl", "jansson"]), false, LIMIT);
    if !told.ok {
        return Err("pkg-config, libcurl4-openssl-dev or libjansson-dev is not installed".to_owned());
    }
    let program = folder.join("libcurl");
    let mut command = run::program("cc");
    command.args(["-std=c11", "-O2", "-Wall", "-Wextra", "-Werror", "-pthread", "-I"]);
    command.arg(run::root().join("benches/protocol")).arg(run::root().join("benches/peers/libcurl.c"));
    command.arg(plugins::protocol(folder)?).arg("-o").arg(&program).args(told.output.split_whitespace());
    run::capture(&mut command, false, LIMIT).outcome().map(|()| program)
}
