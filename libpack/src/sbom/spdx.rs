//! SPDX JSON 2.2 and 2.3 (spdx/spdx-spec, schemas/spdx-schema.json).

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::document::{Sbom, Subject};
use super::hash::Algorithm;
use super::license::all_of;
use super::{Component, ComponentId, License, Options, SpdxVersion, json as layout};
use crate::Result;

const DOCUMENT: &str = "SPDXRef-DOCUMENT";
const NO_ASSERTION: &str = "NOASSERTION";

pub(super) fn write(sbom: &Sbom, version: SpdxVersion, options: &Options) -> Result<Vec<u8>> {
    let mut extracted = BTreeMap::new();
    let mut packages = vec![root(sbom, version)];
    packages.extend(sbom.components.iter().map(|component| package(component, version, &mut extracted)));
    let mut document = json!({
        "spdxVersion": format!("SPDX-{}", version.text()),
        "dataLicense": "CC0-1.0",
        "SPDXID": DOCUMENT,
        "name": sbom.subject.path,
        "creationInfo": {
            "created": options.created(),
            "creators": [format!("Tool: {}-{}", options.tool.name, options.tool.version)],
            "licenseListVersion": list_version(),
        },
        "packages": packages,
        "relationships": relationships(sbom),
    });
    if !extracted.is_empty() {
        document["hasExtractedLicensingInfos"] = extracted
            .into_iter()
            .map(|(id, name)| json!({ "licenseId": id, "extractedText": name, "name": name }))
            .collect();
    }
    document["documentNamespace"] = namespace(&sbom.subject, &document).into();
    layout::sorted(document, b" ")
}

/// The list's version as `<major>.<minor>`.
fn list_version() -> String {
    ::spdx::license_version().split('.').take(2).collect::<Vec<_>>().join(".")
}

/// A unique absolute URI without fragment. SPDX 2.3 §6.5 offers `spdx.org/spdxdocs` to creators who
/// have no site of their own, and it need not resolve. The UUID follows from the document, so that
/// equal documents have one name and different ones two. By the element `dir` or `file` syft knows what
/// was described (anchore/syft, spdxhelpers), so Paketo's have it too.
fn namespace(subject: &Subject, document: &Value) -> String {
    let uuid = Uuid::new_v5(&Uuid::NAMESPACE_URL, document.to_string().as_bytes());
    let kind = if subject.directory { "dir" } else { "file" };
    let last = subject.path.trim_end_matches('/').rsplit('/').next();
    let base = last.map(identifier).unwrap_or_default();
    let separator = if base.is_empty() { "" } else { "-" };
    format!("https://spdx.org/spdxdocs/{kind}/{base}{separator}{uuid}")
}

/// Letters, digits, dots and hyphens are all that an SPDX id may have.
fn identifier(text: &str) -> String {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || letter == '.' || letter == '-';
    let text: String = text.chars().map(|letter| if allowed(letter) { letter } else { '-' }).collect();
    text.trim_matches('-').to_owned()
}

fn root_id(sbom: &Sbom) -> String {
    let kind = if sbom.subject.directory { "Directory" } else { "File" };
    format!("SPDXRef-DocumentRoot-{kind}-{}", sbom.subject.id().as_str())
}

fn package_id(component: &Component) -> String {
    format!("SPDXRef-Package-{}-{}", identifier(&component.name), component.id().as_str())
}

fn root(sbom: &Sbom, version: SpdxVersion) -> Value {
    let mut root = json!({
        "SPDXID": root_id(sbom),
        "name": sbom.subject.path,
        "downloadLocation": NO_ASSERTION,
        "filesAnalyzed": false,
        "licenseConcluded": NO_ASSERTION,
        "licenseDeclared": NO_ASSERTION,
        "copyrightText": NO_ASSERTION,
        "supplier": NO_ASSERTION,
    });
    if version == SpdxVersion::V2_3 {
        root["primaryPackagePurpose"] = "FILE".into();
    }
    root
}

fn package(component: &Component, version: SpdxVersion, extracted: &mut BTreeMap<String, String>) -> Value {
    let mut package = json!({
        "SPDXID": package_id(component),
        "name": component.name,
        "downloadLocation": component.download.as_deref().unwrap_or(NO_ASSERTION),
        "filesAnalyzed": false,
        "licenseConcluded": NO_ASSERTION,
        "licenseDeclared": declared(&component.licenses, extracted),
        "copyrightText": NO_ASSERTION,
        "supplier": NO_ASSERTION,
    });
    let mut add = |key: &str, value: Value| {
        // Indexing an object with a new key inserts it.
        package[key] = value;
    };
    if !component.version.is_empty() {
        add("versionInfo", component.version.as_str().into());
    }
    if version == SpdxVersion::V2_3 {
        add("primaryPackagePurpose", component.kind.word().to_ascii_uppercase().into());
    }
    if !component.hashes.is_empty() {
        let hashes = component.hashes.iter();
        let hashes =
            hashes.map(|hash| json!({ "algorithm": algorithm(hash.algorithm()), "checksumValue": hash.hex() }));
        add("checksums", hashes.collect());
    }
    if !component.locations.is_empty() {
        add("sourceInfo", format!("found in {}", component.locations.join(", ")).into());
    }
    let references = external_references(component, version);
    if !references.is_empty() {
        add("externalRefs", references.into());
    }
    package
}

/// What is no SPDX expression becomes a licence of the document's own, and its name the text.
fn declared(licenses: &[License], extracted: &mut BTreeMap<String, String>) -> String {
    if licenses.is_empty() {
        return NO_ASSERTION.to_owned();
    }
    let expressions: Vec<String> = licenses
        .iter()
        .map(|license| match license.expression() {
            Some(expression) => expression.to_owned(),
            None => reference(license.text(), extracted),
        })
        .collect();
    all_of(expressions.iter().map(String::as_str))
}

/// The digest tells apart names that differ only in what an SPDX id cannot hold.
fn reference(name: &str, extracted: &mut BTreeMap<String, String>) -> String {
    let digest = ComponentId::of(&["license", name]);
    let readable: String = identifier(name).chars().take(40).collect();
    let id = format!("LicenseRef-{readable}-{}", digest.as_str());
    extracted.insert(id.clone(), name.to_owned());
    id
}

fn algorithm(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Md5 => "MD5",
        Algorithm::Sha1 => "SHA1",
        Algorithm::Sha256 => "SHA256",
        Algorithm::Sha384 => "SHA384",
        Algorithm::Sha512 => "SHA512",
    }
}

fn external_references(component: &Component, version: SpdxVersion) -> Vec<Value> {
    // The schema of 2.2 knows the underscore only, 2.3 prefers the hyphen.
    let package_manager = match version {
        SpdxVersion::V2_2 => "PACKAGE_MANAGER",
        SpdxVersion::V2_3 => "PACKAGE-MANAGER",
    };
    let reference = |category: &str, kind: &str, locator: &str| {
        let mut reference = Map::new();
        reference.insert("referenceCategory".into(), category.into());
        reference.insert("referenceType".into(), kind.into());
        reference.insert("referenceLocator".into(), locator.into());
        Value::from(reference)
    };
    let cpes = component.cpes.iter().map(|cpe| reference("SECURITY", "cpe23Type", cpe));
    let purls = component.purl.iter().map(|purl| reference(package_manager, "purl", purl));
    cpes.chain(purls).collect()
}

fn relationships(sbom: &Sbom) -> Vec<Value> {
    let root = root_id(sbom);
    let ids: BTreeMap<ComponentId, String> =
        sbom.components.iter().map(|component| (component.id(), package_id(component))).collect();
    let edge = |from: &str, kind: &str, to: &str| json!({ "spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to });
    let mut edges = vec![edge(DOCUMENT, "DESCRIBES", &root)];
    edges.extend(sbom.components.iter().map(|component| edge(&root, "CONTAINS", &package_id(component))));
    let direct = sbom.direct.iter().filter_map(|id| ids.get(id));
    edges.extend(direct.map(|id| edge(&root, "DEPENDS_ON", id)));
    for component in &sbom.components {
        let from = package_id(component);
        let to = component.depends_on.iter().filter_map(|id| ids.get(id));
        edges.extend(to.map(|id| edge(&from, "DEPENDS_ON", id)));
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_only_in_odd_letters_get_different_ids() {
        let mut extracted = BTreeMap::new();
        let first = reference("My Licence!", &mut extracted);
        let second = reference("My Licence?", &mut extracted);
        assert_ne!(first, second);
        assert_eq!(extracted.len(), 2);
    }
}
