//! The answers: a report of so many engines, made once, and what a bulk lookup says of each hash.

use std::fmt::Write as _;
use std::io::Write as _;

/// Where the asked hash is put in.
const PLACE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// As a generous key's allowance stands after a lookup.
const ALLOWANCE: &str = "X-RateLimit-For: reputation_api\r\nX-RateLimit-Interval: 86400\r\n\
    X-RateLimit-Limit: 100000000\r\nX-RateLimit-Remaining: 99999999\r\nX-RateLimit-Reset-In: 86399s\r\n\
    X-RateLimit-Used: 1\r\n";

pub(crate) struct Report {
    body: Vec<u8>,
    /// Where the hash stands in the body.
    place: usize,
}

impl Report {
    /// A report of `engines` engines on an executable, about 12 KB for 30; `padding` makes it as large as wanted.
    pub(crate) fn new(engines: usize, padding: usize) -> Self {
        let engines: Vec<String> = (0..engines).map(engine).collect();
        let sections: Vec<String> = (0..24).map(section).collect();
        let body = format!(
            r#"{{"data_id":"bzI2MTEyMmJlbmNoMDAwMDAwMDAwMDAwMDA","file_id":"bzI2MTEyMmJlbmNo","scan_result_history_length":4,"process_info":{{"result":"Blocked","profile":"multiscan","blocked_reason":"Infected","progress_percentage":100,"file_type_skipped_scan":false}},"scan_results":{{"scan_details":{{{}}},"scan_all_result_i":1,"scan_all_result_a":"Infected","start_time":"2026-11-20T09:10:11.120Z","total_time":2750,"total_avs":{},"total_detected_avs":{},"progress_percentage":100}},"file_info":{{"file_size":245760,"upload_timestamp":"2026-11-20T09:10:10.000Z","md5":"8ddd8be4b179a529afa5f2ffae4b9858","sha1":"a0b65939670bc2c010f4d5d6a0b3e4e4590fb92b","sha256":"{PLACE}","file_type_category":"E","file_type_description":"Win32 Executable","file_type_extension":"exe","display_name":"setup.exe","metadata":{{"sections":[{}],"padding":"{}"}}}},"share_file":1,"rest_version":"4","additional_info":["peinfo"],"votes":{{"up":0,"down":12}},"threat_name":"Trojan.Generic","malware_type":["trojan"],"malware_family":"generic"}}"#,
            engines.join(","),
            engines.len(),
            engines.len().div_ceil(2),
            sections.join(","),
            "x".repeat(padding),
        );
        let place = body.find(PLACE).unwrap_or_default();
        Report { body: body.into_bytes(), place }
    }

    /// The answer to a lookup.
    pub(crate) fn of(&self, hash: &str, output: &mut Vec<u8>) {
        self.frame("200 OK", &self.body, output);
        if hash.len() == PLACE.len() {
            let start = output.len() - self.body.len() + self.place;
            output[start..start + PLACE.len()].copy_from_slice(hash.as_bytes());
        }
    }

    /// The answer to `{"hash":["...", ...]}`: all are known.
    pub(crate) fn of_many(&self, asked: &str, output: &mut Vec<u8>) {
        let mut body = String::from(r#"{"data":["#);
        // What stands in quotes is, by turns, `hash`, then each of the hashes.
        for (index, hash) in asked.split('"').skip(3).step_by(2).enumerate() {
            let comma = if index == 0 { "" } else { "," };
            let _ = write!(
                body,
                r#"{comma}{{"hash":"{hash}","data_id":"bzI2MTEyMmJlbmNo{index:012}","scan_result_i":1,"start_time":"2026-11-20T09:10:11.120Z","total_avs":30,"total_detected_avs":15,"scan_details":{{}}}}"#
            );
        }
        body.push_str("]}");
        self.frame("200 OK", body.as_bytes(), output);
    }

    /// An answer with its head.
    pub(crate) fn frame(&self, status: &str, body: &[u8], output: &mut Vec<u8>) {
        let _ = write!(
            output,
            "HTTP/1.1 {status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: {}\r\n\
             {ALLOWANCE}\r\n",
            body.len()
        );
        output.extend_from_slice(body);
    }
}

fn engine(index: usize) -> String {
    let found = if index.is_multiple_of(2) {
        format!("Trojan.Generic.{}", 1_000_003 * (index + 1))
    } else {
        String::new()
    };
    format!(
        r#""Engine {index}":{{"threat_found":"{found}","scan_time":{},"scan_result_i":{},"def_time":"2026-11-{:02}T03:00:00.000Z","eng_id":"engine_{index}_linux","location":"local"}}"#,
        10 + index * 17 % 300,
        (index + 1) % 2,
        1 + index % 20,
    )
}

fn section(index: usize) -> String {
    format!(
        r#"{{"name":".part{index}","virtual_address":"0x{:08x}","virtual_size":"0x{:x}","raw_size":{},"entropy":{}.{:03},"md5":"{:032x}","flags":["CODE","EXECUTE","READ"]}}"#,
        0x1000 * (index + 1),
        0x2f00 + index,
        8192 + index * 512,
        3 + index % 5,
        index * 37 % 1000,
        (index as u128 + 1).wrapping_mul(0x1234_5678_9abc_def0_0fed_cba9_8765_4321),
    )
}
