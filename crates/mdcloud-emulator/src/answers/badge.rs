//! `GET /hash/{hash}/badge`: a picture of a result. Needs no key and costs nothing.

use super::{Call, Desk};
use crate::reply::Reply;

/// One of three pictures; unknown and malformed hashes get the third. Always SVG, whatever `type` asks.
pub(crate) fn badge(desk: &Desk<'_>, call: &Call) -> Reply {
    let code =
        desk.state.scans.by_hash(call.argument()).map(|scan| scan.code(&desk.world.settings, desk.now));
    let (words, colour) = match code {
        Some(0 | 4 | 7) => ("no threat", "#2e7d32"),
        Some(1 | 2 | 6 | 8) => ("threat", "#c62828"),
        _ => ("no information", "#616161"),
    };
    let (width, height) = if call.query("size") == Some("medium") { (210, 32) } else { (140, 20) };
    let picture = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\">\
         <rect width=\"100%\" height=\"100%\" rx=\"3\" fill=\"{colour}\"/>\
         <text x=\"50%\" y=\"70%\" text-anchor=\"middle\" font-family=\"sans-serif\" font-size=\"12\" \
         fill=\"#fff\">{words}</text></svg>"
    );
    let mut reply = Reply::text(200, "image/svg+xml", picture);
    reply.set_header("cache-control", "no-cache");
    reply
}
