//! A transport that answers from a script, for tests of what happens between requests: no sockets, and time
//! passes only when someone sleeps on the virtual clock.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use super::{Body, Failure, Headers, Limits, Reply, Request, Sink, Transport};
use crate::client::Client;
use crate::config::Config;
use crate::error::{Delivery, Status};
use crate::wait::tests::VirtualClock;

/// What comes of one request.
pub(crate) enum Act {
    Answer(u16, &'static str),
    Fail(Status, Delivery),
}

/// The script, and the requests that it has seen.
#[derive(Default)]
pub(crate) struct Script {
    acts: Mutex<VecDeque<Act>>,
    pub(crate) seen: Mutex<Vec<String>>,
}

struct Scripted(Arc<Script>);

impl Transport for Scripted {
    fn send(&self, request: Request<'_>, _: Sink<'_>, _: &Limits<'_>) -> Result<Reply, Failure> {
        if let Body::Stream { reader, .. } = request.body {
            std::io::copy(reader, &mut std::io::sink()).unwrap();
        }
        self.0.seen.lock().unwrap().push(format!("{} {}", request.method, request.url));
        match self.0.acts.lock().unwrap().pop_front().expect("the script has ended") {
            Act::Answer(status, body) => {
                Ok(Reply { status, headers: Headers::default(), body: body.as_bytes().to_vec() })
            }
            Act::Fail(status, delivery) => {
                Err(Failure { status, detail: String::new(), delivery, partly: false, errno: None })
            }
        }
    }
}

/// A client on a script and a virtual clock. Every one has an address of its own, and so a ledger.
pub(crate) fn client(acts: impl IntoIterator<Item = Act>) -> (Client, Arc<Script>, Arc<VirtualClock>) {
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);
    let port = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let config = Config::new().api_key("key").base_url(format!("http://127.0.0.1:{port}/v4"));
    let script = Arc::new(Script { acts: Mutex::new(acts.into_iter().collect()), ..Script::default() });
    let clock = VirtualClock::new();
    let settings = config.resolve(|_| None).unwrap();
    let transport = Box::new(Scripted(script.clone()));
    (Client::with_transport(settings, transport, clock.clone()).unwrap(), script, clock)
}
