//! Which Go is chosen: the table of spec 4.3, and what Paketo leaves to chance.

use libpack::testing::Rig;

use super::{MAIN, failure, module_app, plain_app, rig};

fn selected(rig: &mut Rig) -> String {
    let log = rig.build().unwrap().log;
    let line = log.lines().find(|line| line.contains("Selected Go version")).unwrap().trim().to_owned();
    line.trim_start_matches("Selected Go version (using ").replace("):", "")
}

fn with_mod(text: &str) -> Rig {
    let mut rig = rig();
    rig.file("go.mod", &format!("module example.com/app\n{text}\n")).file("main.go", MAIN);
    rig
}

#[test]
fn go_mod_gives_a_lower_bound_and_the_newest_wins() {
    assert_eq!(selected(&mut plain_app()), "<unknown> 1.25.14");
    assert_eq!(selected(&mut with_mod("")), "<unknown> 1.25.14");
    for line in ["go 1.16", "go 1.25", "go 1.26"] {
        assert_eq!(selected(&mut with_mod(line)), "go.mod 1.26.7", "{line}");
    }
}

#[test]
fn the_setting_stands_above_go_mod() {
    for (setting, version) in [
        ("1.25.*", "1.25.14"),
        ("1.25", "1.25.14"),
        ("~1.25", "1.25.14"),
        ("< 1.26", "1.25.14"),
        ("<= 1.25", "1.25.14"),
        ("1.25.13", "1.25.13"),
        ("^1.25", "1.26.7"),
        ("1.*", "1.26.7"),
        ("*", "1.26.7"),
        ("1", "1.26.7"),
        ("!=1.26.6", "1.26.7"),
        ("1.25.13 - 1.26.6", "1.26.6"),
        ("<1.26.7", "1.26.6"),
        ("", "1.25.14"),
    ] {
        let version = format!("BP_GO_VERSION {version}");
        assert_eq!(selected(module_app().env("BP_GO_VERSION", setting)), version, "{setting:?}");
    }
}

#[test]
fn a_patch_and_a_toolchain_line_count() {
    // paketo-buildpacks/go-dist issue 102: both were ignored, and the Go command fetched what was missing.
    for text in ["go 1.26.7", "go 1.25\ntoolchain go1.26.7"] {
        let mut rig = with_mod(text);
        assert_eq!(selected(&mut rig), "go.mod 1.26.7");
        assert!(rig.build().unwrap().log.contains("go.mod -> \">= 1.26.7\""));
    }
}

#[test]
fn what_is_there_is_pinned_and_what_is_missing_is_fetched_by_go_with_a_warning() {
    let pinned = with_mod("go 1.26.6").build().unwrap();
    assert_eq!(pinned.children[0].env.text("GOTOOLCHAIN").as_deref(), Some("local"));
    let missing = with_mod("go 1.26.9").build().unwrap();
    assert_eq!(missing.children[0].env.text("GOTOOLCHAIN"), None);
    assert!(missing.log.contains("WARNING: go.mod asks for Go 1.26.9, Go 1.26.7 is installed"), "{}", missing.log);
    let told = with_mod("go 1.26.6").env("GOTOOLCHAIN", "go1.26.8").build().unwrap();
    assert_eq!(told.children[0].env.text("GOTOOLCHAIN").as_deref(), Some("go1.26.8"));
}

#[test]
fn a_dependency_that_wants_a_newer_go_gets_it() {
    let mut rig = with_mod("go 1.25");
    rig.exec.teach("go", |child| {
        if child.env.text("GOTOOLCHAIN").as_deref() == Some("local") {
            let output = "go: example.com/b@v1.0.0 requires go >= 1.27 (running go 1.26.7; GOTOOLCHAIN=local)\n";
            return super::go::said(1, output);
        }
        super::go::go(child)
    });
    let built = rig.build().unwrap();
    assert_eq!(built.ran.len(), 2, "{:?}", built.ran);
    assert!(built.log.contains("Trying again, with the Go that a module requires"), "{}", built.log);
}

#[test]
fn a_workspace_asks_too() {
    let mut rig = rig();
    rig.file("go.work", "go 1.26.6\nuse ./web\n").file("web/go.mod", "module example.com/web\n\ngo 1.25\n");
    rig.file("web/main.go", MAIN);
    assert_eq!(selected(&mut rig), "go.work 1.26.7");
}

#[test]
fn no_version_satisfies_and_the_message_says_what_there_is() {
    insta::assert_snapshot!("unknown_version_of_the_setting", failure(module_app().env("BP_GO_VERSION", "1.999")));
    insta::assert_snapshot!("unknown_version_of_go_mod", failure(&mut with_mod("go 1.999")));
    insta::assert_snapshot!("no_constraint", failure(module_app().env("BP_GO_VERSION", "latest")));
}
