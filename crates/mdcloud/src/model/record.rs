//! Results whose fields are read once, by JSON pointer, from their table.
//!
//! A report is read lazily for speed; everything else is small, and a line per field is all that it takes:
//! documentation, kind, name, and where the service keeps it. Several pointers are tried in order.

use serde_json::Value;

use super::document::Document;
use super::lenient::Scalar;

/// A result that is read from a JSON value.
pub(crate) trait Record: Sized {
    /// Whether the answer may be a bare list as well as an object.
    const IS_LIST: bool = false;

    fn of_value(value: &Value, document: Document) -> Self;

    /// A part of an answer, with a document of its own.
    fn of_part(value: &Value) -> Self {
        Self::of_value(value, Document::of_text(value.to_string()))
    }
}

/// What a field is read as.
pub(crate) trait Read: Sized {
    fn read(value: &Value) -> Option<Self>;
}

fn scalar(value: &Value) -> Scalar<'_> {
    match value {
        Value::Bool(flag) => Scalar::Bool(*flag),
        Value::Number(number) => match number.as_i64() {
            Some(number) => Scalar::Int(number),
            None => number.as_f64().map_or(Scalar::None, Scalar::Float),
        },
        Value::String(text) => Scalar::Text(text.as_str().into()),
        _ => Scalar::None,
    }
}

impl Read for String {
    /// Text that says something, also a number as text.
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

impl Read for i64 {
    fn read(value: &Value) -> Option<Self> {
        scalar(value).int()
    }
}

impl Read for f64 {
    fn read(value: &Value) -> Option<Self> {
        scalar(value).float()
    }
}

impl Read for bool {
    fn read(value: &Value) -> Option<Self> {
        scalar(value).flag()
    }
}

impl<T: Record> Read for T {
    fn read(value: &Value) -> Option<Self> {
        value.is_object().then(|| T::of_part(value))
    }
}

/// One field, from the first of the pointers that gives anything.
pub(crate) fn one<T: Read>(value: &Value, pointers: &[&str]) -> Option<T> {
    pointers.iter().filter_map(|pointer| value.pointer(pointer)).find_map(T::read)
}

/// A list, from the first of the pointers that is one; what does not fit is left out.
pub(crate) fn many<T: Read>(value: &Value, pointers: &[&str]) -> Vec<T> {
    let list = pointers.iter().filter_map(|pointer| value.pointer(pointer)).find_map(Value::as_array);
    list.map_or_else(Vec::new, |list| list.iter().filter_map(T::read).collect())
}

/// Defines a result: its structure, how it is read, and (through `view!`) its accessors and table.
macro_rules! record {
    (
        $(#[doc = $about:literal])+
        $type:ident {
            $(
                $(#[doc = $doc:literal])+
                $kind:ident $(($of:ident))? $name:ident = $($pointer:literal)|+;
            )+
        }
        $(computed { $($computed:tt)+ })?
    ) => {
        $(#[doc = $about])+
        #[allow(unreachable_pub)]
        #[derive(Clone)]
        pub struct $type {
            document: $crate::model::Document,
            $($name: $crate::model::record::stored!($kind $($of)?)),+
        }

        impl $crate::model::record::Record for $type {
            const IS_LIST: bool = false $($(|| $pointer.is_empty())+)+;

            fn of_value(value: &serde_json::Value, document: $crate::model::Document) -> Self {
                $type {
                    document,
                    $($name: $crate::model::record::reader!($kind)(value, &[$($pointer),+])),+
                }
            }
        }

        impl $crate::model::Restore for $type {
            fn restore(document: $crate::model::Document, _: &str) -> $crate::error::Result<Self> {
                let value: serde_json::Value = document.read()?;
                Ok($crate::model::record::Record::of_value(&value, document))
            }
        }

        // Some results are parts of others and never leave this crate.
        #[allow(dead_code, unreachable_pub)]
        impl $type {
            /// The answer, or the part of it that this is.
            pub fn document(&self) -> &$crate::model::Document {
                &self.document
            }

            fn text(&self) -> &str {
                self.document.text()
            }
        }

        $crate::model::view! {
            $(#[doc = $about])+
            impl $type {
                $(
                    $(#[doc = $doc])+
                    pub fn $name(&self) -> $crate::model::record::shown!($kind $($of)?) {
                        $crate::model::record::getter!($kind, self.$name)
                    }
                )+
                $($($computed)+)?
            }
        }
    };
}
pub(crate) use record;

macro_rules! stored {
    (text) => { Option<String> };
    (int) => { Option<i64> };
    (float) => { Option<f64> };
    (flag) => { Option<bool> };
    (texts) => { Vec<String> };
    (one $of:ident) => { Option<Box<$of>> };
    (many $of:ident) => { Vec<$of> };
}
pub(crate) use stored;

macro_rules! shown {
    (text) => { Option<&str> };
    (int) => { Option<i64> };
    (float) => { Option<f64> };
    (flag) => { Option<bool> };
    (texts) => { &[String] };
    (one $of:ident) => { Option<&$of> };
    (many $of:ident) => { &[$of] };
}
pub(crate) use shown;

macro_rules! reader {
    (texts) => {
        $crate::model::record::many
    };
    (many) => {
        $crate::model::record::many
    };
    (one) => {
        (|value, pointers| $crate::model::record::one(value, pointers).map(Box::new))
    };
    ($scalar:ident) => {
        $crate::model::record::one
    };
}
pub(crate) use reader;

macro_rules! getter {
    (text, $this:ident . $name:ident) => {
        $this.$name.as_deref()
    };
    (one, $this:ident . $name:ident) => {
        $this.$name.as_deref()
    };
    (texts, $this:ident . $name:ident) => {
        &$this.$name
    };
    (many, $this:ident . $name:ident) => {
        &$this.$name
    };
    ($scalar:ident, $this:ident . $name:ident) => {
        $this.$name
    };
}
pub(crate) use getter;
