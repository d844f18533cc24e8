//! What an offline package prepares from its dependencies, by the buildpack's own executable.

use libpack::target::go_arch;

use crate::offline::{at, row, tar_gz};
use crate::rig::{DESCRIPTOR, Rig, Server, listing, read_tar};

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
ln -s nested/carried "$4/then"
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
    assert_eq!(ids, ["tool", "other"]);
    let place = format!("seeds/warm/1.0.0-{}", here());
    let seed = listing(&rig.packaged().join(&place));
    let modes: Vec<_> = seed.iter().map(|(name, (mode, _))| (name.as_str(), *mode)).collect();
    let wanted = [("", 0o755), ("nested", 0o755), ("nested/carried", 0o444), ("said", 0o555), ("then", 0o777)];
    assert_eq!(modes, wanted, "whatever the umask was, and not to be changed");
    assert_eq!(seed["said"].1, b"warm of 1.0.0\n");
    assert_eq!(seed["then"].1, b"nested/carried", "a link");
    let vendored = rows[0]["vendored-checksum"].as_str().unwrap().replace("sha256:", "");
    assert_eq!(String::from_utf8_lossy(&seed["nested/carried"].1).trim(), vendored, "of this dependency alone");

    let carried = in_layer(&rig, &place);
    let wanted = [("nested", 0o755), ("nested/carried", 0o444), ("said", 0o555), ("then", 0o777)];
    assert_eq!(carried, wanted.map(|(name, mode)| (name.to_owned(), mode)), "the images hold the same");

    let all = listing(&rig.out());
    std::fs::remove_dir_all(rig.root.path().join("cache/seeds-2")).unwrap();
    for count in [2, 2] {
        package(&rig).assert().success();
        assert!(all == listing(&rig.out()), "the same bytes again, in every form");
        assert_eq!(calls(&rig), count, "the cache has it");
    }
    package(&rig).arg("--no-seeds").assert().success();
    assert!(!rig.packaged().join("seeds").exists() && in_layer(&rig, &place).is_empty());
}

/// Names and modes below a place of the buildpack, as the image has them.
fn in_layer(rig: &Rig, place: &str) -> Vec<(String, u32)> {
    let cnb = read_tar(std::fs::File::open(rig.out().join("example_bash.cnb")).unwrap());
    let layer = &cnb.last().unwrap().2;
    let root = format!("/cnb/buildpacks/example_bash/1.2.3/{place}/");
    let entries = read_tar(flate2::read::GzDecoder::new(&layer[..])).into_iter();
    let below =
        entries.filter_map(|(head, name, _)| Some((name.strip_prefix(&root)?.to_owned(), head.mode().unwrap())));
    below.collect()
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
    let of = |arch: &str| rig.packaged().join("linux").join(arch);
    assert!(of(here()).join("seeds/warm").join(format!("1.0.0-{}", here())).join("said").is_file());
    assert!(!of(elsewhere()).join("seeds").exists());
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
        assert!(!rig.root.path().join("cache/seeds-2").exists());
    }
    let broken = Rig::new(&format!("{DESCRIPTOR}\n[[metadata.seeds]]\nid = \"warm\"\n"));
    assert!(broken.refused(&["--offline"]).contains("error[descriptor/invalid]"));
}
