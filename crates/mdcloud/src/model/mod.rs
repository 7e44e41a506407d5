//! Typed results over the exact answer.
//!
//! Every result keeps the bytes as received. A typed field that is missing, null or of another type than
//! expected is `None`; nothing that the service adds is lost. The fields of a result are written once, in
//! the `view!` block of its file: the accessors in Rust, the table that Python, C and the docs are made
//! from, and the documentation come from there.

mod account;
mod as_json;
mod details;
mod document;
mod engine;
mod feed;
mod hash_result;
mod history;
pub(crate) mod lenient;
mod member;
mod part;
mod plan;
mod processing;
pub(crate) mod record;
mod report;
mod reputation;
mod sandbox;
mod submission;
mod text;
mod verdict;

pub use account::{KeyInfo, Limits};
pub use as_json::{as_json, error_as_json};
pub use details::{ApkManifest, ApkPermission, AppEntry, AppInfo, Exif, PeImport, PeInfo, PeSection};
pub use document::Document;
pub use engine::Engine;
pub use feed::{FeedEntry, FeedPage, RescanResult};
pub use hash_result::HashResult;
pub use history::{PastScan, ScanHistory, ScanSummaries, ScanSummary, WebhookStatus, WebhookStatuses};
pub use plan::{Plan, PlannedFile};
pub use processing::{ExtractedFile, ProcessInfo, Sanitized};
pub use report::Report;
pub use reputation::{GeoInfo, Reputation, ReputationSource};
pub use sandbox::{SandboxReport, SandboxSubmission};
pub use submission::Submission;
pub use verdict::Verdict;

use crate::error::{Error, Result};

/// What a field holds, as a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldKind {
    /// Text, or absent.
    Text,
    /// A whole number, or absent.
    Int,
    /// A number, or absent.
    Float,
    /// Yes or no, or absent.
    Flag,
    /// Yes or no, always there.
    Bool,
    /// A [`Verdict`], always there.
    Verdict,
    /// A list of texts.
    Texts,
    /// One nested result, by the name of its type, or absent.
    One(&'static str),
    /// A list of nested results, by the name of their type.
    Many(&'static str),
    /// The error of this entry, or absent.
    Error,
    /// Names with whole numbers.
    Amounts,
}

/// What a field holds.
#[derive(Clone)]
#[non_exhaustive]
pub enum FieldValue<'a> {
    /// Absent.
    None,
    /// Text.
    Text(&'a str),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Yes or no.
    Bool(bool),
    /// A verdict.
    Verdict(Verdict),
    /// Texts.
    Texts(Vec<&'a str>),
    /// A nested result.
    One(&'a dyn Model),
    /// Nested results.
    Many(Vec<&'a dyn Model>),
    /// Why this entry failed.
    Error(&'a Error),
    /// Names with whole numbers.
    Amounts(Vec<(&'a str, i64)>),
}

/// One row of a result's table of fields.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Field {
    /// Its one name in all languages.
    pub name: &'static str,
    /// What it holds.
    pub kind: FieldKind,
    /// What it means, with units.
    pub doc: &'static str,
}

/// A typed result that can tell its own fields.
pub trait Model: Send + Sync {
    /// The name of its type in all languages.
    fn type_name(&self) -> &'static str;
    /// Its table of fields.
    fn fields(&self) -> &'static [Field];
    /// The field at this place of the table.
    fn value(&self, index: usize) -> FieldValue<'_>;
    /// A copy that owns what it holds.
    fn boxed(&self) -> Box<dyn Model>;
    /// The part of the answer that it views, as JSON text.
    fn json(&self) -> &str;
}

/// A type of result as a whole, for what is generated from the tables.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct ModelType {
    /// The name in all languages.
    pub name: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
    restore: fn(Document, &str) -> Result<Box<dyn Model>>,
}

/// All typed results.
pub const MODELS: [ModelType; 33] = [
    Report::TYPE,
    Engine::TYPE,
    ProcessInfo::TYPE,
    Sanitized::TYPE,
    ExtractedFile::TYPE,
    Submission::TYPE,
    HashResult::TYPE,
    KeyInfo::TYPE,
    Limits::TYPE,
    Plan::TYPE,
    PlannedFile::TYPE,
    ScanSummaries::TYPE,
    ScanSummary::TYPE,
    ScanHistory::TYPE,
    PastScan::TYPE,
    WebhookStatus::TYPE,
    WebhookStatuses::TYPE,
    Reputation::TYPE,
    ReputationSource::TYPE,
    GeoInfo::TYPE,
    SandboxSubmission::TYPE,
    SandboxReport::TYPE,
    FeedPage::TYPE,
    FeedEntry::TYPE,
    RescanResult::TYPE,
    PeInfo::TYPE,
    PeSection::TYPE,
    PeImport::TYPE,
    Exif::TYPE,
    ApkManifest::TYPE,
    ApkPermission::TYPE,
    AppInfo::TYPE,
    AppEntry::TYPE,
];

/// A result made again from its own JSON text, as [`Model::json`] gave it: Python unpickles so. `label` is
/// what does not stand in that text: the name of an engine, or the input that was asked for. The error of a
/// failed entry is the caller's to keep.
#[doc(hidden)]
pub fn restore(type_name: &str, raw: Vec<u8>, label: &str) -> Result<Box<dyn Model>> {
    let unknown = || Error::invalid("type", format!("{type_name:?} is not a result"));
    let row = MODELS.iter().find(|row| row.name == type_name).ok_or_else(unknown)?;
    (row.restore)(Document::from_json(raw)?, label)
}

/// A result that can be made again from its own JSON text.
pub(crate) trait Restore: Sized {
    fn restore(document: Document, label: &str) -> Result<Self>;
}

/// How the type of an accessor is shown to other languages.
pub(crate) trait Shown<'a> {
    const KIND: FieldKind;
    fn show(self) -> FieldValue<'a>;
}

impl<'a> Shown<'a> for Option<&'a str> {
    const KIND: FieldKind = FieldKind::Text;
    fn show(self) -> FieldValue<'a> {
        self.map_or(FieldValue::None, FieldValue::Text)
    }
}

impl<'a> Shown<'a> for Option<i64> {
    const KIND: FieldKind = FieldKind::Int;
    fn show(self) -> FieldValue<'a> {
        self.map_or(FieldValue::None, FieldValue::Int)
    }
}

impl<'a> Shown<'a> for Option<f64> {
    const KIND: FieldKind = FieldKind::Float;
    fn show(self) -> FieldValue<'a> {
        self.map_or(FieldValue::None, FieldValue::Float)
    }
}

impl<'a> Shown<'a> for Option<bool> {
    const KIND: FieldKind = FieldKind::Flag;
    fn show(self) -> FieldValue<'a> {
        self.map_or(FieldValue::None, FieldValue::Bool)
    }
}

impl<'a> Shown<'a> for bool {
    const KIND: FieldKind = FieldKind::Bool;
    fn show(self) -> FieldValue<'a> {
        FieldValue::Bool(self)
    }
}

impl<'a> Shown<'a> for Verdict {
    const KIND: FieldKind = FieldKind::Verdict;
    fn show(self) -> FieldValue<'a> {
        FieldValue::Verdict(self)
    }
}

impl<'a> Shown<'a> for &'a [String] {
    const KIND: FieldKind = FieldKind::Texts;
    fn show(self) -> FieldValue<'a> {
        FieldValue::Texts(self.iter().map(String::as_str).collect())
    }
}

impl<'a> Shown<'a> for Option<&'a Error> {
    const KIND: FieldKind = FieldKind::Error;
    fn show(self) -> FieldValue<'a> {
        self.map_or(FieldValue::None, FieldValue::Error)
    }
}

impl<'a> Shown<'a> for Vec<(&'a str, i64)> {
    const KIND: FieldKind = FieldKind::Amounts;
    fn show(self) -> FieldValue<'a> {
        FieldValue::Amounts(self)
    }
}

impl<'a, T: Model + Named> Shown<'a> for Option<&'a T> {
    const KIND: FieldKind = FieldKind::One(T::NAME);
    fn show(self) -> FieldValue<'a> {
        self.map_or(FieldValue::None, |one| FieldValue::One(one))
    }
}

impl<'a, T: Model + Named> Shown<'a> for &'a [T] {
    const KIND: FieldKind = FieldKind::Many(T::NAME);
    fn show(self) -> FieldValue<'a> {
        FieldValue::Many(self.iter().map(|one| one as &dyn Model).collect())
    }
}

/// The name of a result's type, where no value is at hand.
pub(crate) trait Named {
    const NAME: &'static str;
}

/// Shows the scalars of a result. Links are left out: whoever has one can read the file.
pub(crate) fn debug(model: &dyn Model, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    let mut shown = f.debug_struct(model.type_name());
    for (index, field) in model.fields().iter().enumerate().filter(|(_, field)| !is_secret(field.name)) {
        match model.value(index) {
            FieldValue::Text(text) => shown.field(field.name, &text),
            FieldValue::Int(number) => shown.field(field.name, &number),
            FieldValue::Float(number) => shown.field(field.name, &number),
            FieldValue::Bool(flag) => shown.field(field.name, &flag),
            FieldValue::Verdict(verdict) => shown.field(field.name, &verdict),
            FieldValue::Error(error) => shown.field(field.name, error),
            _ => &mut shown,
        };
    }
    shown.finish_non_exhaustive()
}

/// Whether a field is a link that is good without a key.
fn is_secret(name: &str) -> bool {
    name == "file_path" || name.ends_with("_link")
}

/// Writes the accessors of a result, and its table of fields from the same lines.
macro_rules! view {
    (
        $(#[doc = $about:literal])+
        impl $type:ident {
            $(
                $(#[doc = $doc:literal])+
                pub fn $name:ident(&$self:ident) -> $returns:ty $body:block
            )+
        }
    ) => {
        #[allow(unreachable_pub)]
        impl $type {
            $(
                $(#[doc = $doc])+
                pub fn $name(&$self) -> $returns $body
            )+

            /// The result's table of fields.
            pub const TYPE: $crate::model::ModelType = $crate::model::ModelType {
                name: stringify!($type),
                doc: concat!($($about, "\n"),+),
                fields: &[$(
                    $crate::model::Field {
                        name: stringify!($name),
                        kind: <$returns as $crate::model::Shown<'static>>::KIND,
                        doc: concat!($($doc, "\n"),+),
                    }
                ),+],
                restore: |document, label| {
                    let made = <$type as $crate::model::Restore>::restore(document, label)?;
                    Ok(Box::new(made))
                },
            };
        }

        impl $crate::model::Named for $type {
            const NAME: &'static str = stringify!($type);
        }

        impl std::fmt::Debug for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::model::debug(self, f)
            }
        }

        impl $crate::model::Model for $type {
            fn type_name(&self) -> &'static str {
                stringify!($type)
            }
            fn fields(&self) -> &'static [$crate::model::Field] {
                Self::TYPE.fields
            }
            fn value(&self, index: usize) -> $crate::model::FieldValue<'_> {
                let getters: &[fn(&Self) -> $crate::model::FieldValue<'_>] =
                    &[$(|this| $crate::model::Shown::show(this.$name())),+];
                getters.get(index).map_or($crate::model::FieldValue::None, |get| get(self))
            }
            fn boxed(&self) -> Box<dyn $crate::model::Model> {
                Box::new(self.clone())
            }
            fn json(&self) -> &str {
                self.text()
            }
        }
    };
}
pub(crate) use view;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_result_can_be_made_again_from_its_own_text() {
        for model in MODELS {
            let text = r#"{"data_id":"x","hash":"y","scan_result_i":1,"limit_feed":3}"#;
            let made = restore(model.name, text.into(), "label").unwrap();
            assert_eq!((made.type_name(), made.json()), (model.name, text));
            let labelled = [
                ("Engine", "name"),
                ("HashResult", "hash"),
                ("Reputation", "address"),
                ("RescanResult", "file_id"),
            ];
            let label = made.fields().iter().position(|field| labelled.contains(&(model.name, field.name)));
            if let Some(index) = label {
                assert!(matches!(made.value(index), FieldValue::Text("label")), "{}", model.name);
            }
        }
        assert!(restore("Nothing", b"{}".to_vec(), "").is_err());
        assert!(
            restore("Engine", b"{\"scan_result_i\":".to_vec(), "").is_err(),
            "what is no JSON is no result"
        );
    }
}
