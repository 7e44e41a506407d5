//! Feeds, page by page.

use super::check;
use crate::call::Call;
use crate::client::Client;
use crate::endpoints::Operation;
use crate::error::{Error, Result, Status};
use crate::hash;
use crate::model::{Document, FeedPage};

/// Which page of a feed. Free keys get the first page of today only, and no choice.
#[derive(Clone, Debug, Default)]
pub struct FeedQuery {
    date: Option<String>,
    category: Option<String>,
    kind: Option<String>,
    engine: Option<String>,
    page: Option<u32>,
}

impl FeedQuery {
    /// The first page of today.
    pub fn new() -> Self {
        Self::default()
    }

    /// A day as `YYYY-MM-DD`, at most 30 days back.
    pub fn date(mut self, date: impl Into<String>) -> Self {
        self.date = Some(date.into());
        self
    }

    /// A kind of file as one letter, such as E for executables.
    pub fn category(mut self, category: impl Into<String>) -> Self {
        self.category = Some(category.into());
        self
    }

    /// Form of the legacy feed: `json`, `csv`, `bro` or `rss`.
    pub fn kind(mut self, kind: impl Into<String>) -> Self {
        self.kind = Some(kind.into());
        self
    }

    /// Only what this engine reported, for the feed of false positives.
    pub fn engine(mut self, engine: impl Into<String>) -> Self {
        self.engine = Some(engine.into());
        self
    }

    /// Page, from 1.
    pub fn page(mut self, page: u32) -> Self {
        self.page = Some(page);
        self
    }

    fn call(&self, operation: Operation) -> Result<Call<'static>> {
        if self.page == Some(0) {
            return Err(Error::invalid("page", "pages are counted from 1"));
        }
        let date = self.date.as_deref().map(check::date).transpose()?;
        let category = self.category.as_deref().map(check::category).transpose()?;
        let kind = self
            .kind
            .as_deref()
            .map(|kind| check::one_of("type", kind, &["json", "csv", "bro", "rss"]))
            .transpose()?;
        let call = match &self.engine {
            Some(engine) => Call::new(Operation::FeedFalsePositivesEngine, &[check::name("engine", engine)?]),
            None => Call::new(operation, &[]),
        };
        Ok(call
            .query("page", self.page.map(|page| page.to_string()))
            .query("date", date.map(str::to_owned))
            .query("category", category.map(str::to_owned))
            .query("type", kind.map(str::to_owned)))
    }
}

/// Most entries of a page; one with fewer is the last.
const FULL: usize = 1000;

/// All pages of a feed from one on; ends after the last, or after an error.
pub struct FeedPages {
    client: Client,
    operation: Operation,
    query: FeedQuery,
    next: Option<u32>,
}

impl Iterator for FeedPages {
    type Item = Result<FeedPage>;

    fn next(&mut self) -> Option<Result<FeedPage>> {
        let number = self.next.take()?;
        match self.client.feed(self.operation, &self.query.clone().page(number)) {
            Ok(page) => {
                if page.entries().len() >= FULL {
                    self.next = number.checked_add(1);
                }
                Some(Ok(page))
            }
            // The page behind the last is "no entries".
            Err(error) if error.status() == Status::NotFound && number > 1 => None,
            Err(error) => Some(Err(error)),
        }
    }
}

impl Client {
    fn feed(&self, operation: Operation, query: &FeedQuery) -> Result<FeedPage> {
        self.read_record(query.call(operation)?)
    }

    /// All pages of a feed, from the page of the query on, each asked for when it is taken.
    ///
    /// `operation` is one of the feeds: `FeedInfected`, `FeedClean`, `FeedHashes`, `FeedFalsePositives`,
    /// `FeedInfectedTop`.
    pub fn feed_pages(&self, operation: Operation, query: &FeedQuery) -> FeedPages {
        FeedPages {
            client: self.clone(),
            operation,
            query: query.clone(),
            next: Some(query.page.unwrap_or(1)),
        }
    }

    /// Hashes of files found infected, newest first. Needs the Feed allowance.
    pub fn feed_infected(&self, query: &FeedQuery) -> Result<FeedPage> {
        self.feed(Operation::FeedInfected, query)
    }

    /// Hashes of files found clean. Needs the Feed allowance.
    pub fn feed_clean(&self, query: &FeedQuery) -> Result<FeedPage> {
        self.feed(Operation::FeedClean, query)
    }

    /// Hashes for partners of the malware exchange.
    pub fn feed_hashes(&self, query: &FeedQuery) -> Result<FeedPage> {
        self.feed(Operation::FeedHashes, query)
    }

    /// Possible false positives, for partners of the malware exchange; of one engine where the query names
    /// one.
    pub fn feed_false_positives(&self, query: &FeedQuery) -> Result<FeedPage> {
        self.feed(Operation::FeedFalsePositives, query)
    }

    /// Legacy: the most frequent infected files. With a form other than `json` use
    /// [`Client::feed_infected_top_raw`].
    pub fn feed_infected_top(&self, query: &FeedQuery) -> Result<FeedPage> {
        self.feed(Operation::FeedInfectedTop, query)
    }

    /// Legacy: the same as it came, for the forms `csv`, `bro` and `rss`.
    pub fn feed_infected_top_raw(&self, query: &FeedQuery) -> Result<Document> {
        super::document(self.perform(query.call(Operation::FeedInfectedTop)?)?)
    }

    /// Link to a sample, for partners; it is good without a key for a short time. A file that sat in an
    /// archive yields the archive.
    pub fn sample_link(&self, hash: &str) -> Result<String> {
        let call = Call::new(Operation::SampleLink, &[hash::check(hash)?]);
        self.read_link(call, &["/file_path", "/link"])
    }

    /// Carries out a call whose answer holds a link.
    pub(super) fn read_link(&self, call: Call<'_>, pointers: &[&str]) -> Result<String> {
        let name = call.name();
        let document = self.read_document(call)?;
        let link =
            pointers.iter().filter_map(|pointer| document.pointer(pointer)).find_map(|link| link.as_str());
        link.filter(|link| !link.is_empty()).map(str::to_owned).ok_or_else(|| {
            let expired =
                document.pointer("/file_expired").and_then(serde_json::Value::as_bool) == Some(true);
            let text = if expired {
                "the copy has expired: it is kept for 24 hours"
            } else {
                "there is no link (yet)"
            };
            Error::new(Status::NotFound, text)
                .with_answer(200, None, Vec::new(), document.raw())
                .with_request(name)
        })
    }
}
