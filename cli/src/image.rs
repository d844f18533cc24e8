//! A buildpack as an OCI image: one gzip layer, a config with labels, a manifest (docs/platforms.md R16; buildpacks/pack `pkg/buildpack`).

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::{Compression, GzBuilder};
use libpack::checksum::{Algorithm, Checksum, Hasher, sha256};
use libpack::{Error, Result, fs};
use serde_json::{Map, Value, json};
use tar::EntryType;

use crate::arguments::Platform;
use crate::content::{Entry, Tree};
use crate::tarball::{self, Writer};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
const CREATED: &str = "1980-01-01T00:00:01Z";

/// A file that is named by its SHA-256.
#[derive(Debug, Clone)]
pub struct Blob {
    pub hex: String,
    pub size: u64,
    pub path: PathBuf,
}

/// The image of one platform.
#[derive(Debug)]
pub struct Image {
    pub platform: Platform,
    pub manifest: Blob,
    /// Config and layer.
    pub parts: Vec<Blob>,
}

impl Image {
    /// The manifest's entry in an index.
    pub fn descriptor(&self) -> Value {
        let mut descriptor = self.manifest.descriptor(MANIFEST);
        descriptor["platform"] = json!({ "architecture": self.platform.arch, "os": self.platform.os });
        descriptor
    }

    /// Writes the image's blobs into `blobs`.
    pub fn write(blobs: &Path, platform: &Platform, descriptor: &toml::Table, tree: &Tree) -> Result<Self> {
        let (layer, diff_id) = write_layer(blobs, descriptor, tree)
            .map_err(|error| Error::user("package/layer-failed", "the layer could not be written").because(error))?;
        let config = json!({
            "architecture": platform.arch,
            "created": CREATED,
            "os": platform.os,
            "config": { "Labels": labels(descriptor, &diff_id)? },
            "rootfs": { "type": "layers", "diff_ids": [diff_id] },
            "history": [{ "created": CREATED, "created_by": "libpack package" }],
        });
        let config = Blob::write(blobs, config.to_string().as_bytes())?;
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": config.descriptor(CONFIG),
            "layers": [layer.descriptor(LAYER)],
        });
        let manifest = Blob::write(blobs, manifest.to_string().as_bytes())?;
        Ok(Self { platform: platform.clone(), manifest, parts: vec![config, layer] })
    }
}

impl Blob {
    /// Keeps small content.
    pub fn write(blobs: &Path, content: &[u8]) -> Result<Self> {
        let hex = sha256(content).hex().to_owned();
        let path = blobs.join(&hex);
        fs::write(&path, content)?;
        Ok(Self { hex, size: content.len() as u64, path })
    }

    /// What refers to the blob in a manifest or index.
    pub fn descriptor(&self, media_type: &str) -> Value {
        json!({ "mediaType": media_type, "size": self.size, "digest": format!("sha256:{}", self.hex) })
    }
}

/// Hashes and counts what passes through.
struct Hashing<W> {
    into: W,
    hasher: Hasher,
    size: u64,
}

impl<W: Write> Hashing<W> {
    fn new(into: W) -> Self {
        Self { into, hasher: Hasher::new(Algorithm::Sha256), size: 0 }
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.into.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        self.size += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.into.flush()
    }
}

fn write_layer(blobs: &Path, descriptor: &toml::Table, tree: &Tree) -> io::Result<(Blob, String)> {
    let part = tempfile::NamedTempFile::new_in(blobs)?;
    let (checksum, size, diff_id) = compress_layer(part.as_file(), descriptor, tree)?;
    let hex = checksum.hex().to_owned();
    let path = blobs.join(&hex);
    part.persist(&path).map_err(|error| error.error)?;
    Ok((Blob { hex, size, path }, diff_id.to_string()))
}

/// Gives the hash and size of what was written, and the hash of it uncompressed.
fn compress_layer(file: &File, descriptor: &toml::Table, tree: &Tree) -> io::Result<(Checksum, u64, Checksum)> {
    let compressed = Hashing::new(BufWriter::new(file));
    // Name, time and system would be in gzip's header: 255 is "unknown".
    let gzip = GzBuilder::new().mtime(0).operating_system(255).write(compressed, Compression::new(6));
    let mut writer = Writer::new(Hashing::new(gzip));
    write_entries(&mut writer, descriptor, tree)?;
    let plain = writer.finish()?;
    let diff_id = plain.hasher.finish();
    let mut compressed = plain.into.finish()?;
    compressed.flush()?;
    Ok((compressed.hasher.finish(), compressed.size, diff_id))
}

/// The folders first, then the content by name: pack takes the id from the first entry below
/// `/cnb/buildpacks/`, and names of folders must not end with a slash there (pkg/buildpack/buildpack.go).
fn write_entries<W: Write>(writer: &mut Writer<W>, descriptor: &toml::Table, tree: &Tree) -> io::Result<()> {
    let [id, version] = ["id", "version"].map(|key| descriptor["buildpack"][key].as_str().unwrap_or_default());
    let above = format!("/cnb/buildpacks/{}", id.replace('/', "_"));
    let root = format!("{above}/{version}");
    for folder in ["/cnb", "/cnb/buildpacks", &above, &root] {
        write_folder(writer, folder)?;
    }
    let mut known = std::collections::BTreeSet::new();
    for (name, entry) in tree {
        for (at, _) in name.match_indices('/') {
            if known.insert(&name[..at]) {
                write_folder(writer, &format!("{root}/{}", &name[..at]))?;
            }
        }
        write_entry(writer, &format!("{root}/{name}"), entry)?;
    }
    Ok(())
}

fn write_folder<W: Write>(writer: &mut Writer<W>, name: &str) -> io::Result<()> {
    let entry = tarball::Entry { name: name.as_bytes(), kind: EntryType::Directory, mode: 0o755, size: 0, link: None };
    writer.append(&entry, io::empty())
}

fn write_entry<W: Write>(writer: &mut Writer<W>, name: &str, entry: &Entry) -> io::Result<()> {
    let name = name.as_bytes();
    let mut head = tarball::Entry { name, kind: EntryType::Regular, mode: 0o644, size: 0, link: None };
    match entry {
        Entry::Text(text) => {
            head.size = text.len() as u64;
            writer.append(&head, text.as_bytes())
        }
        Entry::Link(target) => {
            (head.kind, head.mode, head.link) = (EntryType::Symlink, 0o777, Some(target.as_bytes()));
            writer.append(&head, io::empty())
        }
        Entry::File { from, mode } => {
            let file = File::open(from)?;
            head.size = file.metadata()?.len();
            head.mode = *mode;
            writer.append(&head, file)
        }
    }
}

/// The two labels that pack and kpack read (buildpacks/pack, pkg/buildpack/builder.go, pkg/dist/layers.go).
fn labels(descriptor: &toml::Table, diff_id: &str) -> Result<Map<String, Value>> {
    let whole = serde_json::to_value(descriptor)
        .map_err(|error| Error::bug("package/label", "buildpack.toml does not turn into labels").because(error))?;
    let buildpack = &whole["buildpack"];
    let pick = |from: &Value, keys: &[&str], into: &mut Map<String, Value>| {
        for key in keys {
            if let Some(value) = from.get(*key) {
                into.insert((*key).to_owned(), value.clone());
            }
        }
    };
    let mut metadata = Map::new();
    pick(buildpack, &["id", "name", "version", "description", "homepage", "keywords", "licenses"], &mut metadata);
    // Readers of before targets want a stack; without one of its own a buildpack runs on any.
    let any = json!([{ "id": "*" }]);
    metadata.insert("stacks".to_owned(), whole.get("stacks").cloned().unwrap_or(any));

    let mut layer = Map::new();
    pick(&whole, &["api", "stacks", "targets"], &mut layer);
    layer.insert("layerDiffID".to_owned(), json!(diff_id));
    pick(buildpack, &["homepage", "name"], &mut layer);
    let [id, version] = ["id", "version"].map(|key| buildpack[key].as_str().unwrap_or_default());
    let layers = json!({ id: { version: layer } });

    let mut labels = Map::new();
    labels.insert("io.buildpacks.buildpack.layers".to_owned(), json!(layers.to_string()));
    labels.insert("io.buildpacks.buildpackage.metadata".to_owned(), json!(Value::Object(metadata).to_string()));
    Ok(labels)
}
