//! Results as columns in the layout of Apache Arrow. What hands them to other libraries is in
//! `arrow_stream.rs`.

use mdcloud::model::{FieldKind, FieldValue, Model};

use crate::table::{Columns, Own, Row, model};

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Int,
    Float,
    Bool,
    List,
    Struct,
}

/// A column's name and type; of a list, the type of its entries; of a struct, its fields.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) children: Vec<Shape>,
}

impl Shape {
    fn leaf(name: &'static str, kind: Kind) -> Self {
        Shape { name, kind, children: Vec::new() }
    }

    fn list(name: &'static str, entry: Shape) -> Self {
        Shape { name, kind: Kind::List, children: vec![entry] }
    }

    /// The row as a whole: a struct with one field per column.
    pub(crate) fn row(columns: &Columns) -> Self {
        let own = columns.own.iter().map(|(name, kind)| Self::field(name, *kind));
        let fields = columns.fields.iter().map(|field| Self::field(field.name, field.kind));
        Shape { name: "", kind: Kind::Struct, children: own.chain(fields).collect() }
    }

    fn field(name: &'static str, kind: FieldKind) -> Self {
        match kind {
            FieldKind::Int => Self::leaf(name, Kind::Int),
            FieldKind::Float => Self::leaf(name, Kind::Float),
            FieldKind::Flag | FieldKind::Bool => Self::leaf(name, Kind::Bool),
            FieldKind::Texts => Self::list(name, Self::leaf("item", Kind::Text)),
            FieldKind::One(nested) => Self::nested(name, nested),
            FieldKind::Many(nested) => Self::list(name, Self::nested("item", nested)),
            FieldKind::Amounts => {
                let parts = vec![Self::leaf("name", Kind::Text), Self::leaf("amount", Kind::Int)];
                Self::list(name, Shape { name: "item", kind: Kind::Struct, children: parts })
            }
            // Texts, verdicts by their names, errors by what they say.
            _ => Self::leaf(name, Kind::Text),
        }
    }

    fn nested(name: &'static str, nested: &str) -> Self {
        let fields = model(nested).map_or(&[][..], |model| model.fields);
        let children = fields.iter().map(|field| Self::field(field.name, field.kind)).collect();
        Shape { name, kind: Kind::Struct, children }
    }
}

/// Bits, least significant first.
#[derive(Default)]
pub(crate) struct Bits(pub(crate) Vec<u8>);

impl Bits {
    fn push(&mut self, place: usize, bit: bool) {
        if place.is_multiple_of(8) {
            self.0.push(0);
        }
        if let (true, Some(last)) = (bit, self.0.last_mut()) {
            *last |= 1 << (place % 8);
        }
    }
}

/// A column that is being filled. Only the buffers of its kind are used.
pub(crate) struct Column {
    pub(crate) kind: Kind,
    pub(crate) length: usize,
    pub(crate) nulls: usize,
    pub(crate) valid: Bits,
    /// Where each text or list begins, and the last one ends.
    pub(crate) offsets: Vec<i32>,
    pub(crate) text: Vec<u8>,
    pub(crate) ints: Vec<i64>,
    pub(crate) floats: Vec<f64>,
    pub(crate) bools: Bits,
    pub(crate) children: Vec<Column>,
}

/// More than two gigabytes in one batch.
#[derive(Debug)]
pub(crate) struct TooLong;

type Done = Result<(), TooLong>;

impl Column {
    pub(crate) fn new(shape: &Shape) -> Self {
        let has_offsets = matches!(shape.kind, Kind::Text | Kind::List);
        Column {
            kind: shape.kind,
            length: 0,
            nulls: 0,
            valid: Bits::default(),
            offsets: if has_offsets { vec![0] } else { Vec::new() },
            text: Vec::new(),
            ints: Vec::new(),
            floats: Vec::new(),
            bools: Bits::default(),
            children: shape.children.iter().map(Column::new).collect(),
        }
    }

    /// Adds a row to the column of rows.
    pub(crate) fn push_row(&mut self, row: &Row<'_>) -> Done {
        let mut children = self.children.iter_mut();
        for (own, child) in row.own.iter().zip(&mut children) {
            child.push(match own {
                Own::None => FieldValue::None,
                Own::Number(number) => FieldValue::Int(*number),
                Own::Text(text) => FieldValue::Text(text),
            })?;
        }
        for (index, child) in children.enumerate() {
            let Some(result) = &row.result else {
                child.push(FieldValue::None)?;
                continue;
            };
            let model = result.get().model();
            let is_error = model.fields().get(index).is_some_and(|field| field.kind == FieldKind::Error);
            child.push(match (&row.error, is_error) {
                (Some(error), true) => FieldValue::Text(error),
                (None, true) => FieldValue::None,
                _ => model.value(index),
            })?;
        }
        self.end(true);
        Ok(())
    }

    fn push(&mut self, value: FieldValue<'_>) -> Done {
        let there = match (self.kind, value) {
            (Kind::Text, FieldValue::Text(text)) => self.add_text(text),
            (Kind::Text, FieldValue::Verdict(verdict)) => self.add_text(verdict.name()),
            (Kind::Int, FieldValue::Int(number)) => {
                self.ints.push(number);
                true
            }
            (Kind::Float, FieldValue::Float(number)) => {
                self.floats.push(number);
                true
            }
            (Kind::Bool, FieldValue::Bool(flag)) => {
                self.bools.push(self.length, flag);
                true
            }
            (Kind::Struct, FieldValue::One(model)) => {
                self.push_model(model)?;
                return Ok(());
            }
            (Kind::List, FieldValue::Texts(texts)) => {
                self.each(texts, |entry, text| entry.push(FieldValue::Text(text)))?;
                true
            }
            (Kind::List, FieldValue::Many(models)) => {
                self.each(models, Column::push_model)?;
                true
            }
            (Kind::List, FieldValue::Amounts(amounts)) => {
                self.each(amounts, |entry, (name, amount)| {
                    if let [names, numbers] = entry.children.as_mut_slice() {
                        names.push(FieldValue::Text(name))?;
                        numbers.push(FieldValue::Int(amount))?;
                    }
                    entry.end(true);
                    Ok(())
                })?;
                true
            }
            _ => {
                self.add_nothing()?;
                false
            }
        };
        self.end_offset()?;
        self.end(there);
        Ok(())
    }

    fn add_text(&mut self, text: &str) -> bool {
        self.text.extend_from_slice(text.as_bytes());
        true
    }

    /// What stands where there is no value: each column of a batch is as long as the others.
    fn add_nothing(&mut self) -> Done {
        match self.kind {
            Kind::Int => self.ints.push(0),
            Kind::Float => self.floats.push(0.0),
            Kind::Bool => self.bools.push(self.length, false),
            Kind::Struct => {
                for child in &mut self.children {
                    child.push(FieldValue::None)?;
                }
            }
            Kind::Text | Kind::List => {}
        }
        Ok(())
    }

    fn push_model(&mut self, model: &dyn Model) -> Done {
        for (index, child) in self.children.iter_mut().enumerate() {
            child.push(model.value(index))?;
        }
        self.end(true);
        Ok(())
    }

    /// Adds the entries of one list.
    fn each<T>(&mut self, all: Vec<T>, push: impl Fn(&mut Column, T) -> Done) -> Done {
        let Some(entries) = self.children.first_mut() else { return Ok(()) };
        all.into_iter().try_for_each(|one| push(entries, one))
    }

    fn end_offset(&mut self) -> Done {
        let end = match self.kind {
            Kind::Text => self.text.len(),
            Kind::List => self.children.first().map_or(0, |entries| entries.length),
            _ => return Ok(()),
        };
        self.offsets.push(i32::try_from(end).map_err(|_| TooLong)?);
        Ok(())
    }

    fn end(&mut self, there: bool) {
        self.valid.push(self.length, there);
        self.nulls += usize::from(!there);
        self.length += 1;
    }
}
