//! A connection to Redis, on sockets that wait no longer than the exchange may take.

use std::io::{self, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use rustls_pki_types::{CertificateDer, ServerName};

use super::address::Address;
use super::resp::{self, Reply};
use super::trouble::Trouble;

/// Whom to trust over `rediss://`: the system's roots and these.
pub(crate) type Roots = Arc<[CertificateDer<'static>]>;

/// A script that the server runs as one step.
pub(super) struct Script {
    text: &'static str,
    digest: String,
}

impl Script {
    pub(super) fn new(text: &'static str) -> Self {
        let digest = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
        Script { text, digest: digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect() }
    }
}

/// Logged in, with its database chosen.
pub(super) struct Connection {
    wire: BufReader<Wire>,
}

impl Connection {
    pub(super) fn open(address: &Address, roots: &Roots, deadline: Instant) -> Result<Self, Trouble> {
        let socket = Timed { socket: connect(address, deadline)?, deadline };
        let wire = match address.tls() {
            false => Wire::Plain(socket),
            true => Wire::Tls(Box::new(StreamOwned::new(handshake(address, roots)?, socket))),
        };
        let mut connection = Connection { wire: BufReader::new(wire) };
        let user = address.user.as_deref();
        let login = match &address.password {
            Some(password) => vec![Some("AUTH"), user, Some(password.expose())],
            // A server that wants a login says so here; of a script with that many words it only complains.
            None => vec![Some("PING")],
        };
        let login: Vec<&[u8]> = login.into_iter().flatten().map(str::as_bytes).collect();
        connection.command(&login, deadline)?;
        if address.database != 0 {
            connection.command(&[b"SELECT", address.database.to_string().as_bytes()], deadline)?;
        }
        Ok(connection)
    }

    /// Runs a script on its keys. The server knows it by its digest, unless it has been restarted or flushed.
    pub(super) fn run(
        &mut self,
        script: &Script,
        keys: &[&str],
        arguments: &[&[u8]],
        deadline: Instant,
    ) -> Result<Reply, Trouble> {
        let count = keys.len().to_string();
        let run = |connection: &mut Self, command: &str, script: &str| {
            let mut words = vec![command.as_bytes(), script.as_bytes(), count.as_bytes()];
            words.extend(keys.iter().map(|key| key.as_bytes()));
            words.extend(arguments);
            connection.command(&words, deadline)
        };
        match run(self, "EVALSHA", &script.digest) {
            Err(trouble) if trouble.says("NOSCRIPT") => run(self, "EVAL", script.text),
            done => done,
        }
    }

    /// Sends a command, and gives its answer if it is not a refusal.
    pub(super) fn command(&mut self, words: &[&[u8]], deadline: Instant) -> Result<Reply, Trouble> {
        let wire = self.wire.get_mut();
        wire.timed().deadline = deadline;
        wire.write_all(&resp::command(words))?;
        wire.flush()?;
        match resp::read(&mut self.wire)? {
            Reply::Error(text) => Err(Trouble::Refused(text)),
            answer => Ok(answer),
        }
    }
}

/// To any of the addresses that the name has.
fn connect(address: &Address, deadline: Instant) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the host has no address");
    for target in (address.host.as_str(), address.port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&target, left(deadline)?) {
            Ok(socket) => {
                socket.set_nodelay(true)?;
                return Ok(socket);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn handshake(address: &Address, own: &Roots) -> io::Result<ClientConnection> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots.add_parsable_certificates(own.iter().cloned());
    // The provider is named: a program may have several, and then rustls would have none by default.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(address.host.clone()).map_err(io::Error::other)?;
    ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)
}

enum Wire {
    Plain(Timed),
    Tls(Box<StreamOwned<ClientConnection, Timed>>),
}

impl Wire {
    fn timed(&mut self) -> &mut Timed {
        match self {
            Wire::Plain(timed) => timed,
            Wire::Tls(stream) => &mut stream.sock,
        }
    }
}

impl Read for Wire {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        match self {
            Wire::Plain(timed) => timed.read(room),
            Wire::Tls(stream) => stream.read(room),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Wire::Plain(timed) => timed.write(bytes),
            Wire::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Wire::Plain(timed) => timed.flush(),
            Wire::Tls(stream) => stream.flush(),
        }
    }
}

/// A socket whose reads and writes end in time together, not each of them.
struct Timed {
    socket: TcpStream,
    deadline: Instant,
}

impl Read for Timed {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        self.socket.set_read_timeout(Some(left(self.deadline)?))?;
        self.socket.read(room)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.socket.set_write_timeout(Some(left(self.deadline)?))?;
        self.socket.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.socket.flush()
    }
}

fn left(deadline: Instant) -> io::Result<Duration> {
    match deadline.saturating_duration_since(Instant::now()) {
        Duration::ZERO => Err(io::ErrorKind::TimedOut.into()),
        left => Ok(left),
    }
}
