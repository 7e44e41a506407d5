//! What happens to a file once it has come: it is opened and cleaned where that was asked for, and all that
//! came out of it becomes scans.

use std::time::Duration;

use crate::archive::{self, Limits, Opened};
use crate::clean::{self, Cleaned};
use crate::ids;
use crate::scan::{Archive, CleanCopy, Made, Origin};
use crate::scans::Circumstances;
use crate::settings::Settings;
use crate::upload::{self, Received};
use crate::upload_rules::Wishes;
use crate::world::State;

/// Files up to this size are kept as samples.
const SAMPLE: usize = 1024 * 1024;

/// An upload that has come completely and may be scanned.
pub(crate) struct Submission {
    pub(crate) received: Received,
    pub(crate) wishes: Wishes,
    opened: Option<Unpacked>,
    /// Not there: not asked for. Nothing in it: not possible.
    cleaned: Option<Option<(Received, Cleaned)>>,
}

/// An archive whose members have been digested.
struct Unpacked {
    archive: Archive,
    members: Vec<(String, Received, Option<Unpacked>)>,
}

impl Unpacked {
    fn of(opened: Opened) -> Self {
        let Opened { members, code, locked, broken } = opened;
        let members = members
            .into_iter()
            .map(|member| (member.path, upload::whole(member.content), member.inside.map(Unpacked::of)))
            .collect();
        Unpacked { archive: Archive { members: Vec::new(), code, locked, broken }, members }
    }

    fn count(&self) -> u64 {
        self.members.iter().map(|(_, _, inside)| 1 + inside.as_ref().map_or(0, Unpacked::count)).sum()
    }
}

/// How much of an upload is kept to work on it.
pub(crate) fn keep(settings: &Settings, wishes: &Wishes) -> usize {
    if wishes.unarchive() || wishes.sanitize() {
        usize::try_from(settings.archive_bytes()).unwrap_or(usize::MAX)
    } else {
        upload::HEAD
    }
}

impl Submission {
    /// Does the work on a file that needs no memory of others.
    pub(crate) fn new(settings: &Settings, received: Received, wishes: Wishes) -> Self {
        let limits = Limits {
            depth: settings.archive_depth(),
            files: settings.archive_files(),
            bytes: settings.archive_bytes(),
        };
        let password = wishes.archive_password.as_deref();
        let opened = (wishes.unarchive() && !received.content.is_empty())
            .then(|| archive::open(&received.content, password, limits))
            .flatten()
            .map(Unpacked::of);
        let cleaned = wishes.sanitize().then(|| {
            let possible = !received.eicar && !received.content.is_empty();
            let cleaned = possible.then(|| clean::clean(&received.content, received.kind)).flatten()?;
            Some((upload::whole(cleaned.content.clone()), cleaned))
        });
        Submission { received, wishes, opened, cleaned }
    }

    /// What it costs: one, and one for each member.
    pub(crate) fn cost(&self) -> u64 {
        1 + self.opened.as_ref().map_or(0, Unpacked::count)
    }

    /// Takes it up for scanning, and gives the `data_id`.
    pub(crate) fn register(&self, settings: &Settings, state: &mut State, now: Duration) -> String {
        let Submission { received, wishes, opened, cleaned } = self;
        let data_id = state.scans.add(settings, received, wishes.clone(), Circumstances::default(), now);
        if !wishes.private && !wishes.hidden && received.content.len() <= SAMPLE {
            state.store.put(&received.sha256, received.content.clone());
        }
        if let Some(opened) = opened {
            members(settings, state, &data_id, opened, now);
        }
        if let Some(cleaned) = cleaned {
            let made =
                cleaned.as_ref().map(|(copy, cleaned)| make(settings, state, &data_id, copy, cleaned, now));
            if let Some(scan) = state.scans.by_data_id_mut(&data_id) {
                scan.copy = Some(CleanCopy { made, dropped: false });
            }
        }
        data_id
    }
}

/// Members are scanned one after the other while the archive is.
fn members(settings: &Settings, state: &mut State, data_id: &str, unpacked: &Unpacked, now: Duration) {
    let Some(archive) = state.scans.by_data_id(data_id) else { return };
    let (name, wishes, takes) = (archive.display_name.clone(), archive.wishes.clone(), archive.takes);
    let queue = settings.scan_time / 5;
    let mut ids = Vec::new();
    for (number, (path, received, inside)) in (1u32..).zip(&unpacked.members) {
        let of = u32::try_from(unpacked.members.len()).unwrap_or(u32::MAX);
        let share = takes.saturating_sub(queue) / of * number;
        let wishes = Wishes {
            display_name: Some(format!("{name}/{path}")),
            callback: None,
            sandbox: None,
            metadata: None,
            link: None,
            ..wishes.clone()
        };
        let circumstances = Circumstances {
            origin: Some(Origin::Member),
            parent: Some(data_id.to_owned()),
            takes: Some((queue + share).min(takes)),
            ..Circumstances::default()
        };
        let member = state.scans.add(settings, received, wishes, circumstances, now);
        if let Some(inside) = inside {
            members(settings, state, &member, inside, now);
        }
        ids.push(member);
    }
    if let Some(scan) = state.scans.by_data_id_mut(data_id) {
        scan.archive = Some(Archive { members: ids, ..unpacked.archive.clone() });
    }
    state.scans.aggregate(data_id);
}

/// The clean copy: kept for its link, and scanned itself in the second half of its time.
fn make(
    settings: &Settings,
    state: &mut State,
    data_id: &str,
    copy: &Received,
    cleaned: &Cleaned,
    now: Duration,
) -> Made {
    let scan = state.scans.by_data_id(data_id);
    let name = scan.map_or_else(String::new, |scan| scan.display_name.clone());
    let begins = now + scan.map_or(Duration::ZERO, |scan| scan.takes) + settings.sanitize_time / 2;
    let name = match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}_sanitized.{extension}"),
        None => format!("{name}_sanitized.{}", copy.kind.extension),
    };
    let own = ids::copy_id(settings.seed, data_id);
    let wishes = Wishes { display_name: Some(name.clone()), hidden: true, ..Wishes::default() };
    let circumstances = Circumstances {
        origin: Some(Origin::Copy),
        ids: Some((own.clone(), own.clone())),
        takes: Some(settings.sanitize_time - settings.sanitize_time / 2),
        ..Circumstances::default()
    };
    state.store.put(&copy.sha256, copy.content.clone());
    state.scans.add(settings, copy, wishes, circumstances, begins);
    Made {
        data_id: own,
        sha256: copy.sha256.clone(),
        size: copy.size,
        name,
        removed: cleaned.removed.clone(),
    }
}
