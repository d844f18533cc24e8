//! What a step writes into the app folder comes back, or the step runs again.

use libpack::context::BuildCx;
use libpack::testing::Rig;
use libpack::{Result, fs};

use super::rig;

/// A step that fills a layer and, as `BP_BUILD` says, writes into the app.
fn install(cx: &BuildCx<'_>) -> Result<()> {
    let modules = cx.app().join("modules");
    let output = cx.app_output("install", &[&modules]);
    let layer = cx.layer("modules").keyed_by([("word", &*cx.setting("BP_WORD").unwrap_or_default())]);
    let layer = layer.replaying(&output).create(|layer| {
        output.record(|| {
            fs::write(&modules.join("own"), "")?;
            if cx.setting("BP_BUILD").is_some() {
                fs::write(&cx.app().join("dist/app.js"), cx.setting("BP_WORD").unwrap_or_default())?;
                fs::write(&cx.app().join("changed.txt"), "after")?;
                fs::symlink(std::path::Path::new("app.js"), &cx.app().join("dist/link.js"))?;
                fs::remove(&cx.app().join("gone.txt"))?;
                fs::write(&cx.app().join("src/generated.js"), "")?;
                fs::remove(&cx.app().join("folder"))?;
                fs::write(&cx.app().join("folder"), "a file now")?;
            }
            fs::write(&layer.path().join("x"), "")
        })
    })?;
    cx.label("reused", if layer.reused() { "yes" } else { "no" });
    Ok(())
}

fn rig_with_app() -> Rig {
    let mut rig = rig(install);
    rig.file("changed.txt", "before").file("gone.txt", "").file("kept.txt", "").env("BP_BUILD", "1");
    rig.file("src/written.js", "").file("folder/x", "");
    rig
}

const TREE: &str =
    "changed.txt\ndist/app.js\ndist/link.js -> app.js\nfolder\nkept.txt\nsrc/generated.js\nsrc/written.js";

fn reused(built: &libpack::testing::Built) -> &str {
    &built.launch.labels()["reused"]
}

#[test]
fn what_was_written_changed_and_removed_is_done_again_without_the_step() {
    let mut rig = rig_with_app();
    let first = rig.build().unwrap();
    assert_eq!(reused(&first), "no");
    let again = rig.build().unwrap();
    assert_eq!(reused(&again), "yes");
    assert!(again.log.contains("Writing again what the scripts of the earlier build wrote"), "{}", again.log);
    assert_eq!(again.app_tree(), TREE);
    assert_eq!(fs::read_text(&again.app.join("changed.txt")).unwrap(), "after");
}

#[test]
fn a_step_that_wrote_nothing_beside_its_own_needs_no_record() {
    let mut rig = rig_with_app();
    let built = rig.unset("BP_BUILD").build().unwrap();
    assert!(built.layer("install-output").is_none());
    assert_eq!(reused(&rig.forget_cache().build().unwrap()), "yes");
}

#[test]
fn without_its_record_the_step_runs_again() {
    let mut rig = rig_with_app();
    rig.build().unwrap();
    let built = rig.forget_cache().build().unwrap();
    assert_eq!(reused(&built), "no");
    let reason = "Layer modules is made anew: what it wrote into the application folder did not come back";
    assert!(built.log.contains(reason), "{}", built.log);
    assert_eq!(reused(&rig.build().unwrap()), "yes");
}

#[test]
fn a_record_of_another_build_is_not_replayed() {
    let mut rig = rig_with_app();
    rig.build().unwrap();
    let changed = rig.env("BP_WORD", "other").build().unwrap();
    assert_eq!(reused(&changed), "no");
    let again = rig.build().unwrap();
    assert_eq!(reused(&again), "yes");
    assert_eq!(fs::read_text(&again.app.join("dist/app.js")).unwrap(), "other");
}

#[test]
fn a_corrupt_record_makes_the_step_run_again() {
    let mut rig = rig_with_app();
    rig.build().unwrap();
    let file = rig.cached("install-output").unwrap().join("output.tar.zst");
    fs::write(&file, "rubbish").unwrap();
    let built = rig.build().unwrap();
    assert_eq!(reused(&built), "no");
    assert_eq!(fs::read_text(&built.app.join("changed.txt")).unwrap(), "after");
}

#[test]
fn an_outdated_layer_is_made_on_the_sources_as_they_came() {
    let mut rig = rig(|cx| {
        let output = cx.app_output("install", &[]);
        let layer = cx.layer("modules").outdated(Some("it never is the same")).replaying(&output);
        layer
            .create(|_| {
                output.record(|| {
                    let log = cx.app().join("log");
                    let before = fs::read_text_if_any(&log)?.unwrap_or_default();
                    fs::write(&log, format!("{before}ran\n"))
                })
            })
            .map(drop)
    });
    rig.build().unwrap();
    let again = rig.build().unwrap();
    assert_eq!(fs::read_text(&again.app.join("log")).unwrap(), "ran\n");
}
