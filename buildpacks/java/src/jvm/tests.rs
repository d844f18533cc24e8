//! The rows of the JVMs.

use libpack::descriptor::Descriptor;

use super::vendor::Vendor;

fn rows(id: &str) -> Vec<toml::Table> {
    let descriptor = Descriptor::parse(include_str!("../../buildpack.toml")).unwrap();
    let rows = descriptor.metadata.dependencies.into_iter();
    rows.filter(|row| row["id"].as_str() == Some(id)).collect()
}

#[test]
fn every_line_of_java_is_there_from_both_vendors_for_both_architectures() {
    for id in [Vendor::Liberica, Vendor::Temurin].into_iter().flat_map(|vendor| [vendor.jdk(), vendor.jre()]) {
        let of_id = rows(id);
        for line in ["8.0.", "11.0.", "17.0.", "21.0.", "25.0.", "26.0."] {
            for arch in ["amd64", "arm64"] {
                let fits = |row: &&toml::Table| {
                    row["version"].as_str().unwrap().starts_with(line) && row["arch"].as_str() == Some(arch)
                };
                assert_eq!(of_id.iter().filter(fits).count(), 1, "{id} {line} on {arch}");
            }
        }
        assert_eq!(of_id.len(), 12, "{id}");
    }
}

#[test]
fn a_row_agrees_with_itself() {
    for (id, vendor, machines) in
        [("jdk", "bellsoft", ["amd64", "aarch64"]), ("jdk-temurin", "adoptium", ["x64", "aarch64"])]
    {
        for kind in ["jdk", "jre"] {
            for row in rows(&id.replace("jdk", kind)) {
                let text = |key: &str| row[key].as_str().unwrap();
                let (version, arch) = (text("version"), text("arch"));
                // Java 8 counts updates: 8u492.
                let tag = version.strip_prefix("8.0.").map_or(version.to_owned(), |update| format!("8u{update}"));
                let file = text("uri").rsplit('/').next().unwrap();
                let machine = machines[usize::from(arch == "arm64")];
                assert!(file.contains(&tag) && file.contains(machine) && file.contains(kind), "{file}");
                assert!(text("uri").ends_with(".tar.gz"), "{file}");
                assert_eq!(text("purl"), format!("pkg:generic/{vendor}-{kind}@{version}?arch={arch}"));
                let named = tag.replace("8u", "1.8.0:update");
                assert!(text("cpe").starts_with(&format!("cpe:2.3:a:oracle:{kind}:{named}:")), "{}", text("cpe"));
                assert_eq!(text("cpe").split(':').count(), 13, "{}", text("cpe"));
                for checksum in [text("checksum"), text("source-checksum")] {
                    assert_eq!(checksum.strip_prefix("sha256:").unwrap().len(), 64);
                }
                assert!(row["strip-components"].as_integer() == Some(1) && row["os"].as_str() == Some("linux"));
            }
        }
    }
}
