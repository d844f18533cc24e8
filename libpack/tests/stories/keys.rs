//! Why a layer is made anew: every reason has a name in the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use libpack::component::{Buildpack, Component, Verdict, must};
use libpack::context::{BuildCx, DetectCx};
use libpack::layer::Flags;
use libpack::plan::Plan;
use libpack::sbom::{Catalog, Sbom, Subject};
use libpack::testing::{Built, Rig};
use libpack::{Result, fs};

use super::{DESCRIPTOR, ID, rig};

fn thing(cx: &BuildCx<'_>) -> Result<()> {
    let flags = Flags { build: cx.setting("BP_BUILD").is_some(), cache: false, launch: true };
    let word = cx.setting("BP_WORD").unwrap_or_default();
    let layer = cx.layer("thing").flags(flags).keyed_by([("word", &*word)]);
    layer
        .create(|layer| {
            layer.describe(Sbom::new(Subject::directory("/thing"), Catalog::default()));
            fs::write(&layer.path().join("x"), "")
        })
        .map(drop)
}

fn reason(built: &Built) -> &str {
    let line = built.log.lines().find_map(|line| line.trim().strip_prefix("Layer thing is made anew: "));
    line.unwrap_or_else(|| panic!("no reason in {}", built.log))
}

#[test]
fn a_changed_value_is_shown_old_and_new() {
    let mut rig = rig(thing);
    rig.build().unwrap();
    let built = rig.env("BP_WORD", "bye").build().unwrap();
    assert_eq!(reason(&built), r#"word changed: "hello" -> "bye""#);
}

#[test]
fn a_flag_that_flips_makes_the_layer_anew_in_both_directions_libpak_138() {
    let mut rig = rig(thing);
    rig.build().unwrap();
    let built = rig.env("BP_BUILD", "true").build().unwrap();
    assert_eq!(reason(&built), r#"flags changed: "launch" -> "build,launch", its content did not come back"#);
    assert!(built.layer("thing").unwrap().flags.build);
    let back = rig.unset("BP_BUILD").build().unwrap();
    // A build layer that is not cached does not come back at all.
    assert!(!back.log.contains("Reusing"), "{}", back.log);
    assert_eq!(rig.build().unwrap().reused(), ["thing"]);
}

#[test]
fn sboms_switched_off_and_on_again_remake_the_layer() {
    let mut rig = rig(thing);
    rig.build().unwrap();
    let off = rig.env("BP_DISABLE_SBOM", "true").build().unwrap();
    assert_eq!(reason(&off), r#"sbom changed: "cdx.json spdx.json" -> "none""#);
    assert!(off.layer("thing").unwrap().sboms.is_empty());
    assert_eq!(rig.build().unwrap().reused(), ["thing"]);
    let on = rig.unset("BP_DISABLE_SBOM").build().unwrap();
    assert_eq!(reason(&on), r#"sbom changed: "none" -> "cdx.json spdx.json""#);
    assert_eq!(on.layer("thing").unwrap().sboms.len(), 2);
}

#[test]
fn another_layers_folder_is_named_without_its_digest() {
    let mut rig = rig(thing);
    rig.build().unwrap();
    let built = rig.layers_folder("elsewhere").build().unwrap();
    assert!(reason(&built).starts_with("layers-folder changed: "), "{}", built.log);
    assert_eq!(rig.build().unwrap().reused(), ["thing"]);
}

#[test]
fn another_target_or_distribution_is_a_reason() {
    let mut rig = rig(thing);
    rig.build().unwrap();
    let built = rig.env("CNB_TARGET_ARCH", "arm64").env("CNB_TARGET_DISTRO_NAME", "debian").build().unwrap();
    assert_eq!(reason(&built), r#"target changed: "linux/amd64 any any" -> "linux/arm64 debian any""#);
}

#[test]
fn another_execution_environment_is_a_reason() {
    let mut rig = rig(thing);
    rig.build().unwrap();
    assert_eq!(rig.env("CNB_EXEC_ENV", "production").build().unwrap().reused(), ["thing"]);
    assert_eq!(reason(&rig.env("CNB_EXEC_ENV", "test").build().unwrap()), "execution-environment is new");
}

/// Like a component of which a later release writes something else.
struct Releases(Arc<AtomicU32>);

impl Component for Releases {
    fn name(&self) -> &'static str {
        "releases"
    }

    fn format(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }

    fn detect(&self, _: &DetectCx<'_>) -> Result<Verdict> {
        Ok(Plan::new().into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        thing(cx)
    }
}

#[test]
fn a_raised_format_makes_layers_anew() {
    let format = Arc::new(AtomicU32::new(1));
    let mut rig = Rig::new(Buildpack::new(ID).group([must(Releases(Arc::clone(&format)))]), DESCRIPTOR);
    rig.build().unwrap();
    assert_eq!(rig.build().unwrap().reused(), ["thing"]);
    format.store(2, Ordering::SeqCst);
    assert_eq!(reason(&rig.build().unwrap()), r#"format changed: "1" -> "2""#);
}

#[test]
fn the_first_build_needs_no_reason_and_debug_tells_it_anyway() {
    let mut rig = rig(thing);
    let built = rig.build().unwrap();
    assert!(!built.log.contains("made"), "{}", built.log);
    let debug = rig.clear_cache().env("BP_LOG_LEVEL", "DEBUG").build().unwrap();
    assert!(debug.log.contains("Layer thing is made: there is no earlier one"), "{}", debug.log);
}
