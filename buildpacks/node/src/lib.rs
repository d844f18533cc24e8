//! The Node.js buildpack: Node.js itself, the modules of an app, and how it starts.

mod inspector;
mod launch_file;
mod lts;
mod memory;
mod module_cache;
mod module_link;
mod node_engine;
mod node_start;
mod npm_inputs;
mod npm_install;
mod npm_process;
mod npm_start;
mod npm_version;
mod npmrc;
mod package_json;
mod project;
mod start;
mod start_script;
mod version_source;
mod workspace;

use libpack::component::{Buildpack, Helper, may, must};
use libpack::components::ca_certificates::{self, CaCertificates};
use libpack::components::procfile::ProcfileComponent;

use node_engine::NodeEngine;
use node_start::NodeStart;
use npm_install::NpmInstall;
use npm_start::NpmStart;

/// The groups: an app of npm's, a plain app, and Node.js for other buildpacks.
pub fn buildpack() -> Buildpack {
    Buildpack::new("libpack/node")
        .group([
            may(CaCertificates),
            must(NodeEngine),
            must(NpmInstall),
            may(NodeStart),
            may(NpmStart),
            may(ProcfileComponent),
        ])
        .group([may(CaCertificates), must(NodeEngine), must(NodeStart), may(ProcfileComponent)])
        .provider([must(NodeEngine)])
        .helpers(&HELPERS)
}

/// What runs when the image starts, in this order.
pub const HELPERS: [(&str, Helper); 5] = [
    (ca_certificates::HELPER, ca_certificates::helper),
    ("optimize-memory", memory::helper),
    ("inspector", inspector::helper),
    (module_link::NAME, module_link::lead),
    (module_cache::NAME, module_cache::make),
];

#[cfg(test)]
mod tests {
    use libpack::descriptor::Descriptor;

    fn descriptor() -> Descriptor {
        Descriptor::parse(include_str!("../buildpack.toml")).unwrap()
    }

    #[test]
    fn every_line_of_node_is_there_twice_and_for_both_architectures() {
        let rows = descriptor().metadata.dependencies;
        let text = |row: &toml::Table, key: &str| row[key].as_str().unwrap().to_owned();
        for line in ["18", "20", "22", "24", "26"] {
            for arch in ["amd64", "arm64"] {
                let prefix = format!("{line}.");
                let of_line =
                    rows.iter().filter(|row| text(row, "version").starts_with(&prefix) && text(row, "arch") == arch);
                assert_eq!(of_line.count(), 2, "{line} on {arch}");
            }
        }
        assert_eq!(rows.len(), 20);
    }

    #[test]
    fn a_row_agrees_with_itself() {
        for row in descriptor().metadata.dependencies {
            let text = |key: &str| row[key].as_str().unwrap();
            let (version, hash) = (text("version"), text("checksum").strip_prefix("sha256:").unwrap());
            assert_eq!(hash.len(), 64);
            let machine = if text("arch") == "amd64" { "x64" } else { "arm64" };
            let file = format!("/v{version}/node-v{version}-linux-{machine}.tar.xz");
            assert!(text("uri").ends_with(&file), "{}", text("uri"));
            assert!(text("purl").starts_with(&format!("pkg:generic/node@v{version}?checksum={hash}&")));
            assert!(text("cpe").contains(&format!(":node.js:{version}:")));
        }
    }

    #[test]
    fn every_setting_says_what_it_is_and_when_it_is_read() {
        let mut seen = std::collections::BTreeSet::new();
        for setting in descriptor().metadata.configurations {
            assert!(setting.build != setting.launch, "{}", setting.name);
            assert_eq!(setting.launch, setting.name.starts_with("BPL_"), "{}", setting.name);
            assert!(!setting.description.is_empty(), "{}", setting.name);
            assert!(seen.insert(setting.name.clone()), "{} stands there twice", setting.name);
        }
    }

    #[test]
    fn nobody_asks_for_a_start_script_by_default() {
        // A named script must exist, and an app that starts by a file has none.
        let settings = descriptor().metadata.configurations;
        let setting = settings.iter().find(|setting| setting.name == "BP_NPM_START_SCRIPT").unwrap();
        assert_eq!(setting.default, None);
    }

    #[test]
    fn without_a_wish_the_line_is_24() {
        assert_eq!(descriptor().metadata.default_versions["node"], "24.*.*");
    }
}
