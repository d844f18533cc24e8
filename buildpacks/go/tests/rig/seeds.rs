//! What the buildpack carries unpacked: used where it lies, by this build alone.

use std::path::PathBuf;

use libpack::archive::{Unpack, unpack_file};
use libpack::plan::Require;
use libpack::testing::{Archive, Neighbour, Rig, tree};

use super::go::entry;
use super::{MAIN, commands, go_archive, go_row, module_app};

const COMPILER: &str = "/buildpack/seeds/go-compiler/1.26.7-amd64/bin";

/// The entry of a cache for an action, and what it gave.
fn compiled(digit: &str) -> [(String, String); 2] {
    let (action, output) = (digit.repeat(64), format!("{digit}0").repeat(32));
    let index = (format!("{}/{action}-a", &action[..2]), entry(&action, &output));
    [index, (format!("{}/{output}-d", &output[..2]), "object".to_owned())]
}

/// An app, and a buildpack with a Go and both of its seeds.
fn seeded() -> Rig {
    let mut rig = module_app();
    rig.no_dependencies().vendor(go_row("1.26.7"), go_archive("1.26.7").zst());
    rig.carry("go-compiler", "1.26.7", &Archive::new().program("bin/go", "go"));
    let library = compiled("7").into_iter().fold(Archive::new(), |all, (path, text)| all.file(&path, &text));
    rig.carry("go-build-cache", "1.26.7", &library);
    rig
}

/// The folder that the first Go on the `PATH` of the last call lies in.
fn place_of_go(rig: &Rig) -> String {
    let path = rig.exec.children().last().unwrap().env.text("PATH").unwrap();
    rig.normalise(path.split(':').next().unwrap())
}

#[test]
fn a_carried_compiler_is_called_where_it_lies_and_no_archive_is_looked_at() {
    let mut rig = seeded();
    libpack::fs::remove(&rig.buildpack_folder().join("dependencies")).unwrap();
    let built = rig.build().unwrap();
    assert_eq!(place_of_go(&rig), COMPILER);
    assert!(built.log.contains("Using Go 1.26.7 from the buildpack"), "{}", built.log);
    assert!(!built.log.contains("Installing"), "{}", built.log);
    let layers: Vec<_> = built.layers.iter().map(|layer| layer.name.as_str()).collect();
    assert_eq!(layers, ["environment", "go-build-cache", "go-modules-cache", "helper", "targets"]);
    assert!(!rig.build().unwrap().log.contains("Using Go"), "nothing runs");
}

#[test]
fn whether_it_is_carried_compiles_nothing_again() {
    let mut rig = seeded();
    rig.build().unwrap();
    libpack::fs::remove(&rig.buildpack_folder().join("seeds")).unwrap();
    super::assert_idle(&rig.build().unwrap());
    let edited = rig.file("main.go", &format!("{MAIN}// edited\n")).build().unwrap();
    assert_eq!(commands(&edited), ["go build"]);
    assert!(edited.log.contains("Installing Go 1.26.7"), "{}", edited.log);
    assert_eq!(place_of_go(&rig), "/layers/go/bin");
}

#[test]
fn whoever_asks_for_go_too_gets_a_whole_one_of_the_archive() {
    let mut rig = seeded();
    rig.after(Neighbour::new("acme/mage", &[], vec![Require::new("go").build()]));
    let built = rig.build().unwrap();
    assert!(built.layer("go").unwrap().tree().contains(&"bin/gofmt*".to_owned()));
    assert_eq!(place_of_go(&rig), "/layers/go/bin");

    let mut rig = seeded();
    rig.env("GOOS", "windows").build().unwrap();
    assert_eq!(place_of_go(&rig), "/layers/go/bin", "for another system it takes other sources");
}

#[test]
fn another_version_than_the_carried_one_is_unpacked() {
    let mut rig = seeded();
    rig.vendor(go_row("1.25.14"), go_archive("1.25.14").zst());
    finds_nothing_compiled(&mut rig);
    let built = rig.env("BP_GO_VERSION", "1.25.14").build().unwrap();
    assert!(built.log.contains("Installing Go 1.25.14"), "{}", built.log);
    assert_eq!(commands(&built), ["go build"]);
}

#[test]
fn the_compiled_library_is_linked_and_does_not_go_into_the_next_builds_cache() {
    let mut rig = seeded();
    rig.exec.teach("go", |child| {
        let cache = PathBuf::from(child.env.text("GOCACHE").unwrap());
        if child.args[0] == "build" {
            for (path, text) in compiled("7") {
                assert!(cache.join(&path).is_symlink());
                assert_eq!(libpack::fs::read_text(&cache.join(path)).unwrap(), text);
            }
        }
        super::go::go(child)
    });
    rig.build().unwrap();
    let kept = tempfile::tempdir().unwrap();
    let file = rig.cached("go-build-cache").unwrap().join("cache.tar.zst");
    unpack_file(&file, kept.path(), Unpack::default()).unwrap();
    assert_eq!(tree(kept.path()), [format!("a1/{}-a", "a1".repeat(32)), format!("b2/{}-d", "b2".repeat(32))]);
}

#[test]
fn other_flags_than_the_library_was_compiled_with_find_none_of_it() {
    let mut rig = seeded();
    finds_nothing_compiled(&mut rig);
    let built = rig.env("BP_GO_BUILD_FLAGS", "-buildmode=default").build().unwrap();
    assert_eq!(commands(&built), ["go build"]);
}

fn finds_nothing_compiled(rig: &mut Rig) {
    rig.exec.teach("go", |child| {
        let cache = PathBuf::from(child.env.text("GOCACHE").unwrap());
        assert_eq!(tree(&cache), ["trim.txt"]);
        super::go::go(child)
    });
}
