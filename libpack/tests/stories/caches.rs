//! Caches: one file each, opened only when somebody asks.

use std::path::Path;

use libpack::context::BuildCx;
use libpack::{Result, fs};

use super::rig;

const FILE: &str = "cache.tar.zst";

/// Opens the cache when `BP_BUILD` says what to write into it.
fn cached(cx: &BuildCx<'_>) -> Result<()> {
    let cache = cx.cache("downloads", [("word", &*cx.setting("BP_WORD").unwrap_or_default())]);
    cx.label("exists", if cache.exists() { "yes" } else { "no" });
    let Some(content) = cx.setting("BP_BUILD") else { return Ok(()) };
    let folder = cache.open()?;
    cx.label("held", &fs::list(&folder)?.join(" "));
    for name in content.split(' ').filter(|name| *name != "-") {
        fs::write(&folder.join(name), name)?;
    }
    Ok(())
}

fn bytes(folder: &Path) -> Vec<u8> {
    fs::read_bytes(&folder.join(FILE)).unwrap()
}

#[test]
fn a_cache_is_one_file_and_nobody_gets_the_tree() {
    let mut rig = rig(cached);
    let built = rig.env("BP_BUILD", "a b").build().unwrap();
    assert_eq!(built.tree(), "downloads-cache [cache]\n  cache.tar.zst\n");
    let again = rig.env("BP_BUILD", "-").build().unwrap();
    assert_eq!(again.launch.labels()["held"], "a b");
}

#[test]
fn an_unopened_cache_stays_the_file_that_it_is() {
    let mut rig = rig(cached);
    rig.env("BP_BUILD", "a").build().unwrap();
    let before = bytes(rig.cached("downloads-cache").unwrap());
    let built = rig.unset("BP_BUILD").env("BP_LOG_LEVEL", "DEBUG").build().unwrap();
    assert_eq!(built.launch.labels()["exists"], "yes");
    assert!(!built.log.contains("cache downloads"), "{}", built.log);
    assert_eq!(bytes(rig.cached("downloads-cache").unwrap()), before);
}

#[test]
fn an_opened_cache_is_packed_again_only_when_its_content_changed() {
    let mut rig = rig(cached);
    rig.env("BP_BUILD", "a").env("BP_LOG_LEVEL", "DEBUG").build().unwrap();
    let same = rig.env("BP_BUILD", "-").build().unwrap();
    assert!(same.log.contains("Unpacking cache") && !same.log.contains("Packing cache"), "{}", same.log);
    let rewritten = rig.env("BP_BUILD", "a").build().unwrap();
    assert!(!rewritten.log.contains("Packing cache"), "the same file again is no change: {}", rewritten.log);
    let more = rig.env("BP_BUILD", "c").build().unwrap();
    assert!(more.log.contains("Packing cache downloads-cache"), "{}", more.log);
    assert_eq!(rig.env("BP_BUILD", "-").build().unwrap().launch.labels()["held"], "a c");
}

#[test]
fn a_corrupt_cache_starts_empty_with_a_warning_and_heals() {
    let mut rig = rig(cached);
    rig.env("BP_BUILD", "a b").build().unwrap();
    let file = rig.cached("downloads-cache").unwrap().join(FILE);
    let mut damaged = fs::read_bytes(&file).unwrap();
    let middle = damaged.len() / 2;
    damaged.truncate(middle);
    fs::write(&file, damaged).unwrap();
    let built = rig.env("BP_BUILD", "c").build().unwrap();
    assert_eq!(built.launch.labels()["held"], "");
    assert!(built.log.contains("WARNING: Cache downloads-cache cannot be read and starts empty"), "{}", built.log);
    assert_eq!(rig.env("BP_BUILD", "-").build().unwrap().launch.labels()["held"], "c");
}

#[test]
fn a_corrupt_cache_that_nothing_is_put_into_is_not_kept() {
    let mut rig = rig(cached);
    rig.env("BP_BUILD", "a").build().unwrap();
    fs::write(&rig.cached("downloads-cache").unwrap().join(FILE), "rubbish").unwrap();
    let built = rig.env("BP_BUILD", "-").build().unwrap();
    assert!(built.layer("downloads-cache").is_none(), "{}", built.tree());
}

#[test]
fn another_key_starts_the_cache_empty() {
    let mut rig = rig(cached);
    rig.env("BP_BUILD", "a").build().unwrap();
    let built = rig.env("BP_WORD", "other").env("BP_BUILD", "b").build().unwrap();
    assert_eq!(built.launch.labels()["exists"], "no");
    assert_eq!(built.launch.labels()["held"], "");
}

#[test]
fn a_cache_outlives_the_image_but_not_the_loss_of_the_cache() {
    let mut rig = rig(cached);
    rig.env("BP_BUILD", "a").build().unwrap();
    assert_eq!(rig.forget_image().build().unwrap().launch.labels()["held"], "a");
    assert_eq!(rig.forget_cache().build().unwrap().launch.labels()["held"], "");
}

#[test]
fn a_cache_can_be_opened_where_a_program_wants_it() {
    let mut rig = rig(|cx| {
        let folder = cx.layer_path("work");
        cx.cache("work", [("a", "b")]).open_at(&folder)?;
        cx.discard_at_end(&folder);
        cx.label("held", &fs::list(&folder)?.join(" "));
        fs::write(&folder.join("a"), "a")
    });
    assert_eq!(rig.build().unwrap().tree(), "work-cache [cache]\n  cache.tar.zst\n");
    assert_eq!(rig.build().unwrap().launch.labels()["held"], "a");
    assert!(!rig.layers().join("work").exists());
}

#[test]
fn a_build_that_fails_packs_nothing() {
    let mut rig = rig(|cx| {
        fs::write(&cx.cache("work", [("a", "b")]).open()?.join("a"), "a")?;
        Err(libpack::Error::user("acme/broken", "it broke"))
    });
    assert_eq!(rig.build().unwrap_err().id(), "acme/broken");
    assert!(!rig.layers().join("work-cache").exists());
}

#[test]
fn an_empty_cache_is_no_layer() {
    let mut rig = rig(cached);
    assert!(rig.env("BP_BUILD", "-").build().unwrap().layers.is_empty());
}
