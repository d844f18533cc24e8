//! Where the bytes of a dependency come from: the buildpack itself, the user's mapping, a mirror,
//! the row's URI, further sources (paketo-buildpacks/packit `cargo`, libpak `dependency_cache.go`). Nothing leaves here before its checksum
//! matched.

mod http;
mod kept;
mod mask;
mod proxy;
mod roots;
mod vendored;

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use http::{Body, HttpFetch};
pub use mask::masked;

use crate::checksum::{Algorithm, Checksum, HashingReader};
use crate::target::Target;
use crate::world::World;
use crate::{Error, Result};

/// Large enough that the calls do not show beside the network, in bytes.
const BUFFER: usize = 256 * 1024;

/// What is to be fetched, and every place that has it.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// What people call it, with its version: `Node Engine 22.1.0`.
    pub title: String,
    /// The row's own place first, then further sources.
    pub places: Vec<Place>,
}

/// One place, and what is found there: another place may have another archive of the same thing.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// Where it lies; `file:` means inside the buildpack.
    pub uri: Option<String>,
    /// The package that it is in a registry; [`Redirect::purl`] knows the URI.
    pub purl: Option<String>,
    /// What the bytes must hash to.
    pub checksum: Option<Checksum>,
    /// What the archive hashes to that the packager made of it.
    pub vendored_checksum: Option<Checksum>,
    /// Leading folders that are cut off each entry.
    pub strip_components: usize,
    /// How the archive is laid out beyond leading folders, in a word of the row's.
    pub layout: Option<String>,
}

/// Sends requests elsewhere: mirrors, and the registries that the user's settings name.
pub trait Redirect: Send + Sync {
    /// The mirror's URI for an original one.
    fn uri(&self, original: &str) -> Result<Option<String>>;
    /// The URI of a package.
    fn purl(&self, purl: &str) -> Result<Option<String>>;
}

/// A file whose checksum matched. What was downloaded vanishes with this value.
#[derive(Debug)]
pub struct Fetched {
    /// The archive.
    pub path: PathBuf,
    /// The place's own.
    pub strip_components: usize,
    /// The place's own.
    pub layout: Option<String>,
    /// What the bytes hash to; absent when nobody said what they should.
    pub checksum: Option<Checksum>,
    _temporary: Option<tempfile::TempPath>,
}

impl Fetched {
    /// A file that stays, found at a place.
    fn at(path: PathBuf, place: &Place) -> Self {
        let (strip_components, layout) = (place.strip_components, place.layout.clone());
        Self { path, strip_components, layout, checksum: place.checksum.clone(), _temporary: None }
    }
}

/// All sources of one buildpack.
#[derive(Clone)]
pub struct Sources {
    buildpack: PathBuf,
    platform: PathBuf,
    scratch: PathBuf,
    mappings: BTreeMap<Checksum, String>,
    redirect: Option<Arc<dyn Redirect>>,
    kept: Option<PathBuf>,
}

impl Sources {
    /// Of the buildpack in a folder, for a target; downloads go through the scratch folder.
    pub fn new(buildpack: impl Into<PathBuf>, target: &Target, scratch: impl Into<PathBuf>) -> Self {
        Self {
            buildpack: buildpack.into(),
            platform: Path::new(&target.os).join(&target.arch),
            scratch: scratch.into(),
            mappings: BTreeMap::new(),
            redirect: None,
            kept: None,
        }
    }

    /// Adds the user's own URIs by checksum: `<sha256>`, `<alg>:<hex>` or `<alg>_<hex>`, in any
    /// case; other keys are left alone. The error is `dependency/mapping`, for two URIs of one checksum.
    pub fn map(mut self, mappings: impl IntoIterator<Item = (String, String)>) -> Result<Self> {
        for (key, uri) in mappings {
            let Ok(checksum) = Checksum::parse(&key.replacen('_', ":", 1)) else {
                continue;
            };
            let uri = uri.trim().to_owned();
            let before = self.mappings.insert(checksum.clone(), uri.clone());
            if before.is_some_and(|before| before != uri) {
                return Err(Error::user(
                    "dependency/mapping",
                    format!("two dependency mappings name {checksum} with different URIs"),
                )
                .hint("Leave one of them in the bindings of type dependency-mapping."));
            }
        }
        Ok(self)
    }

    /// Asks for mirrors and registries there.
    pub fn redirect(mut self, redirect: Arc<dyn Redirect>) -> Self {
        self.redirect = Some(redirect);
        self
    }

    /// Gets the file: from the buildpack, else from the first place that answers. Lines that people
    /// read go to `log`.
    ///
    /// The errors are `dependency/checksum` (which no further place heals: somebody has to look),
    /// and `dependency/unreachable` with all places that were tried.
    pub fn fetch(&self, wanted: &Wanted, world: &World, log: &mut dyn FnMut(&str)) -> Result<Fetched> {
        for place in &wanted.places {
            if let Some(fetched) = self.vendored(wanted, place, log)? {
                return Ok(fetched);
            }
        }
        for place in &wanted.places {
            if let Some(fetched) = self.kept(place, log)? {
                return Ok(fetched);
            }
        }
        let mut tried = Vec::new();
        for (place, uri) in self.addresses(wanted)? {
            log(&format!("Downloading from {}", masked(&uri)));
            match self.download(&uri, place, world, log) {
                Ok(fetched) => return Ok(fetched),
                Err(Failure::Ours(error)) => return Err(error),
                Err(Failure::Mismatch(actual)) => {
                    return Err(mismatch(wanted, place, &actual, &uri));
                }
                Err(Failure::Unreachable(error)) => {
                    log(&format!("Could not get it from there: {error}"));
                    tried.push((uri, error));
                }
            }
        }
        Err(unreachable(wanted, tried))
    }

    /// Everything outside, in order; the same address is not asked twice.
    fn addresses<'a>(&self, wanted: &'a Wanted) -> Result<Vec<(&'a Place, String)>> {
        let mut addresses: Vec<(&Place, String)> = Vec::new();
        for place in &wanted.places {
            addresses
                .extend(place.checksum.as_ref().and_then(|sum| self.mappings.get(sum)).map(|uri| (place, uri.clone())));
        }
        for place in &wanted.places {
            let ours = place.uri.clone().filter(|uri| !uri.starts_with("file:"));
            if let Some(redirect) = &self.redirect {
                let mirrored = ours.as_deref().map(|uri| redirect.uri(uri)).transpose()?.flatten();
                addresses.extend(mirrored.map(|uri| (place, uri)));
                let package = place.purl.as_deref().filter(|_| ours.is_none());
                addresses
                    .extend(package.map(|purl| redirect.purl(purl)).transpose()?.flatten().map(|uri| (place, uri)));
            }
            addresses.extend(ours.map(|uri| (place, uri)));
        }
        let mut seen = std::collections::BTreeSet::new();
        addresses.retain(|(_, uri)| seen.insert(uri.clone()));
        Ok(addresses)
    }

    fn download(&self, uri: &str, place: &Place, world: &World, log: &mut dyn FnMut(&str)) -> Result<Fetched, Failure> {
        let body = world.fetch.get(uri).map_err(Failure::Unreachable)?;
        let folder = self.landing(place);
        let unwritable = |error| Failure::Ours(unwritable(folder, error));
        crate::fs::create_dir(folder).map_err(Failure::Ours)?;
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
        let algorithm = place.checksum.as_ref().map_or(Algorithm::Sha256, Checksum::algorithm);
        let mut body = HashingReader::new(body, algorithm);
        let mut buffer = vec![0; BUFFER];
        loop {
            match body.read(&mut buffer) {
                Ok(0) => break,
                Ok(count) => file.write_all(&buffer[..count]).map_err(unwritable)?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err(Failure::Unreachable(broken_off(uri, body.seen(), error)));
                }
            }
        }
        let actual = body.finish();
        match &place.checksum {
            Some(expected) => {
                log("Verifying checksum");
                if *expected != actual {
                    return Err(Failure::Mismatch(actual));
                }
            }
            None => log("Warning: no checksum is known for it, so nobody can tell whether it is genuine"),
        }
        self.land(file, place)
    }
}

/// Why one place did not help.
enum Failure {
    Mismatch(Checksum),
    Unreachable(Error),
    /// No other place would help either.
    Ours(Error),
}

fn mismatch(wanted: &Wanted, place: &Place, actual: &Checksum, from: &str) -> Error {
    let expected = place.checksum.as_ref().map(ToString::to_string).unwrap_or_default();
    let message = format!(
        "the checksum of {} from {} does not match: expected {expected}, got {actual}",
        wanted.title,
        masked(from)
    );
    Error::network("dependency/checksum", message).hint(
        "Look at what that address serves: a proxy, a mirror or a login page may have answered in its place. If it is the right file, its row in buildpack.toml is wrong.",
    )
}

fn broken_off(uri: &str, seen: u64, error: io::Error) -> Error {
    Error::network("dependency/incomplete", format!("{} broke off after {seen} bytes: {error}", masked(uri)))
        .because(error)
}

fn unwritable(folder: &Path, error: io::Error) -> Error {
    Error::user("dependency/scratch", format!("nothing could be written to {}: {error}", folder.display()))
        .because(error)
}

fn unreachable(wanted: &Wanted, tried: Vec<(String, Error)>) -> Error {
    const HINT: &str = "Check network and proxy, set BP_DEPENDENCY_MIRROR to a mirror, bind your own URI with the type dependency-mapping, or use the offline package of this buildpack, which carries its dependencies.";
    let title = &wanted.title;
    if tried.is_empty() {
        return Error::user(
            "dependency/unreachable",
            format!("{title} is not in this buildpack, and no address is known for it"),
        )
        .hint(HINT);
    }
    let lines: Vec<String> = tried.iter().map(|(uri, error)| format!("{} ({error})", masked(uri))).collect();
    let error = Error::network(
        "dependency/unreachable",
        format!("{title} could not be fetched; tried {}", lines.join(", then ")),
    );
    let error = error.hint(HINT);
    match tried.into_iter().next_back() {
        Some((_, last)) => error.because(last),
        None => error,
    }
}

#[cfg(test)]
mod tests;
