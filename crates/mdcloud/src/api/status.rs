//! What the service says of itself, without a key.

use crate::call::Call;
use crate::client::Client;
use crate::endpoints::Operation;
use crate::error::Result;
use crate::model::Document;

impl Client {
    /// Version of the service, as `{"version": "4.x.y"}`. Needs no key and sends none.
    pub fn service_version(&self) -> Result<Document> {
        self.read_document(Call::new(Operation::ServiceVersion, &[]))
    }

    /// Time of every engine's definitions, by the engine's name. Needs no key and sends none.
    pub fn engine_definitions(&self) -> Result<Document> {
        self.read_document(Call::new(Operation::EngineDefinitions, &[]))
    }
}
