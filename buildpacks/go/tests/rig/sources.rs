//! What is left of the sources.

use super::{MOD, failure, module_app};

#[test]
fn nothing_is_left_unless_somebody_asks() {
    assert_eq!(module_app().build().unwrap().app_tree(), "");
}

#[test]
fn the_setting_keeps_files_folders_and_what_is_below() {
    for (setting, left) in [
        ("assets/*", "assets/style.css"),
        // Paketo leaves an empty folder.
        ("assets", "assets/style.css"),
        ("./go.mod:assets/**", "assets/style.css\ngo.mod"),
        ("*.css", ""),
    ] {
        assert_eq!(module_app().env("BP_KEEP_FILES", setting).build().unwrap().app_tree(), left, "{setting}");
    }
}

#[test]
fn a_pattern_that_cannot_be_read_stops_the_build_before_anything_is_removed() {
    insta::assert_snapshot!("a_malformed_pattern", failure(module_app().env("BP_KEEP_FILES", "assets/[")));
}

#[test]
fn the_sources_are_read_before_they_go() {
    let mut rig = module_app();
    rig.file("go.mod", MOD);
    let built = rig.build().unwrap();
    assert!(built.layer("targets").is_some());
}
