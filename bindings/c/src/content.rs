//! What results hold, as bytes of the service and as this library names it.

use std::borrow::Cow;

use mdcloud_core::model::{Model, as_json, error_as_json};
use mdcloud_core::{
    Badge, Document, Error, HashResult, KeyInfo, Limits, Report, Reputation, RescanResult, Result,
    ScanOutcome, Submission, WebhookStatus,
};
use serde_json::{Value, json};

use crate::error::mdcloud_error;
use crate::result::mdcloud_result;

/// What a result holds.
pub(crate) enum Content {
    Report(Report),
    Submission(Submission),
    KeyInfo(KeyInfo),
    Limits(Limits),
    HashResults(Entries<HashResult>),
    Reputations(Entries<Reputation>),
    RescanResults(Entries<RescanResult>),
    WebhookStatuses(Entries<WebhookStatus>),
    ScanOutcomes(Outcomes),
    Badge(Badge),
    Link(Link),
    /// A result without getters of its own.
    Model(Box<dyn Model>),
    Document(Document),
    Text(String),
}

/// A type of result with getters of its own.
pub(crate) trait Held {
    /// The result as this type, where it is one.
    fn of(content: &Content) -> Option<&Self>;
}

macro_rules! held {
    ($($type:ty: $variant:ident;)+) => {
        $(impl Held for $type {
            fn of(content: &Content) -> Option<&Self> {
                match content {
                    Content::$variant(held) => Some(held),
                    _ => None,
                }
            }
        })+
    };
}

held! {
    Report: Report;
    Submission: Submission;
    KeyInfo: KeyInfo;
    Limits: Limits;
    Entries<HashResult>: HashResults;
    Entries<Reputation>: Reputations;
    Entries<RescanResult>: RescanResults;
    Entries<WebhookStatus>: WebhookStatuses;
    Outcomes: ScanOutcomes;
    Badge: Badge;
    Link: Link;
}

/// A link that is good without a key.
pub(crate) struct Link(pub(crate) String);

/// Results of one type, with the errors in the form that C looks at.
pub(crate) struct Entries<T> {
    entries: Vec<(T, Option<mdcloud_error>)>,
    whole: Whole,
}

/// How the entries came.
enum Whole {
    /// One alone, not in a list.
    One,
    /// One per input.
    Many,
    /// Inside an answer of the service.
    Answer(Box<dyn Model>),
}

/// A result that may stand in a list.
pub(crate) trait Entry: Model + Sized {
    /// Why it has no answer.
    fn why(&self) -> Option<&Error>;
}

impl Entry for HashResult {
    fn why(&self) -> Option<&Error> {
        self.error()
    }
}

impl Entry for Reputation {
    fn why(&self) -> Option<&Error> {
        self.error()
    }
}

impl Entry for RescanResult {
    fn why(&self) -> Option<&Error> {
        self.error()
    }
}

impl Entry for WebhookStatus {
    fn why(&self) -> Option<&Error> {
        None
    }
}

impl<T: Entry> Entries<T> {
    fn new(results: impl IntoIterator<Item = T>, whole: Whole) -> Self {
        let entry = |result: T| {
            let error = result.why().cloned().map(mdcloud_error::new);
            (result, error)
        };
        Entries { entries: results.into_iter().map(entry).collect(), whole }
    }

    pub(crate) fn one(result: T) -> Self {
        Self::new([result], Whole::One)
    }

    pub(crate) fn many(results: impl IntoIterator<Item = T>) -> Self {
        Self::new(results, Whole::Many)
    }

    pub(crate) fn of_answer(answer: impl Model + 'static, entries: Vec<T>) -> Self {
        Self::new(entries, Whole::Answer(Box::new(answer)))
    }

    pub(crate) fn size(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&T> {
        self.entries.get(index).map(|(result, _)| result)
    }

    pub(crate) fn error(&self, index: usize) -> Option<*const mdcloud_error> {
        self.entries.get(index)?.1.as_ref().map(std::ptr::from_ref)
    }

    fn json(&self) -> Cow<'_, str> {
        let mut texts = self.entries.iter().map(|(result, _)| result.json());
        match &self.whole {
            Whole::One => texts.next().unwrap_or_default().into(),
            Whole::Many => format!("[{}]", texts.collect::<Vec<_>>().join(",")).into(),
            Whole::Answer(answer) => answer.json().into(),
        }
    }

    fn view(&self) -> Value {
        let mut views = self.entries.iter().map(|(result, _)| as_json(result));
        match &self.whole {
            Whole::One => views.next().unwrap_or_default(),
            Whole::Many => views.collect(),
            Whole::Answer(answer) => as_json(answer.as_ref()),
        }
    }
}

/// What became of many scans, in the order in which they finished.
pub(crate) struct Outcomes(Vec<(usize, std::result::Result<mdcloud_result, mdcloud_error>)>);

impl Outcomes {
    pub(crate) fn new(outcomes: impl Iterator<Item = ScanOutcome>) -> Self {
        let outcome = |outcome: ScanOutcome| {
            let report = outcome.result.map(|report| mdcloud_result::new(Content::Report(report)));
            (outcome.index, report.map_err(mdcloud_error::new))
        };
        Outcomes(outcomes.map(outcome).collect())
    }

    pub(crate) fn size(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn index(&self, index: usize) -> Option<usize> {
        self.0.get(index).map(|(input, _)| *input)
    }

    pub(crate) fn report(&self, index: usize) -> Option<*const mdcloud_result> {
        self.0.get(index)?.1.as_ref().ok().map(std::ptr::from_ref)
    }

    pub(crate) fn error(&self, index: usize) -> Option<*const mdcloud_error> {
        self.0.get(index)?.1.as_ref().err().map(std::ptr::from_ref)
    }

    /// As JSON, each with its report as `show` gives it, or its error.
    fn shown<'a>(&'a self, show: impl Fn(&'a Content) -> Cow<'a, str>) -> String {
        let outcomes = self.0.iter().map(|(index, outcome)| {
            let (report, error) = match outcome {
                Ok(report) => (show(report.content()), Value::Null),
                Err(error) => ("null".into(), error_as_json(error.error())),
            };
            format!(r#"{{"index":{index},"report":{report},"error":{error}}}"#)
        });
        format!("[{}]", outcomes.collect::<Vec<_>>().join(","))
    }
}

impl Content {
    /// Something of ours, as JSON.
    pub(crate) fn of(value: &impl serde::Serialize) -> Result<Content> {
        serde_json::to_string(value).map(Content::Text).map_err(|error| Error::panicked(&error.to_string()))
    }

    /// A result without getters of its own.
    pub(crate) fn model(model: impl Model + 'static) -> Content {
        Content::Model(Box::new(model))
    }

    pub(crate) fn json(&self) -> Cow<'_, str> {
        match self {
            Content::Report(report) => report.json().into(),
            Content::Submission(submission) => submission.json().into(),
            Content::KeyInfo(info) => info.json().into(),
            Content::Limits(limits) => limits.json().into(),
            Content::HashResults(entries) => entries.json(),
            Content::Reputations(entries) => entries.json(),
            Content::RescanResults(entries) => entries.json(),
            Content::WebhookStatuses(entries) => entries.json(),
            Content::ScanOutcomes(outcomes) => outcomes.shown(Content::json).into(),
            Content::Badge(badge) => {
                json!({ "media_type": badge.media_type, "length": badge.data.len() }).to_string().into()
            }
            Content::Link(Link(link)) => Value::from(link.as_str()).to_string().into(),
            Content::Model(model) => model.json().into(),
            Content::Document(document) => document.text().into(),
            Content::Text(text) => text.into(),
        }
    }

    /// By this library's own names; what has none stands as it came.
    pub(crate) fn view(&self) -> Cow<'_, str> {
        let view = match self {
            Content::Report(report) => as_json(report),
            Content::Submission(submission) => as_json(submission),
            Content::KeyInfo(info) => as_json(info),
            Content::Limits(limits) => as_json(limits),
            Content::HashResults(entries) => entries.view(),
            Content::Reputations(entries) => entries.view(),
            Content::RescanResults(entries) => entries.view(),
            Content::WebhookStatuses(entries) => entries.view(),
            Content::Model(model) => as_json(model.as_ref()),
            Content::ScanOutcomes(outcomes) => return outcomes.shown(Content::view).into(),
            Content::Badge(_) | Content::Link(_) | Content::Document(_) | Content::Text(_) => {
                return self.json();
            }
        };
        view.to_string().into()
    }
}
