//! Other buildpacks in the group, before us and after us.

use libpack::plan::Require;
use libpack::testing::Neighbour;

use super::{MAIN, commands, module_app, rig};

#[test]
fn a_buildpack_after_us_gets_a_whole_go_while_building() {
    let mut rig = module_app();
    rig.after(Neighbour::new("acme/mage", &[], vec![Require::new("go").build()]));
    let built = rig.build().unwrap();
    let go = built.layer("go").unwrap();
    assert!(go.flags.build && !go.flags.launch && !go.flags.cache);
    assert!(go.tree().contains(&"bin/gofmt*".to_owned()), "{:?}", go.tree());
    assert!(!go.tree().iter().any(|file| file.ends_with("_test.go")));
}

#[test]
fn go_in_the_image_is_a_layer_that_is_reused() {
    let mut rig = module_app();
    rig.after(Neighbour::new("acme/shell", &[], vec![Require::new("go").launch()]));
    assert!(rig.build().unwrap().layer("go").unwrap().flags.launch);
    let again = rig.build().unwrap();
    assert!(again.reused().contains(&"go"), "{}", again.log);
}

#[test]
fn go_alone_serves_others_when_the_app_is_none_of_ours() {
    let mut rig = rig();
    rig.file("package.json", "{}");
    rig.after(Neighbour::new("acme/tool", &[], vec![Require::new("go").version("1.25.*", "acme").build()]));
    let built = rig.build().unwrap();
    assert_eq!(built.tree().lines().next(), Some("downloads [cache]"));
    assert!(built.log.contains("Selected Go version (using acme): 1.25.14"), "{}", built.log);
    assert!(built.launch.processes().is_empty());
    assert_eq!(built.app_tree(), "package.json");
}

#[test]
fn a_go_of_somebody_elses_is_used_and_none_of_ours_is_fetched() {
    // Paketo's go-dist fails there.
    let mut rig = module_app();
    rig.before(Neighbour::new("acme/go", &["go"], vec![]));
    rig.exec.teach("go", super::go::go);
    let built = rig.build().unwrap();
    assert!(built.fetched.is_empty());
    assert_eq!(commands(&built).last().map(String::as_str), Some("go build"));
    assert_eq!(built.command("web"), "/layers/targets/bin/app");
}

#[test]
fn certificates_of_a_binding_reach_go() {
    let mut rig = module_app();
    rig.binding(
        "ca",
        "ca-certificates",
        &[("ca.pem", include_str!("../../../../libpack/tests/fixtures/ca-certificates/plain.pem"))],
    );
    let built = rig.build().unwrap();
    assert!(built.children[0].env.text("SSL_CERT_DIR").is_some_and(|path| path.contains("ca-certificates")));
}

#[test]
fn an_app_of_another_language_is_left_alone() {
    let mut rig = rig();
    rig.file("package.json", "{}");
    assert_eq!(rig.build().unwrap_err().id(), "rig/no-group");
    rig.file("tools/main.go", MAIN);
    assert_eq!(rig.build().unwrap_err().id(), "rig/no-group", "a tool somewhere does not make it Go's");
}
