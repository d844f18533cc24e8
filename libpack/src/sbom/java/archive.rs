//! One archive and the archives within it.

use serde_json::{Map, Value, json};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::budget::Budget;
use super::facts::Facts;
use super::file_name;
use super::identity::{Identities, Identity};
use crate::archive::ZipReader;
use crate::sbom::{Algorithm, Catalog, Component, ComponentId, Hash, Kind, purl};

/// What was found so far, and how much may still be looked at.
pub(super) struct Finds {
    pub catalog: Catalog,
    pub budget: Budget,
}

/// Where an archive lies, as the documents name it: `app.war:WEB-INF/lib/one.jar` within another.
pub(super) struct Place<'a> {
    pub path: &'a str,
    /// The file's name without its ending; an exploded archive has none.
    pub stem: Option<&'a str>,
    pub hashes: Vec<Hash>,
}

impl Finds {
    /// Lists an archive with all in it; none where it cannot be read. What comes back are the components that a
    /// parent has by it.
    pub fn archive(&mut self, place: &Place<'_>, reader: Option<ZipReader>) -> Vec<ComponentId> {
        let Some(mut reader) = reader else {
            self.catalog.unread.push(format!("{:?}", place.path));
            return self.add(place, &Facts::default(), Vec::new());
        };
        let (texts, nested): (Vec<_>, Vec<_>) = {
            let told = |name: &str| Facts::wants(name) || file_name::stem(name).is_some();
            let names = reader.names().filter(|name| told(name)).map(std::borrow::Cow::into_owned);
            names.partition(|name| Facts::wants(name))
        };
        let mut facts = Facts::default();
        for name in &texts {
            if let Some(text) = reader.read_within(name, self.budget.text()) {
                self.budget.took_text(text.len() as u64);
                facts.take(name, &String::from_utf8_lossy(&text));
            }
        }
        let nested = nested.iter().flat_map(|name| self.nested(place.path, name, &mut reader)).collect();
        self.add(place, &facts, nested)
    }

    fn nested(&mut self, parent: &str, name: &str, reader: &mut ZipReader) -> Vec<ComponentId> {
        if !self.budget.archive() {
            return Vec::new();
        }
        let path = format!("{parent}:{name}");
        let stem = file_name::stem(name);
        let Some(bytes) = self.budget.room().and_then(|room| reader.read_within(name, room)) else {
            return self.archive(&Place { path: &path, stem, hashes: Vec::new() }, None);
        };
        let size = bytes.len() as u64;
        let hashes = vec![
            Hash::of_digest(Algorithm::Sha1, &Sha1::digest(&bytes)),
            Hash::of_digest(Algorithm::Sha256, &Sha256::digest(&bytes)),
        ];
        self.budget.enter(size);
        let ids = self.archive(&Place { path: &path, stem, hashes }, ZipReader::of_bytes(bytes));
        self.budget.leave(size);
        ids
    }

    /// Lists an archive by what it tells, above those within it. Where it tells nothing, those stand for it.
    pub fn add(&mut self, place: &Place<'_>, facts: &Facts, nested: Vec<ComponentId>) -> Vec<ComponentId> {
        let identities = Identities::of(place.stem, facts);
        let mut below = nested;
        for other in &identities.others {
            let other = component(other, place.path).metadata("java-archive", metadata(place, other, false));
            below.push(other.id());
            self.catalog.components.push(other);
        }
        let Some(own) = identities.own else {
            return below;
        };
        let own = component(&own, place.path).metadata("java-archive", metadata(place, &own, true));
        let own = place.hashes.iter().cloned().fold(own, Component::hash);
        let own = below.into_iter().fold(own, Component::depends_on);
        let id = own.id();
        self.catalog.components.push(own);
        vec![id]
    }
}

fn component(identity: &Identity, path: &str) -> Component {
    let one = &identity.coordinates;
    let purl = purl::maven(&one.group, &one.artifact, &one.version).qualifier("classifier", &identity.classifier);
    let component = Component::new(Kind::Library, &one.artifact, &one.version)
        .group(&one.group)
        .purl(purl.to_string())
        .ecosystem("java-archive", "java")
        .found_by("java-archive-cataloger")
        .location(path);
    identity.licenses.iter().fold(component, |component, license| component.license(license))
}

/// Syft's fields, but for the manifest: it names who built it, and where.
fn metadata(place: &Place<'_>, identity: &Identity, own: bool) -> Map<String, Value> {
    let one = &identity.coordinates;
    let mut fields = Map::new();
    let path = if own { place.path.to_owned() } else { format!("{}:{}:{}", place.path, one.group, one.artifact) };
    fields.insert("virtualPath".to_owned(), path.into());
    if let Some(path) = &identity.properties {
        let properties = json!({
            "path": path,
            "name": "",
            "groupId": one.group,
            "artifactId": one.artifact,
            "version": one.version,
        });
        fields.insert("pomProperties".to_owned(), properties);
    }
    let digest = |hash: &Hash| json!({ "algorithm": hash.algorithm().name(), "value": hash.hex() });
    if own && !place.hashes.is_empty() {
        fields.insert("digest".to_owned(), place.hashes.iter().map(digest).collect());
    }
    fields
}
