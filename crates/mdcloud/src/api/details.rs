//! What is known of the inside of a file, by its hash.

use crate::call::Call;
use crate::client::Client;
use crate::endpoints::Operation;
use crate::error::{Error, Result, Status};
use crate::hash;
use crate::model::{ApkManifest, AppInfo, Document, Exif, PeInfo, ScanHistory};

use super::check;

/// A picture that shows what is known of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Badge {
    /// The picture.
    pub data: Vec<u8>,
    /// Its media type, such as `image/svg+xml`.
    pub media_type: String,
}

impl Client {
    /// Earlier scans of a file, oldest first. Charged to the Reputation allowance.
    pub fn hash_history(&self, hash: &str, limit: Option<u32>, offset: Option<u32>) -> Result<ScanHistory> {
        self.read_record(paged(Operation::HashHistory, hash::check(hash)?, limit, offset))
    }

    /// A picture that shows what is known of a file, for web pages. Needs no key and sends none.
    ///
    /// `size` is `small` or `medium`, `kind` is `svg`, `png` or `jpg`; `None` takes the first.
    pub fn hash_badge(&self, hash: &str, size: Option<&str>, kind: Option<&str>) -> Result<Badge> {
        let size = size.map(|size| check::one_of("size", size, &["small", "medium"])).transpose()?;
        let kind = kind.map(|kind| check::one_of("type", kind, &["svg", "png", "jpg"])).transpose()?;
        let call = Call::new(Operation::HashBadge, &[hash::check(hash)?])
            .header("accept", "image/*")
            .query("size", size.map(str::to_owned))
            .query("type", kind.map(str::to_owned));
        let name = call.name();
        let reply = self.perform(call)?;
        let media_type = reply.header("content-type").unwrap_or_default().to_owned();
        if !media_type.starts_with("image/") || reply.body.is_empty() {
            return Err(Error::new(Status::Protocol, "the answer is no picture")
                .with_answer(reply.status, None, Vec::new(), &reply.body)
                .with_request(name));
        }
        Ok(Badge { data: reply.body, media_type })
    }

    /// The inside of a Windows executable. Charged to the Reputation allowance.
    pub fn hash_peinfo(&self, hash: &str) -> Result<PeInfo> {
        self.read_record(Call::new(Operation::HashPeinfo, &[hash::check(hash)?]))
    }

    /// Metadata of a document or picture. Charged to the Reputation allowance.
    pub fn hash_exif(&self, hash: &str) -> Result<Exif> {
        self.read_record(Call::new(Operation::HashExif, &[hash::check(hash)?]))
    }

    /// Manifest of an Android package. Charged to the Reputation allowance.
    pub fn hash_apk_manifest(&self, hash: &str) -> Result<ApkManifest> {
        self.read_record(Call::new(Operation::HashApkManifest, &[hash::check(hash)?]))
    }

    /// Products that a file belongs to. Charged to the Reputation allowance.
    pub fn hash_appinfo(&self, hash: &str) -> Result<AppInfo> {
        self.read_record(Call::new(Operation::HashAppinfo, &[hash::check(hash)?]))
    }

    /// Legacy: vulnerabilities of a file; the form of the answer is not documented.
    pub fn hash_vulnerability(
        &self,
        hash: &str,
        limit: Option<u32>,
        offset: Option<u32>,
    ) -> Result<Document> {
        self.read_document(paged(Operation::HashVulnerability, hash::check(hash)?, limit, offset))
    }

    /// Legacy: known vulnerabilities; the form of the answer is not documented.
    pub fn cve_list(&self) -> Result<Document> {
        self.read_document(Call::new(Operation::CveList, &[]))
    }

    /// Legacy: one vulnerability; the form of the answer is not documented.
    pub fn cve_info(&self, cve: &str) -> Result<Document> {
        self.read_document(Call::new(Operation::CveInfo, &[check::cve(cve)?]))
    }

    /// Legacy: products with a vulnerability; the form of the answer is not documented.
    pub fn cve_products(&self, cve: &str) -> Result<Document> {
        self.read_document(Call::new(Operation::CveProducts, &[check::cve(cve)?]))
    }

    /// Legacy: vendors with a vulnerability; the form of the answer is not documented.
    pub fn cve_vendors(&self, cve: &str) -> Result<Document> {
        self.read_document(Call::new(Operation::CveVendors, &[check::cve(cve)?]))
    }

    /// Legacy: hashes of files with a vulnerability; the form of the answer is not documented.
    pub fn cve_hashes(&self, cve: &str) -> Result<Document> {
        self.read_document(Call::new(Operation::CveHashes, &[check::cve(cve)?]))
    }
}

fn paged<'a>(operation: Operation, hash: &str, limit: Option<u32>, offset: Option<u32>) -> Call<'a> {
    Call::new(operation, &[hash])
        .query("limit", limit.map(|limit| limit.to_string()))
        .query("offset", offset.map(|offset| offset.to_string()))
}
