//! The emulator as a client: of receivers of callbacks, and of servers that a file is fetched from. It
//! never talks to anything but loopback.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Why there was no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Not an address that is talked to, or nobody listens there.
    NoHost,
    /// Too slow.
    Timeout,
    /// The connection ended before an answer.
    Closed,
    /// Anything else.
    Other,
}

/// Sends one request and gives the answer, of which the body is still to be read.
pub(crate) async fn send(
    url: &str,
    method: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
    patience: Duration,
) -> Result<Response<Incoming>, Trouble> {
    let exchange = exchange(url, method, headers, body);
    tokio::time::timeout(patience, exchange).await.unwrap_or(Err(Trouble::Timeout))
}

async fn exchange(
    url: &str,
    method: &str,
    headers: &[(&str, &str)],
    body: Vec<u8>,
) -> Result<Response<Incoming>, Trouble> {
    let uri: Uri = url.parse().map_err(|_| Trouble::Other)?;
    let address = address(&uri).ok_or(Trouble::NoHost)?;
    if uri.scheme_str() != Some("http") {
        return Err(Trouble::Other); // No TLS here.
    }
    let stream = TcpStream::connect(address).await.map_err(|_| Trouble::NoHost)?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|_| Trouble::Other)?;
    tokio::spawn(async move {
        // Its end is told to whoever waits for the answer.
        let _ = connection.await;
    });
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let host = uri.authority().map_or("", |authority| authority.as_str());
    let mut request = Request::builder().method(method).uri(target).header("host", host);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::new(Bytes::from(body))).map_err(|_| Trouble::Other)?;
    sender.send_request(request).await.map_err(|error| {
        let parse = error.is_parse();
        if parse { Trouble::Other } else { Trouble::Closed }
    })
}

/// Where a link leads, if that is this machine.
fn address(uri: &Uri) -> Option<SocketAddr> {
    let host = uri.host()?.trim_start_matches('[').trim_end_matches(']');
    let ip = match host {
        "localhost" => IpAddr::V4(Ipv4Addr::LOCALHOST),
        other => other.parse::<IpAddr>().ok().filter(IpAddr::is_loopback)?,
    };
    let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_talked_to() {
        let leads = |url: &str| address(&url.parse().unwrap()).map(|address| address.to_string());
        assert_eq!(leads("http://127.0.0.1:8080/x").as_deref(), Some("127.0.0.1:8080"));
        assert_eq!(leads("http://localhost/x").as_deref(), Some("127.0.0.1:80"));
        assert_eq!(leads("https://[::1]/x").as_deref(), Some("[::1]:443"));
        for elsewhere in ["http://example.com/", "http://192.0.2.1/", "http://127.0.0.1.example.com/", "/x"] {
            assert_eq!(leads(elsewhere), None, "{elsewhere}");
        }
    }
}
