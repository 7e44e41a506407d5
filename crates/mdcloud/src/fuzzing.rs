//! Doors to the parsers, for `fuzz/` and for `tests/fuzz.rs`. Behind the feature `fuzzing`; no user has it.
//!
//! Each takes bytes as a service, a file or a caller could give them. None may panic, hang, or give something
//! that breaks what its parser promises; the promises are asserted here.
#![allow(clippy::panic, clippy::expect_used)] // a broken promise has to be loud

use mdcloud_process::ledger::{ABSENT, ANSWERED, Ask, GO, Tell};

use crate::date;
use crate::endpoints::ENDPOINTS;
use crate::envelope;
use crate::error::{Error, Status};
use crate::keys::Wanted;
use crate::model::{self, Document, FeedPage, FieldValue, HashResult, MODELS, Model};
use crate::quota::fuzzing as quota;
use crate::transport::{Headers, Reply};

/// A parser by its name, which is that of its fuzz target and of its folder of seeds.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 11] = [
    ("answer", answer),
    ("envelope", error_envelope),
    ("headers", headers),
    ("report", report),
    ("bulk", bulk),
    ("feed", feed),
    ("models", models),
    ("pointer", pointer),
    ("dates", dates),
    ("ledger", ledger),
    ("settings", settings),
];

/// What a service sends over a connection, behind a byte that says in pieces of which size: read by us as by ureq.
pub fn answer(data: &[u8]) {
    crate::transport::fuzzing::answer(data);
}

/// An answer of any status, to any operation, and to one entry of a bulk answer.
pub fn error_envelope(data: &[u8]) {
    let Some((first, body)) = data.split_first() else { return };
    let statuses = [200, 204, 302, 400, 401, 403, 404, 413, 429, 500, 502, 503];
    let status = statuses[usize::from(*first) % statuses.len()];
    let mut headers = Headers::default();
    if first & 0x80 != 0 {
        headers.append("content-type", b"text/plain");
    }
    let reply = Reply { status, headers, body: body.to_vec() };
    for endpoint in [None, ENDPOINTS.get(usize::from(*first) % ENDPOINTS.len())] {
        if let Some(problem) = envelope::problem(&reply, endpoint) {
            show(&problem.into_error(&reply));
        }
    }
    if let Ok(value) = serde_json::from_slice(body)
        && let Some(problem) = envelope::problem_of_entry(&value)
    {
        show(&problem.of_entry(body));
    }
}

/// What a user or a log sees of an error stays on one line, without what moves a terminal.
fn show(error: &crate::Error) {
    assert!(!error.to_string().contains(char::is_control), "{error:?}");
    drop(format!("{error:?}"));
    drop(model::error_as_json(error));
}

/// Headers, one `name: value` a line; each line is the text of a 429001 as well.
pub fn headers(data: &[u8]) {
    let mut headers = Headers::default();
    let mut messages = Vec::new();
    for line in data.split(|byte| *byte == b'\n') {
        messages.push(String::from_utf8_lossy(line).into_owned());
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        if let Ok(name) = std::str::from_utf8(&line[..colon]) {
            headers.append(name, line.get(colon + 1..).unwrap_or_default());
        }
    }
    let tell = quota::headers(&Reply { status: 429, headers, body: Vec::new() });
    let most = |value: u64| value == ABSENT || value <= u64::from(u32::MAX);
    assert!(most(tell.limit) && most(tell.remaining) && most(tell.used), "{tell:?}");
    if let Some(rate) = quota::rate(&messages) {
        assert!(rate.requests > 0 && !rate.window.is_zero());
    }
}

/// An answer about a file, read field by field.
pub fn report(data: &[u8]) {
    restore("Report", data, "");
}

/// Bulk answers, of hashes and of addresses.
pub fn bulk(data: &[u8]) {
    let Ok(document) = Document::new(data.to_vec()) else { return };
    let wanted = Wanted::of(&["0", "44D88612FEA8A8F36DE82E1278ABB02F"]);
    let left_out = |hash: &str| HashResult::failed(hash, Error::new(Status::Protocol, ""));
    for entry in HashResult::read(&document, &wanted, left_out).unwrap_or_default() {
        walk(&entry, 0);
    }
    for model in ["HashResult", "Reputation", "RescanResult"] {
        restore(model, data, "44d88612fea8a8f36de82e1278abb02f");
    }
}

/// A page of a feed: an object, or in old answers a list.
pub fn feed(data: &[u8]) {
    let reply = Reply { status: 200, headers: Headers::default(), body: data.to_vec() };
    if let Ok(page) = crate::api::record::<FeedPage>("feed", reply) {
        walk(&page, 0);
    }
}

/// Every type of result, made from a text as Python makes it when it unpickles.
pub fn models(data: &[u8]) {
    let Some((first, json)) = data.split_first() else { return };
    let model = MODELS[usize::from(*first) % MODELS.len()];
    restore(model.name, json, "label");
}

fn restore(name: &str, json: &[u8], label: &str) {
    if let Ok(model) = model::restore(name, json.to_vec(), label) {
        walk(&*model, 0);
        // What it gives out can be read back, and is the same.
        let again = model::restore(name, model.json().as_bytes().to_vec(), label);
        assert_eq!(again.map(|again| again.json().to_owned()).ok().as_deref(), Some(model.json()));
        drop(model::as_json(&*model));
    }
}

/// Reads every field, of what is nested too.
fn walk(model: &dyn Model, depth: usize) {
    assert!(depth < 8, "the types do not nest so deep");
    assert!(serde_json::from_str::<serde::de::IgnoredAny>(model.json()).is_ok(), "{}", model.type_name());
    for index in 0..model.fields().len() {
        match model.value(index) {
            FieldValue::One(one) => walk(one, depth + 1),
            FieldValue::Many(many) => many.into_iter().for_each(|one| walk(one, depth + 1)),
            FieldValue::Error(error) => show(error),
            FieldValue::Float(number) => assert!(number.is_finite()),
            _ => {}
        }
    }
}

/// A JSON pointer, a line end, and the document that it points into.
pub fn pointer(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let Ok(pointer) = std::str::from_utf8(&data[..end]) else { return };
    if let Ok(document) = Document::from_json(data.get(end + 1..).unwrap_or_default()) {
        drop(document.pointer(pointer).cloned());
        assert!(document.pointer("").is_some());
    }
}

pub fn dates(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for moment in [date::of_text(text), date::of_header(text)].into_iter().flatten() {
        // The end of the year 9999, and a leap second.
        assert!((0.0..=253_402_300_801.0).contains(&moment), "{text:?} is {moment}");
    }
}

/// A ledger as a store may give it back, and then a call by it.
pub fn ledger(data: &[u8]) {
    let Some(mut tracker) = quota::read_tracker(data) else { return };
    for now in [0, 1 << 40, u64::MAX >> 1] {
        for account in tracker.view(now).iter().map(|view| view.account).chain([[7; 16]]) {
            let ask = Ask { cost: 1, at_least: 1, throttled: 1, ..Ask::new(account) };
            let answer = tracker.ask(now, &ask);
            if answer.verdict == GO {
                tracker.tell(
                    now,
                    &Tell { remaining: 1, limit: 2, ..Tell::new(account, answer.ticket, ANSWERED) },
                );
            }
        }
        tracker.bury(now, &mut |holder| holder % 2 == 0);
    }
}

/// Settings that are texts, and what a Redis answers.
pub fn settings(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        if let Ok(rate) = text.parse::<crate::Rate>() {
            assert!(rate.requests > 0 && !rate.window.is_zero());
        }
        drop(crate::address::Base::parse(text, true));
        drop(crate::hash::check(text));
    }
    #[cfg(feature = "redis")]
    quota::redis(data);
}
