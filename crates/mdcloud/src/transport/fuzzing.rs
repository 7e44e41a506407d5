//! The same answer read by `plain` and by ureq. Behind the feature `fuzzing`.
#![allow(clippy::panic, clippy::expect_used)] // a broken promise has to be loud

use std::sync::Arc;
use std::time::Duration;

use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport,
};
use ureq::{Agent, Error};

use super::agent::Http;
use super::kept::{Connection, Keeping, Kept};
use super::plain::{Answer, Plain};
use super::resolver::SharedResolver;
use super::scope::Scope;
use super::shown::shown;
use super::{Body, Limits, Request, Sink, by_ureq};
use crate::cancel::Cancels;
use crate::config::Config;
use crate::wait::{Patience, SystemClock};

const TARGET: &str = "http://127.0.0.1:1";

/// A service that answers with these bytes whatever is asked, some at a time, and closes the connection.
#[derive(Clone, Debug)]
struct Script {
    bytes: Arc<[u8]>,
    piece: usize,
}

#[derive(Debug)]
struct Wire {
    script: Script,
    place: usize,
    buffers: LazyBuffers,
}

impl Script {
    fn wire(&self) -> Wire {
        Wire { script: self.clone(), place: 0, buffers: LazyBuffers::new(32 * 1024, 32 * 1024) }
    }
}

impl Connector for Script {
    type Out = Wire;

    fn connect(&self, _: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<Wire>, Error> {
        Ok(Some(self.wire()))
    }
}

impl Transport for Wire {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, _: usize, _: NextTimeout) -> Result<(), Error> {
        Ok(())
    }

    fn await_input(&mut self, _: NextTimeout) -> Result<bool, Error> {
        let room = self.buffers.input_append_buf();
        let rest = &self.script.bytes[self.place..];
        let amount = rest.len().min(self.script.piece).min(room.len());
        room[..amount].copy_from_slice(&rest[..amount]);
        self.buffers.input_appended(amount);
        self.place += amount;
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        self.place == self.script.bytes.len()
    }
}

/// Reads an answer both ways: the same comes out, and the connection is kept or not alike.
pub(crate) fn answer(data: &[u8]) {
    let Some((first, bytes)) = data.split_first() else { return };
    let script = Script { bytes: bytes.into(), piece: usize::from(*first) * 8 + 1 };
    let settings = Config::new().base_url(TARGET).resolve(|_| None).expect("an address of this machine");
    let config = Http::new(&settings).expect("nothing that could fail").config;
    let kept = [(); 2].map(|()| Arc::new(Kept::new(1)));
    let [by_ureq, by_plain] = kept.each_ref().map(|kept| {
        let connector = Keeping { open: script.clone(), kept: kept.clone() };
        Agent::with_parts(config.clone(), connector, SharedResolver::default())
    });

    let patience = Patience::new(Arc::new(SystemClock), Cancels::default());
    let (connect, silence) = (Duration::MAX, Duration::MAX);
    let limits = Limits { patience: &patience, connect, silence };
    let url = format!("{TARGET}/x");
    let request = || Request { method: "GET", url: &url, headers: &[], body: Body::None, careful: false };
    let expected = {
        let scope = Scope::enter(&limits, TARGET, false, false);
        by_ureq::carry(&by_ureq, request(), Sink::Memory, &scope)
    };
    let scope = Scope::enter(&limits, TARGET, false, false);
    let asked = request();
    let plain = Plain::of(&asked, &Sink::Memory, TARGET, "").expect("nothing in it is unusual");
    let read = match plain.exchange(Connection::new(Box::new(script.wire()), TARGET)) {
        Ok(Answer::Whole(reply, connection)) => {
            kept[1].put(connection);
            Ok(reply)
        }
        Ok(Answer::Other(connection)) => {
            scope.leave_answer(connection);
            by_ureq::carry(&by_plain, request(), Sink::Memory, &scope)
        }
        Err(error) => Err(super::explain::explain(&scope, &error, None)),
    };
    assert_eq!(shown(&read), shown(&expected));
    assert_eq!(kept[1].take(TARGET).is_some(), kept[0].take(TARGET).is_some(), "kept for another request");
}
