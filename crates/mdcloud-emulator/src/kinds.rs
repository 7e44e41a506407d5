//! What a file is taken for, by how it begins.

/// Type of a file, in the service's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// One letter, or a few.
    pub(crate) category: &'static str,
    pub(crate) description: &'static str,
    pub(crate) extension: &'static str,
}

const fn kind(category: &'static str, description: &'static str, extension: &'static str) -> Kind {
    Kind { category, description, extension }
}

/// A file of which nothing is known.
pub(crate) const DATA: Kind = kind("O", "Data", "");
/// The test file of the virus scanners.
pub(crate) const EICAR: Kind = kind("E", "EICAR virus test files", "com");
/// An archive that is opened when that is asked for.
pub(crate) const ZIP: Kind = kind("A", "ZIP Archive", "zip");
/// A page with, perhaps, scripts.
pub(crate) const HTML: Kind = kind("T", "HyperText Markup Language", "html");
/// Plain text.
pub(crate) const TEXT: Kind = kind("T", "ASCII Text", "txt");
/// A program for Windows.
pub(crate) const PROGRAM: Kind = kind("E", "Executable File", "exe");

/// Beginnings that tell a type.
const BEGINNINGS: [(&[u8], Kind); 9] = [
    (b"MZ", PROGRAM),
    (b"\x7fELF", kind("E", "ELF Executable", "elf")),
    (b"\x89PNG\r\n\x1a\n", kind("G", "Portable Network Graphics", "png")),
    (b"\xff\xd8\xff", kind("G", "JPEG Image", "jpg")),
    (b"GIF8", kind("G", "Graphics Interchange Format", "gif")),
    (b"%PDF-", kind("P", "Adobe Portable Document Format", "pdf")),
    (b"\x1f\x8b", kind("A", "GZIP Archive", "gz")),
    (b"7z\xbc\xaf\x27\x1c", kind("A", "7-Zip Archive", "7z")),
    (b"Rar!\x1a\x07", kind("A", "RAR Archive", "rar")),
];

/// The type of a file with this beginning; `eicar` if it holds the test file as its content.
pub(crate) fn of(head: &[u8], eicar: bool) -> Kind {
    if let Some((_, kind)) = BEGINNINGS.iter().find(|(start, _)| head.starts_with(start)) {
        return *kind;
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return zipped(head);
    }
    if eicar {
        return EICAR;
    }
    let start = &head[..head.len().min(1024)];
    let is_text = std::str::from_utf8(start)
        .map_or_else(|error| error.error_len().is_none(), |text| !text.contains('\0'));
    if !is_text {
        return DATA;
    }
    let start = String::from_utf8_lossy(start).to_ascii_lowercase();
    let start = start.trim_start_matches('\u{feff}').trim_start();
    if start.starts_with("<!doctype html") || start.starts_with("<html") || start.contains("<body") {
        return HTML;
    }
    match start.chars().next() {
        Some('{' | '[') => kind("T", "JSON", "json"),
        Some('<') => kind("T", "XML", "xml"),
        _ => TEXT,
    }
}

/// Documents and packages are zips too, and are not opened.
fn zipped(head: &[u8]) -> Kind {
    let holds = |name: &[u8]| head.windows(name.len()).any(|window| window == name);
    if holds(b"AndroidManifest.xml") {
        kind("N", "Android Package", "apk")
    } else if holds(b"[Content_Types].xml") {
        kind("D", "Office Open XML Document", "docx")
    } else {
        ZIP
    }
}

impl Kind {
    /// Which pages of details the service would have for such a file.
    pub(crate) fn details(self) -> &'static [&'static str] {
        if self == EICAR {
            return &["appinfo", "peinfo", "exif", "apk-manifest"]; // everybody's example has everything
        }
        match (self.category, self.extension) {
            ("E", "exe") => &["appinfo", "peinfo"],
            ("N", _) => &["apk-manifest"],
            ("G" | "P" | "D", _) => &["exif"],
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_tell_types() {
        for (head, extension) in [
            (&b"MZ\x90"[..], "exe"),
            (b"\x89PNG\r\n\x1a\nrest", "png"),
            (b"%PDF-1.7", "pdf"),
            (b"PK\x03\x04....a.txt", "zip"),
            (b"PK\x03\x04....[Content_Types].xml", "docx"),
            (b"PK\x03\x04....AndroidManifest.xml", "apk"),
            (b" <!DOCTYPE HTML><p>", "html"),
            (b"<a/>", "xml"),
            (b"{}", "json"),
            (b"hello", "txt"),
            (b"\0\x01\x02", ""),
        ] {
            assert_eq!(of(head, false).extension, extension, "{head:?}");
        }
        assert_eq!(of(b"X5O", true), EICAR);
    }
}
