//! What a buildpack can install: the rows of its `buildpack.toml`, and the choice among them.

mod deprecation;
mod describe;
mod layout;
mod resolve;
mod row;

use std::collections::BTreeMap;

pub(crate) use layout::names;
pub use resolve::Resolved;
pub use row::{Dependency, Distro, FurtherSource, License};

use crate::Result;
use crate::descriptor::Descriptor;
use crate::source::{Place, Wanted};

/// All rows of a buildpack, with the versions that are used when nobody asks for one.
#[derive(Debug, Clone, Default)]
pub struct Dependencies {
    rows: Vec<Dependency>,
    default_versions: BTreeMap<String, String>,
}

impl Dependencies {
    /// Reads `[[metadata.dependencies]]` and `[metadata.default-versions]`. The error is
    /// `dependency/row` and names the row.
    pub fn from_descriptor(descriptor: &Descriptor) -> Result<Self> {
        Self::from_rows(&descriptor.metadata.dependencies, descriptor.metadata.default_versions.clone())
    }

    /// Reads rows that come from elsewhere, such as a company's own catalog.
    pub fn from_rows(rows: &[toml::Table], default_versions: BTreeMap<String, String>) -> Result<Self> {
        Ok(Self { rows: rows.iter().map(Dependency::from_row).collect::<Result<_>>()?, default_versions })
    }

    /// All rows, in the descriptor's order.
    pub fn rows(&self) -> &[Dependency] {
        &self.rows
    }
}

impl Dependency {
    /// All places that it can be fetched from, for [`crate::source::Sources::fetch`].
    pub fn wanted(&self) -> Wanted {
        let own = Place {
            uri: self.uri.clone(),
            purl: self.purls.first().cloned(),
            checksum: self.checksum.clone(),
            vendored_checksum: self.vendored_checksum.clone(),
            strip_components: self.strip_components,
            layout: self.layout.clone(),
        };
        let further = self.sources.iter().map(|source| Place {
            uri: source.uri.clone(),
            purl: source.purl.clone(),
            checksum: source.checksum.clone(),
            vendored_checksum: source.vendored_checksum.clone(),
            strip_components: source.strip_components,
            layout: source.layout.clone(),
        });
        Wanted {
            title: format!("{} {}", self.name, self.version),
            places: std::iter::once(own).chain(further).collect(),
        }
    }
}

#[cfg(test)]
mod tests;
