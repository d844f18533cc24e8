use indoc::indoc;
use serde_json::json;

use crate::sbom::npm::{Scope, from_lock};
use crate::sbom::{Catalog, Component, ComponentId, Sbom, Subject};
use crate::target::Target;

fn target() -> Target {
    Target { os: "linux".into(), arch: "amd64".into(), variant: None, distro_name: None, distro_version: None }
}

fn catalog(lock: &str, scope: Scope) -> Catalog {
    from_lock(lock, "package-lock.json", scope, &target()).unwrap()
}

fn sbom(lock: &str, scope: Scope) -> Sbom {
    Sbom::new(Subject::directory("app"), catalog(lock, scope))
}

fn purls(sbom: &Sbom) -> Vec<&str> {
    sbom.components().iter().filter_map(Component::package_url).collect()
}

/// `from -> to` for every edge, the application being `.`.
fn edges(sbom: &Sbom) -> Vec<String> {
    let label = |id: &ComponentId| {
        let component = sbom.components.iter().find(|component| component.id() == *id).unwrap();
        format!("{}@{}", component.name, component.version)
    };
    let direct = sbom.direct.iter().map(|id| format!(". -> {}", label(id)));
    let others = sbom.components.iter().flat_map(|component| {
        component.depends_on.iter().map(move |id| format!("{} -> {}", label(&component.id()), label(id)))
    });
    let mut edges: Vec<String> = direct.chain(others).collect();
    edges.sort();
    edges
}

const VERSION_3: &str = indoc! {r#"{
    "name": "app", "version": "1.0.0", "lockfileVersion": 3, "requires": true,
    "packages": {
        "": {
            "name": "app",
            "dependencies": { "@scope/web": "^1.0.0", "left": "1.x" },
            "devDependencies": { "tester": "^2.0.0" }
        },
        "node_modules/@scope/web": {
            "version": "1.2.0", "license": "MIT",
            "resolved": "https://registry.example/@scope/web/-/web-1.2.0.tgz",
            "integrity": "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=",
            "dependencies": { "left": "^2.0.0" }
        },
        "node_modules/@scope/web/node_modules/left": { "version": "2.0.0", "dependencies": { "shared": "*" } },
        "node_modules/left": { "version": "1.1.0", "peerDependencies": { "shared": "*" } },
        "node_modules/shared": { "version": "0.1.0", "devOptional": true },
        "node_modules/fast": { "version": "0.2.0", "optional": true },
        "node_modules/tester": { "version": "2.0.0", "dev": true, "dependencies": { "left": "1" } }
    }
}"#};

#[test]
fn dependencies_resolve_as_node_resolves_them() {
    let expected = [
        ". -> @scope/web@1.2.0",
        ". -> left@1.1.0",
        ". -> tester@2.0.0",
        "@scope/web@1.2.0 -> left@2.0.0",
        "left@1.1.0 -> shared@0.1.0",
        "left@2.0.0 -> shared@0.1.0",
        "tester@2.0.0 -> left@1.1.0",
    ];
    assert_eq!(edges(&sbom(VERSION_3, Scope::All)), expected);
}

/// Lock SBOM lists dev deps at launch.
#[test]
fn the_launch_scope_has_no_development_packages() {
    let sbom = sbom(VERSION_3, Scope::Production);
    let expected = [
        "pkg:npm/%40scope/web@1.2.0",
        "pkg:npm/fast@0.2.0",
        "pkg:npm/left@1.1.0",
        "pkg:npm/left@2.0.0",
        "pkg:npm/shared@0.1.0",
    ];
    assert_eq!(purls(&sbom), expected);
    assert!(!edges(&sbom).iter().any(|edge| edge.contains("tester")));
}

/// anchore/grype#2554: scoped names were lost.
#[test]
fn a_scoped_name_is_whole_in_name_and_purl_grype_2554() {
    let catalog = catalog(VERSION_3, Scope::All);
    let web = catalog.components.iter().find(|component| component.name() == "@scope/web").unwrap();
    assert_eq!(web.package_url(), Some("pkg:npm/%40scope/web@1.2.0"));
    assert_eq!(web.hashes[0].hex(), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    assert_eq!(web.licenses[0].text(), "MIT");
}

#[test]
fn workspaces_are_listed_once_and_find_modules_above() {
    let lock = json!({ "lockfileVersion": 3, "packages": {
        "": { "workspaces": ["packages/*"] },
        "node_modules/@own/one": { "resolved": "packages/one", "link": true },
        "node_modules/two": { "resolved": "packages/two", "link": true },
        "node_modules/tools": { "resolved": "tools", "link": true, "dev": true },
        "node_modules/left": { "version": "1.0.0" },
        "packages/one": { "name": "@own/one", "version": "3.0.0", "dependencies": { "two": "*", "left": "*" } },
        "packages/one/node_modules/left": { "version": "2.0.0" },
        "packages/two": { "version": "4.0.0", "dependencies": { "left": "*" } },
        "tools": { "version": "5.0.0" }
    }});
    let sbom = sbom(&lock.to_string(), Scope::Production);
    let expected = ["pkg:npm/%40own/one@3.0.0", "pkg:npm/left@1.0.0", "pkg:npm/left@2.0.0", "pkg:npm/two@4.0.0"];
    assert_eq!(purls(&sbom), expected);
    assert_eq!(
        edges(&sbom),
        ["@own/one@3.0.0 -> left@2.0.0", "@own/one@3.0.0 -> two@4.0.0", "two@4.0.0 -> left@1.0.0"]
    );
}

#[test]
fn aliases_git_and_url_packages_say_what_they_are() {
    let lock = json!({ "lockfileVersion": 2, "dependencies": { "ignored": { "version": "1.0.0" } }, "packages": {
        "": { "dependencies": {
            "short": "npm:@real/name@^1.0.0", "fork": "github:me/fork",
            "ball": "https://user:token@example.com/ball.tgz?sig=secret", "near": "file:near.tgz"
        }},
        "node_modules/short": {
            "name": "@real/name", "version": "1.5.0",
            "resolved": "https://registry.example/@real/name/-/name-1.5.0.tgz"
        },
        "node_modules/fork": { "version": "2.0.0", "resolved": "git+ssh://git@example.com/me/fork.git#0a1b2c" },
        "node_modules/ball": {
            "version": "3.0.0", "resolved": "https://user:token@example.com/ball.tgz?sig=secret"
        },
        "node_modules/near": { "version": "4.0.0", "resolved": "file:near.tgz" }
    }});
    assert_eq!(
        purls(&sbom(&lock.to_string(), Scope::Production)),
        [
            "pkg:npm/%40real/name@1.5.0",
            "pkg:npm/ball@3.0.0?download_url=https://example.com/ball.tgz",
            "pkg:npm/fork@2.0.0?vcs_url=git%2Bssh://git%40example.com/me/fork.git%400a1b2c",
            "pkg:npm/near@4.0.0",
        ]
    );
}

#[test]
fn version_1_is_read_with_its_nesting() {
    let lock = json!({ "lockfileVersion": 1, "dependencies": {
        "a": {
            "version": "1.0.0", "requires": { "b": "^2.0.0" },
            "dependencies": { "b": { "version": "2.0.0", "bundled": true } }
        },
        "b": { "version": "1.0.0", "dev": true },
        "alias": { "version": "npm:@real/name@1.5.0" },
        "fork": { "version": "git+https://example.com/me/fork.git#0a1b2c", "from": "fork@me/fork" },
        "ball": { "version": "https://example.com/ball.tgz" },
        "near": { "version": "file:near" }
    }});
    let sbom = sbom(&lock.to_string(), Scope::Production);
    assert_eq!(
        purls(&sbom),
        [
            "pkg:npm/%40real/name@1.5.0",
            "pkg:npm/a@1.0.0",
            "pkg:npm/b@2.0.0",
            "pkg:npm/ball?download_url=https://example.com/ball.tgz",
            "pkg:npm/fork?vcs_url=git%2Bhttps://example.com/me/fork.git%400a1b2c",
            "pkg:npm/near",
        ]
    );
    let expected =
        [". -> @real/name@1.5.0", ". -> a@1.0.0", ". -> ball@", ". -> fork@", ". -> near@", "a@1.0.0 -> b@2.0.0"];
    assert_eq!(edges(&sbom), expected);
}

#[test]
fn one_package_at_two_places_is_one_component() {
    let lock = json!({ "lockfileVersion": 3, "packages": {
        "node_modules/a": { "version": "1.0.0" },
        "node_modules/a/node_modules/x": { "version": "1.0.0", "dependencies": { "a": "*" } },
        "node_modules/b/node_modules/x": { "version": "1.0.0", "license": { "type": "ISC" } }
    }});
    let sbom = sbom(&lock.to_string(), Scope::All);
    assert_eq!(purls(&sbom), ["pkg:npm/a@1.0.0", "pkg:npm/x@1.0.0"]);
    assert_eq!(sbom.components()[1].licenses[0].text(), "ISC");
}

#[test]
fn an_application_without_dependencies_has_an_empty_catalog() {
    for lock in [r#"{ "name": "app", "lockfileVersion": 1 }"#, "\u{feff}{ \"packages\": {} }"] {
        assert_eq!(catalog(lock, Scope::All), Catalog::default());
    }
}

#[test]
fn odd_input_ends_in_an_error_with_a_next_step() {
    let deep = format!("{}{}", r#"{"dependencies":{"a":"#.repeat(3000), "}}".repeat(3000));
    let cases = [
        "",
        "[]",
        "{}",
        "<<<<<<< HEAD",
        r#"{ "packages": [] }"#,
        r#"{ "packages": { "node_modules/a": 1 } }"#,
        r#"{ "packages": { "node_modules/": {} } }"#,
        r#"{ "packages": { "node_modules/a": { "link": true } } }"#,
        r#"{ "dependencies": { "": {} } }"#,
        r#"{ "dependencies": { "a": { "dependencies": 1 } } }"#,
        &deep,
    ];
    for lock in cases {
        let error = from_lock(lock, "package-lock.json", Scope::All, &target()).unwrap_err();
        assert_eq!(error.id(), "sbom/lock-invalid", "{lock:.60}");
        assert!(error.message().starts_with("package-lock.json is not a lockfile that npm wrote"));
        assert!(error.next_step().is_some());
    }
}

#[test]
fn odd_fields_are_taken_for_missing() {
    let lock = json!({ "lockfileVersion": 3, "packages": {
        "node_modules/a": {
            "version": 3, "license": [{ "type": "MIT" }, "ISC", 4, null], "integrity": 5, "resolved": {},
            "dependencies": ["b"], "peerDependencies": { "gone": null }, "dev": "yes"
        },
        "node_modules/loop": { "link": true, "resolved": "node_modules/pool" },
        "node_modules/pool": { "link": true, "resolved": "node_modules/loop" },
        "": { "dependencies": { "loop": "*", "a": "*", "../../etc": "*" } }
    }});
    let sbom = sbom(&lock.to_string(), Scope::Production);
    assert_eq!(purls(&sbom), ["pkg:npm/a"]);
    assert_eq!(edges(&sbom), [". -> a@"]);
}

#[test]
fn ten_thousand_packages_are_read_in_one_go() {
    let packages: serde_json::Map<_, _> = (0..10_000)
        .map(|at| {
            let entry = json!({ "version": "1.0.0", "dependencies": { format!("p{}", (at + 1) % 10_000): "*" } });
            (format!("node_modules/p{at}"), entry)
        })
        .collect();
    let sbom = sbom(&json!({ "packages": packages }).to_string(), Scope::All);
    assert_eq!(sbom.components().len(), 10_000);
    assert!(sbom.components().iter().all(|component| component.depends_on.len() == 1));
}

#[test]
fn optional_packages_for_other_systems_are_left_out_as_npm_leaves_them_out() {
    let entry = |os: &[&str], cpu: &[&str], optional: bool| json!({ "version": "1.0.0", "os": os, "cpu": cpu, "optional": optional });
    let lock = json!({ "lockfileVersion": 3, "packages": {
        "node_modules/anywhere": entry(&[], &[], true),
        "node_modules/any": entry(&["any"], &["any"], true),
        "node_modules/linux-x64": entry(&["linux"], &["x64"], true),
        "node_modules/linux-arm64": entry(&["linux"], &["arm64"], true),
        "node_modules/darwin": entry(&["darwin"], &[], true),
        "node_modules/not-win32": entry(&["!win32"], &[], true),
        "node_modules/not-linux": entry(&["!linux"], &[], true),
        "node_modules/required-darwin": entry(&["darwin"], &[], false)
    }});
    let expected = ["any", "anywhere", "linux-x64", "not-win32", "required-darwin"];
    let sbom = sbom(&lock.to_string(), Scope::Production);
    let names: Vec<&str> = sbom.components().iter().map(Component::name).collect();
    assert_eq!(names, expected);
}
