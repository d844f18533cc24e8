//! Stories of the Node.js buildpack, told by the rig: detect, build and rebuild in process, with an npm
//! of a few lines and archives of a few files.
#![allow(clippy::disallowed_methods, reason = "tests look into folders and damage files on purpose")]

mod bad_input;
mod bindings;
mod install;
mod neighbours;
mod npm;
mod rebuild;
mod start;
mod versions;
mod workspaces;

use libpack::report::report;
use libpack::testing::{Archive, Built, Rig, Row};
use libpack::world::Outcome;

/// The lines that the tests install from.
const VERSIONS: [(&str, &str); 5] = [
    ("18.20.8", "2025-04-30T00:00:00Z"),
    ("20.20.2", "2026-01-20T00:00:00Z"),
    ("22.23.2", "2027-04-30T00:00:00Z"),
    ("24.18.1", "2028-04-30T00:00:00Z"),
    ("26.5.1", "2029-04-30T00:00:00Z"),
];

/// What a real archive holds, a few bytes of each.
fn node_archive(version: &str) -> Archive {
    let root = format!("node-v{version}-linux-x64");
    let at = |path: &str| format!("{root}/{path}");
    Archive::new()
        .program(&at("bin/node"), version)
        .symlink(&at("bin/npm"), "../lib/node_modules/npm/bin/npm-cli.js")
        .program(&at("lib/node_modules/npm/bin/npm-cli.js"), "npm")
        .file(&at("lib/node_modules/npm/docs/index.md"), "docs")
        .file(&at("include/node/node.h"), "header")
        .file(&at("share/man/man1/node.1"), "manual")
        .file(&at("README.md"), "read me")
}

fn node_row(version: &str, end: &str) -> Row {
    Row::new("node", version)
        .set("name", "Node Engine")
        .set("strip-components", 1)
        .set("deprecation_date", end)
        .set("purl", format!("pkg:generic/node@v{version}"))
}

/// A rig with our buildpack, an empty app, and Node.js to download.
fn rig() -> Rig {
    let mut rig = Rig::new(libpack_node::buildpack(), include_str!("../../buildpack.toml"));
    rig.no_dependencies();
    for (version, end) in VERSIONS {
        rig.offer(node_row(version, end), node_archive(version).zst());
    }
    rig.exec.teach("npm", npm::npm);
    rig.exec.teach("node", |_| Outcome { code: 0, output: "v24.0.0\n".to_owned() });
    rig
}

/// An app that is one file.
fn plain_app() -> Rig {
    let mut rig = rig();
    rig.file("server.js", "require('http')");
    rig
}

const PACKAGE: &str = r#"{"name":"app","version":"1.0.0","scripts":{"start":"node server.js"},
"dependencies":{"express":"5.1.0"},"devDependencies":{"typescript":"5.9.2"}}"#;

/// A lock with one module for the image and one for development. The sums are of nothing.
fn lock(express: &str) -> String {
    let sum = |digit: &str| format!("sha512-{}A==", digit.repeat(85));
    serde_json::json!({"name": "app", "version": "1.0.0", "lockfileVersion": 3, "packages": {
        "": {"name": "app", "version": "1.0.0",
            "dependencies": {"express": express}, "devDependencies": {"typescript": "5.9.2"}},
        "node_modules/express": {"version": express, "integrity": sum("A"),
            "resolved": format!("https://registry.example/express/-/express-{express}.tgz")},
        "node_modules/typescript": {"version": "5.9.2", "dev": true, "integrity": sum("B"),
            "resolved": "https://registry.example/typescript/-/typescript-5.9.2.tgz"},
    }})
    .to_string()
}

/// An app with a manifest, a lock and a start script.
fn npm_app() -> Rig {
    let mut rig = plain_app();
    rig.file("package.json", PACKAGE).file("package-lock.json", &lock("5.1.0"));
    rig
}

/// The manifest of [`npm_app`] with other scripts.
fn with_scripts(scripts: &str) -> String {
    PACKAGE.replace(r#"{"start":"node server.js"}"#, scripts)
}

/// The report of a build that must fail, with the id in front that scripts match.
fn failure(rig: &mut Rig) -> String {
    match rig.build() {
        Ok(built) => panic!("it was built:\n{}", built.log),
        Err(error) => rig.normalise(&report(&error)),
    }
}

/// The commands of npm that ran, without their options.
fn commands(built: &Built) -> Vec<String> {
    let words = |line: &String| line.split(' ').take(2).collect::<Vec<_>>().join(" ");
    built.ran.iter().map(words).collect()
}

/// Holds that a rebuild did nothing that costs time.
fn assert_idle(built: &Built) {
    assert!(built.ran.is_empty(), "{:?}", built.ran);
    assert!(built.fetched.is_empty(), "{:?}", built.fetched);
    assert!(!built.log.contains("Installing"), "{}", built.log);
    for layer in built.layers.iter().filter(|layer| layer.flags.launch && layer.name != "environment") {
        assert!(layer.reused, "{} is not re-used:\n{}", layer.name, built.log);
    }
}
