//! The headers of an answer.

/// The headers of an answer in their order, in one piece: an answer has some twenty, of which few are read.
#[derive(Clone, Default)]
pub(crate) struct Headers {
    text: Vec<u8>,
    /// Where name and value of each end in the text; it begins where the one before it ends.
    ends: Vec<(u32, u32)>,
}

impl Headers {
    /// None yet, and room for as many as an answer has.
    fn with_room() -> Self {
        Headers { text: Vec::with_capacity(1024), ends: Vec::with_capacity(32) }
    }

    pub(crate) fn append(&mut self, name: &str, value: &[u8]) {
        self.text.extend_from_slice(name.as_bytes());
        let end = self.text.len() as u32;
        self.text.extend_from_slice(value);
        self.ends.push((end, self.text.len() as u32));
    }

    /// Names and values, in the order of the answer.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let mut start = 0;
        self.ends.iter().map(move |(name_end, end)| {
            let (name_start, name_end) = (start, *name_end as usize);
            start = *end as usize;
            (&self.text[name_start..name_end], &self.text[name_end..start])
        })
    }

    /// The values of all headers of this name, which may be written in any case.
    pub(crate) fn get_all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        self.iter()
            .filter(move |(other, _)| other.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value)
    }
}

/// A value that is text of printable ASCII, as all that have a meaning are.
pub(crate) fn printable(value: &[u8]) -> Option<&str> {
    let plain = |byte: &u8| (b' '..=b'~').contains(byte) || *byte == b'\t';
    std::str::from_utf8(value).ok().filter(|text| text.as_bytes().iter().all(plain))
}

impl<'a> FromIterator<(&'a str, &'a [u8])> for Headers {
    fn from_iter<T: IntoIterator<Item = (&'a str, &'a [u8])>>(all: T) -> Self {
        let mut headers = Headers::with_room();
        all.into_iter().for_each(|(name, value)| headers.append(name, value));
        headers
    }
}

impl std::fmt::Debug for Headers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = |bytes| String::from_utf8_lossy(bytes);
        f.debug_map().entries(self.iter().map(|(name, value)| (text(name), text(value)))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_found_in_any_case_and_only_by_its_whole_name() {
        let all: [(&str, &[u8]); 4] = [("Date", b"x"), ("X-A", b"1"), ("x-ab", b""), ("x-a", b"\xff")];
        let headers: Headers = all.into_iter().collect();
        let get = |name| headers.get_all(name).collect::<Vec<_>>();
        assert_eq!(get("x-A"), [&b"1"[..], b"\xff"]);
        assert_eq!((get("x-ab"), get("date")), (vec![&b""[..]], vec![&b"x"[..]]));
        assert!(get("x-").is_empty() && get("").is_empty() && get("Datex").is_empty());
        assert_eq!(
            (printable(b"a b\t~"), printable(b"\xff"), printable(b"\x7f")),
            (Some("a b\t~"), None, None)
        );
    }
}
