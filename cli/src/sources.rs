//! Fills in the URIs of rows that name a package by purl, for packages without their dependencies.

use libpack::Result;
use toml_edit::value;

use crate::manifest::{Manifest, source_table};
use crate::purl;

/// Writes `uri` beside each purl that has none, derived from the publisher's settings.
pub fn resolve(manifest: &mut Manifest) -> Result<()> {
    for (index, row) in manifest.rows()?.into_iter().enumerate() {
        for source in row.sources {
            let (None, Some(purl)) = (source.uri, source.purl) else {
                continue;
            };
            let location = purl::locate(&purl)?;
            let table = manifest
                .dependencies_mut()
                .and_then(|rows| rows.get_mut(index));
            if let Some(table) = table.and_then(|row| source_table(row, source.further)) {
                table.insert("uri", value(location.uri));
            }
        }
    }
    Ok(())
}
