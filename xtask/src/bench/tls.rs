//! What TLS adds, and how seldom hands are shaken.

use std::path::PathBuf;

use super::clients::{self, Run};
use super::contest::{cell, median, upload};
use super::stand::Stand;
use super::{Bench, Shown};
use crate::run::{self, LIMIT};

/// What is done: its name, mode, how often, and whether with a file.
const TASKS: [(&str, &str, usize, bool); 3] = [
    ("lookup, verdict", "lookup", 2000, false),
    ("8 threads, verdict", "lookup8", 4000, false),
    ("upload of 256 MiB", "upload", 1, true),
];

pub fn part(bench: &Bench) -> Result<Shown, String> {
    let (certificate, key) = match certificate(bench) {
        Ok(made) => made,
        Err(why) => {
            println!("NOT RUN: TLS: {why}");
            return Ok(Shown { markdown: "Not measured here.".to_owned(), picture: None });
        }
    };
    let options = ["--tls", &certificate.to_string_lossy(), &key.to_string_lossy()];
    let file = upload(bench, 256 << 20)?;
    let ours = bench.ours(&["Rust", "C", "Python"]);
    let floor = clients::sealed()?;
    let mut text = "| | time over plain HTTP | | | full handshakes | resumed |\n\
                    |---|--:|--:|--:|--:|--:|\n| | Rust | C | Python | | |\n"
        .to_owned();
    for (what, mode, count, with_file) in TASKS {
        let count = if bench.smoke { count.div_ceil(100) } else { count };
        let (plain, tls) = (Stand::start(&[], None)?, Stand::start(&options, None)?);
        let (mut cells, mut speeds) = (Vec::new(), Vec::new());
        for client in &ours {
            let (mut ratios, mut over_floor) = (Vec::new(), Vec::new());
            for _ in 0..bench.rounds {
                let file = with_file.then_some(file.as_path());
                let trusted = format!("SSL_CERT_FILE={}", certificate.display());
                let trusting =
                    |url: &str| client.seconds(Run::new(mode, url, count, file).behind(&["env", &trusted]));
                let (secured, open) = (trusting(&tls.url())?, trusting(&plain.url())?);
                ratios.extend(secured.zip(open).map(|(secured, open)| secured / open));
                if with_file {
                    let least = floor.seconds(Run::new(mode, &plain.url(), count, file))?;
                    over_floor.extend(least.zip(secured).map(|(least, secured)| least / secured));
                }
            }
            cells.push(cell(median(ratios)));
            speeds.push(cell(median(over_floor)));
        }
        let counts = tls.end()?;
        let runs = (ours.len() * bench.rounds) as f64;
        let each = |name: &str| format!("{:.1}", counts.get(name).copied().unwrap_or(0) as f64 / runs);
        text.push_str(&format!(
            "| {what} | {} | {} | {} |\n",
            cells.join(" | "),
            each("handshakes"),
            each("resumed")
        ));
        if with_file {
            let what = "the same, speed over that of one core which reads, seals and writes";
            text.push_str(&format!("| {what} | {} | | |\n", speeds.join(" | ")));
        }
    }
    Ok(Shown { markdown: text, picture: None })
}

/// A certificate for 127.0.0.1, and its key.
fn certificate(bench: &Bench) -> Result<(PathBuf, PathBuf), String> {
    let (certificate, key) = (bench.folder.join("certificate.pem"), bench.folder.join("key.pem"));
    let mut openssl = run::program("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]);
    openssl.args(["-days", "2", "-subj", "/CN=bench", "-addext", "subjectAltName=IP:127.0.0.1"]);
    openssl.args(["-addext", "basicConstraints=critical,CA:FALSE"]);
    openssl.arg("-keyout").arg(&key).arg("-out").arg(&certificate);
    let ran = run::capture(&mut openssl, false, LIMIT);
    if ran.ok { Ok((certificate, key)) } else { Err(format!("openssl makes no certificate: {}", ran.how)) }
}
