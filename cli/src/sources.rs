//! The URIs that stand in a package.

use libpack::Result;
use toml_edit::value;

use crate::manifest::{Manifest, source_table};
use crate::purl::{self, Location};

/// Writes `uri` beside each purl that has none, derived from the publisher's settings, and takes
/// user names and passwords out of all. A package that carries its dependencies gets no derived
/// ones: it is the same whatever the settings were.
pub fn write_uris(manifest: &mut Manifest, offline: bool) -> Result<()> {
    for (index, row) in manifest.rows()?.into_iter().enumerate() {
        for source in row.sources {
            let location = match (&source.uri, &source.purl) {
                (Some(uri), _) => Location::of(uri),
                (None, Some(purl)) if !offline => purl::locate(purl)?,
                _ => continue,
            };
            let table = manifest.dependencies_mut().and_then(|rows| rows.get_mut(index));
            let table = table.and_then(|row| source_table(row, source.further));
            if let Some(table) = table.filter(|_| source.uri.as_ref() != Some(&location.uri)) {
                table.insert("uri", value(location.uri));
            }
        }
    }
    Ok(())
}
