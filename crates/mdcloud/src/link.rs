//! Files behind links of the service's making, which may lead to any host.

use std::io::Write;

use crate::client::Client;
use crate::error::{Error, Result, Status};
use crate::transport::{Body, Limits, Reply, Request, Sink};
use crate::wait::Patience;

impl Client {
    /// Fetches a link of the service's making, wherever it leads: without the key, without quota, and not
    /// repeated. Errors do not show the link, which is good for whoever has it.
    pub(crate) fn get_link(&self, link: &str, target: &mut dyn Write, patience: &Patience) -> Result<Reply> {
        let settings = &self.inner.settings;
        let secure =
            link.starts_with("https://") || link.starts_with("http://") && settings.base.is_loopback();
        if !secure || link.chars().any(|c| c.is_control() || c == ' ') {
            return Err(Error::new(Status::Protocol, "the service gave a link that is not https"));
        }
        let request = Request {
            method: "GET",
            url: link,
            headers: &[("accept", "*/*")],
            body: Body::None,
            careful: false,
        };
        let patience = patience.at_most(settings.timeout);
        let limits =
            Limits { patience: &patience, connect: settings.connect_timeout, silence: settings.read_timeout };
        let sent = self.inner.transport.send(request, Sink::Writer(target), &limits);
        sent.map_err(|failure| failure.into_error().with_request("GET (link)"))
    }
}
