//! Syft's own JSON (anchore/syft, schema/json). Keys are lower-case and the document is valid, which
//! libpak's is not (paketo-buildpacks/packit `sbom`, bellsoft-liberica#937).

use serde_json::{Value, json};

use super::document::Sbom;
use super::{Component, Hash, License, Options, json as layout};
use crate::Result;

/// The version of the schema, also in the media type's parameter.
pub(super) const SCHEMA_VERSION: &str = "16.1.10";

pub(super) fn write(sbom: &Sbom, options: &Options) -> Result<Vec<u8>> {
    let document = json!({
        "artifacts": sbom.components.iter().map(artifact).collect::<Vec<_>>(),
        "artifactRelationships": relationships(sbom),
        "source": {
            "id": sbom.subject.id().as_str(),
            "name": sbom.subject.path,
            "version": "",
            "type": sbom.subject.word(),
            "metadata": { "path": sbom.subject.path },
        },
        "distro": {},
        "descriptor": { "name": options.tool.name, "version": options.tool.version },
        "schema": {
            "version": SCHEMA_VERSION,
            // Syft and grype know the format by this address.
            "url": format!(
                "https://raw.githubusercontent.com/anchore/syft/main/schema/json/schema-{SCHEMA_VERSION}.json"
            ),
        },
    });
    layout::compact(&document)
}

fn artifact(component: &Component) -> Value {
    let mut artifact = json!({
        "id": component.id().as_str(),
        "name": component.name,
        "version": component.version,
        "type": component.package_type,
        "foundBy": component.found_by,
        "locations": component.locations.iter().map(|path| location(path)).collect::<Vec<_>>(),
        "licenses": component.licenses.iter().map(license).collect::<Vec<_>>(),
        "language": component.language,
        "cpes": component.cpes.iter()
            .map(|cpe| json!({ "cpe": cpe, "source": "declared" })).collect::<Vec<_>>(),
        "purl": component.purl.as_deref().unwrap_or_default(),
    });
    if let Some(integrity) = npm_integrity(component) {
        artifact["metadataType"] = "javascript-npm-package-lock-entry".into();
        // Not where it came from: a company's registry may be nobody else's business.
        artifact["metadata"] = json!({ "resolved": "", "integrity": integrity, "dependencies": {} });
    }
    if let Some(metadata) = &component.metadata {
        artifact["metadataType"] = metadata.kind.into();
        artifact["metadata"] = metadata.fields.clone().into();
    }
    artifact
}

/// Whether an artifact has a field of its own for checksums.
fn has_checksums(component: &Component) -> bool {
    let metadata = component.metadata.as_ref();
    npm_integrity(component).is_some() || metadata.is_some_and(|metadata| metadata.fields.contains_key("digest"))
}

/// Checksums as npm writes them.
fn npm_integrity(component: &Component) -> Option<String> {
    let hashes = component.hashes.iter().filter(|_| component.package_type == "npm");
    let integrity: Vec<String> = hashes.map(Hash::integrity).collect();
    (!integrity.is_empty()).then(|| integrity.join(" "))
}

fn location(path: &str) -> Value {
    json!({ "path": path, "accessPath": path })
}

fn license(license: &License) -> Value {
    json!({
        "value": license.text(),
        "spdxExpression": license.expression().unwrap_or_default(),
        "type": "declared",
        "urls": [],
        "locations": [],
    })
}

/// The source contains every artifact; there the checksums of artifacts without a field for them
/// stand. An edge reads "parent is a dependency of child".
fn relationships(sbom: &Sbom) -> Vec<Value> {
    let source = sbom.subject.id();
    let mut edges = Vec::new();
    for component in &sbom.components {
        let mut contains = json!({ "parent": source.as_str(), "child": component.id().as_str(), "type": "contains" });
        if !component.hashes.is_empty() && !has_checksums(component) {
            contains["metadata"] = json!({ "digests": digests(&component.hashes) });
        }
        edges.push(contains);
    }
    for component in &sbom.components {
        let child = component.id();
        edges.extend(component.depends_on.iter().map(
            |dependency| json!({ "parent": dependency.as_str(), "child": child.as_str(), "type": "dependency-of" }),
        ));
    }
    edges
}

fn digests(hashes: &[Hash]) -> Vec<Value> {
    let digest = |hash: &Hash| json!({ "algorithm": hash.algorithm().name(), "value": hash.hex() });
    hashes.iter().map(digest).collect()
}
