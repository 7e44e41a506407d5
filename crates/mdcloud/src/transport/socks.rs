//! SOCKS proxies over our own sockets.
//!
//! ureq brings a SOCKS connector, but it opens its own sockets, which a cancel token cannot reach. The
//! handshake is small enough to speak it here: SOCKS4, SOCKS4a, and SOCKS5 (RFC 1928) with user name and
//! password (RFC 1929).

use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr};

use ureq::unversioned::transport::{ConnectionDetails, Connector, Transport, TransportAdapter};
use ureq::{Error, Proxy, ProxyProtocol};

use super::connector::Sliced;

/// First in the chain: opens a connection through a SOCKS proxy where one is configured.
#[derive(Debug)]
pub(super) struct SocksConnector;

impl Connector<()> for SocksConnector {
    type Out = Sliced;

    fn connect(&self, details: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<Sliced>, Error> {
        let Some(proxy) = details.config.proxy().filter(|proxy| !is_connect(proxy)) else {
            return Ok(None);
        };
        if proxy.is_no_proxy(details.uri) {
            return Ok(None);
        }
        let target = target(details, proxy)?;
        let addresses = details.resolver.resolve(proxy.uri(), details.config, details.timeout)?;
        let socket = Sliced::connect(addresses.iter().copied().collect(), details)?;
        let mut stream = TransportAdapter::new(socket, details.current_time.clone());
        match proxy.protocol() {
            ProxyProtocol::Socks4 | ProxyProtocol::Socks4A => socks4(&mut stream, &target)?,
            _ => socks5(&mut stream, proxy, &target)?,
        }
        let mut socket = stream.into_inner();
        // Anything behind the handshake would be taken for the answer.
        if socket.buffers().input().is_empty() {
            Ok(Some(socket))
        } else {
            Err(refused("sent too much").into())
        }
    }
}

fn is_connect(proxy: &Proxy) -> bool {
    matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https)
}

/// Where the proxy shall connect to: a name is left to the proxy to resolve, except by SOCKS4.
enum Target {
    Ip(SocketAddr),
    Name(String, u16),
}

fn target(details: &ConnectionDetails<'_>, proxy: &Proxy) -> Result<Target, Error> {
    if proxy.resolve_target() {
        return details.addrs.first().map(|address| Target::Ip(*address)).ok_or(Error::HostNotFound);
    }
    let host = details.uri.host().ok_or(Error::HostNotFound)?;
    let port = details.uri.port_u16().unwrap_or(if details.needs_tls() { 443 } else { 80 });
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    Ok(match bare.parse::<IpAddr>() {
        Ok(ip) => Target::Ip(SocketAddr::new(ip, port)),
        Err(_) => Target::Name(bare.to_owned(), port),
    })
}

fn socks4(stream: &mut (impl Read + Write), target: &Target) -> io::Result<()> {
    const CONNECT: [u8; 2] = [4, 1];
    const NO_USER: u8 = 0;
    let mut request = CONNECT.to_vec();
    match target {
        Target::Ip(SocketAddr::V4(address)) => {
            request.extend(address.port().to_be_bytes());
            request.extend(address.ip().octets());
            request.push(NO_USER);
        }
        Target::Ip(SocketAddr::V6(_)) => return Err(refused("SOCKS4 knows no IPv6")),
        Target::Name(name, port) => {
            request.extend(port.to_be_bytes());
            // SOCKS4a: an address 0.0.0.x says that a name follows.
            request.extend([0, 0, 0, 1, NO_USER]);
            request.extend(name.bytes());
            request.push(0);
        }
    }
    stream.write_all(&request)?;
    let mut reply = [0; 8];
    stream.read_exact(&mut reply)?;
    match reply[..2] {
        [0, 90] => Ok(()),
        [0, code] => Err(refused(&format!("SOCKS4 code {code}"))),
        _ => Err(refused("is not a SOCKS4 proxy")),
    }
}

fn socks5(stream: &mut (impl Read + Write), proxy: &Proxy, target: &Target) -> io::Result<()> {
    const VERSION: u8 = 5;
    const NO_AUTH: u8 = 0;
    const PASSWORD: u8 = 2;
    let login = proxy.username().map(|user| (user, proxy.password().unwrap_or_default()));
    stream.write_all(if login.is_some() {
        &[VERSION, 2, NO_AUTH, PASSWORD]
    } else {
        &[VERSION, 1, NO_AUTH]
    })?;
    let mut chosen = [0; 2];
    stream.read_exact(&mut chosen)?;
    match (chosen, login) {
        ([VERSION, NO_AUTH], _) => {}
        ([VERSION, PASSWORD], Some((user, password))) => log_in(stream, user, password)?,
        ([VERSION, _], _) => return Err(refused("wants another way to log in")),
        _ => return Err(refused("is not a SOCKS5 proxy")),
    }
    let mut request = vec![VERSION, 1, 0];
    match target {
        Target::Ip(SocketAddr::V4(address)) => {
            request.push(1);
            request.extend(address.ip().octets());
            request.extend(address.port().to_be_bytes());
        }
        Target::Ip(SocketAddr::V6(address)) => {
            request.push(4);
            request.extend(address.ip().octets());
            request.extend(address.port().to_be_bytes());
        }
        Target::Name(name, port) => {
            request.push(3);
            request.push(short(name, "the host name")?);
            request.extend(name.bytes());
            request.extend(port.to_be_bytes());
        }
    }
    stream.write_all(&request)?;
    let mut reply = [0; 4];
    stream.read_exact(&mut reply)?;
    let bound = match reply {
        [VERSION, 0, _, 1] => 4 + 2,
        [VERSION, 0, _, 4] => 16 + 2,
        [VERSION, 0, _, 3] => {
            let mut length = [0];
            stream.read_exact(&mut length)?;
            usize::from(length[0]) + 2
        }
        [VERSION, code, ..] if code != 0 => return Err(refused(reason(code))),
        _ => return Err(refused("is not a SOCKS5 proxy")),
    };
    stream.read_exact(&mut [0; 255 + 2][..bound])
}

fn log_in(stream: &mut (impl Read + Write), user: &str, password: &str) -> io::Result<()> {
    let mut request = vec![1, short(user, "the user name")?];
    request.extend(user.bytes());
    request.push(short(password, "the password")?);
    request.extend(password.bytes());
    stream.write_all(&request)?;
    let mut reply = [0; 2];
    stream.read_exact(&mut reply)?;
    if reply[1] == 0 { Ok(()) } else { Err(refused("refused the user name or password")) }
}

/// The length of a text that is sent behind one byte of length.
fn short(text: &str, what: &str) -> io::Result<u8> {
    u8::try_from(text.len())
        .map_err(|_| refused(&format!("cannot carry {what}: it is longer than 255 bytes")))
}

fn reason(code: u8) -> &'static str {
    match code {
        1 => "failed",
        2 => "does not allow this connection",
        3 => "cannot reach the network",
        4 => "cannot reach the host",
        5 => "says that the connection was refused",
        6 => "says that the connection took too many hops",
        7 => "does not know the command",
        8 => "does not know this kind of address",
        _ => "failed for a reason of its own",
    }
}

fn refused(why: &str) -> io::Error {
    io::Error::other(format!("the proxy {why}"))
}
