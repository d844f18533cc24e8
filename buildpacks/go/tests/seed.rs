//! The executable under the name `seed`, as the packager starts it, with a Go that plays its part.
#![allow(clippy::disallowed_methods, reason = "the test starts the executable as the packager does")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Output};

use libpack::checksum::sha256;
use libpack::fs;
use libpack::testing::{Archive, tree};

/// Lists packages, or "compiles" what it is told to: a cache with an entry of each kind.
const GO: &str = r#"#!/bin/sh
set -e
test "$GOTOOLCHAIN$GOENV$GOFLAGS" = localoff && test -z "$GOPROXY$GOROOT$CGO_ENABLED"
if [ "$1" = list ]; then printf 'errors\ninternal/trace\nnet/http\n'; exit; fi
test "$*" = 'build -buildmode pie -trimpath errors net/http'
echo 'This directory holds' > "$GOCACHE/README"
entry() {
  action=$(printf "$1%.0s" $(seq 64)) output=$(printf "$2%.0s" $(seq 64))
  mkdir -p "$GOCACHE/$1$1" "$GOCACHE/$2$2"
  printf 'v1 %s %s %20d %20d\n' "$action" "$output" 8 "$(date +%s%N)" > "$GOCACHE/$1$1/$action-a"
  printf "$3" > "$GOCACHE/$2$2/$output-d"
}
entry a b '!<arch>\n'
entry c d "go index v2\n$PWD"
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
    let output = seed(&[&folder, Path::new("go-build-cache"), Path::new("1.99.1"), &out]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let [action, compiled] = ["a", "b"].map(|digit| digit.repeat(64));
    assert_eq!(tree(&out), [format!("aa/{action}-a"), format!("bb/{compiled}-d")]);
}

#[test]
fn a_seed_that_cannot_be_made_ends_with_a_message() {
    let scratch = fs::scratch().unwrap();
    let (folder, out) = (scratch.path().join("package"), scratch.path().join("out"));
    package(&folder, "1.99.1");
    for (id, version, wanted) in
        [("go-module-cache", "1.99.1", "seed/unknown"), ("go-build-cache", "1.99.2", "dependency/version-unknown")]
    {
        let output = seed(&[&folder, Path::new(id), Path::new(version), &out]);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.code() == Some(1) && said.contains(wanted), "{said}");
    }
    let few = seed(&[&folder]);
    assert!(String::from_utf8_lossy(&few.stdout).contains("seed/arguments"));
}
