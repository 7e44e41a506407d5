//! A tiny client, so that the emulator is always met over a real socket.
#![allow(dead_code, unreachable_pub)] // Each test file is a crate that uses its own part of this.
#![allow(clippy::expect_used)] // Helpers of tests may fail as tests do.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use mdcloud_emulator::{Emulator, Settings};
use serde_json::Value;

/// An emulator and a client that knows its key.
pub struct House {
    pub emulator: Emulator,
    agent: ureq::Agent,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
    pub fn code(&self) -> i64 {
        self.json()["error"]["code"].as_i64().expect("a code")
    }
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Settings on a virtual clock, changed by `name=value` pairs.
pub fn settings(pairs: &[(&str, &str)]) -> Settings {
    let mut settings = Settings::new();
    settings.virtual_clock = true;
    for (name, value) in pairs {
        settings.set(name, value).expect("a setting");
    }
    settings
}

/// An emulator on a virtual clock.
pub fn house(pairs: &[(&str, &str)]) -> House {
    let emulator = Emulator::start(settings(pairs)).expect("a free port");
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(Duration::from_secs(20)))
        .build();
    House { emulator, agent: config.into() }
}

impl House {
    pub fn key(&self) -> String {
        self.emulator.api_key().to_owned()
    }

    /// One request with the key and more headers.
    pub fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer, ureq::Error> {
        let key = self.key();
        let mut all = vec![("apikey", key.as_str())];
        all.extend_from_slice(headers);
        self.bare(method, &format!("{}{path}", self.emulator.base_url()), &all, body)
    }

    /// One request with just these headers.
    pub fn bare(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer, ureq::Error> {
        let mut request = ureq::http::Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = if method == "POST" {
            self.agent.run(request.body(body.to_vec()).expect("a request"))?
        } else {
            self.agent.run(request.body(()).expect("a request"))?
        };
        let body = response.body_mut().read_to_vec()?;
        Ok(Answer { status: response.status().as_u16(), headers: response.headers().clone(), body })
    }

    pub fn get(&self, path: &str) -> Answer {
        self.request("GET", path, &[], b"").expect("an answer")
    }

    pub fn post_json(&self, path: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json")];
        self.request("POST", path, &headers, body.to_string().as_bytes()).expect("an answer")
    }

    pub fn upload(&self, content: &[u8], headers: &[(&str, &str)]) -> Answer {
        let mut all = vec![("content-type", "application/octet-stream")];
        all.extend_from_slice(headers);
        self.request("POST", "/file", &all, content).expect("an answer")
    }

    /// Uploads, and gives the data_id.
    pub fn submit(&self, content: &[u8], headers: &[(&str, &str)]) -> String {
        let answer = self.upload(content, headers);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()["data_id"].as_str().expect("a data_id").to_owned()
    }

    pub fn advance(&self, millis: u64) {
        self.emulator.advance(Duration::from_millis(millis));
    }

    /// A connection of its own, for what a proper client would not send or would hide.
    pub fn raw(&self) -> TcpStream {
        let url = self.emulator.base_url();
        let address = url.trim_start_matches("http://").trim_end_matches("/v4").to_owned();
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
        stream
    }

    /// Sends text and reads to the end of the connection.
    pub fn raw_exchange(&self, text: &str) -> (Vec<u8>, std::io::Result<()>) {
        let mut stream = self.raw();
        stream.write_all(text.as_bytes()).expect("sent");
        let mut bytes = Vec::new();
        let end = stream.read_to_end(&mut bytes).map(drop);
        (bytes, end)
    }
}

/// The standard test file, made at run time so that no scanner mistakes the test for it.
pub fn eicar() -> Vec<u8> {
    let halves = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STAND", "ARD-ANTIVIRUS-TEST-FILE!$H+H*"];
    halves.concat().into_bytes()
}
