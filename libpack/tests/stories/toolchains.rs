//! Toolchains: there when a step runs them, never a byte more.

use libpack::context::{BuildCx, Install, Toolchain};
use libpack::layer::Flags;
use libpack::plan::Choice;
use libpack::testing::{Archive, Rig, Row};
use libpack::world::Outcome;
use libpack::{Error, Result};

use super::rig;

fn toolchain(cx: &BuildCx<'_>, flags: Flags) -> Result<Toolchain> {
    let wanted = cx.resolve("tool", &Choice { chosen: None, candidates: Vec::new() })?;
    let layer = cx.layer("tool").flags(flags).keyed_by(wanted.key());
    layer.provide(move |layer| layer.install(&wanted, Install::default()))
}

fn archive() -> Vec<u8> {
    Archive::new().program("tool-1/bin/tool", "#!/bin/sh\n").file("tool-1/lib/x", "x").zst()
}

fn row() -> Row {
    Row::new("tool", "1.0.0").set("name", "Tool").set("strip-components", 1)
}

/// A step that runs the tool when `BP_BUILD` is set; the tool tells whether it was there.
fn tools(flags: Flags) -> Rig {
    let mut rig = rig(move |cx| {
        let tool = toolchain(cx, flags)?;
        assert_eq!(tool.fact("version"), Some("1.0.0"));
        if cx.setting("BP_BUILD").is_some() {
            let outcome = cx.run("tool").path_first(&tool.ready()?.join("bin")).call()?;
            cx.label("said", outcome.output.trim());
        }
        Ok(())
    });
    rig.no_dependencies().offer(row(), archive());
    rig.exec.teach("tool", |child| {
        let path = child.env.text("PATH").unwrap_or_default();
        let first = std::path::PathBuf::from(path.split(':').next().unwrap_or_default());
        let output = if first.join("tool").is_file() { "there" } else { "missing" };
        Outcome { code: 0, output: output.to_owned() }
    });
    rig
}

#[test]
fn a_toolchain_of_the_image_is_made_once_and_serves_the_steps_of_that_build() {
    let mut rig = tools(Flags::LAUNCH);
    let built = rig.env("BP_BUILD", "1").build().unwrap();
    assert_eq!(built.launch.labels()["said"], "there");
    assert_eq!(built.fetched, ["https://downloads.example/tool-1.0.0"]);
    assert_eq!(built.log.matches("Installing Tool 1.0.0").count(), 1);
    assert_eq!(built.layer("tool").unwrap().tree(), ["bin/tool*", "lib/x"]);
}

#[test]
fn an_unchanged_rebuild_neither_fetches_nor_unpacks_it() {
    let mut rig = tools(Flags::LAUNCH);
    rig.build().unwrap();
    let again = rig.build().unwrap();
    assert_eq!(again.reused(), ["tool"]);
    assert!(again.fetched.is_empty());
    assert!(!again.log.contains("Installing"), "{}", again.log);
}

#[test]
fn a_toolchain_reused_by_metadata_is_unpacked_when_a_step_needs_it_and_gone_before_the_end() {
    let mut rig = tools(Flags::LAUNCH);
    rig.build().unwrap();
    let again = rig.env("BP_BUILD", "1").build().unwrap();
    assert_eq!(again.launch.labels()["said"], "there");
    assert!(again.fetched.is_empty(), "its archive came back: {:?}", again.fetched);
    assert_eq!(again.reused(), ["tool"], "the lifecycle would tar a folder that is left");
    assert!(!rig.layers().join("tool").exists());
    assert_eq!(rig.build().unwrap().reused(), ["tool"]);
}

#[test]
fn a_toolchain_for_the_build_alone_exists_only_while_a_step_runs_it() {
    let mut rig = tools(Flags::default());
    let unused = rig.build().unwrap();
    assert!(unused.fetched.is_empty() && unused.layers.is_empty());
    let used = rig.env("BP_BUILD", "1").build().unwrap();
    assert_eq!(used.launch.labels()["said"], "there");
    assert_eq!(used.layers.iter().map(|layer| layer.name.as_str()).collect::<Vec<_>>(), ["downloads"]);
    assert!(!rig.layers().join("tool").exists());
}

#[test]
fn a_toolchain_that_another_buildpack_sees_is_whole_at_every_build() {
    let flags = Flags { build: true, cache: false, launch: false };
    let mut rig = tools(flags);
    for _ in 0..2 {
        let built = rig.build().unwrap();
        assert_eq!(built.layer("tool").unwrap().tree(), ["bin/tool*", "lib/x"]);
    }
}

#[test]
fn a_vendored_toolchain_is_never_downloaded() {
    let mut rig = tools(Flags::LAUNCH);
    rig.no_dependencies().vendor(row(), archive());
    let built = rig.build().unwrap();
    assert!(built.fetched.is_empty());
    assert!(built.log.contains("Reusing cached download from buildpack"), "{}", built.log);
}

#[test]
fn gzip_and_bare_tar_are_known_by_their_first_bytes() {
    let archive = Archive::new().program("bin/tool", "").symlink("bin/t", "tool");
    for bytes in [archive.gz(), archive.tar(), archive.zst()] {
        let mut rig = tools(Flags::LAUNCH);
        rig.no_dependencies().offer(Row::new("tool", "1.0.0"), bytes);
        assert_eq!(rig.build().unwrap().layer("tool").unwrap().tree(), ["bin/t -> tool", "bin/tool*"]);
    }
}

#[test]
fn a_recipe_that_fails_ends_the_build_with_its_own_error() {
    let mut rig = rig(|cx| {
        let tool = cx.layer("tool").flags(Flags::LAUNCH);
        tool.provide(|_| Err(Error::user("acme/recipe", "it burned"))).map(drop)
    });
    assert_eq!(rig.build().unwrap_err().id(), "acme/recipe");
    let mut late = super::rig(|cx| {
        let tool = cx.layer("tool").provide(|_| Err(Error::user("acme/recipe", "it burned")))?;
        tool.ready().map(drop)
    });
    assert_eq!(late.build().unwrap_err().id(), "acme/recipe");
}

#[test]
fn a_toolchain_that_is_a_go_module_has_its_go_mod_back() {
    let archive = Archive::new()
        .program("example.org/tool@v1/bin/tool", "#!/bin/sh\n")
        .file("example.org/tool@v1/src/_go.mod", "module std\n")
        .symlink("example.org/tool@v1/bin/alias", "tool");
    let mut rig = tools(Flags::LAUNCH);
    let row = row().set("strip-components", 2).set("layout", "go-module");
    rig.no_dependencies().offer(row, archive.zip());
    let built = rig.env("BP_BUILD", "1").build().unwrap();
    assert_eq!(built.launch.labels()["said"], "there");
    assert_eq!(built.layer("tool").unwrap().tree(), ["bin/alias -> tool", "bin/tool*", "src/go.mod"]);
}

#[test]
fn a_layout_that_nobody_knows_ends_the_build_with_the_words_that_are_known() {
    let mut rig = tools(Flags::LAUNCH);
    rig.no_dependencies().offer(row().set("layout", "go-modul"), archive());
    let error = rig.build().unwrap_err();
    assert_eq!(error.id(), "dependency/layout");
    assert!(error.next_step().unwrap().contains("go-module"));
}

#[test]
fn what_is_only_known_once_a_layer_is_made_is_a_variable_for_as_long_as_it_lasts() {
    let mut rig = rig(|cx| {
        cx.layer("jvm").keyed_by([("version", "21")]).provide(|layer| {
            let counted = layer.run("count").env_remove("BP_NOISE").quiet().call()?;
            layer.default_at_launch("CLASSES", counted.output.trim())
        })?;
        Ok(())
    });
    rig.env("BP_NOISE", "loud");
    rig.exec.teach("count", |child| {
        assert!(child.cwd.ends_with("layers/jvm") && child.env.get("BP_NOISE").is_none());
        Outcome { code: 0, output: "27045\n".to_owned() }
    });
    assert_eq!(rig.build().unwrap().variable("CLASSES"), "27045");
    let again = rig.build().unwrap();
    assert_eq!(again.reused(), ["jvm"]);
    assert!(again.ran.is_empty());
    assert_eq!(again.variable("CLASSES"), "27045");
    assert_eq!(again.environment(&[("CLASSES", "1")]).text("CLASSES").as_deref(), Some("1"), "the user's wins");
}
