//! The executable under the name `seed`, as the packager starts it, with a Go that plays its part.
#![allow(clippy::disallowed_methods, reason = "the test starts the executable as the packager does")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Output};

use libpack::checksum::sha256;
use libpack::fs;
use libpack::testing::{Archive, tree};

/// Lists packages, or "compiles" what it is told to.
const GO: &str = r#"#!/bin/sh
set -e
test "$GOTOOLCHAIN$GOENV$GOFLAGS$GODEBUG" = localoffinstallgoroot=all
test -z "$GOPROXY$GOROOT$CGO_ENABLED$GOCACHE"
case "$*" in
'list std') printf 'errors\ninternal/trace\nnet/http\n' ;;
'list -deps errors net/http') printf 'errors\ninternal/poll\nnet/http\n' ;;
'install -buildmode pie -trimpath errors internal/poll net/http')
  mkdir "$(dirname "$0")/../pkg"
  echo '!<arch>' > "$(dirname "$0")/../pkg/errors.a" ;;
*) exit 2 ;;
esac
"#;

/// A packaged folder with a vendored Go of that version, and the real facts beside its row.
fn package(folder: &Path, version: &str) {
    let facts = fs::read_text(&Path::new(env!("CARGO_MANIFEST_DIR")).join("buildpack.toml")).unwrap();
    let archive = Archive::new().program("go/bin/go", GO).zst();
    let sum = sha256(&archive);
    fs::write(&folder.join("dependencies").join(sum.hex()), archive).unwrap();
    let row = format!(
        "\n[[metadata.dependencies]]\nid = \"go\"\nname = \"Go\"\nversion = \"{version}\"\nchecksum = \"{sum}\"\nstrip-components = 1\n"
    );
    fs::write(&folder.join("buildpack.toml"), facts + &row).unwrap();
}

fn seed(arguments: &[&Path]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_libpack-go"));
    // What a publisher may have set.
    command.arg0("seed").args(arguments).envs([("GOPROXY", "off"), ("GOFLAGS", "-race"), ("CGO_ENABLED", "0")]);
    command.output().unwrap()
}

#[test]
fn the_executable_makes_the_seed_of_a_package_and_no_setting_of_the_publisher_reaches_it() {
    let scratch = fs::scratch().unwrap();
    let (folder, out) = (scratch.path().join("package"), scratch.path().join("out"));
    package(&folder, "1.99.1");
    let output = seed(&[&folder, Path::new("go-compiler"), Path::new("1.99.1"), &out]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(tree(&out), ["bin/go*", "pkg/errors.a"]);
}

#[test]
fn a_seed_that_cannot_be_made_ends_with_a_message() {
    let scratch = fs::scratch().unwrap();
    let (folder, out) = (scratch.path().join("package"), scratch.path().join("out"));
    package(&folder, "1.99.1");
    for (id, version, wanted) in
        [("go-module-cache", "1.99.1", "seed/unknown"), ("go-compiler", "1.99.2", "dependency/version-unknown")]
    {
        let output = seed(&[&folder, Path::new(id), Path::new(version), &out]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.code() == Some(1) && said.contains(wanted), "{said}");
    }
    let few = seed(&[&folder]);
    assert!(String::from_utf8_lossy(&few.stdout).contains("seed/arguments"));
}
