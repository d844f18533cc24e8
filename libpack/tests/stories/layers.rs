//! The table of what comes back (docs/architecture.md), row by row.

use std::sync::{Arc, Mutex};

use libpack::context::{BuildCx, NewLayer};
use libpack::layer::{Flags, Key};
use libpack::sbom::{Catalog, Sbom, Subject};
use libpack::testing::Rig;
use libpack::{Error, Result, fs};

use super::rig;

const LAUNCH: Flags = Flags::LAUNCH;
const LAUNCH_BUILD: Flags = Flags { build: true, cache: false, launch: true };
const LAUNCH_CACHE: Flags = Flags { build: false, cache: true, launch: true };
const ALL: Flags = Flags { build: true, cache: true, launch: true };
const CACHE: Flags = Flags::CACHE;
const CACHE_BUILD: Flags = Flags { build: true, cache: true, launch: false };
const BUILD: Flags = Flags { build: true, cache: false, launch: false };

fn make(cx: &BuildCx<'_>, flags: Flags) -> Result<bool> {
    let layer = cx.layer("thing").flags(flags).keyed_by([("version", "1")]).create(|layer| {
        fs::write(&layer.path().join("bin/thing"), "content")?;
        layer.describe(Sbom::new(Subject::directory("/thing"), Catalog::default()));
        Ok(())
    })?;
    Ok(layer.reused())
}

/// A rig that writes down what lay there when the build began, and whether the layer was re-used.
fn watched(flags: Flags) -> (Rig, Arc<Mutex<String>>) {
    let seen = Arc::new(Mutex::new(String::new()));
    let notes = Arc::clone(&seen);
    let rig = rig(move |cx| {
        let path = cx.layer_path("thing");
        let beside = |ending: &str| path.with_file_name(format!("thing{ending}")).is_file();
        let mut parts = Vec::new();
        parts.extend(beside(".toml").then_some("metadata"));
        parts.extend(beside(".sbom.cdx.json").then_some("SBOM"));
        parts.extend(path.join("bin/thing").is_file().then_some("content"));
        let came = if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") };
        let then = if make(cx, flags)? { "re-used" } else { "made" };
        *notes.lock().unwrap() = format!("{came} -> {then}");
        Ok(())
    });
    (rig, seen)
}

/// Builds, lets `between` happen, builds again: what the second build saw.
fn second(flags: Flags, between: impl FnOnce(&mut Rig)) -> String {
    let (mut rig, seen) = watched(flags);
    rig.build().unwrap();
    assert_eq!(*seen.lock().unwrap(), "nothing -> made");
    between(&mut rig);
    rig.build().unwrap();
    let seen = seen.lock().unwrap();
    seen.clone()
}

const NOTHING: &str = "nothing -> made";
const KNOWN: &str = "metadata, SBOM -> re-used";
const WHOLE: &str = "metadata, SBOM, content -> re-used";

#[test]
fn with_image_and_cache_a_launch_layer_is_known_and_a_cached_one_is_whole() {
    for (flags, wanted) in [
        (LAUNCH, KNOWN),
        (LAUNCH_BUILD, NOTHING),
        (LAUNCH_CACHE, WHOLE),
        (ALL, WHOLE),
        (CACHE, WHOLE),
        (CACHE_BUILD, WHOLE),
        (BUILD, NOTHING),
    ] {
        assert_eq!(second(flags, |_| {}), wanted, "{flags}");
    }
}

#[test]
fn with_the_image_alone_only_a_launch_only_layer_is_known() {
    for (flags, wanted) in [
        (LAUNCH, KNOWN),
        (LAUNCH_BUILD, NOTHING),
        (LAUNCH_CACHE, NOTHING),
        (ALL, NOTHING),
        (CACHE, NOTHING),
        (CACHE_BUILD, NOTHING),
        (BUILD, NOTHING),
    ] {
        assert_eq!(
            second(flags, |rig| {
                rig.forget_cache();
            }),
            wanted,
            "{flags}"
        );
    }
}

#[test]
fn with_the_cache_alone_the_platform_api_decides_about_cached_launch_layers() {
    for (flags, minor, wanted) in [
        (LAUNCH, 15, NOTHING),
        (LAUNCH_BUILD, 15, NOTHING),
        (LAUNCH_CACHE, 15, WHOLE),
        (LAUNCH_CACHE, 13, NOTHING),
        (LAUNCH_CACHE, 9, NOTHING),
        (ALL, 15, WHOLE),
        (ALL, 13, NOTHING),
        (CACHE, 15, WHOLE),
        (CACHE, 9, WHOLE),
        (CACHE_BUILD, 9, WHOLE),
        (BUILD, 15, NOTHING),
    ] {
        let seen = second(flags, |rig| {
            rig.forget_image().platform_api(minor);
        });
        assert_eq!(seen, wanted, "{flags} under Platform API 0.{minor}");
    }
}

#[test]
fn after_clear_cache_everything_is_made() {
    for flags in [LAUNCH, LAUNCH_BUILD, LAUNCH_CACHE, ALL, CACHE, CACHE_BUILD, BUILD] {
        assert_eq!(
            second(flags, |rig| {
                rig.clear_cache();
            }),
            NOTHING,
            "{flags}"
        );
    }
}

#[test]
fn another_layers_folder_makes_launch_layers_anew_because_images_hold_absolute_paths() {
    assert_eq!(
        second(LAUNCH, |rig| {
            rig.layers_folder("elsewhere");
        }),
        "metadata -> made",
        "the SBOM goes where the layer was"
    );
}

#[test]
fn a_reused_launch_layer_costs_no_folder_and_keeps_its_sbom_in_the_image() {
    let mut rig = rig(|cx| make(cx, LAUNCH).map(drop));
    let first = rig.build().unwrap();
    let again = rig.build().unwrap();
    assert_eq!(again.reused(), ["thing"]);
    assert!(!rig.layers().join("thing").exists());
    let sboms = |built: &libpack::testing::Built| built.layer("thing").unwrap().sboms.clone();
    assert_eq!(sboms(&first), sboms(&again));
    assert_eq!(sboms(&again).keys().collect::<Vec<_>>(), ["cdx.json", "spdx.json"]);
    assert_eq!(again.layer("thing").unwrap().tree(), ["bin/thing"]);
}

#[test]
fn what_create_returned_comes_back_without_the_folder() {
    let mut rig = rig(|cx| {
        let layer = cx.layer("thing").create(|layer| {
            layer.keep("main-class", "acme.Main");
            fs::write(&layer.path().join("x"), "")
        })?;
        cx.label("main", layer.value("main-class").unwrap_or("lost"));
        Ok(())
    });
    for _ in 0..3 {
        assert_eq!(rig.build().unwrap().launch.labels()["main"], "acme.Main");
    }
}

#[test]
fn a_layer_that_nobody_asks_for_any_more_leaves_image_and_cache() {
    let mut rig = rig(|cx| if cx.setting("BP_BUILD").is_none() { make(cx, LAUNCH_CACHE).map(drop) } else { Ok(()) });
    assert!(rig.build().unwrap().layer("thing").is_some());
    let without = rig.env("BP_BUILD", "true").build().unwrap();
    assert!(without.layer("thing").is_none());
    assert!(rig.cached("thing").is_none());
    assert!(fs::list(&rig.layers()).unwrap().is_empty());
}

#[test]
fn a_create_that_fails_leaves_nothing_that_looks_whole() {
    let mut rig = rig(|cx| {
        let layer = cx.layer("thing").flags(LAUNCH_CACHE).keyed_by([("word", &*cx.setting("BP_WORD").unwrap())]);
        layer.create(|layer| {
            fs::write(&layer.path().join("half"), "")?;
            if cx.setting("BP_BUILD").is_some() { Err(Error::user("acme/half", "half made")) } else { Ok(()) }
        })?;
        Ok(())
    });
    rig.build().unwrap();
    let error = rig.env("BP_WORD", "other").env("BP_BUILD", "fails").build().unwrap_err();
    assert_eq!(error.id(), "acme/half");
    let left = fs::list(&rig.layers()).unwrap();
    assert_eq!(left, ["thing"], "no metadata says that the folder is a layer");
    // The image and the cache of the build before are still good.
    let healed = rig.unset("BP_WORD").unset("BP_BUILD").build().unwrap();
    assert!(healed.log.contains("Reusing cached layer /layers/thing"), "{}", healed.log);
}

#[test]
fn a_failing_build_does_not_touch_the_earlier_image() {
    let mut rig = rig(|cx| {
        make(cx, LAUNCH)?;
        if cx.setting("BP_BUILD").is_some() { Err(Error::user("acme/later", "a later step failed")) } else { Ok(()) }
    });
    rig.build().unwrap();
    rig.env("BP_BUILD", "x").build().unwrap_err();
    assert_eq!(rig.unset("BP_BUILD").build().unwrap().reused(), ["thing"]);
}

#[test]
fn a_layer_keeps_strings_only_because_integers_come_back_as_floats() {
    let mut rig = rig(|cx| {
        let key = Key::new().with("count", 3).with("on", true);
        cx.layer("thing").keyed_by(key).create(|layer| fs::write(&layer.path().join("x"), "")).map(drop)
    });
    let built = rig.build().unwrap();
    assert!(built.layer("thing").unwrap().metadata.values().all(toml::Value::is_str));
    assert_eq!(rig.build().unwrap().reused(), ["thing"]);
}

#[test]
fn two_jobs_make_one_layer_and_two_steps_work_side_by_side() {
    let mut rig = rig(|cx| {
        let both = cx.layer("both").create(|layer| {
            let write = |layer: &NewLayer, name: &str| {
                layer.log().subprocess(format!("writing {name}"));
                layer.keep(name, "written");
                fs::write(&layer.path().join(name).join("file"), name)
            };
            layer.beside(|| write(layer, "one"), |layer| write(layer, "two")).map(drop)
        })?;
        let made = |cx: &BuildCx<'_>, name: &str| cx.layer(name).create(|_| Ok(()));
        let (third, fourth) = cx.beside(|| made(cx, "third"), |cx| made(cx, "fourth"))?;
        assert_eq!([both.value("one"), both.value("two")], [Some("written"); 2]);
        assert_eq!(third.path().parent(), fourth.path().parent());
        Ok(())
    });
    let built = rig.build().unwrap();
    assert_eq!(built.tree(), "both [launch]\n  one/file\n  two/file\nfourth [launch]\nthird [launch]\n");
    assert!(built.log.contains("    writing one\n    writing two\n"), "{}", built.log);
}
