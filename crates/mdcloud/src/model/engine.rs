//! What one engine says of a file.

use std::borrow::Cow;
use std::sync::Arc;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::lenient::{self, Key, Maybe, said};
use super::member::{self, Members, Place};
use super::part::Part;
use super::text::Text;
use super::{Document, view};
use crate::error::Result;

/// The result of one engine.
#[derive(Clone)]
pub struct Engine {
    name: Text,
    code: Option<i64>,
    threat: Text,
    definitions: Text,
    scan_time: Option<i64>,
    place: Place,
}

lenient::scalars! {
    struct Facts<'a> {
        scan_result_i: int -> i64,
        threat_found: into_text -> Cow<'a, str>,
        def_time: into_text -> Cow<'a, str>,
        scan_time: int -> i64,
    }
}

/// Every engine of a map, in its order.
struct All<'a>(Vec<(Cow<'a, str>, Facts<'a>)>);

impl<'de: 'a, 'a> Deserialize<'de> for All<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = All<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a map of engines")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<All<'de>, A::Error> {
                let mut all = Vec::with_capacity(32);
                while let Some((Key(name), Maybe(facts))) = map.next_entry::<_, Maybe<Facts<'de>>>()? {
                    // One whose entry is no object is kept with its name alone.
                    all.push((name, facts.unwrap_or_default()));
                }
                Ok(All(all))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

impl super::Restore for Engine {
    fn restore(document: Document, label: &str) -> Result<Self> {
        let facts = lenient::read_object(document.text()).unwrap_or_default();
        let name = Text::Own(label.into());
        Ok(Engine::new(name, facts, Place::Part(Part::whole(&document))))
    }
}

impl Engine {
    fn new(name: Text, facts: Facts<'_>, place: Place) -> Self {
        let document = place.document();
        Engine {
            name,
            code: facts.scan_result_i,
            threat: Text::of(document, facts.threat_found),
            definitions: Text::of(document, facts.def_time),
            scan_time: facts.scan_time,
            place,
        }
    }

    /// Reads the map of engines.
    pub(crate) fn all(map: &Part) -> Vec<Engine> {
        let Some(All(all)) = map.read() else { return Vec::new() };
        let members = Arc::new(Members::new(map.clone(), member::values));
        let engine = |(index, (name, facts)): (usize, (Cow<'_, str>, Facts<'_>))| {
            let name = Text::of(map.document(), Some(name));
            Engine::new(name, facts, Place::Member(members.clone(), index))
        };
        all.into_iter().enumerate().map(engine).collect()
    }

    fn text(&self) -> &str {
        self.place.text()
    }

    fn shown<'a>(&'a self, text: &'a Text) -> Option<&'a str> {
        said(text.get(self.place.document()))
    }
}

view! {
    /// The result of one engine.
    impl Engine {
        /// Name of the engine. Bulk lookups write underscores for dots in it.
        pub fn name(&self) -> Option<&str> { Some(self.name.get(self.place.document()).unwrap_or_default()) }
        /// The engine's result code, from the same table as `Report.result_code`.
        pub fn code(&self) -> Option<i64> { self.code }
        /// What the engine calls the threat, where it found one.
        pub fn threat(&self) -> Option<&str> { self.shown(&self.threat) }
        /// How old the engine's definitions were, as the service writes it (usually RFC 3339, UTC).
        pub fn definition_time(&self) -> Option<&str> { self.shown(&self.definitions) }
        /// How long the engine took, in milliseconds.
        pub fn scan_time(&self) -> Option<i64> { self.scan_time }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_odd_entry_costs_another_engine_its_result() {
        let text = r#"{"A":{"scan_result_i":1,"scan_result_i":2,"threat_found":"x","new":[{}]},
            "B":null,"C":[1],"D\u0041":{"scan_result_i":"0","threat_found":7,"scan_time":null},"A":{"def_time":"t"}}"#;
        let engines = Engine::all(&Part::whole(&Document::of_text(text.into())));
        let seen: Vec<_> =
            engines.iter().map(|one| (one.name().unwrap(), one.code(), one.threat())).collect();
        let expected = [
            ("A", Some(2), Some("x")),
            ("B", None, None),
            ("C", None, None),
            ("DA", Some(0), Some("7")),
            ("A", None, None),
        ];
        assert_eq!(seen, expected);
        assert_eq!((engines[1].text(), engines[2].text()), ("null", "[1]"));
        assert_eq!(engines[4].text(), r#"{"def_time":"t"}"#);
    }
}
