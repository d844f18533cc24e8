//! Images on disk: as a folder in OCI image layout, and as a `.cnb`, which is such a folder in a tar.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use libpack::{Error, Result, fs};
use serde_json::{Value, json};
use tar::EntryType;

use crate::folder::{make_dir, replaceable, set_mode};
use crate::image::{Blob, Image};
use crate::tarball::{Entry, Writer};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const LAYOUT: &str = r#"{"imageLayoutVersion":"1.0.0"}"#;

fn index(manifests: &[Value]) -> String {
    json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": manifests }).to_string()
}

/// Writes a layout folder. Several platforms stand in an index of their own, so that pushing the one
/// entry of `index.json` publishes all of them under one name.
pub fn write_folder(folder: &Path, images: &[Image], work: &Path) -> Result<()> {
    replaceable(folder, "oci-layout")?;
    fs::remove(folder)?;
    let blobs = folder.join("blobs/sha256");
    for folder in [folder, &folder.join("blobs"), &blobs] {
        make_dir(folder)?;
    }
    let manifests: Vec<_> = images.iter().map(Image::descriptor).collect();
    let mut all: Vec<&Blob> = images.iter().flat_map(|image| image.parts.iter().chain([&image.manifest])).collect();
    let nested;
    let index = if images.len() == 1 {
        index(&manifests)
    } else {
        nested = Blob::write(work, index(&manifests).as_bytes())?;
        all.push(&nested);
        index(&[nested.descriptor(INDEX)])
    };
    for blob in all {
        let to = blobs.join(&blob.hex);
        std::fs::copy(&blob.path, &to)
            .map_err(|error| Error::user("fs/failed", format!("could not write {}", to.display())).because(error))?;
        set_mode(&to, 0o644)?;
    }
    for (name, text) in [("index.json", index.as_str()), ("oci-layout", LAYOUT)] {
        fs::write(&folder.join(name), text)?;
        set_mode(&folder.join(name), 0o644)?;
    }
    Ok(())
}

/// Writes a `.cnb`. pack reads the first manifest of its index and no other, so it holds one image
/// (buildpacks/pack, `oci_layout_package.go`); and it reads from the start for each
/// part, so the layer comes last.
pub fn write_file(file: &Path, image: &Image) -> Result<()> {
    let failed = |error| Error::user("fs/failed", format!("could not write {}", file.display())).because(error);
    if let Some(parent) = file.parent() {
        fs::create_dir(parent)?;
    }
    let part = tempfile::NamedTempFile::new_in(file.parent().unwrap_or(Path::new("."))).map_err(failed)?;
    write_tar(part.as_file(), image).map_err(failed)?;
    set_mode(part.path(), 0o644)?;
    part.persist(file).map(drop).map_err(|error| failed(error.error))
}

fn write_tar(file: &File, image: &Image) -> io::Result<()> {
    let mut writer = Writer::new(BufWriter::new(file));
    for (name, text) in [("oci-layout", LAYOUT), ("index.json", &index(&[image.descriptor()]))] {
        writer.append(&head(name, EntryType::Regular, text.len() as u64), text.as_bytes())?;
    }
    for name in ["blobs", "blobs/sha256"] {
        writer.append(&head(name, EntryType::Directory, 0), io::empty())?;
    }
    for blob in [&image.manifest].into_iter().chain(&image.parts) {
        let name = format!("blobs/sha256/{}", blob.hex);
        writer.append(&head(&name, EntryType::Regular, blob.size), File::open(&blob.path)?)?;
    }
    writer.finish()?.flush()
}

fn head(name: &str, kind: EntryType, size: u64) -> Entry<'_> {
    let mode = if kind == EntryType::Directory { 0o755 } else { 0o644 };
    Entry { name: name.as_bytes(), kind, mode, size, link: None }
}
