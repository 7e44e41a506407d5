//! Carrying out a call: an answer or an error comes out.
//!
//! The way of every request: ask the ledger, send, tell the ledger, judge the answer; and once more where
//! that helps and does no harm.

use std::cell::Cell;
use std::io::Write;
use std::time::{Duration, Instant};

use crate::call::{Call, Payload};
use crate::client::Client;
use crate::envelope;
use crate::error::{Delivery, Error, Result, Retry, Status};
use crate::flight;
use crate::options::Progress;
use crate::quota::{self, Cost, Permit};
use crate::transport::{Body, Limits, Reply, Request, Sink};
use crate::wait::{Backoff, Patience};

/// One request that was tried.
enum Tried {
    Done(Reply),
    /// It failed, and whether trying again may help without doing harm.
    Failed(Error, bool),
}

/// What a call that is tried again has behind it.
#[derive(Clone, Copy)]
pub(crate) struct Before {
    /// What was waited since then counts.
    started: Instant,
    /// Where it stood in line.
    place: u64,
}

impl Client {
    /// Carries out a call and gives the answer, which is a success.
    pub(crate) fn perform(&self, call: Call<'_>) -> Result<Reply> {
        let patience = self.patience().at_most(self.options.deadline.flatten());
        self.perform_within(call, &patience, &mut None)
    }

    /// The same within a wait that is under way already.
    pub(crate) fn perform_within(
        &self,
        mut call: Call<'_>,
        patience: &Patience,
        sink: &mut Option<&mut dyn Write>,
    ) -> Result<Reply> {
        let Some(subject) = call.subject().filter(|_| sink.is_none()) else {
            let permit = self.permit(&call, patience, None)?;
            return self.perform_permitted(&mut call, permit, patience, sink);
        };
        let request = || {
            let permit = self.permit(&call, patience, None)?;
            self.perform_permitted(&mut call, permit, patience, &mut None)
        };
        let shared = flight::share((self.inner.account, subject), patience, request);
        shared.unwrap_or_else(|stop| Err(self.named(quota::Refused::Stopped(stop).into_error(), &call)))
    }

    /// The same with a permit in hand.
    pub(crate) fn perform_permitted(
        &self,
        call: &mut Call<'_>,
        permit: Permit,
        patience: &Patience,
        sink: &mut Option<&mut dyn Write>,
    ) -> Result<Reply> {
        let mut backoff = Backoff::new(Duration::from_millis(500), 2.0, Duration::from_secs(10));
        let mut retries = self.inner.settings.retries;
        let started = patience.now();
        let mut permit = permit;
        loop {
            let before = Before { started, place: permit.place() };
            let (error, again) = match self.try_once(call, permit, patience, sink) {
                Tried::Done(reply) => {
                    log::debug!("{}: HTTP status {}, {} bytes", call.name(), reply.status, reply.body.len());
                    return Ok(reply);
                }
                Tried::Failed(error, again) => (error, again),
            };
            log::debug!("{error}");
            if !again {
                return Err(error);
            }
            let next = if error.status().kind().is_some_and(|kind| kind.retry == Retry::AfterWindow) {
                // The ledger has heard it, and knows how long to wait, or that it is too long.
                match self.permit(call, patience, Some(before)) {
                    Ok(permit) => permit,
                    Err(refused) if matches!(refused.status(), Status::Cancelled | Status::Timeout) => {
                        return Err(refused);
                    }
                    Err(refused) => {
                        let after = refused.retry_after().or(error.retry_after());
                        return Err(error.with_retry_after(after));
                    }
                }
            } else {
                if retries == 0 {
                    return Err(error);
                }
                retries -= 1;
                let asked_for = error.retry_after();
                let pause = asked_for.unwrap_or_else(|| backoff.pause());
                if patience.left().is_some_and(|left| left <= pause)
                    || asked_for.is_some_and(|wait| wait > self.max_wait())
                {
                    return Err(error);
                }
                log::info!("{}; again in {:.1} s", error, pause.as_secs_f64());
                if patience.sleep(pause).is_err() {
                    return Err(match patience.check() {
                        Err(crate::wait::Stop::Cancelled) => {
                            self.named(Error::new(Status::Cancelled, ""), call)
                        }
                        _ => error,
                    });
                }
                self.permit(call, patience, Some(Before { place: quota::NEW, ..before }))?
            };
            if next.granted < call.cost.0 {
                call.covered = Some(next);
                return Err(error);
            }
            permit = next;
        }
    }

    pub(crate) fn max_wait(&self) -> Duration {
        self.options.max_wait.unwrap_or(self.inner.settings.max_wait)
    }

    /// Leave to send, waited for if need be.
    pub(crate) fn permit(
        &self,
        call: &Call<'_>,
        patience: &Patience,
        before: Option<Before>,
    ) -> Result<Permit> {
        let settings = &self.inner.settings;
        if call.with_key {
            settings.key()?;
        }
        let Before { started, place } =
            before.unwrap_or(Before { started: patience.now(), place: quota::NEW });
        let max_wait = self.max_wait().saturating_sub(patience.now().saturating_duration_since(started));
        let cost = Cost {
            endpoint: call.endpoint,
            most: call.cost.0,
            least: call.cost.1,
            leave: self.options.leave,
            reservation: self
                .options
                .reservation
                .as_ref()
                .map_or(0, |kept| kept.ticket(self.inner.route, &self.inner.account)),
        };
        let asked = patience.now();
        let permit =
            quota::acquire(self.inner.route, self.inner.account, settings, &cost, place, max_wait, patience);
        let waited = patience.now().saturating_duration_since(asked);
        if waited >= Duration::from_millis(100) {
            log::info!("{}: waited {:.1} s for quota", call.name(), waited.as_secs_f64());
        }
        permit.map_err(|refused| self.named(refused.into_error(), call))
    }

    fn named(&self, error: Error, call: &Call<'_>) -> Error {
        error.with_request(call.name())
    }

    fn try_once(
        &self,
        call: &Call<'_>,
        permit: Permit,
        patience: &Patience,
        sink: &mut Option<&mut dyn Write>,
    ) -> Tried {
        let sent = match self.send(call, patience, sink) {
            Ok(sent) => sent,
            // Refused before anything was sent: an unreadable file, say.
            Err(error) => {
                permit.not_sent();
                return Tried::Failed(self.named(error, call), false);
            }
        };
        match sent {
            Ok(reply) => match envelope::problem(&reply, call.endpoint) {
                None => {
                    permit.answered(&reply, None, &[]);
                    Tried::Done(reply)
                }
                Some(problem) => {
                    permit.answered(&reply, problem.code, &problem.messages);
                    let error = problem.into_error(&reply);
                    let after = quota::retry_after(&reply, error.status());
                    let error = error.with_retry_after(after);
                    let family = reply.header("x-ratelimit-for").map(str::to_owned);
                    let error = self.named(error.with_family(family), call);
                    let again = self.may_repeat_refused(call, &error);
                    Tried::Failed(error, again)
                }
            },
            Err(failure) => {
                match failure.delivery {
                    Delivery::NotSent if !failure.partly => permit.not_sent(),
                    _ => permit.lost(),
                }
                let harmless = failure.delivery == Delivery::NotSent || call.is_repeatable();
                let helps = matches!(failure.status, Status::Network | Status::Timeout);
                let again = helps && harmless && call.can_restart() && patience.check().is_ok();
                Tried::Failed(self.named(failure.into_error(), call), again)
            }
        }
    }

    /// Whether to send again what the service has refused.
    fn may_repeat_refused(&self, call: &Call<'_>, error: &Error) -> bool {
        const FAILED_FOR_GOOD: i64 = 500_000;
        let repeatable = match error.status() {
            // Refused before it was looked at: even an upload is safe to repeat.
            Status::Throttled | Status::Busy => true,
            // Where no allowance is charged the ledger would hold nobody back: it would be sent at once, for ever.
            Status::QuotaExhausted => call.endpoint.is_some_and(|row| row.family.is_some()),
            Status::Server => call.is_repeatable() && error.code() != Some(FAILED_FOR_GOOD),
            Status::Timeout => call.is_repeatable(),
            _ => false,
        };
        repeatable && call.can_restart()
    }

    /// Sends once. The outer error is one of the caller's own source.
    fn send(
        &self,
        call: &Call<'_>,
        patience: &Patience,
        sink: &mut Option<&mut dyn Write>,
    ) -> Result<std::result::Result<Reply, crate::transport::Failure>> {
        let settings = &self.inner.settings;
        let url = format!("{}{}", settings.base.url(), call.path);
        let mut headers: Vec<(&str, &str)> = Vec::with_capacity(call.headers.len() + 2);
        if call.with_key {
            headers.push(("apikey", settings.key()?.expose()));
        }
        headers.extend(call.headers.iter().map(|(name, value)| (name.as_ref(), value.as_ref())));
        let mut stream;
        let total = Cell::new(0);
        let progress = |sent: u64| match &self.options.progress {
            Some(tell) => tell(Progress::Upload { sent, total: total.get() }),
            None => true,
        };
        let body = match &call.payload {
            Payload::None => Body::None,
            Payload::Text(kind, text) => {
                headers.push(("content-type", kind));
                Body::Bytes(text.as_bytes())
            }
            Payload::Bytes(bytes) => Body::Bytes(bytes),
            Payload::Source(source) => {
                stream = source.open()?;
                let length = stream.length;
                self.check_size(length)?;
                headers.push(("content-type", "application/octet-stream"));
                total.set(length);
                Body::Stream { reader: &mut stream, length, progress: &progress }
            }
        };
        let request = Request {
            method: call.method,
            url: &url,
            headers: &headers,
            body,
            careful: !call.is_repeatable(),
        };
        let patience = patience.at_most(settings.timeout);
        let limits =
            Limits { patience: &patience, connect: settings.connect_timeout, silence: settings.read_timeout };
        let sink = match sink {
            Some(target) => Sink::Writer(&mut **target),
            None => Sink::Memory,
        };
        let mut sent = self.inner.transport.send(request, sink, &limits);
        if let (Ok(reply), Ok(key)) = (&mut sent, settings.key())
            && (reply.status >= 300 || call.may_tell_the_key())
        {
            key.mask(&mut reply.body);
        }
        Ok(sent)
    }

    /// Refuses a file that the key is known not to allow.
    pub(crate) fn check_size(&self, length: u64) -> Result<()> {
        match self.max_upload() {
            Some(most) if length > most => Err(Error::new(
                Status::TooLarge,
                format!("{length} bytes, and this key allows {} MiB; nothing was sent", most >> 20),
            )),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
#[path = "perform_tests.rs"]
mod tests;
