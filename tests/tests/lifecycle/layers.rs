//! The table of `docs/architecture.md`: what comes back of layers, and what is made of it. Each case
//! runs with Platform API 0.9, 0.13 and the newest, really and in the rig, and both decide the same.

use std::path::Path;

use end_to_end::parity::{Between, Decisions, happen, happen_in_rig, real, rig};
use end_to_end::{probe, tools};

/// An old one, the one of most platforms, the newest of the lifecycle that is tried.
fn apis() -> [u32; 3] {
    [9, 13, tools::newest_platform_api()]
}

fn executable() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_probe"))
}

/// Builds, lets something happen, builds again: really and in the rig. The decisions are the same, and
/// are returned.
fn rebuild(between: Between, minor: u32) -> Decisions {
    let api = format!("0.{minor}");
    let (mut real, mut rig) = (real(&api, executable()), rig(minor));
    let first = real.build().succeeded();
    assert_eq!(Decisions::of(&first), Decisions::of_rig(&rig.build().unwrap()), "first build, {api}");
    happen(&mut real, between);
    happen_in_rig(&mut rig, between);
    let second = real.build().succeeded();
    let decisions = Decisions::of(&second);
    assert_eq!(decisions, Decisions::of_rig(&rig.build().unwrap()), "{between:?}, {api}\n{}", second.all());
    let image = second.image.as_ref().expect("an image");
    for (name, layer) in decisions.layers.iter().filter(|(_, layer)| layer.flags.contains("launch")) {
        assert!(image.metadata_of(probe::ID)[name]["sha"].is_string(), "{name} is not in the image of {between:?}");
        assert!(!layer.reused || !decisions.made.contains(name), "{name} was made for nothing");
    }
    decisions
}

/// The same for each Platform API: which layers are made, and whether the cache was there.
#[track_caller]
fn made(between: Between, expected: &[&str], cache: &str) {
    for minor in apis() {
        check(&rebuild(between, minor), expected, cache, &format!("{between:?}, 0.{minor}"));
    }
}

#[track_caller]
fn check(decisions: &Decisions, expected: &[&str], cache: &str, case: &str) {
    let made: Vec<_> = decisions.made.iter().map(String::as_str).collect();
    assert_eq!((made.as_slice(), decisions.cache.as_str()), (expected, cache), "{case}");
}

const ALL: [&str; 7] = ["all", "both", "image", "kept", "shared", "tools", "writer"];

#[test]
fn with_image_and_cache_only_what_the_build_sees_and_no_cache_keeps_is_made() {
    made(Between::Nothing, &["shared", "tools"], "found");
}

#[test]
fn a_source_edit_that_no_key_knows_changes_nothing() {
    made(Between::Source, &["shared", "tools"], "found");
}

#[test]
fn with_the_image_only_what_is_in_no_cache_stays_except_what_must_be_replayed() {
    made(Between::ForgetCache, &["all", "both", "kept", "shared", "tools", "writer"], "empty");
}

#[test]
fn with_the_cache_only_a_layer_of_image_and_cache_stays_from_platform_api_14_on() {
    for between in [Between::ForgetImage, Between::NewName] {
        for minor in apis() {
            let decisions = rebuild(between, minor);
            let before = ["all", "both", "image", "shared", "tools", "writer"].as_slice();
            let since = ["image", "shared", "tools", "writer"].as_slice();
            let expected = if minor < 14 { before } else { since };
            check(&decisions, expected, "found", &format!("{between:?}, 0.{minor}"));
        }
    }
}

#[test]
fn clear_cache_makes_everything() {
    made(Between::ClearCache, &ALL, "empty");
}

#[test]
fn under_another_layers_folder_everything_is_made() {
    // The cache's archives hold absolute paths: their content comes back at the old place.
    made(Between::LayersFolder, &ALL, "empty");
}

#[test]
fn a_rebase_keeps_all() {
    made(Between::Rebase, &["shared", "tools"], "found");
}

#[test]
fn another_key_makes_everything() {
    made(Between::Key, &ALL, "found");
}

#[test]
fn without_an_sbom_the_layers_that_had_one_are_made() {
    made(Between::WithoutSbom, &ALL, "found");
}

#[test]
fn a_layer_that_is_made_again_with_the_same_bytes_is_not_sent_again() {
    let mut real = real("0.13", executable());
    real.build().succeeded();
    happen(&mut real, Between::ClearCache);
    let second = real.build().succeeded();

    // Only the configuration may be new, and it is not: the same sources make the same image.
    assert_eq!(second.pushed.len(), 0, "{}", second.log("exporter"));
}

#[test]
fn what_a_launch_only_layer_brings_back_is_metadata_and_its_sbom() {
    let mut real = real("0.13", executable());
    real.build().succeeded();
    let second = real.build().succeeded();
    let of_image: Vec<_> = second.restored_of(probe::ID).into_iter().filter(|path| path.starts_with("image")).collect();
    assert_eq!(of_image, ["image.sbom.cdx.json", "image.sbom.spdx.json", "image.sbom.syft.json", "image.toml"]);
    let image = second.image.unwrap();
    for ending in ["cdx.json", "spdx.json", "syft.json"] {
        let files = image.files_ending(real.registry(), &format!("sbom/launch/test_probe/image/sbom.{ending}"));
        assert_eq!(files.len(), 1, "{ending}");
    }
}

#[test]
fn what_a_step_wrote_into_the_app_is_there_again_though_the_step_did_not_run() {
    let mut real = real(&format!("0.{}", tools::newest_platform_api()), executable());
    real.build().succeeded();
    let second = real.build().succeeded();
    assert!(!second.log("builder").contains("made: writer"), "{}", second.all());
    assert_eq!(end_to_end::files::read(&second.workspace().join("generated.txt")), "generated");
}

#[test]
fn an_image_of_another_buildpack_under_the_same_name_gives_nothing() {
    let mut real = real("0.13", executable());
    real.scripts(
        "test/other",
        "#!/bin/sh\n",
        "#!/bin/sh\necho '[types]\nlaunch = true' >\"$1/image.toml\"; mkdir \"$1/image\"\n",
    );
    real.only_group(&[("test/other", "1.0.0", false)]).build().succeeded();
    let ours = real.only_group(&[(probe::ID, "1.0.0", false)]).build().succeeded();
    check(&Decisions::of(&ours), &ALL, "empty", "another buildpack's image");
}
