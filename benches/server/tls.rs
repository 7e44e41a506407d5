//! The same under TLS, with counts of what handshakes there were.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use mdcloud_bench::Done;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{HandshakeKind, ServerConfig, ServerConnection, StreamOwned};

use crate::Service;

/// Reads the certificate and its key, in PEM.
pub(crate) fn config(certificate: &str, key: &str) -> Done<Arc<ServerConfig>> {
    let chain = CertificateDer::pem_file_iter(certificate)?.collect::<Result<Vec<_>, _>>()?;
    let key = PrivateKeyDer::from_pem_file(key)?;
    Ok(Arc::new(ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key)?))
}

/// Shakes hands, and counts how.
pub(crate) fn accept(
    service: &Service,
    config: &Arc<ServerConfig>,
    mut stream: TcpStream,
) -> Done<StreamOwned<ServerConnection, TcpStream>> {
    let mut connection = ServerConnection::new(Arc::clone(config))?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream)?;
    }
    match connection.handshake_kind() {
        Some(HandshakeKind::Resumed) => service.resumed.fetch_add(1, Relaxed),
        _ => service.handshakes.fetch_add(1, Relaxed),
    };
    Ok(StreamOwned::new(connection, stream))
}
