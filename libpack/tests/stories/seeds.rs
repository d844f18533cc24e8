//! Seeds: what a package prepares from a dependency, so that no build has to.

use libpack::component::Buildpack;
use libpack::context::{Install, SeedCx};
use libpack::layer::{Flags, Key};
use libpack::testing::{Archive, Rig, Row, tree};
use libpack::world::Outcome;
use libpack::{Result, fs};

use super::{DESCRIPTOR, ID, rig as rig_with};

const SEEDS: &str =
    "[[metadata.seeds]]\nid = 'warm'\nfrom = 'tool'\n[[metadata.seeds]]\nid = 'unknown'\nfrom = 'tool'\n";

/// Keeps of the tool what it runs, runs it, and writes down what was there and what it said.
fn warm(cx: &SeedCx<'_>) -> Result<()> {
    let keep = |path: &std::path::Path| !path.starts_with("docs");
    let tool = cx.install(|layer, tool| layer.install(tool, Install { keep: Some(&keep), ..Install::default() }))?;
    fs::write(&cx.out().join("tree"), tree(&cx.toolchain()).join(" "))?;
    let outcome = cx.run(tool.join("bin/tool")).arg("prepare").call()?;
    fs::write(&cx.out().join("said"), outcome.output)
}

fn rig() -> Rig {
    let mut rig = Rig::new(Buildpack::new(ID).seed("warm", warm), &format!("{DESCRIPTOR}{SEEDS}"));
    for version in ["1.0.0", "2.0.0"] {
        let archive = Archive::new().program("tool/bin/tool", version).file("tool/docs/manual", "").zst();
        rig.vendor(Row::new("tool", version).set("name", "Tool").set("strip-components", 1), archive);
    }
    rig.exec.teach_text("tool", "warm");
    rig
}

#[test]
fn a_seed_is_made_from_the_dependency_as_a_build_unpacks_it() {
    let rig = rig();
    let out = rig.app().join("out");
    let log = rig.seed("warm", "1.0.0", &out).unwrap();
    assert_eq!(fs::read_text(&out.join("said")).unwrap(), "warm");
    assert_eq!(fs::read_text(&out.join("tree")).unwrap(), "bin/tool*");
    assert!(log.contains("Installing Tool 1.0.0") && log.contains("bin/tool prepare'"), "{log}");
    assert!(rig.fetch.fetched().is_empty());
}

#[test]
fn nothing_that_a_publisher_has_set_reaches_a_seed_but_the_path() {
    let mut rig = rig();
    rig.env("TOOL_FLAGS", "-fast").env("HOME", "/home/me").env("CNB_TARGET_DISTRO_NAME", "debian");
    rig.exec.teach("tool", |child| {
        let names: Vec<_> = child.env.iter().map(|(name, _)| name.to_string_lossy().into_owned()).collect();
        assert_eq!(names, ["HOME", "PATH", "TMPDIR"]);
        assert_eq!(child.env.text("PATH").unwrap(), "/usr/local/bin:/usr/bin:/bin");
        for place in ["HOME", "TMPDIR"] {
            assert!(std::path::Path::new(child.env.get(place).unwrap()).is_dir(), "{place} is there");
        }
        assert!(std::fs::read_dir(&child.cwd).unwrap().next().is_none(), "it runs in an empty folder");
        Outcome::default()
    });
    rig.seed("warm", "1.0.0", &rig.app().join("out")).unwrap();
    let home = rig.exec.children()[0].env.get("HOME").unwrap().to_owned();
    assert!(!std::path::Path::new(&home).exists(), "scratch vanishes");
}

#[test]
fn a_seed_that_nobody_makes_and_a_version_that_is_not_carried_say_so() {
    let rig = rig();
    let out = rig.app().join("out");
    let error = |id: &str, version: &str| rig.seed(id, version, &out).unwrap_err().id();
    assert_eq!(error("cold", "1.0.0"), "seed/unknown", "neither the descriptor nor the code knows it");
    assert_eq!(error("unknown", "1.0.0"), "seed/unknown", "the descriptor knows it, the code does not");
    assert_eq!(error("warm", "3.0.0"), "dependency/version-unknown");
    assert!(!out.exists());
}

/// A step that takes its tool from a seed and, when `BP_BUILD` is set, runs it.
fn with_carried_tool() -> Rig {
    let mut rig = rig_with(|cx| {
        let Some(folder) = cx.seed("tool", "1.0.0") else {
            cx.label("tool", "none");
            return Ok(());
        };
        let request = cx.layer("tool").flags(Flags::default()).keyed_by(Key::new().with("version", "1.0.0"));
        let tool = request.provide_from(folder, "Tool 1.0.0");
        assert_eq!((tool.fact("version"), tool.reused()), (Some("1.0.0"), false));
        if cx.setting("BP_BUILD").is_some() {
            let again = cx.toolchain("tool").unwrap();
            cx.run("tool").path_first(&tool.ready()?.join("bin")).call()?;
            cx.run("tool").path_first(&again.ready()?.join("bin")).call()?;
        }
        Ok(())
    });
    rig.carry("tool", "1.0.0", &Archive::new().program("bin/tool", "#!/bin/sh\n"));
    rig.exec.teach_text("tool", "");
    rig
}

#[test]
fn a_seed_is_used_where_it_lies() {
    let mut rig = with_carried_tool();
    let built = rig.env("BP_BUILD", "1").build().unwrap();
    let first = built.children[0].env.text("PATH").unwrap().split(':').next().unwrap().to_owned();
    assert_eq!(rig.normalise(&first), "/buildpack/seeds/tool/1.0.0-amd64/bin");
    assert_eq!(built.log.matches("Using Tool 1.0.0 from the buildpack").count(), 1, "{}", built.log);
    assert!(built.layer("tool").is_none() && !rig.layers().join("tool").exists());
    assert_eq!(tree(&rig.buildpack_folder().join("seeds")), ["tool/1.0.0-amd64/bin/tool*"], "it stays as it is");
    let idle = rig.unset("BP_BUILD").build().unwrap();
    assert!(!idle.log.contains("Using Tool"), "{}", idle.log);
}

#[test]
fn a_seed_for_another_architecture_is_none() {
    let built = with_carried_tool().env("CNB_TARGET_ARCH", "arm64").build().unwrap();
    assert_eq!(built.launch.labels()["tool"], "none");
}
