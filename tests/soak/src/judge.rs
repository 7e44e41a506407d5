//! The verdict: what was promised against what the service's log and the workers say.

use std::collections::BTreeMap;
use std::time::Duration;

use mdcloud_emulator::RequestRecord;

use crate::outcomes::{Claim, Outcomes, Upload};

/// Beyond its deadline a call may take so long: not the library's share, but a busy machine's.
const GRACE: Duration = Duration::from_secs(5);

/// What the service's log says.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Log {
    pub(crate) requests: u64,
    /// How often each file was stored, by its name; every file has a name and a content of its own.
    pub(crate) stored: BTreeMap<String, u64>,
    /// 429s of the service itself; those that were ordered as faults carry no code in the log.
    pub(crate) refused: Vec<String>,
    pub(crate) without_key: u64,
}

impl Log {
    pub(crate) fn of(records: &[RequestRecord]) -> Log {
        let mut log = Log { requests: records.len() as u64, ..Log::default() };
        for record in records {
            if record.status == 429 && record.code != 0 {
                let at = record.at as f64 / 1000.0;
                log.refused
                    .push(format!("{} {} with {} at {at:.1} s", record.method, record.path, record.code));
            }
            let to_service = record.path.starts_with("/v4/");
            log.without_key += u64::from(to_service && !record.key_ok);
            let name = record.headers.iter().find(|(name, _)| name == "filename");
            if let (true, Some((_, name))) = (is_stored(record), name) {
                *log.stored.entry(name.clone()).or_default() += 1;
            }
        }
        log
    }
}

/// Only the service answers with a 200: the faults that stand in its place have other statuses.
fn is_stored(record: &RequestRecord) -> bool {
    record.method == "POST" && record.path == "/v4/file" && record.status == 200
}

/// All that is wrong with one process.
pub(crate) fn of_worker(outcomes: &Outcomes, log: &Log, deadline: Duration) -> Vec<String> {
    let mut wrong = Vec::new();
    if outcomes.asked == 0 || outcomes.asked != outcomes.ended() {
        wrong.push(format!("{} calls were made and {} ended", outcomes.asked, outcomes.ended()));
    }
    let longest = Duration::from_millis(outcomes.longest_ms);
    if longest > deadline + GRACE {
        wrong.push(format!("a call took {longest:?}, with a deadline of {deadline:?}"));
    }
    if let Some(panics) = outcomes.ended.get("PANIC") {
        wrong.push(format!("{panics} calls ended with a bug of the library"));
    }
    for Upload { name, claim, status } in &outcomes.uploads {
        let stored = log.stored.get(name).copied().unwrap_or(0);
        match (claim, stored) {
            (_, 2..) => wrong.push(format!("{name} was stored {stored} times")),
            (Claim::Taken, 0) => {
                wrong.push(format!("{name} ended with {status}, is said to be stored, and is not"))
            }
            (Claim::NotTaken, 1) => {
                wrong.push(format!("{name} ended with {status}, is said not to be stored, and is"))
            }
            _ => {}
        }
    }
    wrong.extend(outcomes.strange.iter().map(|line| format!("it said: {line}")));
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(claim: Claim, stored: u64) -> usize {
        let log = Log { stored: BTreeMap::from([("a".to_owned(), stored)]), ..Log::default() };
        let outcomes = Outcomes {
            asked: 1,
            ended: BTreeMap::from([("OK".to_owned(), 1)]),
            uploads: vec![Upload { name: "a".to_owned(), claim, status: "OK".to_owned() }],
            ..Outcomes::default()
        };
        of_worker(&outcomes, &log, Duration::from_secs(1)).len()
    }

    #[test]
    fn an_upload_is_judged_by_what_its_caller_was_told() {
        assert_eq!([0, 1, 2].map(|stored| judged(Claim::Taken, stored)), [1, 0, 1]);
        assert_eq!([0, 1, 2].map(|stored| judged(Claim::NotTaken, stored)), [0, 1, 1]);
        assert_eq!([0, 1, 2].map(|stored| judged(Claim::Unknown, stored)), [0, 0, 1]);
    }

    #[test]
    fn a_call_without_an_end_a_bug_and_a_hang_are_all_told() {
        let mut outcomes = Outcomes { asked: 2, longest_ms: 9000, ..Outcomes::default() };
        outcomes.ended.insert("PANIC".to_owned(), 1);
        outcomes.strange.push("Segmentation fault".to_owned());
        assert_eq!(of_worker(&outcomes, &Log::default(), Duration::from_secs(3)).len(), 4);
        let nothing = of_worker(&Outcomes::default(), &Log::default(), Duration::from_secs(3));
        assert_eq!(nothing, ["0 calls were made and 0 ended"]);
    }
}
