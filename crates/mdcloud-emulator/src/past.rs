//! What the service knew before this emulator began: little, but not nothing.

use std::time::Duration;

use crate::intake::Submission;
use crate::sandboxes::Target;
use crate::scan::{CleanCopy, Made, Origin};
use crate::scans::Circumstances;
use crate::settings::Settings;
use crate::upload;
use crate::upload_rules::Wishes;
use crate::world::State;

/// The file that somebody else has sent. Its ids are the same with every seed, so that tests can name them.
pub(crate) const FILE_ID: &str = "bzI2MDMxMUxaNVNtVlJRUg";
/// The scan of that file.
pub(crate) const DATA_ID: &str = "bzI2MDMxMUxaNVNtVlJRUmpCQm1mQzZuWFQ";

const DOCUMENT: &[u8] = b"A document that was sent by somebody else before this emulator began.\n";

/// Puts in the document of somebody else, which is shared and has a clean copy; and of the test file of the
/// virus scanners a sample and a sandbox report, but no scan: the first upload of it is a first one.
pub(crate) fn fill(state: &mut State, settings: &Settings) {
    let document = upload::whole(DOCUMENT);
    let wishes = Wishes {
        display_name: Some("reference.txt".to_owned()),
        rules: vec!["multiscan".to_owned(), "sanitize".to_owned()],
        ..Wishes::default()
    };
    let circumstances = Circumstances {
        origin: Some(Origin::Past),
        ids: Some((FILE_ID.to_owned(), DATA_ID.to_owned())),
        takes: Some(Duration::ZERO),
        ..Circumstances::default()
    };
    state.store.put(&document.sha256, document.content.clone());
    let data_id = state.scans.add(settings, &document, wishes, circumstances, Duration::ZERO);
    if let Some(scan) = state.scans.by_data_id_mut(&data_id) {
        let made = Made {
            data_id: data_id.clone(),
            sha256: document.sha256.clone(),
            size: document.size,
            name: "reference_sanitized.txt".to_owned(),
            removed: Vec::new(),
        };
        scan.copy = Some(CleanCopy { made: Some(made), dropped: false });
    }
    let eicar = Submission::new(settings, upload::whole(upload::eicar()), Wishes::default()).received;
    state.store.put(&eicar.sha256, eicar.content.clone());
    let target = Target::File {
        md5: eicar.md5,
        sha1: eicar.sha1,
        sha256: eicar.sha256,
        data_id: None,
        verdict: eicar.verdict,
        hidden: false,
    };
    state.sandboxes.start(settings.seed, target, None);
}
