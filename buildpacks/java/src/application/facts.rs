//! What a layer remembers of its application: after a rebuild that changed nothing, neither the application nor its
//! layers are there to be asked.

use libpack::context::{Layer, NewLayer};
use libpack::{Error, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The name that the layer keeps them under.
const VALUE: &str = "facts";

/// What a later build knows of an application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// The kind's name; none when nothing that can be started was found.
    pub kind: Option<String>,
    /// What the app folder consists of: names of entries, each a link into the layer.
    pub entries: Vec<String>,
    /// What was left in the app folder: links to layers of others.
    pub stays: Vec<String>,
    /// The layers beside the application's own.
    pub parts: Vec<PartFact>,
    /// Variables of the image that tell the launch helper of the application: name and value.
    pub variables: Vec<(String, String)>,
    /// What the kind keeps.
    detail: serde_json::Value,
}

/// A layer of an application beside its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartFact {
    /// The layer's name.
    pub layer: String,
    /// What shapes it.
    pub digest: String,
}

impl Facts {
    pub(super) fn new(kind: Option<&str>, detail: serde_json::Value) -> Self {
        let kind = kind.map(str::to_owned);
        Self { kind, entries: Vec::new(), stays: Vec::new(), parts: Vec::new(), variables: Vec::new(), detail }
    }

    /// What [`super::Assembly::keep`] was given. The error is `java/facts`.
    pub fn detail<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_value(self.detail.clone()).map_err(|error| unreadable().because(error))
    }

    pub(super) fn keep(&self, layer: &NewLayer) -> Result<()> {
        let text = serde_json::to_string(self).map_err(|error| unreadable().because(error))?;
        layer.keep(VALUE, &text);
        Ok(())
    }

    /// None when there are none that this version reads.
    pub(super) fn of(layer: &Layer) -> Option<Self> {
        serde_json::from_str(layer.value(VALUE)?).ok()
    }
}

fn unreadable() -> Error {
    Error::bug("java/facts", "what the layer keeps of the application cannot be written or read")
}
