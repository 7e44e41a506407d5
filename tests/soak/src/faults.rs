//! The faults that are ordered while the traffic runs.

use std::collections::BTreeMap;
use std::time::Duration;

use mdcloud_emulator::{Emulator, Fault, FaultKind};

use crate::random::Random;

/// Where a fault strikes. Uploads are named twice, as they have most to lose.
const PATHS: [&str; 8] =
    ["", "", "POST /v4/file", "POST /v4/file", "GET /v4/file", "GET /v4/hash", "POST /v4/hash", "/v4/apikey"];

/// Orders faults, and knows which.
pub(crate) struct Orders {
    random: Random,
    pub(crate) made: BTreeMap<&'static str, u64>,
}

impl Orders {
    pub(crate) fn new(seed: u64) -> Self {
        Orders { random: Random::new(seed ^ 0xFA17), made: BTreeMap::new() }
    }

    /// Time until the next one.
    pub(crate) fn pause(&mut self) -> Duration {
        Duration::from_millis(60 + self.random.below(240))
    }

    pub(crate) fn order(&mut self, emulator: &Emulator) {
        let (name, kind) = self.kind();
        let path = PATHS[self.random.below(PATHS.len() as u64) as usize].to_owned();
        let count = 1 + self.random.below(2) as u32;
        *self.made.entry(name).or_default() += u64::from(count);
        emulator.fault(Fault { path, count, kind });
    }

    fn kind(&mut self) -> (&'static str, FaultKind) {
        let bytes = self.random.below(400) as usize;
        let status = |status: u16, body: &str| FaultKind::Status {
            status,
            body: body.to_owned(),
            content_type: "application/json".to_owned(),
        };
        match self.random.below(17) {
            0 => ("503", status(503, r#"{"error":{"code":503000,"messages":["ordered"]}}"#)),
            1 => ("500", status(500, "")),
            // Not the service's own 429: those have a code in the log, and that is how they are told apart.
            2 => ("429", status(429, r#"{"error":{"code":429002,"messages":["ordered"]}}"#)),
            // In the service's place, with a status of success that the service itself never gives an upload:
            // in the log a 200 means that a file was stored.
            3 => ("not JSON", status(203, "<html>Please stand by</html>")),
            4 => ("null", status(203, "null")),
            5 => ("redirect", FaultKind::Redirect("http://127.0.0.1:1/".to_owned())),
            6 => ("raw bytes", FaultKind::Raw(vec![0xFF; bytes])),
            7 => ("close", FaultKind::Close),
            8 => ("reset", FaultKind::Reset),
            9 => ("stall", FaultKind::Stall),
            10 => ("close after the work", FaultKind::CloseAfter(0)),
            11 => ("cut answer", FaultKind::CloseAfter(bytes)),
            12 => ("answer stops", FaultKind::StallAfter(bytes)),
            13 => ("drip", FaultKind::Drip { bytes: 40, every: Duration::from_millis(10) }),
            14 => ("wrong length", FaultKind::WrongLength(self.random.below(20) as i64 - 10)),
            15 => ("late answer", FaultKind::Delay(Duration::from_millis(self.random.below(500)))),
            _ => (
                "bad headers",
                FaultKind::Headers(vec![
                    ("x-ratelimit-limit".to_owned(), "\"many\"".to_owned()),
                    ("x-ratelimit-remaining".to_owned(), "99999999999999999999".to_owned()),
                    ("x-ratelimit-reset-in".to_owned(), "soon".to_owned()),
                ]),
            ),
        }
    }
}
