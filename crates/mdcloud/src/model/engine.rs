//! What one engine says of a file.

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::lenient::{self, Key, Maybe, said};
use super::member::{self, Members, Place};
use super::part::Part;
use super::{Document, view};
use crate::error::Result;

/// The result of one engine.
#[derive(Clone)]
pub struct Engine {
    name: String,
    facts: Facts,
    place: Place,
}

lenient::scalars! {
    struct Facts {
        scan_result_i: into_int -> i64,
        threat_found: into_text -> String,
        def_time: into_text -> String,
        scan_time: into_int -> i64,
    }
}

/// Every engine of a map, in its order.
struct All(Vec<(String, Facts)>);

impl<'de> Deserialize<'de> for All {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = All;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a map of engines")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<All, A::Error> {
                let mut all = Vec::with_capacity(32);
                while let Some((Key(name), Maybe(facts))) = map.next_entry::<_, Maybe<Facts>>()? {
                    // One whose entry is no object is kept with its name alone.
                    all.push((name.into_owned(), facts.unwrap_or_default()));
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
        Ok(Engine { name: label.to_owned(), facts, place: Place::Part(Part::whole(&document)) })
    }
}

impl Engine {
    /// Reads the map of engines.
    pub(crate) fn all(map: &Part) -> Vec<Engine> {
        let Some(All(all)) = map.read() else { return Vec::new() };
        let members = Members::new(map.clone(), member::values);
        let engine =
            |(index, (name, facts))| Engine { name, facts, place: Place::Member(members.clone(), index) };
        all.into_iter().enumerate().map(engine).collect()
    }

    fn text(&self) -> &str {
        self.place.text()
    }
}

view! {
    /// The result of one engine.
    impl Engine {
        /// Name of the engine. Bulk lookups write underscores for dots in it.
        pub fn name(&self) -> Option<&str> { Some(&self.name) }
        /// The engine's result code, from the same table as `Report.result_code`.
        pub fn code(&self) -> Option<i64> { self.facts.scan_result_i }
        /// What the engine calls the threat, where it found one.
        pub fn threat(&self) -> Option<&str> { said(self.facts.threat_found.as_deref()) }
        /// How old the engine's definitions were, as the service writes it (usually RFC 3339, UTC).
        pub fn definition_time(&self) -> Option<&str> { said(self.facts.def_time.as_deref()) }
        /// How long the engine took, in milliseconds.
        pub fn scan_time(&self) -> Option<i64> { self.facts.scan_time }
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
