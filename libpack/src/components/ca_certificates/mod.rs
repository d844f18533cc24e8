//! `ca-certificates`: trusts what the bindings of this type bring, while the build runs and when the
//! container starts. Facts: paketo-buildpacks/ca-certificates `cacerts/`.

mod component;
mod launch;
mod pem;
mod subject;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub use component::{CaCertificates, HELPER, helper};
pub use launch::{Trust, trust_at_launch};

use crate::bindings::Bindings;
use crate::{Error, Result, fs};

/// The type of the bindings that bring certificates.
pub const BINDING_TYPE: &str = "ca-certificates";
/// The folder of hash links inside the layer.
pub const LINKS_FOLDER: &str = "ca-certificates";
/// The folder of copies inside the layer when certificates are embedded.
pub const COPIES_FOLDER: &str = "embedded-certs";
/// The variable that names folders of hash links, for OpenSSL and all that follow it.
pub const FOLDER_VARIABLE: &str = "SSL_CERT_DIR";
/// The variable that names one file of certificates.
pub const FILE_VARIABLE: &str = "SSL_CERT_FILE";
/// The system's own certificates, which setting only the folder would hide.
pub const SYSTEM_FILE: &str = "/etc/ssl/certs/ca-certificates.crt";

/// The certificate files of all bindings of the type, sorted by path; hidden ones are left out, and those of
/// bindings that are no folders: links to their files would not last.
pub fn paths(bindings: &Bindings) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = bindings
        .of_type(BINDING_TYPE)
        .filter(|binding| binding.dir.is_some())
        .flat_map(|binding| binding.entries().into_iter().filter_map(|key| binding.path(key)))
        .map(Path::to_owned)
        .collect();
    paths.sort();
    paths
}

/// The sentence for the log, at build and at launch.
pub fn sentence(count: usize) -> String {
    format!("Added {count} additional CA certificate(s) to system truststore")
}

/// Writes one hash link into the folder `into` for every certificate in `paths`, and returns how
/// many there are. A file with a single certificate is linked where it lies; the certificates of a
/// bundle become files in `scratch`, which is made only then (paketo-buildpacks/ca-certificates#106).
///
/// Errors: `ca-certificates/not-pem`, `ca-certificates/not-a-certificate`, `fs/failed`.
pub fn link(paths: &[PathBuf], into: &Path, scratch: &Path) -> Result<usize> {
    let mut links = Links::new(into)?;
    let mut files = Files::new(scratch);
    for source in sorted(paths) {
        let bytes = fs::read_bytes(source)?;
        let blocks = blocks(source, &bytes)?;
        let in_place = pem::readable_in_place(&bytes, &blocks);
        for (index, (hash, block)) in hashed(source, &blocks)?.into_iter().enumerate() {
            let file = if in_place {
                std::path::absolute(source).unwrap_or_else(|_| source.clone())
            } else {
                scratch.join(files.write(&split_name(index, source), block)?)
            };
            links.add(hash, &file)?;
        }
    }
    Ok(links.count)
}

/// As [`link`], for a layer that reaches the launch image: copies every certificate into
/// `<layer>/embedded-certs` and links to the copies relatively, so that the layer can be moved.
pub fn embed(paths: &[PathBuf], layer: &Path) -> Result<usize> {
    let mut links = Links::new(&layer.join(LINKS_FOLDER))?;
    let mut files = Files::new(&layer.join(COPIES_FOLDER));
    let beside = Path::new("..").join(COPIES_FOLDER);
    for source in sorted(paths) {
        let bytes = fs::read_bytes(source)?;
        let blocks = blocks(source, &bytes)?;
        for (index, (hash, block)) in hashed(source, &blocks)?.into_iter().enumerate() {
            let alone = blocks.len() == 1;
            let name = if alone { base_name(source) } else { split_name(index, source) };
            links.add(hash, &beside.join(files.write(&name, block)?))?;
        }
    }
    Ok(links.count)
}

fn sorted(paths: &[PathBuf]) -> Vec<&PathBuf> {
    let mut sorted: Vec<&PathBuf> = paths.iter().collect();
    sorted.sort();
    sorted
}

fn blocks(source: &Path, bytes: &[u8]) -> Result<Vec<pem::Block>> {
    pem::blocks(bytes).map_err(|fault| {
        Error::user("ca-certificates/not-pem", format!("failed to decode PEM data of {}: {fault}", source.display()))
            .hint("Give certificates as PEM: `-----BEGIN CERTIFICATE-----`, Base64, `-----END CERTIFICATE-----`.")
    })
}

/// The blocks with their hashes. All are read before anything of the file is written: what turns out
/// to be a private key must not lie in a layer.
fn hashed<'a>(source: &Path, blocks: &'a [pem::Block]) -> Result<Vec<(u32, &'a pem::Block)>> {
    let numbered = blocks.iter().enumerate();
    numbered
        .map(|(index, block)| {
            let hash = subject::hash(&block.der).ok_or_else(|| {
                Error::user(
                    "ca-certificates/not-a-certificate",
                    format!(
                        "block {} of {} ({}) is not an X.509 certificate",
                        index + 1,
                        source.display(),
                        block.label
                    ),
                )
                .hint("Keep certificates only in the bindings of the type `ca-certificates`.")
            })?;
            Ok((hash, block))
        })
        .collect()
}

fn base_name(source: &Path) -> OsString {
    source.file_name().unwrap_or_default().to_owned()
}

fn split_name(index: usize, source: &Path) -> OsString {
    let mut name = OsString::from(format!("cert_{index}_"));
    name.push(base_name(source));
    name
}

/// A folder of certificate files, in which no name is given twice: two bindings may both have a
/// `ca.pem`. It is made with its first file.
struct Files {
    folder: PathBuf,
    names: BTreeSet<OsString>,
}

impl Files {
    fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), names: BTreeSet::new() }
    }

    /// Writes a certificate under the name, or the next free one like it, and returns that.
    fn write(&mut self, name: &OsString, block: &pem::Block) -> Result<OsString> {
        let mut free = name.clone();
        let mut number = 1;
        while !self.names.insert(free.clone()) {
            number += 1;
            free = OsString::from(format!("{number}_"));
            free.push(name);
        }
        fs::write(&self.folder.join(&free), block.to_certificate_file())?;
        Ok(free)
    }
}

/// The folder of links `<hash>.<n>`.
struct Links {
    folder: PathBuf,
    equal: BTreeMap<u32, usize>,
    count: usize,
}

impl Links {
    fn new(folder: &Path) -> Result<Self> {
        fs::create_dir(folder)?;
        Ok(Self { folder: folder.to_owned(), equal: BTreeMap::new(), count: 0 })
    }

    fn add(&mut self, hash: u32, target: &Path) -> Result<()> {
        let next = self.equal.entry(hash).or_default();
        fs::symlink(target, &self.folder.join(format!("{hash:08x}.{next}")))?;
        *next += 1;
        self.count += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
