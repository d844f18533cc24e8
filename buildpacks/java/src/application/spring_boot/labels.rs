//! What the image says of the application.

use std::collections::BTreeMap;
use std::path::Path;

use libpack::Result;

use super::configuration_metadata;
use super::libraries::Library;
use crate::manifest::Manifest;

/// Label, and the manifest's name for its value.
const OF_MANIFEST: [(&str, &str); 3] = [
    ("org.springframework.boot.version", "Spring-Boot-Version"),
    ("org.opencontainers.image.title", "Implementation-Title"),
    ("org.opencontainers.image.version", "Implementation-Version"),
];

/// All labels. `folder` is the one of the libraries, relative to the app folder.
pub fn of(app: &Path, folder: &Path, manifest: &Manifest, libraries: &[Library]) -> Result<BTreeMap<String, String>> {
    let value = |(label, name): &(&str, &str)| Some(((*label).to_owned(), manifest.get(name)?.to_owned()));
    let mut labels: BTreeMap<String, String> = OF_MANIFEST.iter().filter_map(value).collect();
    labels.extend(configuration_metadata::labels(app, folder, libraries)?);
    Ok(labels)
}
