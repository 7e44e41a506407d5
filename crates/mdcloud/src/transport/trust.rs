//! Whom to trust beside the authorities of the system.

use rustls_pki_types::{CertificateDer, pem::PemObject};

use crate::config::Settings;
use crate::error::{Error, Result};

/// The certificates in `ca_file`; none where it is not set.
pub(crate) fn own_roots(settings: &Settings) -> Result<Vec<CertificateDer<'static>>> {
    let Some(file) = &settings.ca_file else { return Ok(Vec::new()) };
    let shown = file.display().to_string();
    let pem = std::fs::read(file).map_err(|error| Error::io(&format!("ca_file {shown}"), &error))?;
    let own: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&pem)
        .collect::<std::result::Result<_, _>>()
        .map_err(|error| Error::invalid("ca_file", format!("{shown} is not PEM: {error}")))?;
    if own.is_empty() {
        return Err(Error::invalid("ca_file", format!("{shown} holds no certificate")));
    }
    Ok(own)
}
