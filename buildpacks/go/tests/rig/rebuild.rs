//! The second build: what did not change costs nothing.

use std::path::PathBuf;

use libpack::archive::{Unpack, unpack_file};
use libpack::testing::{Rig, tree};

use super::{MAIN, MOD, SUM, assert_idle, commands, go_archive, go_row, module_app, plain_app};

/// The files of a cache of one file.
fn cached(rig: &Rig, name: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = rig.cached(name).unwrap().join("cache.tar.zst");
    unpack_file(&file, folder.path(), Unpack::default()).unwrap();
    tree(folder.path())
}

#[test]
fn an_unchanged_rebuild_runs_nothing_fetches_nothing_and_unpacks_nothing() {
    let mut rig = module_app();
    let first = rig.build().unwrap();
    let again = rig.build().unwrap();
    assert_idle(&again);
    insta::assert_snapshot!("unchanged_log", again.log);
    insta::assert_snapshot!("unchanged_layers", again.tree());
    assert_eq!(first.launch_text(), again.launch_text());
    assert_eq!(again.app_tree(), "", "the sources go in every build");
    let folders: Vec<_> =
        libpack::fs::list(&rig.layers()).unwrap().into_iter().filter(|name| rig.layers().join(name).is_dir()).collect();
    assert_eq!(folders, ["downloads", "environment", "go-build-cache", "go-modules-cache"], "one file each");
}

#[test]
fn a_vendored_go_is_not_even_looked_at() {
    let mut rig = module_app();
    rig.no_dependencies().vendor(go_row("1.26.7"), go_archive("1.26.7").zst());
    let first = rig.build().unwrap();
    assert!(first.layer("downloads").is_none());
    libpack::fs::remove(&rig.buildpack_folder().join("dependencies")).unwrap();
    assert_idle(&rig.build().unwrap());
}

#[test]
fn a_source_edit_compiles_with_the_caches_and_fetches_nothing() {
    let mut rig = module_app();
    rig.build().unwrap();
    rig.exec.teach("go", |child| {
        if child.args[0] == "build" {
            let folder = |name: &str| PathBuf::from(child.env.text(name).unwrap());
            assert!(folder("GOMODCACHE").join("cache/download/github.com/gorilla/mux/@v/v1.8.1.zip").is_file());
            assert!(folder("GOCACHE").join(format!("a1/{}-a", "a1".repeat(32))).is_file());
        }
        super::go::go(child)
    });
    let built = rig.file("main.go", &format!("{MAIN}// edited\n")).build().unwrap();
    assert_eq!(commands(&built), ["go build"]);
    assert!(built.fetched.is_empty(), "{:?}", built.fetched);
    assert!(built.log.contains("Layer targets is made anew: sources changed"), "{}", built.log);
}

#[test]
fn the_caches_hold_what_the_next_build_can_use_and_nothing_else() {
    let mut rig = module_app();
    rig.build().unwrap();
    let mux = "cache/download/github.com/gorilla/mux/@v/v1.8.1.zip";
    assert_eq!(cached(&rig, "go-modules-cache"), [mux]);
    let objects = [format!("a1/{}-a", "a1".repeat(32)), format!("b2/{}-d", "b2".repeat(32))];
    assert_eq!(cached(&rig, "go-build-cache"), objects);
}

#[test]
fn what_nobody_used_leaves_the_build_cache() {
    // golang/go issue 29561: it grows for ever.
    let mut rig = module_app();
    rig.build().unwrap();
    rig.exec.teach("go", |child| {
        let answer = super::go::go(child);
        if child.args[0] == "build" {
            let cache = PathBuf::from(child.env.text("GOCACHE").unwrap());
            libpack::fs::remove(&cache.join("a1")).unwrap();
            let (action, output) = ("c3".repeat(32), "d4".repeat(32));
            libpack::fs::write(&cache.join(format!("c3/{action}-a")), super::go::entry(&action, &output)).unwrap();
            libpack::fs::write(&cache.join(format!("d4/{output}-d")), "object").unwrap();
        }
        answer
    });
    rig.file("main.go", &format!("{MAIN}// edited\n")).build().unwrap();
    assert_eq!(
        cached(&rig, "go-build-cache"),
        [format!("c3/{}-a", "c3".repeat(32)), format!("d4/{}-d", "d4".repeat(32))]
    );
}

#[test]
fn whatever_shapes_an_executable_compiles_again() {
    let edits: [(&str, &str, &str); 8] = [
        ("file", "assets/style.css", "an embedded file counts"),
        ("file", "go.sum", &format!("{SUM}\n")),
        ("env", "BP_GO_BUILD_FLAGS", "-tags=x"),
        ("env", "BP_GO_BUILD_LDFLAGS", "-s -w"),
        ("env", "BP_GO_VERSION", "1.25.13"),
        ("env", "GOFLAGS", "-p=1"),
        ("env", "CGO_ENABLED", "0"),
        ("env", "GOEXPERIMENT", "x"),
    ];
    for (kind, name, value) in edits {
        let mut rig = module_app();
        rig.build().unwrap();
        match kind {
            "file" => rig.file(name, value),
            _ => rig.env(name, value),
        };
        assert_eq!(commands(&rig.build().unwrap()), ["go build"], "{name}");
        assert_idle(&rig.build().unwrap());
    }
}

#[test]
fn what_shapes_nothing_compiles_nothing() {
    let mut rig = module_app();
    rig.build().unwrap();
    for (name, value) in [
        ("GOPROXY", "https://proxy.example"),
        ("GOPRIVATE", "example.com"),
        ("BP_LOG_LEVEL", "DEBUG"),
        ("BP_KEEP_FILES", "assets"),
    ] {
        assert_idle(&rig.env(name, value).build().unwrap());
    }
}

#[test]
fn another_layers_folder_compiles_again() {
    let mut rig = plain_app();
    rig.build().unwrap();
    assert_eq!(commands(&rig.layers_folder("elsewhere").build().unwrap()), ["go build"]);
}

#[test]
fn a_new_tag_compiles_with_the_caches_of_the_old_one() {
    let mut rig = module_app();
    rig.build().unwrap();
    let built = rig.forget_image().build().unwrap();
    assert_eq!(commands(&built), ["go build"]);
    assert!(built.fetched.is_empty());
}

#[test]
fn a_vendoring_that_the_image_shows_is_replayed() {
    let mut rig = module_app();
    let first = rig.env("BP_KEEP_FILES", "vendor/*").build().unwrap();
    assert_eq!(commands(&first), ["go mod", "go build"]);
    assert_eq!(first.app_tree(), "vendor/modules.txt");
    let again = rig.build().unwrap();
    assert_idle(&again);
    assert_eq!(again.app_tree(), "vendor/modules.txt");
}

#[test]
fn an_app_that_went_over_to_vendoring_keeps_no_modules() {
    let mut rig = module_app();
    rig.build().unwrap();
    rig.file("vendor/modules.txt", "# github.com/gorilla/mux v1.8.1\n").file("go.mod", MOD);
    let built = rig.build().unwrap();
    assert!(built.layer("go-modules-cache").is_none());
    assert!(built.log.contains("Skipping build process: modules are already vendored"), "{}", built.log);
}
