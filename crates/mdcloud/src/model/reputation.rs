//! What sources say of an address, a URL or a domain.

use super::record::{Record, record};
use super::{Document, view};
use crate::error::{Error, Result};

/// What sources say of an address, a URL or a domain.
#[derive(Clone)]
pub struct Reputation {
    input: Option<String>,
    facts: Facts,
    error: Option<Error>,
}

record! {
    /// The answer of the service.
    Facts {
        /// What was asked for, as the service writes it.
        text address = "/address";
        /// When the sources were asked, RFC 3339.
        text start_time = "/lookup_results/start_time";
        /// How many sources list it.
        int detected_by = "/lookup_results/detected_by";
        /// What each source says.
        many(ReputationSource) sources = "/lookup_results/sources";
        /// Where the address is.
        one(GeoInfo) geo = "/geo_info";
    }
}

record! {
    /// What one source says.
    ReputationSource {
        /// Name of the source.
        text provider = "/provider";
        /// What it calls the address; absent where it knows nothing.
        text assessment = "/assessment";
        /// When it first saw the address, as it writes it.
        text detect_time = "/detect_time";
        /// When it last changed, as it writes it.
        text update_time = "/update_time";
        /// 0 knows nothing, 1 lists it; others occur.
        int status = "/status";
    }
}

record! {
    /// Where an address is. Any part may be missing.
    GeoInfo {
        /// Code of the continent, such as `EU`.
        text continent_code = "/continent/code";
        /// Name of the continent.
        text continent = "/continent/name";
        /// ISO code of the country.
        text country_code = "/country/code";
        /// Name of the country.
        text country = "/country/name";
        /// Name of the city.
        text city = "/city/name";
        /// Degrees north.
        float latitude = "/location/latitude";
        /// Degrees east.
        float longitude = "/location/longitude";
        /// ISO code of the country that the address is registered in.
        text registered_country_code = "/registered_country/code";
        /// Name of the first subdivision.
        text subdivision = "/subdivisions/0/name";
    }
}

impl Record for Reputation {
    fn of_value(value: &serde_json::Value, document: Document) -> Self {
        Reputation { input: None, facts: Facts::of_value(value, document), error: None }
    }
}

impl super::Restore for Reputation {
    fn restore(document: Document, label: &str) -> Result<Self> {
        let value: serde_json::Value = document.read()?;
        let made = Self::of_value(&value, document);
        Ok(made.for_input(label))
    }
}

impl Reputation {
    /// An input that got no answer.
    pub(crate) fn failed(input: &str, error: Error) -> Self {
        let value = serde_json::json!({ "address": input, "error": super::error_as_json(&error) });
        Reputation { input: Some(input.to_owned()), facts: Facts::of_part(&value), error: Some(error) }
    }

    /// The same result for another spelling of the input.
    pub(crate) fn for_input(mut self, input: &str) -> Self {
        self.input = Some(input.to_owned());
        self
    }

    /// The answer, or the part of it that this is.
    pub fn document(&self) -> &Document {
        &self.facts.document
    }

    fn text(&self) -> &str {
        self.facts.document.text()
    }
}

view! {
    /// What sources say of an address, a URL or a domain.
    impl Reputation {
        /// What was asked for: in a bulk lookup as it was given, else as the service writes it.
        pub fn address(&self) -> Option<&str> { self.input.as_deref().or(self.facts.address()) }
        /// Whether at least one source lists it.
        pub fn is_listed(&self) -> bool { self.facts.detected_by().is_some_and(|count| count > 0) }
        /// How many sources list it.
        pub fn detected_by(&self) -> Option<i64> { self.facts.detected_by() }
        /// When the sources were asked, RFC 3339.
        pub fn start_time(&self) -> Option<&str> { self.facts.start_time() }
        /// What each source says.
        pub fn sources(&self) -> &[ReputationSource] { self.facts.sources() }
        /// Where an IP address is; absent for URLs and domains.
        pub fn geo(&self) -> Option<&GeoInfo> { self.facts.geo() }
        /// Why this entry has no answer.
        pub fn error(&self) -> Option<&Error> { self.error.as_ref() }
    }
}
