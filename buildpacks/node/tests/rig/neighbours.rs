//! Other buildpacks in the group.

use libpack::plan::Require;
use libpack::testing::{Built, Neighbour};

use super::{commands, npm_app, plain_app, rig};

/// Takes away the link that a build with a link over the temporary folder left there.
pub fn forget_hop(built: &Built) {
    let hop = std::fs::read_link(built.app.join("node_modules")).unwrap();
    assert!(hop.starts_with("/tmp"), "{hop:?}");
    libpack::fs::remove(&hop).unwrap();
}

#[test]
fn node_from_a_buildpack_before_us_means_that_we_install_none() {
    for mut rig in [plain_app(), npm_app()] {
        rig.before(Neighbour::new("acme/node", &["node"], Vec::new()).or(&["node", "npm"], Vec::new()));
        let built = rig.build().unwrap();
        assert!(built.layer("node").is_none(), "{}", built.tree());
        assert!(built.fetched.is_empty());
        assert_eq!(built.command("web"), "node server.js");
    }
}

#[test]
fn the_modules_of_a_foreign_node_are_keyed_by_what_it_says_it_is() {
    let mut rig = npm_app();
    rig.before(Neighbour::new("acme/node", &["node", "npm"], Vec::new()));
    let built = rig.build().unwrap();
    assert_eq!(built.layer("launch-modules").unwrap().fact("node"), "v24.0.0");
    assert_eq!(built.ran.iter().filter(|line| line.starts_with("npm ci")).count(), 1);
    let again = rig.build().unwrap();
    assert!(again.reused().contains(&"launch-modules"));
    rig.exec.teach_text("node", "v25.0.0\n");
    let other = rig.build().unwrap();
    assert!(other.log.contains(r#"node changed: "v24.0.0" -> "v25.0.0""#), "{}", other.log);
}

#[test]
fn npm_is_expected_where_node_is_also_from_a_neighbour_that_does_not_name_it() {
    let mut rig = npm_app();
    rig.before(Neighbour::new("acme/node", &["node"], Vec::new()));
    let built = rig.build().unwrap();
    assert!(built.layer("node").is_none(), "{}", built.tree());
    assert!(built.ran.iter().any(|line| line.starts_with("npm ci")), "{:?}", built.ran);
}

#[test]
fn a_buildpack_after_us_that_builds_with_node_sees_layer_and_environment() {
    let mut rig = plain_app();
    rig.after(Neighbour::new("acme/bundler", &[], vec![Require::new("node").build()]));
    let built = rig.build().unwrap();
    insta::assert_snapshot!(built.tree());
    let again = rig.build().unwrap();
    assert!(!again.reused().contains(&"node"), "others run it while building, so it must lie there");
    assert!(again.layer("node").unwrap().folder().join("bin/node").is_file());
}

#[test]
fn modules_for_a_later_build_come_with_the_development_ones_and_the_image_without() {
    let mut rig = npm_app();
    rig.after(Neighbour::new(
        "acme/bundler",
        &[],
        vec![Require::new("node_modules").build(), Require::new("node").build()],
    ));
    let built = rig.build().unwrap();
    assert_eq!(commands(&built), ["npm ci", "npm prune"]);
    assert!(built.ran[0].contains("--include=dev"), "{:?}", built.ran);
    let modules = |name: &str| built.layer(name).unwrap().tree().join("\n");
    assert!(modules("build-modules").contains("typescript"));
    assert!(!modules("launch-modules").contains("typescript") && modules("launch-modules").contains("express"));
    let seen = libpack::fs::list(&built.app.join("node_modules")).unwrap();
    assert_eq!(seen, ["express", "typescript"], "while building the link leads to the build's modules");
    assert!(built.helpers().contains(&"module-link".to_owned()));
    let path = built.layer("environment").unwrap().text("env.build/PATH.append").unwrap();
    assert_eq!(rig.normalise(&path), "/layers/build-modules/node_modules/.bin");
    let include = built.layer("environment").unwrap().text("env.build/NPM_CONFIG_INCLUDE.default").unwrap();
    assert_eq!(include, "dev", "a later buildpack's `npm list` tells of the development modules");
    assert!(built.children[1].env.text("NPM_CONFIG_INCLUDE").is_none(), "and our own prune takes them out");
    forget_hop(&built);
}

#[test]
fn who_builds_with_modules_finds_node_and_the_npm_that_was_asked_for() {
    let mut rig = npm_app();
    rig.env("BP_NPM_VERSION", "10.9.0");
    rig.after(Neighbour::new("acme/bundler", &[], vec![Require::new("node_modules").build()]));
    let built = rig.build().unwrap();
    for layer in ["node", "npm"] {
        assert!(built.layer(layer).unwrap().flags.build, "{layer}\n{}", built.tree());
    }
    forget_hop(&built);
}

#[test]
fn an_image_with_node_has_the_npm_that_was_asked_for() {
    let mut rig = rig();
    rig.file("package.json", r#"{"name":"shop","version":"1.0.0"}"#).env("BP_NPM_VERSION", "10.9.0");
    let wishes = ["node", "node_modules"].map(|name| Require::new(name).launch());
    rig.after(Neighbour::new("acme/starter", &[], wishes.into()));
    let built = rig.build().unwrap();
    assert!(built.layer("npm").unwrap().flags.launch, "{}", built.tree());
}

#[test]
fn the_link_leads_to_the_images_modules_when_the_image_starts() {
    let mut rig = npm_app();
    rig.after(Neighbour::new("acme/bundler", &[], vec![Require::new("node_modules").build()]));
    let built = rig.build().unwrap();
    // An image has an empty temporary folder.
    forget_hop(&built);
    rig.start(&built, &[("MEMORY_AVAILABLE", "134217728")]).unwrap();
    let hop = std::fs::read_link(built.app.join("node_modules")).unwrap();
    assert!(std::fs::read_link(&hop).unwrap().ends_with("launch-modules/node_modules"));
    // A restart finds it in place (npm-install#382).
    rig.start(&built, &[("MEMORY_AVAILABLE", "134217728")]).unwrap();
    forget_hop(&built);
}

#[test]
fn when_nothing_but_the_build_wants_modules_the_image_has_none() {
    let mut rig = rig();
    rig.file("package.json", r#"{"name":"site","version":"1.0.0","devDependencies":{"typescript":"5.9.2"}}"#);
    rig.after(Neighbour::new(
        "acme/static",
        &[],
        vec![Require::new("node_modules").build(), Require::new("node").build()],
    ));
    let built = rig.build().unwrap();
    assert!(built.layer("launch-modules").is_none(), "{}", built.tree());
    assert!(!built.layer("node").unwrap().flags.launch);
    assert!(built.layer("build-modules").unwrap().flags.build);
}

#[test]
fn a_java_app_whose_front_end_needs_node_gets_it_for_the_build_alone() {
    let mut rig = rig();
    rig.file("pom.xml", "").file("src/main/java/App.java", "");
    rig.after(Neighbour::new(
        "acme/maven",
        &["jvm-application"],
        vec![Require::new("node").build(), Require::new("jvm-application")],
    ));
    let built = rig.build().unwrap();
    assert_eq!(built.layer("node").unwrap().flags.to_string(), "build");
    assert_eq!(built.launch_text(), "");
    insta::assert_snapshot!(built.tree());
}

#[test]
fn the_front_ends_folder_says_which_node() {
    let mut rig = rig();
    rig.file("pom.xml", "").file("frontend/.nvmrc", "22").env("BP_NODE_PROJECT_PATH", "frontend");
    rig.after(Neighbour::new("acme/maven", &[], vec![Require::new("node").build()]));
    assert_eq!(rig.build().unwrap().layer("node").unwrap().fact("version"), "22.23.2");
}

#[test]
fn no_node_app_and_nobody_who_asks_is_not_for_us() {
    let mut rig = rig();
    assert_eq!(rig.file("main.go", "").build().unwrap_err().id(), "rig/no-group");
}

#[test]
fn a_later_buildpack_may_want_npm_at_launch() {
    let mut rig = plain_app();
    rig.after(Neighbour::new("acme/x", &[], vec![Require::new("node").launch(), Require::new("npm").launch()]));
    let built = rig.build().unwrap();
    assert!(built.layer("node").unwrap().flags.launch);
}

#[test]
fn node_of_the_build_image_gets_our_environment_and_helpers() {
    let mut rig = plain_app();
    let bin = rig.app().join("../image/bin");
    libpack::fs::write(&bin.join("node"), "").unwrap();
    libpack::fs::make_executable(&bin.join("node")).unwrap();
    rig.env("PATH", &bin.to_string_lossy()).before(Neighbour::new("acme/extension", &["node"], Vec::new()));
    let built = rig.build().unwrap();
    assert!(built.log.contains("Node.js is satisfied by the build image or an extension"), "{}", built.log);
    assert_eq!(built.variable("NODE_OPTIONS"), "--use-openssl-ca");
    assert_eq!(built.helpers(), ["ca-certificates-helper", "optimize-memory", "inspector"]);
}

#[test]
fn modules_from_a_buildpack_before_us_are_left_alone() {
    let mut rig = npm_app();
    rig.before(Neighbour::new("acme/modules", &["node_modules"], Vec::new()));
    let built = rig.build().unwrap();
    assert!(built.ran.is_empty(), "{:?}", built.ran);
    assert!(built.layer("launch-modules").is_none());
    assert_eq!(built.command("web"), "node server.js");
}
