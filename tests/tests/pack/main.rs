//! The real pack with a real engine: the images run, and answer over HTTP.
// A test starts programs and has nothing better to do than to panic.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, clippy::expect_used)]

mod go;
mod java;

use end_to_end::files;
use end_to_end::pack::{App, older_builder, package};
use end_to_end::run_image::{OtherRunImage, run_image};
use end_to_end::tools;

const SBOMS: [&str; 6] = [
    "layers/sbom/launch/libpack_node/launch-modules/sbom.cdx.json",
    "layers/sbom/launch/libpack_node/launch-modules/sbom.spdx.json",
    "layers/sbom/launch/libpack_node/launch-modules/sbom.syft.json",
    "layers/sbom/launch/libpack_node/node/sbom.cdx.json",
    "layers/sbom/launch/libpack_node/node/sbom.spdx.json",
    "layers/sbom/launch/libpack_node/node/sbom.syft.json",
];

#[test]
fn an_npm_app_answers_and_a_rebuild_takes_its_layers_over() {
    let app = App::sample("npm", "npm");
    let cold = app.build();
    assert!(cold.contains("Adding layer 'libpack/node:node'"), "{cold}");
    assert!(app.answer().contains("\"sample\":\"npm\""));

    let again = app.build();
    for layer in ["node", "launch-modules", "helper"] {
        assert!(again.contains(&format!("Reusing layer 'libpack/node:{layer}'")), "{layer}: {again}");
    }
    for word in ["Installing", "Running 'npm", "Restoring data for \"libpack/node:node\""] {
        assert!(!again.contains(word), "{word}: {again}");
    }
    let sbom = app.sbom();
    for file in SBOMS {
        assert!(sbom.iter().any(|one| one == file), "{file} is not among {sbom:?}");
    }
    assert!(app.answer().contains("\"sample\":\"npm\""));
}

#[test]
fn on_another_run_image_an_app_answers_and_its_next_build_takes_its_layers_over() {
    let app = App::sample("node-plain", "rebased");
    app.build();
    let before = app.layers();
    let patched = OtherRunImage::with_file("/etc/patched", "a security fix");
    app.rebase(patched.name());
    assert_eq!(app.run(&["cat", "/etc/patched"]), "a security fix");
    assert!(app.answer().contains("\"sample\":\"node-plain\""));
    // Nothing of the app was made again, and the run image's part is the new one.
    let after = app.layers();
    let (below, ours) = after.split_at(patched.layers().len());
    assert_eq!(below, patched.layers());
    assert_eq!(ours, before.split_at(below.len() - 1).1);

    let again = app.build();
    for layer in ["node", "helper", "environment"] {
        assert!(again.contains(&format!("Reusing layer 'libpack/node:{layer}'")), "{layer}: {again}");
    }
    assert!(!again.contains("Installing"), "{again}");
    assert!(app.answer().contains("\"sample\":\"node-plain\""));
    assert_eq!(app.layers(), before, "the builder's own run image is below it again");
}

#[test]
fn a_builder_with_the_lifecycle_of_the_line_before_makes_the_same_app() {
    let app = App::sample("npm", "older-lifecycle").builder(&older_builder());
    let cold = app.build();
    assert!(cold.contains("Adding layer 'libpack/node:node'"), "{cold}");
    assert!(app.answer().contains("\"sample\":\"npm\""));

    let again = app.build();
    for layer in ["node", "launch-modules", "helper"] {
        assert!(again.contains(&format!("Reusing layer 'libpack/node:{layer}'")), "{layer}: {again}");
    }
    assert!(!again.contains("Installing"), "{again}");
    assert!(app.answer().contains("\"sample\":\"npm\""));
    app.rebase(&run_image());
    assert!(app.answer().contains("\"sample\":\"npm\""));
}

#[test]
fn a_buildpack_of_somebody_elses_stands_before_ours_and_after() {
    let out = files::scratch();
    let minimal = package(&tools::workspace().join("libpack/examples/minimal"), out.path());
    let minimal = minimal.to_str().unwrap();

    let before = App::sample("node-plain", "greeting-before").buildpacks(&[minimal, "libpack/node"]);
    before.build();
    assert_eq!(before.run(&["greet"]).trim(), "Hello from nobody");
    assert!(before.answer().contains("\"sample\":\"node-plain\""));

    let after = App::sample("node-plain", "greeting-after").buildpacks(&["libpack/node", minimal]);
    let after = after.env("BP_GREETING_WITH_NODE=true");
    after.build();
    let greeting = after.run(&["greet"]);
    assert!(greeting.starts_with("Hello from v2"), "{greeting}");
    assert!(after.answer().contains("\"sample\":\"node-plain\""));
}

#[test]
fn where_somebody_else_provides_node_we_install_none() {
    let root = files::scratch();
    let theirs = root.path().join("theirs");
    let descriptor = "api = '0.10'\n[buildpack]\nid = 'test/their-node'\nversion = '1.0.0'\n[[targets]]\nos = 'linux'\narch = 'amd64'\n";
    files::write(&theirs.join("buildpack.toml"), descriptor);
    files::write_program(&theirs.join("bin/detect"), "#!/bin/bash\necho '[[provides]]\nname = \"node\"' >\"$2\"\n");
    // A Node.js that is enough to see who starts it.
    let build = r#"#!/bin/bash
mkdir -p "$1/node/bin"
printf '#!/bin/bash\necho "their node ran $*"\n' >"$1/node/bin/node"
chmod +x "$1/node/bin/node"
printf '[types]\nlaunch = true\nbuild = true\n' >"$1/node.toml"
"#;
    files::write_program(&theirs.join("bin/build"), build);
    let app = App::sample("node-plain", "their-node").buildpacks(&[theirs.to_str().unwrap(), "libpack/node"]);
    let log = app.build();
    assert!(!log.contains("Installing") && !log.contains("libpack/node:node'"), "{log}");
    let output = app.output();
    assert!(output.contains("their node ran server.js"), "{output}");
}
