//! The shapes in which the service was seen to report errors.

use serde_json::{Value, json};

use crate::failure::Failure;
use crate::reply::Reply;

/// Shape of an error answer. The letters are the project's own names for the shapes that were seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Envelope {
    /// `{"error":{"code":…,"messages":[…]}}`: the canonical one.
    #[default]
    A,
    /// A with `"success":false`.
    B,
    /// B with `details` and `state`.
    C,
    /// `messages` is one string; `name` and `status` are added.
    D,
    /// `{"err":"text"}`, without any code.
    E,
    /// A, but an unknown hash is a 200 with `{"<HASH>":"Not Found"}`.
    F,
    /// Plain text, the cause only in the status line.
    H,
    /// A with `"status"` beside `"error"`.
    I,
    /// An HTML page, as from a load balancer.
    K,
}

impl Envelope {
    /// The shape with this letter.
    pub fn from_letter(letter: &str) -> Option<Envelope> {
        Some(match letter.to_ascii_uppercase().as_str() {
            "A" => Envelope::A,
            "B" => Envelope::B,
            "C" => Envelope::C,
            "D" => Envelope::D,
            "E" => Envelope::E,
            "F" => Envelope::F,
            "H" => Envelope::H,
            "I" => Envelope::I,
            "K" => Envelope::K,
            _ => return None,
        })
    }

    /// The answer that reports a failure.
    pub(crate) fn wrap(self, failure: &Failure) -> Reply {
        let status = failure.status();
        let (code, message) = (failure.code, &failure.message);
        let mut reply = match self {
            Envelope::A | Envelope::F => Reply::json(status, &plain(failure)),
            Envelope::B => Reply::json(status, &json!({"success": false, "error": plain(failure)["error"]})),
            Envelope::C => {
                let details =
                    json!({"message": message, "name": "Client Error", "code": code, "status": status});
                let error = json!({
                    "code": code, "messages": [message], "details": details,
                    "state": {"requestId": "emulated-request"},
                });
                Reply::json(status, &json!({"success": false, "error": error}))
            }
            Envelope::D => {
                let error =
                    json!({"name": "ClientError", "messages": message, "code": code, "status": status});
                Reply::json(status, &json!({ "error": error }))
            }
            Envelope::E => Reply::json(status, &json!({ "err": message })),
            Envelope::H => Reply {
                reason: Some(message.clone()),
                ..Reply::text(status, "text/plain; charset=utf-8", "Request refused")
            },
            Envelope::I => Reply::json(status, &json!({"error": plain(failure)["error"], "status": status})),
            Envelope::K => Reply::text(
                status,
                "text/html",
                format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"),
            ),
        };
        reply.code = code;
        reply
    }
}

fn plain(failure: &Failure) -> Value {
    json!({"error": {"code": failure.code, "messages": [failure.message]}})
}
