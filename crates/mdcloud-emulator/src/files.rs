//! The other origin: the storage behind the links. It answers with files and with XML, never with JSON, and
//! the key has no business there.

use std::time::Duration;

use crate::answers::sandbox;
use crate::links;
use crate::reply::Reply;
use crate::world::World;

/// Answers a request for a file.
pub(crate) fn answer(world: &World, method: &str, target: &str, with_key: bool) -> Reply {
    if with_key {
        // At the real storage the header would break the signature, and the key would be out.
        return refusal(400, "InvalidArgument", "Only one auth mechanism allowed");
    }
    if !matches!(method, "GET" | "HEAD") {
        return refusal(405, "MethodNotAllowed", "The specified method is not allowed");
    }
    let now = world.clock.now();
    if !links::works(world, target, now) {
        return refusal(403, "AccessDenied", "Request has expired");
    }
    let path = target.split('?').next().unwrap_or_default();
    find(world, path, now).unwrap_or_else(|| refusal(403, "AccessDenied", "Access Denied"))
}

fn find(world: &World, path: &str, now: Duration) -> Option<Reply> {
    let (kind, rest) = path.strip_prefix("/files/")?.split_once('/')?;
    let id = rest.split('/').next()?;
    let state = world.state();
    match kind {
        "clean" => {
            let scan = state.scans.by_data_id(id).filter(|scan| !scan.is_copy_gone(&world.settings, now))?;
            let copy = scan.copy.as_ref()?.made.as_ref()?;
            Some(download(state.store.get(&copy.sha256)?.to_vec(), &copy.name))
        }
        "sample" => Some(download(state.store.get(id)?.to_vec(), &format!("{id}.sample"))),
        "report" => sandbox::document(world, &state, id, rest.rsplit('.').next()?),
        _ => None,
    }
}

/// A file as a storage sends it: with more to say of it than the service has.
fn download(content: Vec<u8>, name: &str) -> Reply {
    let etag = crate::upload::whole(content.clone()).sha256.to_ascii_lowercase();
    let mut reply = Reply::text(200, "application/octet-stream", content);
    let name: String = name.chars().map(|c| if c.is_ascii_graphic() && c != '"' { c } else { '_' }).collect();
    reply.set_header("content-disposition", format!("attachment; filename=\"{name}\""));
    reply.set_header("etag", format!("\"{etag}\""));
    reply.set_header("accept-ranges", "none");
    reply.set_header("cache-control", "private, no-store");
    reply.set_header("x-emulated-storage", "a storage of its own, not the service");
    reply
}

fn refusal(status: u16, code: &str, message: &str) -> Reply {
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    let text = format!("{head}\n<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    Reply::text(status, "application/xml", text)
}
