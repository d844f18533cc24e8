//! The SBOM documents as their readers see them: valid, equal from run to run, and whole.
// What is not as expected here ends the test, in its helpers too.
#![allow(clippy::unwrap_used)]

mod samples;

use std::collections::BTreeSet;

use jsonschema::{Registry, Validator};
use libpack::sbom::{CycloneDxVersion, Format, Options, Sbom, SpdxVersion, Subject, Tool, npm, write};
use samples::{LOCK, empty, of_archives, of_executables, of_go_mod, of_modules, of_runtime, runtime, target};
use serde_json::{Value, json};

const FORMATS: [Format; 7] = [
    Format::CycloneDx(CycloneDxVersion::V1_3),
    Format::CycloneDx(CycloneDxVersion::V1_4),
    Format::CycloneDx(CycloneDxVersion::V1_5),
    Format::CycloneDx(CycloneDxVersion::V1_6),
    Format::Spdx(SpdxVersion::V2_2),
    Format::Spdx(SpdxVersion::V2_3),
    Format::Syft,
];

const CYCLONEDX_1_3_STRICT: &str = include_str!("../schemas/bom-1.3-strict.SNAPSHOT.schema.json");

fn schema(format: Format) -> &'static str {
    use {CycloneDxVersion as Cdx, SpdxVersion as Spdx};
    match format {
        Format::CycloneDx(Cdx::V1_3) => include_str!("../schemas/bom-1.3.SNAPSHOT.schema.json"),
        Format::CycloneDx(Cdx::V1_4) => include_str!("../schemas/bom-1.4.SNAPSHOT.schema.json"),
        Format::CycloneDx(Cdx::V1_5) => include_str!("../schemas/bom-1.5.SNAPSHOT.schema.json"),
        Format::CycloneDx(Cdx::V1_6) => include_str!("../schemas/bom-1.6.SNAPSHOT.schema.json"),
        Format::Spdx(Spdx::V2_2) => include_str!("../schemas/spdx-schema-v2.2.json"),
        Format::Spdx(Spdx::V2_3) => include_str!("../schemas/spdx-schema-v2.3.json"),
        Format::Syft => include_str!("../schemas/syft-16.1.subset.schema.json"),
    }
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// CycloneDX refers to two other schemas, relative to its own address.
fn registry() -> Registry<'static> {
    let base = "http://cyclonedx.org/schema/";
    Registry::new()
        .add(format!("{base}spdx.SNAPSHOT.schema.json"), parse(include_str!("../schemas/spdx.SNAPSHOT.schema.json")))
        .unwrap()
        .add(
            format!("{base}jsf-0.82.SNAPSHOT.schema.json"),
            parse(include_str!("../schemas/jsf-0.82.SNAPSHOT.schema.json")),
        )
        .unwrap()
        .prepare()
        .unwrap()
}

fn validator(registry: &Registry<'_>, schema: &str) -> Validator {
    jsonschema::options().with_registry(registry).should_validate_formats(true).build(&parse(schema)).unwrap()
}

fn violations(validator: &Validator, document: &Value) -> Vec<String> {
    validator.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

fn options() -> Options {
    let tool = Tool { name: "libpack".into(), version: "1.2.3".into() };
    Options::default().by(tool)
}

fn bytes(sbom: &Sbom, format: Format) -> Vec<u8> {
    write(sbom, format, &options()).unwrap()
}

fn document(sbom: &Sbom, format: Format) -> Value {
    serde_json::from_slice(&bytes(sbom, format)).unwrap()
}

#[test]
fn every_format_is_valid_by_its_schema() {
    let registry = registry();
    for format in FORMATS {
        let validator = validator(&registry, schema(format));
        for sbom in [of_runtime(), of_modules(), of_executables(), of_go_mod(), of_archives(), empty()] {
            assert_eq!(violations(&validator, &document(&sbom, format)), Vec::<String>::new(), "{format:?}");
        }
    }
}

/// `$schema` is Paketo's, and the only key that the strict schema of 1.3 does not know.
#[test]
fn cyclonedx_1_3_has_no_key_of_a_later_version() {
    let registry = registry();
    let validator = validator(&registry, CYCLONEDX_1_3_STRICT);
    for sbom in [of_runtime(), of_modules(), of_executables(), of_go_mod(), of_archives(), empty()] {
        let mut document = document(&sbom, Format::CycloneDx(CycloneDxVersion::V1_3));
        document.as_object_mut().unwrap().remove("$schema");
        assert_eq!(violations(&validator, &document), Vec::<String>::new());
    }
}

/// Guards the validation itself: a schema that is not applied would accept anything.
#[test]
fn the_schemas_refuse_documents_that_are_broken() {
    let registry = registry();
    for format in FORMATS {
        let validator = validator(&registry, schema(format));
        let list = match format {
            Format::CycloneDx(_) => "components",
            Format::Spdx(_) => "packages",
            Format::Syft => "artifacts",
        };
        let mut broken = document(&of_runtime(), format);
        broken[list][0].as_object_mut().unwrap().remove("name");
        assert_eq!(violations(&validator, &broken).len(), 1, "{format:?}");
    }
    let format = Format::CycloneDx(CycloneDxVersion::V1_6);
    let mut broken = document(&of_runtime(), format);
    broken["components"][0]["licenses"] = json!([{ "license": { "id": "No-Such-Licence" } }]);
    assert_ne!(violations(&validator(&registry, schema(format)), &broken), Vec::<String>::new());
}

/// paketo rfcs#176, syft#1100: the same image must get the same documents.
#[test]
fn the_order_of_finding_does_not_change_a_byte() {
    let mut catalog = npm::from_lock(LOCK, "package-lock.json", npm::Scope::All, &target()).unwrap();
    catalog.components.push(runtime());
    let again = runtime().license("ISC").location("second").cpe("cpe:2.3:a:a:a:1:*:*:*:*:*:*:*");
    catalog.components.push(again.found_by("other"));
    let mut turned = catalog.clone();
    turned.components.reverse();
    turned.direct.reverse();
    let mut rotated = catalog.clone();
    rotated.components.rotate_left(2);
    let subject = Subject::directory("/workspace");
    let [first, second, third] = [catalog, turned, rotated].map(|catalog| Sbom::new(subject.clone(), catalog));
    for format in FORMATS {
        assert_eq!(bytes(&first, format), bytes(&second, format), "{format:?}");
        assert_eq!(bytes(&first, format), bytes(&third, format), "{format:?}");
    }
}

#[test]
fn nothing_tells_the_time_and_no_secret_or_registry_gets_out() {
    for format in FORMATS {
        for sbom in [of_runtime(), of_modules(), of_archives()] {
            let text = String::from_utf8(bytes(&sbom, format)).unwrap();
            for word in ["serialNumber", "timestamp", "token", "secret", "registry.example", "a person"] {
                assert!(!text.contains(word), "{word} in {text}");
            }
        }
    }
}

#[test]
fn a_given_date_is_the_date_of_spdx() {
    let options = options().source_date_epoch("1700000000").unwrap();
    let dated = write(&of_runtime(), Format::Spdx(SpdxVersion::V2_2), &options).unwrap();
    let dated: Value = serde_json::from_slice(&dated).unwrap();
    let plain = document(&of_runtime(), Format::Spdx(SpdxVersion::V2_2));
    assert_eq!(dated["creationInfo"]["created"], "2023-11-14T22:13:20Z");
    assert_eq!(plain["creationInfo"]["created"], "0001-01-01T00:00:00Z");
    assert_ne!(dated["documentNamespace"], plain["documentNamespace"]);
}

/// anchore/grype#2554: names of scoped packages lost their scope on the way to the scanner.
#[test]
fn every_format_carries_the_scope_grype_2554() {
    let names = |format, list: &str| -> BTreeSet<String> {
        let document = document(&of_modules(), format);
        let entries = document[list].as_array().unwrap().iter();
        entries.map(|entry| entry["name"].as_str().unwrap().to_owned()).collect()
    };
    for format in FORMATS {
        let list = match format {
            Format::CycloneDx(_) => "components",
            Format::Spdx(_) => "packages",
            Format::Syft => "artifacts",
        };
        assert!(names(format, list).contains("@scope/web"), "{format:?}");
        assert!(!names(format, list).contains("tester"), "{format:?}");
        let text = String::from_utf8(bytes(&of_modules(), format)).unwrap();
        assert!(text.contains("pkg:npm/%40scope/web@1.2.0%2Bbuild"), "{format:?}");
    }
}

/// Every id that an edge names is there, once.
#[test]
fn references_are_unique_and_lead_somewhere() {
    let cyclonedx = document(&of_modules(), FORMATS[0]);
    let mut refs: Vec<&str> =
        cyclonedx["components"].as_array().unwrap().iter().map(|c| c["bom-ref"].as_str().unwrap()).collect();
    refs.push(cyclonedx["metadata"]["component"]["bom-ref"].as_str().unwrap());
    let unique: BTreeSet<&str> = refs.iter().copied().collect();
    assert_eq!(unique.len(), refs.len());
    let listed = cyclonedx["dependencies"].as_array().unwrap();
    assert_eq!(listed.iter().map(|d| d["ref"].as_str().unwrap()).collect::<BTreeSet<_>>(), unique);
    let targets = listed.iter().flat_map(|d| d["dependsOn"].as_array().into_iter().flatten());
    assert!(targets.map(|target| target.as_str().unwrap()).all(|target| unique.contains(target)));

    let spdx = document(&of_modules(), Format::Spdx(SpdxVersion::V2_3));
    let mut ids: BTreeSet<&str> =
        spdx["packages"].as_array().unwrap().iter().map(|p| p["SPDXID"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), spdx["packages"].as_array().unwrap().len());
    ids.insert("SPDXRef-DOCUMENT");
    for edge in spdx["relationships"].as_array().unwrap() {
        assert!(ids.contains(edge["spdxElementId"].as_str().unwrap()), "{edge}");
        assert!(ids.contains(edge["relatedSpdxElement"].as_str().unwrap()), "{edge}");
    }
    let references = spdx["hasExtractedLicensingInfos"].as_array().unwrap();
    let declared = spdx["packages"].to_string();
    assert_eq!(references.len(), 2);
    assert!(references.iter().all(|reference| declared.contains(reference["licenseId"].as_str().unwrap())));
}

#[test]
fn a_dependency_in_cyclonedx() {
    insta::assert_snapshot!(String::from_utf8(bytes(&of_runtime(), FORMATS[0])).unwrap());
}

#[test]
fn a_dependency_in_spdx() {
    insta::assert_snapshot!(String::from_utf8(bytes(&of_runtime(), FORMATS[4])).unwrap());
}

#[test]
fn a_dependency_in_syft() {
    insta::assert_snapshot!(String::from_utf8(bytes(&of_runtime(), Format::Syft)).unwrap());
}

#[test]
fn modules_in_cyclonedx() {
    insta::assert_snapshot!(String::from_utf8(bytes(&of_modules(), FORMATS[3])).unwrap());
}

#[test]
fn modules_in_spdx() {
    insta::assert_snapshot!(String::from_utf8(bytes(&of_modules(), FORMATS[5])).unwrap());
}

#[test]
fn modules_in_syft() {
    insta::assert_snapshot!(String::from_utf8(bytes(&of_modules(), Format::Syft)).unwrap());
}

#[test]
fn executables_in_cyclonedx() {
    insta::assert_snapshot!(String::from_utf8(bytes(&of_executables(), FORMATS[0])).unwrap());
}

#[test]
fn executables_in_spdx() {
    insta::assert_snapshot!(String::from_utf8(bytes(&of_executables(), FORMATS[4])).unwrap());
}

#[test]
fn executables_in_syft() {
    insta::assert_snapshot!(String::from_utf8(bytes(&of_executables(), Format::Syft)).unwrap());
}

#[test]
fn a_go_mod_in_syft() {
    insta::assert_snapshot!(String::from_utf8(bytes(&of_go_mod(), Format::Syft)).unwrap());
}

#[test]
fn archives_in_cyclonedx() {
    insta::assert_snapshot!(String::from_utf8(bytes(&of_archives(), FORMATS[0])).unwrap());
}

#[test]
fn archives_in_spdx() {
    insta::assert_snapshot!(String::from_utf8(bytes(&of_archives(), FORMATS[4])).unwrap());
}

#[test]
fn archives_in_syft() {
    insta::assert_snapshot!(String::from_utf8(bytes(&of_archives(), Format::Syft)).unwrap());
}
