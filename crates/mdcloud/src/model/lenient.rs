//! Reading numbers that come as text, flags that come as numbers, and nulls anywhere, without failing.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// What a scalar field held. Anything but a scalar is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Scalar<'a> {
    #[default]
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    /// Borrowed where it was written without escapes.
    Text(Cow<'a, str>),
}

impl<'a> Scalar<'a> {
    /// As a whole number: also `"4"`, `4.0` and `true`.
    pub(crate) fn int(&self) -> Option<i64> {
        match self {
            Scalar::Int(number) => Some(*number),
            Scalar::Bool(flag) => Some(i64::from(*flag)),
            Scalar::Float(number) if number.fract() == 0.0 && number.abs() < 9.0e15 => Some(*number as i64),
            Scalar::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// As a number: also `"0.5"`.
    pub(crate) fn float(&self) -> Option<f64> {
        match self {
            Scalar::Int(number) => Some(*number as f64),
            Scalar::Float(number) => Some(*number),
            Scalar::Text(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        }
    }

    /// As text, also a number; an empty text is kept.
    pub(crate) fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Scalar::Text(text) => Some(text),
            Scalar::Int(number) => Some(number.to_string().into()),
            Scalar::Float(number) => Some(number.to_string().into()),
            Scalar::Bool(flag) => Some(flag.to_string().into()),
            Scalar::None => None,
        }
    }

    /// As a flag: also 0 and 1, as numbers or text.
    pub(crate) fn flag(&self) -> Option<bool> {
        match self {
            Scalar::Bool(flag) => Some(*flag),
            Scalar::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Scalar::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            other => match other.int() {
                Some(0) => Some(false),
                Some(1) => Some(true),
                _ => None,
            },
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Scalar<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }
            fn visit_bool<E>(self, v: bool) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Bool(v))
            }
            fn visit_i64<E>(self, v: i64) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Int(v))
            }
            fn visit_u64<E>(self, v: u64) -> Result<Scalar<'de>, E> {
                Ok(i64::try_from(v).map_or(Scalar::Float(v as f64), Scalar::Int))
            }
            fn visit_f64<E>(self, v: f64) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Float(v))
            }
            fn visit_str<E>(self, v: &str) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Text(v.to_owned().into()))
            }
            fn visit_borrowed_str<E>(self, v: &'de str) -> Result<Scalar<'de>, E> {
                Ok(Scalar::Text(v.into()))
            }
            fn visit_unit<E>(self) -> Result<Scalar<'de>, E> {
                Ok(Scalar::None)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Scalar<'de>, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Scalar::None)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Scalar<'de>, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Scalar::None)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// For `deserialize_with`: a whole number, or absent.
pub(crate) fn int<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(Scalar::deserialize(deserializer)?.int())
}

/// For `deserialize_with`: text, also a number as text; an empty text is kept.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Scalar::deserialize(deserializer)?.into_text().map(Cow::into_owned))
}

/// A text that says something.
pub(crate) fn said(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

/// Reads an object; `None` where the text is anything else. (A struct would also be read from a list.)
pub(crate) fn read_object<'a, T: Deserialize<'a>>(json: &'a str) -> Option<T> {
    if json.trim_start().starts_with('{') { serde_json::from_str(json).ok() } else { None }
}

/// An object, or absent where it is null or anything else. What it borrows, it borrows from the input.
pub(crate) struct Maybe<T>(pub(crate) Option<T>);

impl<T> Default for Maybe<T> {
    fn default() -> Self {
        Maybe(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectOnly<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectOnly<T> {
            type Value = Option<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("anything")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<T>, A::Error> {
                T::deserialize(serde::de::value::MapAccessDeserializer::new(map)).map(Some)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Option<T>, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(None)
            }
            fn visit_bool<E>(self, _: bool) -> Result<Option<T>, E> {
                Ok(None)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Option<T>, E> {
                Ok(None)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Option<T>, E> {
                Ok(None)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Option<T>, E> {
                Ok(None)
            }
            fn visit_str<E>(self, _: &str) -> Result<Option<T>, E> {
                Ok(None)
            }
            fn visit_unit<E>(self) -> Result<Option<T>, E> {
                Ok(None)
            }
        }
        deserializer.deserialize_any(ObjectOnly(std::marker::PhantomData)).map(Maybe)
    }
}

/// A structure of scalars that are read by their names, texts without a copy. By hand, since a derived reader
/// fails at a name that stands twice, and with it everything around: here the last one counts.
macro_rules! scalars {
    (struct $type:ident<'a> { $($name:ident: $read:ident -> $kept:ty),+ $(,)? }) => {
        #[derive(Default)]
        struct $type<'a> {
            $($name: Option<$kept>),+
        }

        impl<'de: 'a, 'a> serde::Deserialize<'de> for $type<'a> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                struct ByName;
                impl<'de> serde::de::Visitor<'de> for ByName {
                    type Value = $type<'de>;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }
                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        mut map: A,
                    ) -> std::result::Result<$type<'de>, A::Error> {
                        use $crate::model::lenient::{Key, Scalar};
                        let mut read = $type::default();
                        while let Some(Key(name)) = map.next_key()? {
                            match &*name {
                                $(stringify!($name) => read.$name = map.next_value::<Scalar<'de>>()?.$read(),)+
                                _ => {
                                    map.next_value::<serde::de::IgnoredAny>()?;
                                }
                            }
                        }
                        Ok(read)
                    }
                }
                deserializer.deserialize_map(ByName)
            }
        }
    };
}
pub(crate) use scalars;

/// A list of texts, or one text alone, as a list.
pub(crate) fn texts_of(json: &str) -> Vec<String> {
    if let Ok(Scalar::Text(one)) = serde_json::from_str(json) {
        return vec![one.into_owned()];
    }
    let all: Vec<Scalar<'_>> = serde_json::from_str(json).unwrap_or_default();
    all.into_iter()
        .filter_map(|one| match one {
            Scalar::Text(text) => Some(text.into_owned()),
            _ => None,
        })
        .collect()
}

/// An object's entries in the order of the answer, values as their JSON text.
pub(crate) struct Entries<'a>(pub(crate) Vec<(Cow<'a, str>, &'a serde_json::value::RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Entries<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries<'de>, A::Error> {
                let mut entries = Vec::with_capacity(map.size_hint().unwrap_or(0));
                while let Some((Key(name), value)) = map.next_entry()? {
                    entries.push((name, value));
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

/// A name, borrowed where it holds no escape.
pub(crate) struct Key<'a>(pub(crate) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl<'de> Visitor<'de> for Name {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }
            fn visit_borrowed_str<E>(self, v: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(v.into()))
            }
            fn visit_str<E>(self, v: &str) -> Result<Key<'de>, E> {
                Ok(Key(v.to_owned().into()))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, Default, Debug, PartialEq)]
    #[serde(default)]
    struct Sample {
        #[serde(deserialize_with = "int")]
        number: Option<i64>,
        #[serde(deserialize_with = "text")]
        name: Option<String>,
    }

    #[test]
    fn numbers_as_text_nulls_and_wrong_types_never_fail() {
        let read = |json: &str| serde_json::from_str::<Sample>(json).unwrap();
        let good = read(r#"{"number":"4","on":1,"name":"a","names":["x",null,"y"],"new":{"a":[1]}}"#);
        assert_eq!((good.number, good.name.as_deref()), (Some(4), Some("a")));
        assert_eq!(texts_of(r#"["x",null,"y",3]"#), ["x", "y"]);
        assert_eq!((texts_of("\"one\""), texts_of("{}")), (vec!["one".to_owned()], Vec::new()));
        for odd in [
            "{}",
            r#"{"number":null,"on":null,"name":null,"names":null}"#,
            r#"{"number":{"a":1},"on":[1],"name":{},"names":{}}"#,
            r#"{"number":"many","on":7,"name":[[]],"names":3}"#,
        ] {
            assert_eq!(read(odd), Sample::default(), "{odd}");
        }
        assert_eq!(read(r#"{"number":1.0,"name":3,"names":"one"}"#).number, Some(1));
        assert_eq!(read(r#"{"number":18446744073709551615}"#).number, None);
        fn scalar(json: &str) -> Scalar<'_> {
            serde_json::from_str(json).unwrap()
        }
        assert_eq!(
            (scalar("1").flag(), scalar("\"false\"").flag(), scalar("7").flag()),
            (Some(true), Some(false), None)
        );
        assert_eq!(
            (scalar("\"0.5\"").float(), scalar("2").float(), scalar("[]").float()),
            (Some(0.5), Some(2.0), None)
        );
    }

    #[test]
    fn entries_keep_the_order_of_the_answer() {
        let entries: Entries<'_> = serde_json::from_str(r#"{"b":1,"a\u0041":{"x":2}}"#).unwrap();
        let names: Vec<_> = entries.0.iter().map(|(name, value)| (name.as_ref(), value.get())).collect();
        assert_eq!(names, [("b", "1"), ("aA", r#"{"x":2}"#)]);
    }
}
