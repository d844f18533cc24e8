//! What an offline package prepares from its dependencies, by the buildpack's own executable.

use libpack::target::go_arch;

use crate::offline::{at, row, tar_gz};
use crate::rig::{DESCRIPTOR, Rig, Server, read_tar, sha256};

/// Under the name `seed` it notes the call and copies what the package holds; it does nothing else.
const EXECUTABLE: &str = r#"#!/usr/bin/env bash
set -e
test "$(basename "$0")" = seed || exit 0
echo "$2 $3" >> "$CALLS"
umask 077
mkdir -p "$4/nested"
ls "$1/dependencies" > "$4/nested/carried"
cat "$1/buildpack.toml" > /dev/null
echo "$2 of $3" > "$4/said"
chmod u+x "$4/said"
"#;

const SEED: &str =
    "\n[[metadata.seeds]]\nid = \"warm\"\nname = \"Warm tool\"\nfrom = \"tool\"\nprograms = [\"cc-of-test\"]\n";

fn here() -> &'static str {
    go_arch(std::env::consts::ARCH)
}

fn elsewhere() -> &'static str {
    if here() == "amd64" { "arm64" } else { "amd64" }
}

/// A buildpack for this machine with a seed, and two rows that are served.
fn rig(server: &Server, executable: &str) -> Rig {
    let archive = tar_gz();
    let source = at(&server.offer("/tool.tgz", &archive), &archive);
    let rows = [row("tool", "1.0.0", here(), &source), row("other", "2.0.0", here(), &source)];
    let descriptor = DESCRIPTOR.replace("amd64", here());
    let rig = Rig::new(&format!("{descriptor}{SEED}{}", rows.concat()));
    rig.file("bin/build", executable, 0o755);
    rig
}

fn package(rig: &Rig) -> assert_cmd::Command {
    let mut command = rig.package();
    let tools = rig.root.path().join("tools");
    let path = format!("{}:{}", tools.display(), std::env::var("PATH").unwrap());
    command.arg("--offline").env("CALLS", rig.root.path().join("calls")).env("PATH", path);
    command
}

fn calls(rig: &Rig) -> usize {
    std::fs::read_to_string(rig.root.path().join("calls")).map_or(0, |calls| calls.lines().count())
}

#[test]
fn an_offline_package_carries_what_its_seed_prepared_once() {
    let server = Server::new();
    let rig = rig(&server, EXECUTABLE);
    package(&rig).assert().success();
    let rows = rig.rows();
    let ids: Vec<_> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["tool", "other", "warm"]);
    let warm = rows[2].as_table().unwrap();
    let text = |key: &str| warm[key].as_str().unwrap();
    assert_eq!((text("name"), text("version"), text("os"), text("arch")), ("Warm tool", "1.0.0", "linux", here()));
    assert!(!warm.contains_key("uri") && warm["stacks"][0].as_str() == Some("*"));

    let digest = text("checksum").strip_prefix("sha256:").unwrap();
    let bytes = std::fs::read(rig.packaged().join("dependencies").join(digest)).unwrap();
    assert_eq!(sha256(&bytes), digest);
    let entries = read_tar(&zstd::decode_all(&bytes[..]).unwrap()[..]);
    let seen: Vec<_> = entries.iter().map(|(head, name, _)| (name.as_str(), head.mode().unwrap())).collect();
    assert_eq!(seen, [("nested", 0o755), ("nested/carried", 0o644), ("said", 0o755)], "whatever the umask was");
    assert_eq!(entries[2].2, b"warm of 1.0.0\n");
    let vendored = rows[0]["vendored-checksum"].as_str().unwrap().replace("sha256:", "");
    assert_eq!(String::from_utf8_lossy(&entries[1].2).trim(), vendored, "what it is made from, and nothing else");

    let first = std::fs::read(rig.out().join("example_bash.cnb")).unwrap();
    package(&rig).assert().success();
    assert!(first == std::fs::read(rig.out().join("example_bash.cnb")).unwrap(), "the same bytes again");
    assert_eq!(calls(&rig), 1, "the cache has it");
    package(&rig).arg("--no-seeds").assert().success();
    assert_eq!(rig.rows().len(), 2);
}

#[test]
fn another_compiler_or_another_format_makes_a_seed_anew() {
    let server = Server::new();
    let rig = rig(&server, EXECUTABLE);
    for (count, version) in [(1, None), (2, Some("12.2")), (2, Some("12.2")), (3, Some("13.1"))] {
        if let Some(version) = version {
            rig.file("../tools/cc-of-test", &format!("#!/bin/sh\necho 'cc {version}'\necho more\n"), 0o755);
        }
        package(&rig).assert().success();
        assert_eq!(calls(&rig), count, "{version:?}");
    }
    let descriptor = std::fs::read_to_string(rig.buildpack().join("buildpack.toml")).unwrap();
    rig.file("buildpack.toml", &descriptor.replace("from = \"tool\"", "from = \"tool\"\nformat = 2"), 0o644);
    package(&rig).assert().success();
    assert_eq!(calls(&rig), 4);
}

#[test]
fn a_package_for_another_architecture_goes_without_and_says_so() {
    let server = Server::new();
    let archive = tar_gz();
    let source = at(&server.offer("/tool.tgz", &archive), &archive);
    let target = format!("\n[[targets]]\nos = \"linux\"\narch = \"{}\"\n", elsewhere());
    let descriptor = DESCRIPTOR.replace("amd64", here());
    let rows = [here(), elsewhere()].map(|arch| row("tool", "1.0.0", arch, &source));
    let rig = Rig::new(&format!("{descriptor}{target}{SEED}{}", rows.concat()));
    rig.file("bin/build", EXECUTABLE, 0o755);
    let said = package(&rig).assert().success().get_output().stderr.clone();
    let said = String::from_utf8(said).unwrap();
    assert!(said.contains(&format!("Warm tool 1.0.0 is left out for linux/{}", elsewhere())), "{said}");
    let carried =
        |arch| std::fs::read_dir(rig.packaged().join("linux").join(arch).join("dependencies")).unwrap().count();
    assert_eq!((carried(here()), carried(elsewhere())), (2, 1));
    assert_eq!(calls(&rig), 1);
}

#[test]
fn a_seed_that_fails_or_leaves_nothing_ends_it_with_what_it_said() {
    let server = Server::new();
    for (executable, said) in [
        ("#!/bin/sh\necho 'no compiler here' >&2\nexit 3\n", "no compiler here"),
        ("#!/bin/sh\nexit 0\n", "left nothing in its folder"),
    ] {
        let rig = rig(&server, executable);
        let output = package(&rig).assert().code(1).get_output().stderr.clone();
        let output = String::from_utf8(output).unwrap();
        assert!(output.contains("error[package/seed-failed]") && output.contains(said), "{output}");
        assert!(output.contains("--no-seeds") && !rig.out().exists(), "{output}");
        assert!(!rig.root.path().join("cache/seeds-1").exists());
    }
    let broken = Rig::new(&format!("{DESCRIPTOR}\n[[metadata.seeds]]\nid = \"warm\"\n"));
    assert!(broken.refused(&["--offline"]).contains("error[descriptor/invalid]"));
}
