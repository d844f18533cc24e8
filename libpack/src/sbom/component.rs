//! One thing that is in an image.

use data_encoding::HEXLOWER;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::{Hash, License, purl};

/// What sort of thing a component is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A library, and what packit calls so: every dependency (paketo-buildpacks/packit `sbom`).
    Library,
    /// A program.
    Application,
    /// A framework.
    Framework,
    /// A single file.
    File,
}

impl Kind {
    /// The word of CycloneDX; SPDX has the same in capitals.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Library => "library",
            Self::Application => "application",
            Self::Framework => "framework",
            Self::File => "file",
        }
    }
}

/// 16 hex digits that follow from kind, name, version, purl and package type: what is equal in all of
/// them is the same component, wherever it lies.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ComponentId(String);

impl ComponentId {
    pub(super) fn of(parts: &[&str]) -> Self {
        let mut digest = Sha256::new();
        for part in parts {
            // The length keeps ("a", "bc") and ("ab", "c") apart.
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
        Self(HEXLOWER.encode(&digest.finalize()[..8]))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One thing that is in an image. Built up with the methods that take `self`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    pub(super) kind: Kind,
    pub(super) group: String,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) purl: Option<String>,
    pub(super) cpes: Vec<String>,
    pub(super) licenses: Vec<License>,
    pub(super) hashes: Vec<Hash>,
    pub(super) package_type: String,
    pub(super) language: String,
    pub(super) found_by: String,
    pub(super) locations: Vec<String>,
    pub(super) download: Option<String>,
    pub(super) depends_on: Vec<ComponentId>,
    pub(super) metadata: Option<Metadata>,
}

/// What only one ecosystem has, in syft's words (anchore/syft, `syft/pkg`): the other formats get its
/// texts as far as they have room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Metadata {
    /// `go-module-buildinfo-entry`.
    pub kind: &'static str,
    /// The fields, in syft's order.
    pub fields: Map<String, Value>,
}

impl Component {
    /// A component with its full name (with an npm scope) and its version, which may be empty when nobody
    /// knows it.
    pub fn new(kind: Kind, name: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            kind,
            group: String::new(),
            name: name.into(),
            version: version.into(),
            purl: None,
            cpes: Vec::new(),
            licenses: Vec::new(),
            hashes: Vec::new(),
            package_type: String::new(),
            language: String::new(),
            found_by: String::new(),
            locations: Vec::new(),
            download: None,
            depends_on: Vec::new(),
            metadata: None,
        }
    }

    /// The group of Maven, which is no part of the name: syft and its readers know it by the purl.
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.group = group.into();
        self
    }

    /// The package URL; blank text is none.
    pub fn purl(mut self, purl: impl Into<String>) -> Self {
        self.purl = Some(purl.into()).filter(|purl| !purl.trim().is_empty());
        self
    }

    /// A CPE 2.3 name. The first one stands where a format has room for one only.
    pub fn cpe(mut self, cpe: impl Into<String>) -> Self {
        let cpe = cpe.into();
        if !cpe.trim().is_empty() && !self.cpes.contains(&cpe) {
            self.cpes.push(cpe);
        }
        self
    }

    /// A licence: an SPDX id, an expression or a name. Several apply together.
    pub fn license(mut self, text: &str) -> Self {
        if let Some(license) = License::parse(text).filter(|license| !self.licenses.contains(license)) {
            self.licenses.push(license);
        }
        self
    }

    /// A checksum of what was fetched.
    pub fn hash(mut self, hash: Hash) -> Self {
        self.hashes.push(hash);
        self
    }

    /// Syft's words for it: package type (`npm`, `binary`) and language (`javascript`).
    pub fn ecosystem(mut self, package_type: &str, language: &str) -> Self {
        package_type.clone_into(&mut self.package_type);
        language.clone_into(&mut self.language);
        self
    }

    /// Who found it, as syft names its catalogers.
    pub fn found_by(mut self, cataloger: &str) -> Self {
        cataloger.clone_into(&mut self.found_by);
        self
    }

    /// A file that tells of it, relative to the subject.
    pub fn location(mut self, path: impl Into<String>) -> Self {
        self.locations.push(path.into());
        self
    }

    /// Where it was fetched from, as an `http` or `https` URL. Credentials and query are dropped;
    /// anything that is no such URL is ignored.
    pub fn download(mut self, url: &str) -> Self {
        self.download = Some(purl::public_url(url))
            .filter(|url| url.starts_with("https://") || url.starts_with("http://"))
            .filter(|url| !url.contains(char::is_whitespace));
        self
    }

    /// Syft's own fields of a package of that kind.
    pub(super) fn metadata(mut self, kind: &'static str, fields: Map<String, Value>) -> Self {
        self.metadata = Some(Metadata { kind, fields });
        self
    }

    /// Another component that this one needs.
    pub fn depends_on(mut self, id: ComponentId) -> Self {
        self.depends_on.push(id);
        self
    }

    /// The id; complete once purl and ecosystem are set.
    pub fn id(&self) -> ComponentId {
        let purl = self.purl.as_deref().unwrap_or_default();
        ComponentId::of(&[self.kind.word(), &self.name, &self.version, purl, &self.package_type])
    }

    /// The full name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version, empty when unknown.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The package URL.
    pub fn package_url(&self) -> Option<&str> {
        self.purl.as_deref()
    }

    /// Takes in what another find of the same component tells.
    pub(super) fn absorb(&mut self, other: Self) {
        join(&mut self.cpes, other.cpes);
        join(&mut self.licenses, other.licenses);
        join(&mut self.hashes, other.hashes);
        join(&mut self.locations, other.locations);
        join(&mut self.depends_on, other.depends_on);
        self.group = std::mem::take(&mut self.group).max(other.group);
        self.language = std::mem::take(&mut self.language).max(other.language);
        self.found_by = std::mem::take(&mut self.found_by).max(other.found_by);
        self.download = self.download.take().max(other.download);
        let text = |metadata: &Metadata| Value::from(metadata.fields.clone()).to_string();
        self.metadata = self.metadata.take().into_iter().chain(other.metadata).max_by_key(text);
    }

    /// Puts the lists without an order of their own in order.
    pub(super) fn settle(&mut self) {
        join(&mut self.hashes, []);
        join(&mut self.locations, []);
        join(&mut self.depends_on, []);
    }
}

/// The union in order, so that it does not matter who came first.
fn join<T: Ord>(list: &mut Vec<T>, other: impl IntoIterator<Item = T>) {
    list.extend(other);
    list.sort();
    list.dedup();
}
