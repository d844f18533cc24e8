//! Workspaces and other linked packages: the links hold, also after a rebuild.

use libpack::testing::{Built, Rig};

use super::{assert_idle, commands, rig};

const PACKAGE: &str =
    r#"{"name":"app","version":"1.0.0","workspaces":["packages/*"],"scripts":{"start":"node server.js"}}"#;

fn lock(nested: bool) -> String {
    let mut lock = serde_json::json!({"lockfileVersion": 3, "packages": {
        "": {"name": "app", "version": "1.0.0", "workspaces": ["packages/*"]},
        "node_modules/@acme/a": {"resolved": "packages/a", "link": true},
        "node_modules/left": {"version": "1.0.0", "integrity": format!("sha512-{}==", "A".repeat(86)),
            "resolved": "https://registry.example/left/-/left-1.0.0.tgz"},
        "packages/a": {"name": "@acme/a", "version": "1.0.0"},
    }});
    if nested {
        lock["packages"]["packages/a/node_modules/left"] = serde_json::json!({"version": "2.0.0",
            "resolved": "https://registry.example/left/-/left-2.0.0.tgz"});
    }
    lock.to_string()
}

fn workspace(nested: bool) -> Rig {
    let mut rig = rig();
    rig.file("package.json", PACKAGE).file("package-lock.json", &lock(nested)).file("server.js", "");
    rig.file("packages/a/package.json", r#"{"name":"@acme/a","version":"1.0.0"}"#).file("packages/a/index.js", "a");
    rig
}

/// What `require("<path>")` in the app would read, through all links of the built image.
fn read(rig: &Rig, built: &Built, path: &str) -> Option<String> {
    // The image's layers lie where the lifecycle would have put them.
    for layer in built.layers.iter().filter(|layer| layer.flags.launch) {
        let place = rig.layers().join(&layer.name);
        if !place.exists() {
            let _ = libpack::fs::copy_tree(layer.folder(), &place, &|_, _| None);
        }
    }
    std::fs::read_to_string(built.app.join(path)).ok()
}

#[test]
fn a_workspace_is_found_through_the_modules_and_after_a_rebuild_npm_install_765() {
    let mut rig = workspace(false);
    let first = rig.build().unwrap();
    assert!(first.children[0].cwd.ends_with("workspace"));
    insta::assert_snapshot!("workspace_layers", first.layer("launch-modules").unwrap().tree().join("\n"));
    insta::assert_snapshot!("workspace_app", first.app_tree());
    assert_eq!(read(&rig, &first, "node_modules/@acme/a/index.js").as_deref(), Some("a"));
    let again = rig.build().unwrap();
    assert_idle(&again);
    assert_eq!(again.app_tree(), first.app_tree());
    assert_eq!(read(&rig, &again, "node_modules/@acme/a/index.js").as_deref(), Some("a"));
    let edited = rig.file("packages/a/index.js", "edited").build().unwrap();
    assert_idle(&edited);
    assert_eq!(read(&rig, &edited, "node_modules/@acme/a/index.js").as_deref(), Some("edited"));
}

#[test]
fn a_workspaces_own_modules_lie_in_the_layer_too() {
    let mut rig = workspace(true);
    let first = rig.build().unwrap();
    for built in [first, rig.build().unwrap()] {
        assert_eq!(read(&rig, &built, "packages/a/node_modules/left/index.js").as_deref(), Some("2.0.0"));
        assert_eq!(read(&rig, &built, "node_modules/left/index.js").as_deref(), Some("1.0.0"));
    }
}

#[test]
fn a_linked_package_that_is_not_in_the_app_is_left_out_with_a_warning_npm_install_712() {
    let mut rig = workspace(false);
    let built = rig.remove("packages/a").build().unwrap();
    let warning = "WARNING: node_modules/@acme/a links to packages/a, which is not in the app (npm-install#712)";
    assert!(built.log.contains(warning), "{}", built.log);
    assert!(read(&rig, &built, "node_modules/left/index.js").is_some());
}

#[test]
fn a_workspaces_manifest_shapes_the_modules() {
    let mut rig = workspace(false);
    rig.build().unwrap();
    rig.file("packages/a/package.json", r#"{"name":"@acme/a","version":"1.0.1"}"#);
    assert_eq!(commands(&rig.build().unwrap()), ["npm ci"]);
}

#[test]
fn a_workspaces_install_script_is_replayed() {
    let mut rig = workspace(false);
    rig.file("packages/a/package.json", r#"{"name":"@acme/a","version":"1.0.0","scripts":{"prepare":"tsc"}}"#);
    // npm runs the scripts of workspaces in their folders.
    rig.exec.teach("npm", |child| {
        let outcome = super::npm::npm(child);
        libpack::fs::write(&child.cwd.join("packages/a/dist/index.js"), "compiled").unwrap();
        outcome
    });
    rig.build().unwrap();
    let again = rig.build().unwrap();
    assert_idle(&again);
    assert_eq!(std::fs::read_to_string(again.app.join("packages/a/dist/index.js")).unwrap(), "compiled");
}

#[test]
fn nested_modules_cannot_also_serve_a_later_buildpack() {
    let mut rig = workspace(true);
    let wants = libpack::plan::Require::new("node_modules").build();
    rig.after(libpack::testing::Neighbour::new("acme/bundler", &[], vec![wants]));
    insta::assert_snapshot!(super::failure(&mut rig));
}
