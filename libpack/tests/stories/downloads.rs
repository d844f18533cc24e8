//! Downloads: what a build fetched, the next one need not.

use libpack::context::Install;
use libpack::fs;
use libpack::plan::Choice;
use libpack::testing::{Archive, Rig, Row};

use super::rig;

/// A step that installs the version of `BP_WORD`, for the image and, with `BP_BUILD`, only to look at it.
fn installs() -> Rig {
    let mut rig = rig(|cx| {
        let tool = cx.choose("tool", &cx.setting("BP_WORD").unwrap_or_default())?;
        if cx.setting("BP_BUILD").is_some() {
            return cx.install_at(&tool, &cx.scratch()?.path().join("tool"), None);
        }
        let chosen = cx.resolve("tool", &Choice { chosen: None, candidates: Vec::new() })?;
        cx.layer("tool").keyed_by(chosen.key()).create(|layer| layer.install(&chosen, Install::default())).map(drop)
    });
    rig.no_dependencies().env("BP_WORD", "1");
    for version in ["1.0.0", "2.0.0"] {
        rig.offer(Row::new("tool", version), Archive::new().program("bin/tool", version).zst());
    }
    rig
}

fn names(rig: &Rig) -> usize {
    rig.cached("downloads").map(|folder| fs::list(folder).unwrap().len()).unwrap_or_default()
}

#[test]
fn what_was_fetched_once_is_not_fetched_again() {
    let mut rig = installs();
    assert_eq!(rig.env("BP_BUILD", "1").build().unwrap().fetched.len(), 1);
    let again = rig.build().unwrap();
    assert!(again.fetched.is_empty());
    assert!(again.log.contains("Reusing cached download from an earlier build"), "{}", again.log);
}

#[test]
fn it_stays_while_the_build_would_need_it_and_goes_with_the_version() {
    let mut rig = installs();
    rig.env("BP_BUILD", "1").build().unwrap();
    rig.env("BP_WORD", "2").build().unwrap();
    assert_eq!(names(&rig), 1);
    assert_eq!(rig.env("BP_WORD", "1").build().unwrap().fetched.len(), 1);
}

#[test]
fn a_layer_that_is_reused_keeps_its_archive_for_the_day_on_which_it_is_not() {
    let mut rig = installs();
    rig.env("BP_WORD", "2").build().unwrap();
    let again = rig.build().unwrap();
    assert_eq!(again.reused(), ["tool"]);
    assert_eq!(names(&rig), 1);
}

#[test]
fn a_damaged_one_is_fetched_again() {
    let mut rig = installs();
    rig.env("BP_BUILD", "1").build().unwrap();
    let folder = rig.cached("downloads").unwrap().to_path_buf();
    let name = fs::list(&folder).unwrap().remove(0);
    fs::write(&folder.join(name), "rubbish").unwrap();
    let again = rig.build().unwrap();
    assert_eq!(again.fetched.len(), 1);
    assert!(again.log.contains("It is damaged and is fetched again"), "{}", again.log);
}

#[test]
fn nothing_is_kept_of_what_the_buildpack_carries_or_when_the_user_wants_so() {
    let mut vendored = installs();
    vendored.no_dependencies().vendor(Row::new("tool", "1.0.0"), Archive::new().program("bin/tool", "").zst());
    assert!(vendored.build().unwrap().layer("downloads").is_none());
    let mut without = installs();
    let built = without.env("BP_KEEP_DOWNLOADS", "false").build().unwrap();
    assert!(built.layer("downloads").is_none(), "{}", built.tree());
}
