//! The second build: what did not change costs nothing.

use super::{PACKAGE, assert_idle, commands, lock, node_archive, node_row, npm_app, plain_app, with_scripts};

#[test]
fn an_unchanged_rebuild_runs_nothing_fetches_nothing_and_unpacks_nothing() {
    let mut rig = npm_app();
    let first = rig.build().unwrap();
    let again = rig.build().unwrap();
    assert_idle(&again);
    insta::assert_snapshot!("unchanged_log", again.log);
    insta::assert_snapshot!("unchanged_layers", again.tree());
    assert_eq!(first.launch_text(), again.launch_text());
    assert_eq!(first.app_tree(), again.app_tree());
    let folders: Vec<_> =
        libpack::fs::list(&rig.layers()).unwrap().into_iter().filter(|name| rig.layers().join(name).is_dir()).collect();
    assert_eq!(folders, ["downloads", "environment", "npm-cache"], "everything else is re-used by metadata alone");
}

#[test]
fn a_vendored_node_is_not_even_looked_at() {
    let mut rig = npm_app();
    rig.no_dependencies().vendor(node_row("24.18.1", "2028-04-30T00:00:00Z"), node_archive("24.18.1").zst());
    rig.build().unwrap();
    libpack::fs::remove(&rig.buildpack_folder().join("dependencies")).unwrap();
    assert_idle(&rig.build().unwrap());
}

#[test]
fn a_source_edit_touches_neither_node_nor_modules() {
    for mut rig in [npm_app(), plain_app()] {
        rig.build().unwrap();
        let built = rig.file("server.js", "edited").build().unwrap();
        assert_idle(&built);
        assert_eq!(std::fs::read_to_string(built.app.join("server.js")).unwrap(), "edited");
    }
}

#[test]
fn a_lock_edit_installs_again_with_npms_cache_and_a_borrowed_node() {
    let mut rig = npm_app();
    rig.env("NODE_ENV", "development").build().unwrap();
    rig.file("package.json", &PACKAGE.replace("5.1.0", "5.1.1")).file("package-lock.json", &lock("5.1.1"));
    let built = rig.build().unwrap();
    assert_eq!(commands(&built), ["npm ci"]);
    assert!(built.log.contains("added 2 packages, 2 of them from the cache"), "{}", built.log);
    assert!(built.fetched.is_empty(), "Node.js comes back as the archive that it was: {:?}", built.fetched);
    assert_eq!(built.reused(), ["helper", "node"]);
    assert!(!rig.layers().join("node").exists() && !rig.layers().join("node-headers").exists());
    assert!(built.log.contains("Layer launch-modules is made anew: cache_sha changed"), "{}", built.log);
}

#[test]
fn npms_cache_holds_what_the_lock_names_and_nothing_else() {
    let mut rig = npm_app();
    rig.build().unwrap();
    let cache = rig.cached("npm-cache").unwrap().join("cache.tar.zst");
    let folder = tempfile::tempdir().unwrap();
    libpack::archive::unpack_file(&cache, folder.path(), libpack::archive::Unpack::default()).unwrap();
    let hex = "00".repeat(64);
    assert_eq!(libpack::testing::tree(folder.path()), [format!("_cacache/content-v2/sha512/00/00/{}", &hex[4..])]);
}

#[test]
fn a_damaged_npm_cache_costs_a_download_and_nothing_more() {
    let mut rig = npm_app();
    rig.build().unwrap();
    libpack::fs::write(&rig.cached("npm-cache").unwrap().join("cache.tar.zst"), "rubbish").unwrap();
    assert_idle(&rig.build().unwrap());
    rig.file("package.json", &PACKAGE.replace("5.1.0", "5.1.1")).file("package-lock.json", &lock("5.1.1"));
    let built = rig.build().unwrap();
    assert!(built.log.contains("WARNING: Cache npm-cache cannot be read"), "{}", built.log);
    assert!(built.log.contains("0 of them from the cache"), "{}", built.log);
}

#[test]
fn optimised_memory_switched_between_builds_takes_effect_and_node_stays() {
    let mut rig = plain_app();
    let off = rig.build().unwrap();
    assert_eq!(off.variable("OPTIMIZE_MEMORY"), "");
    let on = rig.env("BP_NODE_OPTIMIZE_MEMORY", "true").build().unwrap();
    assert_idle(&on);
    assert_eq!(on.variable("OPTIMIZE_MEMORY"), "true");
    let started = rig.start(&on, &[("MEMORY_AVAILABLE", "134217728")]).unwrap();
    assert_eq!(started.text("NODE_OPTIONS").unwrap(), "--use-openssl-ca --max_old_space_size=96");
    let off = rig.env("BP_NODE_OPTIMIZE_MEMORY", "false").build().unwrap();
    assert_idle(&off);
    assert_eq!(off.variable("OPTIMIZE_MEMORY"), "");
}

#[test]
fn a_setting_that_makes_no_sense_is_off_with_a_warning() {
    let built = plain_app().env("BP_NODE_OPTIMIZE_MEMORY", "maybe").build().unwrap();
    assert!(built.log.contains("WARNING: BP_NODE_OPTIMIZE_MEMORY is no boolean and counts as false"), "{}", built.log);
}

#[test]
fn an_install_script_that_wrote_into_the_app_is_replayed() {
    let mut rig = npm_app();
    rig.file("package.json", &with_scripts(r#"{"start":"node server.js","postinstall":"write generated/client.js"}"#));
    rig.build().unwrap();
    let again = rig.build().unwrap();
    assert_idle(&again);
    assert_eq!(std::fs::read_to_string(again.app.join("generated/client.js")).unwrap(), "by postinstall");
    let edited = rig.file("server.js", "edited").build().unwrap();
    assert_idle(&edited);
    assert!(edited.app.join("generated/client.js").is_file());
}

#[test]
fn without_its_replay_the_install_runs_again() {
    let mut rig = npm_app();
    rig.file("package.json", &with_scripts(r#"{"start":"node server.js","postinstall":"write generated/client.js"}"#));
    rig.build().unwrap();
    let built = rig.forget_cache().build().unwrap();
    assert_eq!(commands(&built), ["npm ci"]);
    assert!(built.app.join("generated/client.js").is_file());
}

#[test]
fn whatever_shapes_the_modules_installs_again() {
    let edits: [(&str, &str, &str); 3] = [
        ("file", ".npmrc", "ignore-scripts=true"),
        ("env", "NPM_CONFIG_LEGACY_PEER_DEPS", "true"),
        ("env", "BP_NODE_VERSION", "22"),
    ];
    for (kind, name, value) in edits {
        let mut rig = npm_app();
        rig.build().unwrap();
        match kind {
            "file" => rig.file(name, value),
            _ => rig.env(name, value),
        };
        assert_eq!(commands(&rig.build().unwrap()), ["npm ci"], "{name}");
        assert_idle(&rig.build().unwrap());
    }
}

#[test]
fn what_shapes_nothing_installs_nothing() {
    let mut rig = npm_app();
    rig.build().unwrap();
    for (name, value) in
        [("NPM_CONFIG_LOGLEVEL", "verbose"), ("BP_LOG_LEVEL", "DEBUG"), ("BP_NPM_START_SCRIPT", "start")]
    {
        assert_idle(&rig.env(name, value).build().unwrap());
    }
}

#[test]
fn a_new_tag_makes_everything_but_finds_npms_cache() {
    let mut rig = npm_app();
    rig.build().unwrap();
    let built = rig.forget_image().build().unwrap();
    assert!(built.reused().is_empty());
    assert!(built.log.contains("added 1 packages, 1 of them from the cache"), "{}", built.log);
}

#[test]
fn another_layers_folder_remakes_what_holds_absolute_paths() {
    let mut rig = npm_app();
    rig.build().unwrap();
    let built = rig.layers_folder("elsewhere").build().unwrap();
    assert!(built.reused().is_empty());
    assert_idle(&rig.build().unwrap());
}
