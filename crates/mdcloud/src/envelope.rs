//! Whether an answer is a failure, in any of the shapes that the service is known to use.
//!
//! The canonical one is `{"error":{"code":N,"messages":[..]}}`; older and edge ones put `success` beside
//! it, a text in place of the list, `err` in place of all, or no JSON at all.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::endpoints::{Endpoint, Operation};
use crate::error::{Error, Status};
use crate::model::lenient::{Scalar, read_object, texts_of};
use crate::transport::Reply;

/// Most bytes of an answer with a success status that is looked at for an error: those are short.
const LONGEST: usize = 4096;

/// What an answer says of a failure.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Problem {
    pub(crate) code: Option<i64>,
    pub(crate) messages: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Envelope<'a> {
    #[serde(borrow)]
    success: Option<Scalar<'a>>,
    #[serde(borrow)]
    code: Option<Scalar<'a>>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    err: Option<&'a RawValue>,
    #[serde(borrow)]
    data_id: Option<&'a RawValue>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Inner<'a> {
    #[serde(borrow)]
    code: Option<Scalar<'a>>,
    #[serde(borrow)]
    messages: Option<&'a RawValue>,
    #[serde(borrow)]
    details: Option<&'a RawValue>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Details<'a> {
    #[serde(borrow)]
    code: Option<Scalar<'a>>,
    #[serde(borrow)]
    message: Option<Scalar<'a>>,
}

/// The failure in an answer, or `None` where it is none.
pub(crate) fn problem(reply: &Reply, endpoint: Option<&Endpoint>) -> Option<Problem> {
    let success = (200..300).contains(&reply.status);
    if success && reply.body.len() > LONGEST {
        return None;
    }
    let json = Some(&reply.body[..]).filter(|body| body.first() == Some(&b'{'));
    let envelope = json.and_then(|body| serde_json::from_slice::<Envelope<'_>>(body).ok());
    if success {
        let is_hash_lookup = endpoint.is_some_and(|row| row.operation == Operation::HashLookup);
        if is_hash_lookup && is_v2_not_found(&reply.body) {
            return Some(Problem { code: Some(404_003), messages: vec!["The hash was not found".into()] });
        }
        let envelope = envelope.as_ref()?;
        let says_no = envelope.success.as_ref().and_then(Scalar::flag) == Some(false);
        let bare = envelope.data_id.is_none() && envelope.data.is_none();
        let is_error = bare && (envelope.error.is_some_and(|e| e.get() != "null") || envelope.err.is_some());
        if !says_no && !is_error {
            return None;
        }
    }
    Some(envelope.map_or_else(|| of_status_line(reply), |envelope| read(&envelope)))
}

/// The failure in one entry of a bulk answer that is otherwise good.
pub(crate) fn problem_of_entry(entry: &Value) -> Option<Problem> {
    let failed =
        entry.get("error").is_some_and(Value::is_object) || entry.get("err").is_some_and(Value::is_string);
    if !failed {
        return None;
    }
    let text = entry.to_string();
    serde_json::from_str::<Envelope<'_>>(&text).ok().map(|envelope| read(&envelope))
}

fn read(envelope: &Envelope<'_>) -> Problem {
    let inner: Inner<'_> = envelope.error.and_then(|raw| read_object(raw.get())).unwrap_or_default();
    let details: Details<'_> = inner.details.and_then(|raw| read_object(raw.get())).unwrap_or_default();
    let number = |scalar: &Option<Scalar<'_>>| scalar.as_ref().and_then(Scalar::int);
    let code = number(&inner.code).or(number(&details.code)).or(number(&envelope.code));
    let texts = |raw: Option<&RawValue>| raw.map_or_else(Vec::new, |raw| texts_of(raw.get()));
    let mut messages = texts(inner.messages);
    if messages.is_empty()
        && let Some(Scalar::Text(text)) = details.message
    {
        messages.push(text.into());
    }
    if messages.is_empty() {
        messages = texts(envelope.err);
    }
    if messages.is_empty() {
        // `error` may be a text itself.
        messages = texts(envelope.error);
    }
    Problem { code, messages }
}

/// A page of the edge, or nothing: what it means stands in the status. A short plain text is kept, as old
/// parts of the service put the cause there.
fn of_status_line(reply: &Reply) -> Problem {
    let plain = reply.header("content-type").is_some_and(|kind| kind.starts_with("text/plain"));
    let text = std::str::from_utf8(&reply.body).unwrap_or_default().trim();
    let messages =
        if plain && !text.is_empty() && text.len() <= 500 { vec![text.to_owned()] } else { Vec::new() };
    Problem { code: None, messages }
}

/// The v2 form of "unknown": status 200 and `{"<HASH>":"Not Found"}`.
fn is_v2_not_found(body: &[u8]) -> bool {
    let Ok(Value::Object(map)) = serde_json::from_slice::<Value>(body) else { return false };
    map.len() == 1
        && map.values().all(|value| value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("not found")))
}

impl Problem {
    /// The error of one entry of a bulk answer.
    pub(crate) fn of_entry(self, raw: &[u8]) -> Error {
        Error::new(Status::of_service(400, self.code), "").with_answer(200, self.code, self.messages, raw)
    }

    /// The error that the caller gets.
    pub(crate) fn into_error(self, reply: &Reply) -> Error {
        let status = Status::of_service(reply.status, self.code);
        let detail =
            if (300..400).contains(&reply.status) { "a redirect, which is not followed" } else { "" };
        Error::new(status, detail).with_answer(reply.status, self.code, self.messages, &reply.body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::Headers;

    fn of(status: u16, body: &str) -> Option<Problem> {
        let reply = Reply { status, headers: Headers::default(), body: body.as_bytes().to_vec() };
        problem(&reply, Some(Operation::HashLookup.endpoint()))
    }

    fn code_and_text(status: u16, body: &str) -> (Option<i64>, String) {
        let problem = of(status, body).unwrap();
        (problem.code, problem.messages.join("|"))
    }

    #[test]
    fn every_known_envelope_gives_code_and_text() {
        let a = r#"{"error":{"code":404003,"messages":["a","b"]}}"#;
        assert_eq!(code_and_text(404, a), (Some(404_003), "a|b".into()));
        let b = r#"{"success":false,"error":{"code":"400240","messages":["x"]}}"#;
        assert_eq!(code_and_text(200, b), (Some(400_240), "x".into()));
        let c =
            r#"{"success":false,"error":{"details":{"message":"m","code":404001,"name":"n","status":404}}}"#;
        assert_eq!(code_and_text(404, c), (Some(404_001), "m".into()));
        let d = r#"{"error":{"name":"ClientError","messages":"one","code":429001,"status":429}}"#;
        assert_eq!(code_and_text(429, d), (Some(429_001), "one".into()));
        assert_eq!(code_and_text(500, r#"{"err":"core text"}"#), (None, "core text".into()));
        let f = r#"{"44D88612FEA8A8F36DE82E1278ABB02F":"Not Found"}"#;
        assert_eq!(code_and_text(200, f).0, Some(404_003));
        let i = r#"{"error":{"code":400021,"messages":["i"]},"status":400}"#;
        assert_eq!(code_and_text(400, i), (Some(400_021), "i".into()));
        assert_eq!(code_and_text(400, r#"{"error":"text alone"}"#), (None, "text alone".into()));
        assert_eq!(code_and_text(400, r#"{"code":400064}"#), (Some(400_064), String::new()));
        for nothing in
            ["", "<html>502</html>", "null", "[1]", r#"{"error":null}"#, r#"{"error":{"messages":{}}}"#]
        {
            assert_eq!(of(502, nothing), Some(Problem::default()), "{nothing}");
        }
    }

    #[test]
    fn a_good_answer_is_no_problem() {
        for good in [
            r#"{"data_id":"x","status":"inqueue","sandbox_error":{"code":1,"messages":["refused"]}}"#,
            r#"{"data":[],"error":null}"#,
            r#"{"data_id":"x","error":"one field among many"}"#,
            "[]",
            "",
            r#"{"reputation_api":0}"#,
        ] {
            assert_eq!(of(200, good), None, "{good}");
        }
    }
}
