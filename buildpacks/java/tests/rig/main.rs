//! Stories of the Java buildpack, told by the rig: detect, build and rebuild in process, with tools of a few lines and
//! archives of a few files.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail like tests")]
#![allow(clippy::disallowed_methods, reason = "tests look into folders and damage files on purpose")]

mod application;
mod build;
mod dist_zip;
mod gradle;
mod jvm;
mod launch;
mod spring_boot;
mod tomcat;

use std::path::Path;

use libpack::testing::{Archive, Built, Rig};

use jvm::rig;

/// A rig with our buildpack, an empty app, and a container that trusts nobody.
fn bare() -> Rig {
    let mut rig = Rig::new(libpack_java::buildpack(), include_str!("../../buildpack.toml"));
    rig.no_dependencies();
    // Otherwise keys and logs would be of the machine that runs the tests.
    rig.env("SSL_CERT_FILE", "/no/certificates");
    rig
}

/// A JAR with a manifest of these lines, and further files.
fn jar(manifest: &str, files: &[(&str, &str)]) -> Vec<u8> {
    let manifest = format!("Manifest-Version: 1.0\n{manifest}");
    let archive = Archive::new().file("META-INF/MANIFEST.MF", manifest);
    files.iter().fold(archive, |archive, (path, content)| archive.file(path, content)).zip()
}

/// Puts a file of bytes into the app.
fn put(rig: &Rig, path: &str, content: impl AsRef<[u8]>) {
    libpack::fs::write(&rig.app().join(path), content).unwrap();
}

/// The app folder as the image gets it, with its links.
fn app(built: &Built) -> Vec<String> {
    libpack::testing::tree(&built.app)
}

/// The layers that hold the application.
fn parts(built: &Built) -> String {
    let others = ["jre", "helper", "java-security-properties", "environment", "downloads"];
    let ours = built.layers.iter().filter(|layer| !others.contains(&layer.name.as_str()));
    let lines = ours.flat_map(|layer| {
        let title = format!("{} [{}]", layer.name, layer.flags);
        std::iter::once(title).chain(layer.tree().into_iter().map(|line| format!("  {line}")))
    });
    lines.map(|line| line + "\n").collect()
}

/// A build that ran nothing, fetched nothing, and made no layer of the application.
fn assert_idle(built: &Built) {
    assert!(built.ran.is_empty(), "{:?}", built.ran);
    assert!(built.fetched.is_empty(), "{:?}", built.fetched);
    for layer in built.layers.iter().filter(|layer| layer.flags.launch && !layer.name.starts_with("environment")) {
        assert!(layer.reused, "{} was made again: {}", layer.name, built.log);
    }
}

/// What a path of the app folder holds in the image, followed through all links.
fn read(built: &Built, path: &str) -> String {
    let target = std::fs::read_link(built.app.join(Path::new(path).components().next().unwrap())).unwrap();
    let mut place = built.app.join(&target);
    // The rig keeps a layer of the image elsewhere.
    for layer in &built.layers {
        let name = format!("/layers/{}", layer.name);
        let text = libpack::fs::normal(&place).display().to_string();
        if let Some((_, below)) = text.split_once(&name) {
            place = layer.folder().join(below.trim_start_matches('/'));
            break;
        }
    }
    let rest: std::path::PathBuf = Path::new(path).components().skip(1).collect();
    let file = if rest.as_os_str().is_empty() { place } else { place.join(rest) };
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}
