use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::json;

use crate::sbom::npm::from_installed;
use crate::sbom::{Component, Sbom, Subject};

#[allow(clippy::disallowed_methods)]
fn put(root: &Path, path: &str, text: &str) {
    let file = root.join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

fn sbom(root: &Path) -> Sbom {
    Sbom::new(Subject::directory("app"), from_installed(root).unwrap())
}

fn purls(sbom: &Sbom) -> Vec<&str> {
    sbom.components().iter().filter_map(Component::package_url).collect()
}

#[test]
fn what_lies_there_is_listed_with_licence_and_checksum() {
    let root = tempfile::tempdir().unwrap();
    let root = root.path();
    put(root, "package.json", r#"{ "dependencies": { "a": "*" } }"#);
    put(root, "node_modules/.bin/a", "");
    put(root, "node_modules/.cache/x/package.json", r#"{ "name": "x", "version": "9" }"#);
    put(
        root,
        "node_modules/a/package.json",
        r#"{ "name": "a", "version": "1.0.0", "license": "MIT", "dependencies": { "@s/b": "*" } }"#,
    );
    put(root, "node_modules/a/dist/package.json", r#"{ "type": "module" }"#);
    put(root, "node_modules/a/node_modules/@s/b/package.json", r#"{ "name": "@s/b", "version": "2.0.0" }"#);
    put(root, "node_modules/@s/b/package.json", r#"{ "name": "@s/b", "version": "3.0.0" }"#);
    put(root, "node_modules/alias/package.json", r#"{ "name": "real", "version": "4.0.0" }"#);
    put(root, "node_modules/broken/package.json", "{");
    let lock = json!({ "packages": {
        "node_modules/a": { "version": "1.0.0", "integrity": "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=" },
        "node_modules/@s/b": { "version": "0.0.1", "integrity": "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=" }
    }});
    put(root, "node_modules/.package-lock.json", &lock.to_string());

    let sbom = sbom(root);
    assert_eq!(
        purls(&sbom),
        ["pkg:npm/%40s/b@2.0.0", "pkg:npm/%40s/b@3.0.0", "pkg:npm/a@1.0.0", "pkg:npm/broken", "pkg:npm/real@4.0.0"]
    );
    let [nested, stale, a, ..] = sbom.components() else { panic!("three at least") };
    assert_eq!(a.depends_on, [nested.id()]);
    assert_eq!(sbom.direct, [a.id()]);
    assert_eq!((a.hashes.len(), stale.hashes.len()), (1, 0));
    assert_eq!(a.licenses[0].text(), "MIT");
    assert_eq!(a.locations, ["node_modules/a/package.json"]);
}

#[test]
fn pnpm_stores_and_workspace_links_are_followed_within_the_application() {
    let root = tempfile::tempdir().unwrap();
    let outside = tempfile::tempdir().unwrap();
    let root = root.path();
    put(outside.path(), "package.json", r#"{ "name": "outside", "version": "7.0.0" }"#);
    put(outside.path(), "node_modules/hidden/package.json", r#"{ "name": "hidden", "version": "8.0.0" }"#);
    let store = "node_modules/.pnpm";
    put(
        root,
        &format!("{store}/a@1.0.0/node_modules/a/package.json"),
        r#"{ "name": "a", "version": "1.0.0", "dependencies": { "b": "*" } }"#,
    );
    put(
        root,
        &format!("{store}/b@2.0.0/node_modules/b/package.json"),
        r#"{ "name": "b", "version": "2.0.0", "dependencies": { "a": "*" } }"#,
    );
    put(root, "packages/own/package.json", r#"{ "name": "own", "version": "3.0.0", "dependencies": { "c": "*" } }"#);
    put(root, "packages/own/node_modules/c/package.json", r#"{ "name": "c", "version": "4.0.0" }"#);
    symlink("../../b@2.0.0/node_modules/b", root.join(format!("{store}/a@1.0.0/node_modules/b"))).unwrap();
    symlink("../../a@1.0.0/node_modules/a", root.join(format!("{store}/b@2.0.0/node_modules/a"))).unwrap();
    symlink(".pnpm/a@1.0.0/node_modules/a", root.join("node_modules/a")).unwrap();
    symlink("../packages/own", root.join("node_modules/own")).unwrap();
    symlink("..", root.join("node_modules/circle")).unwrap();
    symlink("nowhere", root.join("node_modules/dangling")).unwrap();
    symlink(outside.path(), root.join("node_modules/outside")).unwrap();

    let sbom = sbom(root);
    let expected =
        ["pkg:npm/a@1.0.0", "pkg:npm/b@2.0.0", "pkg:npm/c@4.0.0", "pkg:npm/outside@7.0.0", "pkg:npm/own@3.0.0"];
    assert_eq!(purls(&sbom), expected);
    let [a, b, c, _, own] = sbom.components() else { panic!("five") };
    assert_eq!((&a.depends_on, &b.depends_on, &own.depends_on), (&vec![b.id()], &vec![a.id()], &vec![c.id()]));
}

#[test]
fn modules_that_are_a_link_into_a_layer_are_walked() {
    let root = tempfile::tempdir().unwrap();
    let layer = tempfile::tempdir().unwrap();
    put(layer.path(), "node_modules/a/package.json", r#"{ "name": "a", "version": "1.0.0" }"#);
    symlink("a", layer.path().join("node_modules/b")).unwrap();
    symlink(layer.path().join("node_modules"), root.path().join("node_modules")).unwrap();
    assert_eq!(purls(&sbom(root.path())), ["pkg:npm/a@1.0.0"]);
}

#[test]
fn no_modules_are_none() {
    let root = tempfile::tempdir().unwrap();
    assert!(sbom(root.path()).components().is_empty());
}
