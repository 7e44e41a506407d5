//! The operations whose arguments are texts, numbers and paths: one line each. The public methods, with
//! their documentation, are Python's own (`mdcloud/_client.py`).

use std::path::PathBuf;

use mdcloud::endpoints::ENDPOINTS;
use mdcloud::model::Model;
use mdcloud::{Client, FeedQuery};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyDict, PyFunction, PyType};

use crate::arguments as arg;
use crate::call::{Call, Takes};
use crate::results;
use crate::source::source;

/// Arguments by their names.
struct Given<'a, 'py>(&'a Bound<'py, PyDict>);

impl<'py> Given<'_, 'py> {
    fn any(&self, name: &str) -> PyResult<Bound<'py, PyAny>> {
        self.0.as_any().get_item(name)
    }

    fn text(&self, name: &str) -> PyResult<String> {
        arg::text(name, &self.any(name)?)
    }

    fn maybe<T>(
        &self,
        name: &str,
        read: impl FnOnce(&str, &Bound<'py, PyAny>) -> PyResult<T>,
    ) -> PyResult<Option<T>> {
        let given = self.0.get_item(name)?.filter(|given| !given.is_none());
        given.map(|given| read(name, &given)).transpose()
    }

    fn maybe_text(&self, name: &str) -> PyResult<Option<String>> {
        self.maybe(name, |name, given| arg::text(name, given))
    }

    fn maybe_count(&self, name: &str) -> PyResult<Option<u32>> {
        self.maybe(name, |name, given| arg::count(name, given))
    }

    fn path(&self, name: &str) -> PyResult<PathBuf> {
        let given = self.any(name)?;
        arg::path(&given)?.ok_or_else(|| arg::wrong_type(name, "a path", &given))
    }

    fn feed(&self) -> PyResult<FeedQuery> {
        let mut query = FeedQuery::new();
        if let Some(date) = self.maybe_text("date")? {
            query = query.date(date);
        }
        if let Some(category) = self.maybe_text("category")? {
            query = query.category(category);
        }
        if let Some(kind) = self.maybe_text("type")? {
            query = query.kind(kind);
        }
        if let Some(engine) = self.maybe_text("engine")? {
            query = query.engine(engine);
        }
        Ok(match self.maybe_count("page")? {
            Some(page) => query.page(page),
            None => query,
        })
    }
}

/// A call that is ready to go, and what its answer becomes.
struct Run<'a, 'py> {
    py: Python<'py>,
    client: &'a Client,
    call: Call,
}

impl Run<'_, '_> {
    fn plain<T: Send>(self, operation: impl FnOnce(&Client) -> mdcloud::Result<T> + Send) -> PyResult<T> {
        self.call.run(self.py, self.client, operation)
    }

    fn model<M: Model + 'static>(
        self,
        operation: impl FnOnce(&Client) -> mdcloud::Result<M> + Send,
    ) -> PyResult<Py<PyAny>> {
        let py = self.py;
        results::make(py, Box::new(self.plain(operation)?))
    }

    fn document(
        self,
        operation: impl FnOnce(&Client) -> mdcloud::Result<mdcloud::Document> + Send,
    ) -> PyResult<Py<PyAny>> {
        static DOCUMENT: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let py = self.py;
        let document = self.plain(operation)?;
        let class = DOCUMENT.import(py, "mdcloud._document", "Document")?;
        Ok(class.call1((PyBytes::new(py, document.raw()),))?.unbind())
    }

    fn text(self, operation: impl FnOnce(&Client) -> mdcloud::Result<String> + Send) -> PyResult<Py<PyAny>> {
        let py = self.py;
        Ok(self.plain(operation)?.into_pyobject(py)?.into_any().unbind())
    }
}

/// Warns of an operation that the service keeps for old programs only.
fn warn_if_legacy(py: Python<'_>, name: &str) -> PyResult<()> {
    static WARN: PyOnceLock<Py<PyFunction>> = PyOnceLock::new();
    if ENDPOINTS.iter().any(|row| row.legacy && row.name == name) {
        WARN.import(py, "mdcloud._legacy", "warn")?.call1((name,))?;
    }
    Ok(())
}

/// Carries out the operation `name`.
pub(crate) fn perform(
    py: Python<'_>,
    client: &Client,
    name: &str,
    given: &Bound<'_, PyDict>,
    options: &Bound<'_, PyDict>,
) -> PyResult<Py<PyAny>> {
    warn_if_legacy(py, name)?;
    let takes = if name == "file_sanitize" { Takes::Submit } else { Takes::Common };
    let given = Given(given);
    let run = Run { py, client, call: Call::new(name, takes, options)? };
    match name {
        "apikey_scan_history" => {
            let (limit, offset) = (given.maybe_count("limit")?, given.maybe_count("offset")?);
            run.model(|client| client.apikey_scan_history(limit, offset))
        }
        "file_rescan" => {
            let id = given.text("file_id")?;
            run.model(|client| client.file_rescan(&id))
        }
        "file_rescan_many" => {
            let ids = arg::texts("file_ids", &given.any("file_ids")?)?;
            let results = run.plain(|client| client.file_rescan_many(&ids))?;
            let results = results.into_iter().map(|one| results::make(py, Box::new(one)));
            Ok(results.collect::<PyResult<Vec<_>>>()?.into_pyobject(py)?.unbind())
        }
        "repo_submit" => {
            let host = given.text("source")?;
            let (user, repository) = (given.text("username")?, given.text("repository")?);
            let reference = given.maybe_text("ref")?;
            run.model(|client| client.repo_submit(&host, &user, &repository, reference.as_deref()))
        }
        "file_sanitize" => {
            let destination = given.path("destination")?;
            let (source, call) = source(&given.any("source")?, run.call)?;
            let run = Run { call, ..run };
            run.model(|client| client.file_sanitize(&source, &destination))
        }
        "sanitized_link" => {
            let id = given.text("data_id")?;
            run.text(|client| client.sanitized_link(&id))
        }
        "sanitized_link_legacy" => {
            let id = given.text("file_id")?;
            run.text(|client| client.sanitized_link_legacy(&id))
        }
        "sanitized_delete" => {
            let id = given.text("data_id")?;
            run.plain(|client| client.sanitized_delete(&id))?;
            Ok(py.None())
        }
        "sanitized_download" => {
            let (id, destination) = (given.text("data_id")?, given.path("destination")?);
            let run = Run { call: run.call.about_file(Some(destination.clone())), ..run };
            let length = run.plain(|client| client.sanitized_download(&id, &destination))?;
            Ok(length.into_pyobject(py)?.into_any().unbind())
        }
        "webhook_status" => {
            let id = given.text("data_id")?;
            run.model(|client| client.webhook_status(&id))
        }
        "webhook_status_all" => run.model(|client| client.webhook_status_all()),
        "hash_history" | "hash_vulnerability" => {
            let hash = given.text("hash")?;
            let (limit, offset) = (given.maybe_count("limit")?, given.maybe_count("offset")?);
            match name {
                "hash_history" => run.model(|client| client.hash_history(&hash, limit, offset)),
                _ => run.document(|client| client.hash_vulnerability(&hash, limit, offset)),
            }
        }
        "hash_badge" => {
            let hash = given.text("hash")?;
            let (size, kind) = (given.maybe_text("size")?, given.maybe_text("type")?);
            let badge = run.plain(|client| client.hash_badge(&hash, size.as_deref(), kind.as_deref()))?;
            Ok((PyBytes::new(py, &badge.data), badge.media_type).into_pyobject(py)?.into_any().unbind())
        }
        "hash_peinfo" | "hash_exif" | "hash_apk_manifest" | "hash_appinfo" | "hash_sandbox"
        | "sample_link" => {
            let hash = given.text("hash")?;
            match name {
                "hash_peinfo" => run.model(|client| client.hash_peinfo(&hash)),
                "hash_exif" => run.model(|client| client.hash_exif(&hash)),
                "hash_apk_manifest" => run.model(|client| client.hash_apk_manifest(&hash)),
                "hash_appinfo" => run.model(|client| client.hash_appinfo(&hash)),
                "hash_sandbox" => run.model(|client| client.hash_sandbox(&hash)),
                _ => run.text(|client| client.sample_link(&hash)),
            }
        }
        "cve_list" => run.document(|client| client.cve_list()),
        "cve_info" | "cve_products" | "cve_vendors" | "cve_hashes" => {
            let cve = given.text("cve")?;
            match name {
                "cve_info" => run.document(|client| client.cve_info(&cve)),
                "cve_products" => run.document(|client| client.cve_products(&cve)),
                "cve_vendors" => run.document(|client| client.cve_vendors(&cve)),
                _ => run.document(|client| client.cve_hashes(&cve)),
            }
        }
        "ip_lookup" => {
            let ip = given.text("ip")?;
            run.model(|client| client.ip_lookup(&ip))
        }
        "url_lookup" => {
            let url = given.text("url")?;
            run.model(|client| client.url_lookup(&url))
        }
        "domain_lookup" => {
            let domain = given.text("domain")?;
            run.model(|client| client.domain_lookup(&domain))
        }
        "sandbox_submit_url" => {
            let url = given.text("url")?;
            run.model(|client| client.sandbox_submit_url(&url))
        }
        "sandbox_submit_file" => {
            let (id, system) = (given.text("data_id")?, given.text("system")?);
            run.model(|client| client.sandbox_submit_file(&id, &system))
        }
        "sandbox_report" => {
            let id = given.text("sandbox_id")?;
            run.model(|client| client.sandbox_report(&id))
        }
        "sandbox_wait" => {
            let id = given.text("sandbox_id")?;
            run.model(|client| client.sandbox_wait(&id))
        }
        "feed_infected" => {
            let query = given.feed()?;
            run.model(|client| client.feed_infected(&query))
        }
        "feed_clean" => {
            let query = given.feed()?;
            run.model(|client| client.feed_clean(&query))
        }
        "feed_hashes" => {
            let query = given.feed()?;
            run.model(|client| client.feed_hashes(&query))
        }
        "feed_false_positives" => {
            let query = given.feed()?;
            run.model(|client| client.feed_false_positives(&query))
        }
        "feed_infected_top" => {
            let query = given.feed()?;
            match given.maybe_text("type")?.as_deref() {
                None | Some("json") => run.model(|client| client.feed_infected_top(&query)),
                Some(_) => run.document(|client| client.feed_infected_top_raw(&query)),
            }
        }
        "service_version" => run.document(|client| client.service_version()),
        "engine_definitions" => run.document(|client| client.engine_definitions()),
        _ => Err(pyo3::exceptions::PyAttributeError::new_err(format!("no operation {name}"))),
    }
}
