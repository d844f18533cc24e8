//! An image in the registry.

use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use serde_json::Value;

use crate::files;
use crate::registry::Registry;

/// What the registry has of an image.
#[derive(Debug, Clone)]
pub struct Image {
    manifest: Value,
    /// The configuration: labels, environment, entry point.
    pub config: Value,
}

impl Image {
    pub(crate) fn read(registry: &Registry, name: &str) -> Option<Self> {
        let manifest = registry.manifest(name)?;
        let config = registry.blob(manifest["config"]["digest"].as_str()?)?;
        Some(Self { manifest, config: serde_json::from_slice(&config).ok()? })
    }

    /// The digests of its layers' blobs, the run image's first.
    pub fn layers(&self) -> Vec<String> {
        let layers = self.manifest["layers"].as_array().into_iter().flatten();
        layers.filter_map(|layer| layer["digest"].as_str().map(str::to_owned)).collect()
    }

    /// A label that holds JSON.
    pub fn label(&self, name: &str) -> Value {
        let text = self.config["config"]["Labels"][name].as_str().unwrap_or_default();
        serde_json::from_str(text).unwrap_or_default()
    }

    /// The layers that a buildpack has in the image, by name: the lifecycle's metadata of each.
    pub fn metadata_of(&self, id: &str) -> Value {
        let all = self.label("io.buildpacks.lifecycle.metadata");
        let found = all["buildpacks"].as_array().into_iter().flatten().find(|one| one["key"] == id);
        found.map(|one| one["layers"].clone()).unwrap_or_default()
    }

    /// Puts the image's files below `root` there, at their own absolute paths, in place of what a build
    /// left: what runs then is the image.
    pub fn unpack(&self, registry: &Registry, root: &Path, folders: &[&Path]) {
        for folder in folders {
            files::remove(folder);
        }
        let prefix = root.strip_prefix("/").unwrap_or(root);
        for digest in self.layers() {
            let blob = registry.blob(&digest).expect("a blob of the image");
            let reader: Box<dyn Read> =
                if blob.starts_with(&[0x1f, 0x8b]) { Box::new(GzDecoder::new(&**blob)) } else { Box::new(&**blob) };
            let mut archive = tar::Archive::new(reader);
            archive.set_preserve_permissions(true);
            archive.set_preserve_ownerships(crate::tools::is_root());
            archive.set_overwrite(true);
            for entry in archive.entries().expect("an archive") {
                let mut entry = entry.expect("an entry");
                let path = entry.path().expect("a path").into_owned();
                let path = path.strip_prefix("/").unwrap_or(&path).to_path_buf();
                let below = path.starts_with(prefix) && path != prefix;
                if below && folders.iter().any(|folder| Path::new("/").join(&path).starts_with(folder)) {
                    entry.unpack(Path::new("/").join(&path)).expect("a file of the image");
                }
            }
        }
    }

    /// The texts of the files of the image whose path ends so.
    pub fn files_ending(&self, registry: &Registry, ending: &str) -> Vec<String> {
        let mut found = Vec::new();
        for digest in self.layers() {
            let blob = registry.blob(&digest).expect("a blob of the image");
            let reader: Box<dyn Read> =
                if blob.starts_with(&[0x1f, 0x8b]) { Box::new(GzDecoder::new(&**blob)) } else { Box::new(&**blob) };
            for entry in tar::Archive::new(reader).entries().expect("an archive") {
                let mut entry = entry.expect("an entry");
                if entry.path().expect("a path").to_string_lossy().ends_with(ending) {
                    let mut text = String::new();
                    entry.read_to_string(&mut text).expect("a text");
                    found.push(text);
                }
            }
        }
        found
    }
}
