//! Links to the other origin that work for whoever has them, until they end.

use std::time::Duration;

use crate::ids;
use crate::world::World;

/// A link that works until `until`.
pub(crate) fn make(world: &World, path: &str, until: Duration) -> String {
    let until = until.as_millis();
    let signature = signature(world, path, until);
    format!("{}{path}?X-Emulated-Until={until}&X-Emulated-Signature={signature}", world.files_url)
}

/// Whether a link works now.
pub(crate) fn works(world: &World, target: &str, now: Duration) -> bool {
    let Some((path, query)) = target.split_once('?') else {
        return false;
    };
    let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let until = value("X-Emulated-Until").and_then(|text| text.parse::<u128>().ok());
    until.is_some_and(|until| {
        now.as_millis() < until && value("X-Emulated-Signature") == Some(&*signature(world, path, until))
    })
}

fn signature(world: &World, path: &str, until: u128) -> String {
    ids::letters(world.settings.seed, &format!("link {path} {until}"), 24)
}
