//! A Go that the buildpack carries unpacked: used where it lies, by this build alone.

use libpack::plan::Require;
use libpack::testing::{Archive, Neighbour, Rig};

use super::{MAIN, commands, go_archive, go_row, module_app};

const COMPILER: &str = "/buildpack/seeds/go-compiler/1.26.7-amd64/bin";

/// An app, and a buildpack with a Go and its seed.
fn seeded() -> Rig {
    let mut rig = module_app();
    rig.no_dependencies().vendor(go_row("1.26.7"), go_archive("1.26.7").zst());
    rig.carry("go-compiler", "1.26.7", &Archive::new().program("bin/go", "go"));
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
    let built = rig.env("BP_GO_VERSION", "1.25.14").build().unwrap();
    assert!(built.log.contains("Installing Go 1.25.14"), "{}", built.log);
    assert_eq!(commands(&built), ["go build"]);
}

#[test]
fn the_compiled_library_is_taken_unless_the_user_says_otherwise() {
    let mut rig = seeded();
    rig.build().unwrap();
    let said = |rig: &Rig| rig.exec.children().last().unwrap().env.text("GODEBUG").unwrap();
    assert_eq!(said(&rig), "installgoroot=all,goindex=0");
    rig.env("GODEBUG", "installgoroot=").build().unwrap();
    assert_eq!(said(&rig), "installgoroot=all,goindex=0,installgoroot=", "Go heeds the last");
}
