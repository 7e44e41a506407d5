//! Clean copies: what is taken out of a file, and what cannot be cleaned at all.

use crate::kinds::{self, Kind};

/// What the service says of a file that it cannot clean.
pub(crate) const NOT_POSSIBLE: &str = "File is not sanitizable";

/// A clean copy and how it came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cleaned {
    pub(crate) content: Vec<u8>,
    /// What was removed, and how often.
    pub(crate) removed: Vec<(&'static str, usize)>,
}

/// A clean copy of a file, or nothing: texts and pictures can be cleaned, pages lose what could run, and
/// nobody would miss the danger in a program.
pub(crate) fn clean(content: &[u8], kind: Kind) -> Option<Cleaned> {
    if kind == kinds::HTML {
        return Some(page(&String::from_utf8_lossy(content)));
    }
    matches!(kind.category, "T" | "G").then(|| Cleaned { content: content.to_vec(), removed: Vec::new() })
}

/// Elements that go with all that is in them.
const ELEMENTS: [&str; 4] = ["script", "iframe", "object", "embed"];

fn page(text: &str) -> Cleaned {
    let (mut out, mut elements, mut attributes) = (String::with_capacity(text.len()), 0, 0);
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        if let Some(name) = ELEMENTS.iter().find(|name| opens(rest, name)) {
            elements += 1;
            rest = after(rest, name);
            continue;
        }
        let end = rest.find('>').map_or(rest.len(), |end| end + 1);
        attributes += tag(&rest[..end], &mut out);
        rest = &rest[end..];
    }
    out.push_str(rest);
    let removed = [("script", elements), ("event handler", attributes)];
    Cleaned {
        content: out.into_bytes(),
        removed: removed.into_iter().filter(|(_, count)| *count > 0).collect(),
    }
}

/// Whether a tag of this name begins here.
fn opens(text: &str, name: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.get(1..=name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()))
        && !bytes.get(name.len() + 1).is_some_and(u8::is_ascii_alphanumeric)
}

/// What comes behind an element: behind its closing tag, or, where there is none, behind the tag itself.
fn after<'a>(text: &'a str, name: &str) -> &'a str {
    let closing = format!("</{name}");
    let tag_end = text.find('>').map_or(text.len(), |end| end + 1);
    let found = text.as_bytes()[tag_end..]
        .windows(closing.len())
        .position(|window| window.eq_ignore_ascii_case(closing.as_bytes()));
    let Some(position) = found else {
        // A script that never ends takes everything with it.
        return if name == "script" { "" } else { &text[tag_end..] };
    };
    let rest = &text[tag_end + position..];
    &rest[rest.find('>').map_or(rest.len(), |end| end + 1)..]
}

/// Copies a tag without handlers (`onclick=`) and without links that run (`javascript:`).
fn tag(text: &str, out: &mut String) -> usize {
    let mut removed = 0;
    let mut rest = text;
    while let Some(gap) = rest.find(|c: char| c.is_ascii_whitespace() || c == '/') {
        out.push_str(&rest[..gap]);
        rest = &rest[gap..];
        let start = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/').len();
        let length = attribute(&rest[start..]);
        let value = rest[start..start + length].to_ascii_lowercase();
        let handler = value.starts_with("on") && value.contains('=');
        if handler || value.replace(['"', '\'', ' '], "").contains("=javascript:") {
            removed += 1;
        } else {
            out.push_str(&rest[..start + length]);
        }
        rest = &rest[start + length..];
    }
    out.push_str(rest);
    removed
}

/// Length of the attribute that begins here, quotes and all.
fn attribute(text: &str) -> usize {
    let mut quote = None;
    for (position, letter) in text.char_indices() {
        match (quote, letter) {
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), _) if open == letter => quote = None,
            (None, '>') => return position,
            (None, c) if c.is_ascii_whitespace() => return position,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> (String, Vec<(&'static str, usize)>) {
        let cleaned = page(text);
        (String::from_utf8(cleaned.content).unwrap(), cleaned.removed)
    }

    #[test]
    fn pages_lose_what_could_run() {
        let (text, removed) = cleaned(
            "<html><SCRIPT src=\"a\">alert(1)</script ><body onload='go()'>\
             <a href=\"javascript:x()\" id=1>y</a><img src=a.png onerror=boom><br/><iframe></iframe></body></html>",
        );
        assert_eq!(text, "<html><body><a id=1>y</a><img src=a.png><br/></body></html>");
        assert_eq!(removed, [("script", 2), ("event handler", 3)]);
        assert_eq!(cleaned("a < b and <scripted> 1<").0, "a < b and <scripted> 1<");
        assert_eq!(cleaned("x<script>never ends").0, "x");
    }

    #[test]
    fn texts_and_pictures_stay_and_programs_have_no_clean_copy() {
        assert_eq!(clean(b"text", kinds::TEXT).unwrap().content, b"text");
        assert!(clean(b"MZ", kinds::PROGRAM).is_none());
        assert!(clean(b"X5O", kinds::EICAR).is_none());
        assert!(clean(b"?", kinds::DATA).is_none());
    }
}
