//! The typed view of a result as JSON: the names of this library instead of the service's.

use serde_json::{Map, Value, json};

use super::{FieldValue, Model};
use crate::error::Error;

/// All fields of a result by their names in this library; nested results are nested objects.
pub fn as_json(model: &dyn Model) -> Value {
    let fields = model.fields().iter().enumerate();
    Value::Object(fields.map(|(index, field)| (field.name.to_owned(), value(model.value(index)))).collect())
}

fn value(value: FieldValue<'_>) -> Value {
    match value {
        FieldValue::None => Value::Null,
        FieldValue::Text(text) => text.into(),
        FieldValue::Int(number) => number.into(),
        FieldValue::Float(number) => number.into(),
        FieldValue::Bool(flag) => flag.into(),
        FieldValue::Verdict(verdict) => verdict.name().into(),
        FieldValue::Texts(texts) => texts.into(),
        FieldValue::One(model) => as_json(model),
        FieldValue::Many(models) => models.into_iter().map(as_json).collect(),
        FieldValue::Error(error) => error_as_json(error),
        FieldValue::Amounts(amounts) => Value::Object(
            amounts.into_iter().map(|(name, amount)| (name.to_owned(), amount.into())).collect::<Map<_, _>>(),
        ),
    }
}

/// An error with all its facts, as it stands in the view of an entry that failed.
pub fn error_as_json(error: &Error) -> Value {
    json!({
        "status": error.status() as i32,
        "name": error.status().name(),
        "http_status": error.http_status(),
        "code": error.code(),
        "messages": error.messages(),
        "retry_after": error.retry_after().map(|after| after.as_secs_f64()),
        "family": error.family(),
        "is_local": error.is_local(),
        "delivery": error.delivery().name(),
        "request": error.request(),
        "data_id": error.data_id(),
        "errno": error.errno(),
        "text": error.to_string(),
    })
}
