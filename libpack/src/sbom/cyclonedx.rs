//! CycloneDX JSON 1.3 to 1.6 (CycloneDX/specification, schema/bom-1.x.schema.json).
//!
//! No serial number and no timestamp: both would differ from build to build (paketo-buildpacks/packit `sbom`).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::document::Sbom;
use super::hash::Algorithm;
use super::license::all_of;
use super::{Component, ComponentId, CycloneDxVersion, License, Options, json as layout, purl};
use crate::Result;

pub(super) fn write(sbom: &Sbom, version: CycloneDxVersion, options: &Options) -> Result<Vec<u8>> {
    let mut document = json!({
        "$schema": format!("http://cyclonedx.org/schema/bom-{}.schema.json", version.text()),
        "bomFormat": "CycloneDX",
        "specVersion": version.text(),
        "version": 1,
        "metadata": {
            "tools": tools(version, options),
            // A folder has no version; packit writes this one.
            "component": {
                "bom-ref": sbom.subject.id().as_str(),
                "type": "file",
                "name": sbom.subject.path,
                "version": "0.0.0",
            },
        },
        "components": sbom.components.iter().map(component).collect::<Vec<_>>(),
    });
    let dependencies = dependencies(sbom);
    if !dependencies.is_empty() {
        document["dependencies"] = dependencies.into();
    }
    layout::sorted(document, b"  ")
}

/// The plain list is deprecated from 1.5 on.
fn tools(version: CycloneDxVersion, options: &Options) -> Value {
    let (name, tool_version) = (&options.tool.name, &options.tool.version);
    match version {
        CycloneDxVersion::V1_3 | CycloneDxVersion::V1_4 => {
            json!([{ "name": name, "version": tool_version }])
        }
        CycloneDxVersion::V1_5 | CycloneDxVersion::V1_6 => {
            json!({ "components": [{ "type": "application", "name": name, "version": tool_version }] })
        }
    }
}

/// Unique, because it ends in the id; readable, because it starts with the purl.
fn bom_ref(component: &Component) -> String {
    let id = component.id();
    match &component.purl {
        Some(purl) => purl::with_qualifier(purl, "package-id", id.as_str()),
        None => id.as_str().to_owned(),
    }
}

fn component(component: &Component) -> Value {
    let mut entry = Map::new();
    entry.insert("bom-ref".into(), bom_ref(component).into());
    entry.insert("type".into(), component.kind.word().into());
    if !component.group.is_empty() {
        entry.insert("group".into(), component.group.as_str().into());
    }
    entry.insert("name".into(), component.name.as_str().into());
    entry.insert("version".into(), component.version.as_str().into());
    if let Some(purl) = &component.purl {
        entry.insert("purl".into(), purl.as_str().into());
    }
    if let Some(cpe) = component.cpes.first() {
        entry.insert("cpe".into(), cpe.as_str().into());
    }
    if !component.licenses.is_empty() {
        entry.insert("licenses".into(), licenses(&component.licenses));
    }
    if !component.hashes.is_empty() {
        let hashes = component.hashes.iter();
        let hashes = hashes.map(|hash| json!({ "alg": algorithm(hash.algorithm()), "content": hash.hex() }));
        entry.insert("hashes".into(), hashes.collect());
    }
    if let Some(url) = &component.download {
        entry.insert("externalReferences".into(), json!([{ "type": "distribution", "url": url }]));
    }
    let properties = properties(component);
    if !properties.is_empty() {
        entry.insert("properties".into(), properties.into());
    }
    entry.into()
}

/// Either ids and names, or one expression: a list that mixes them is invalid from 1.5 on.
fn licenses(licenses: &[License]) -> Value {
    let expressions: Option<Vec<&str>> = licenses.iter().map(License::expression).collect();
    let compound = licenses.iter().any(|license| matches!(license, License::Expression(_)));
    match expressions {
        Some(expressions) if compound => json!([{ "expression": all_of(expressions) }]),
        _ => licenses
            .iter()
            .map(|license| match license {
                License::Id(id) => json!({ "license": { "id": id } }),
                License::Expression(text) | License::Name(text) => {
                    json!({ "license": { "name": text } })
                }
            })
            .collect(),
    }
}

fn algorithm(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Md5 => "MD5",
        Algorithm::Sha1 => "SHA-1",
        Algorithm::Sha256 => "SHA-256",
        Algorithm::Sha384 => "SHA-384",
        Algorithm::Sha512 => "SHA-512",
    }
}

/// What CycloneDX has no field for, under the names that syft uses and reads.
fn properties(component: &Component) -> Vec<Value> {
    let mut properties = Vec::new();
    let mut add = |name: String, value: &str| {
        if !value.is_empty() {
            properties.push(json!({ "name": name, "value": value }));
        }
    };
    add("syft:package:foundBy".into(), &component.found_by);
    add("syft:package:language".into(), &component.language);
    add("syft:package:type".into(), &component.package_type);
    if let Some(metadata) = &component.metadata {
        add("syft:package:metadataType".into(), metadata.kind);
        for (key, value) in &metadata.fields {
            add(format!("syft:metadata:{key}"), value.as_str().unwrap_or_default());
        }
    }
    for cpe in component.cpes.iter().skip(1) {
        add("syft:cpe23".into(), cpe);
    }
    for (at, path) in component.locations.iter().enumerate() {
        add(format!("syft:location:{at}:path"), path);
    }
    properties
}

/// Once an edge is known, every component is listed: one that is not would count as unknown.
fn dependencies(sbom: &Sbom) -> Vec<Value> {
    if sbom.direct.is_empty() && sbom.components.iter().all(|component| component.depends_on.is_empty()) {
        return Vec::new();
    }
    let refs: BTreeMap<ComponentId, String> =
        sbom.components.iter().map(|component| (component.id(), bom_ref(component))).collect();
    let edges = |from: &str, to: &[ComponentId]| {
        let mut to: Vec<&String> = to.iter().filter_map(|id| refs.get(id)).collect();
        to.sort();
        if to.is_empty() { json!({ "ref": from }) } else { json!({ "ref": from, "dependsOn": to }) }
    };
    let subject = edges(sbom.subject.id().as_str(), &sbom.direct);
    let others = sbom.components.iter().map(|component| edges(&bom_ref(component), &component.depends_on));
    std::iter::once(subject).chain(others).collect()
}
