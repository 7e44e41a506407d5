//! One connection: requests in, answers out, until the client closes it.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::Ordering::Relaxed;

use mdcloud_bench::Done;

use crate::{Service, tls};

/// Room for an upload's bytes on their way to nowhere.
const ROOM: usize = 256 * 1024;

/// A request, without its body.
struct Head {
    method: String,
    path: String,
    length: u64,
    chunked: bool,
    expects: bool,
}

pub(crate) fn answer(service: &Service, stream: TcpStream) -> Done<()> {
    service.connections.fetch_add(1, Relaxed);
    stream.set_nodelay(true)?;
    match &service.tls {
        Some(config) => converse(service, tls::accept(service, config, stream)?),
        None => converse(service, stream),
    }
}

fn converse(service: &Service, stream: impl Read + Write) -> Done<()> {
    let mut input = BufReader::with_capacity(ROOM, stream);
    let mut output = Vec::new();
    while let Some(head) = read_head(&mut input)? {
        service.requests.fetch_add(1, Relaxed);
        if head.expects {
            input.get_mut().write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        output.clear();
        respond(service, &head, &mut input, &mut output)?;
        if !service.delay.is_zero() {
            std::thread::sleep(service.delay);
        }
        input.get_mut().write_all(&output)?;
    }
    Ok(())
}

fn respond(service: &Service, head: &Head, input: &mut impl BufRead, output: &mut Vec<u8>) -> Done<()> {
    if let Some(hash) = head.path.strip_prefix("/v4/hash/") {
        service.report.of(hash, output);
        return Ok(());
    }
    match (head.method.as_str(), head.path.as_str()) {
        ("POST", "/v4/hash") => {
            let mut body = Vec::new();
            input.by_ref().take(head.length).read_to_end(&mut body)?;
            service.report.of_many(&String::from_utf8_lossy(&body), output);
        }
        ("POST", "/v4/file") => {
            let length = if head.chunked { drain_chunks(input)? } else { drain(input, head.length)? };
            let text = format!(r#"{{"data_id":"bench{length:016x}","status":"inqueue","in_queue":0}}"#);
            service.report.frame("200 OK", text.as_bytes(), output);
        }
        _ => {
            drain(input, head.length)?;
            let text = br#"{"error":{"code":404001,"messages":["Endpoint not found"]}}"#;
            service.report.frame("404 Not Found", text, output);
        }
    }
    Ok(())
}

/// None where the client has closed the connection between two requests.
fn read_head(input: &mut impl BufRead) -> Done<Option<Head>> {
    let mut line = String::new();
    match input.read_line(&mut line) {
        Ok(0) => return Ok(None),
        Err(error) if matches!(error.kind(), ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset) => {
            return Ok(None);
        }
        read => read?,
    };
    let mut words = line.split(' ').map(str::to_owned);
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let mut head = Head { method, path, length: 0, chunked: false, expects: false };
    loop {
        line.clear();
        if input.read_line(&mut line)? <= 2 {
            return Ok(Some(head));
        }
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            head.length = value.parse()?;
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            head.chunked = value.eq_ignore_ascii_case("chunked");
        } else if name.eq_ignore_ascii_case("expect") {
            head.expects = true;
        }
    }
}

/// Takes so many bytes and forgets them.
fn drain(input: &mut impl BufRead, length: u64) -> Done<u64> {
    let mut left = length;
    while left > 0 {
        let there = input.fill_buf()?.len() as u64;
        if there == 0 {
            return Err("the client left in the middle of a body".into());
        }
        let taken = there.min(left);
        input.consume(taken as usize);
        left -= taken;
    }
    Ok(length)
}

fn drain_chunks(input: &mut impl BufRead) -> Done<u64> {
    let mut line = String::new();
    let mut total = 0;
    loop {
        line.clear();
        input.read_line(&mut line)?;
        let length = u64::from_str_radix(line.trim(), 16)?;
        drain(input, length + 2)?; // and the end of its line
        total += length;
        if length == 0 {
            return Ok(total);
        }
    }
}
