//! What people get wrong, and what they read then.

use libpack::world::Outcome;

use super::{MAIN, MOD, failure, module_app, plain_app, rig};

fn says(output: &'static str) -> String {
    let mut rig = module_app();
    rig.exec.teach("go", move |_| Outcome { code: 1, output: output.to_owned() });
    failure(&mut rig)
}

#[test]
fn a_syntax_error_is_the_compilers_to_tell() {
    let mut rig = module_app();
    insta::assert_snapshot!("syntax_error", failure(rig.file("main.go", "package main\n\nsyntax error\n")));
}

#[test]
fn go_mod_that_cannot_be_read() {
    insta::assert_snapshot!(
        "broken_go_mod",
        failure(module_app().file("go.mod", "module example.com/app\n\ngo 1.25\nrequire (\n"))
    );
}

#[test]
fn settings_that_name_nothing() {
    for (name, setting, value) in [
        ("absolute_target", "BP_GO_TARGETS", "/cmd"),
        ("target_without_go", "BP_GO_TARGETS", "assets"),
        ("target_outside", "BP_GO_TARGETS", "../x"),
        ("missing_workdir", "BP_GO_WORKDIR", "nowhere"),
        ("workdir_that_is_a_file", "BP_GO_WORKDIR", "main.go"),
        ("open_quote", "BP_GO_BUILD_FLAGS", "-tags=\"a"),
        ("linker_flags_of_two_words", "BP_GO_BUILD_LDFLAGS", "\"a b\""),
        ("reload_that_is_no_boolean", "BP_LIVE_RELOAD_ENABLED", "maybe"),
    ] {
        insta::assert_snapshot!(name, failure(module_app().env(setting, value)));
    }
}

#[test]
fn an_app_of_packages_without_a_program() {
    insta::assert_snapshot!("no_program", failure(rig().file("go.mod", MOD).file("lib.go", "package lib\n")));
}

#[test]
fn a_deprecated_buildpack_yml() {
    insta::assert_snapshot!("buildpack_yml", failure(module_app().file("buildpack.yml", "")));
    assert_eq!(rig().file("buildpack.yml", "").build().unwrap_err().id(), "rig/no-group");
}

#[test]
fn modules_that_cannot_be_had() {
    insta::assert_snapshot!(
        "missing_sum",
        says(
            "main.go:3:8: missing go.sum entry for module providing package github.com/gorilla/mux (imported by example.com/app); to add:\n\tgo get example.com/app\n"
        )
    );
    insta::assert_snapshot!(
        "wrong_sum",
        says(
            "verifying github.com/gorilla/mux@v1.8.1: checksum mismatch\n\tdownloaded: h1:a=\n\tgo.sum:     h1:b=\n\nSECURITY ERROR\n"
        )
    );
    insta::assert_snapshot!(
        "missing_module",
        says(
            "main.go:3:8: no required module provides package github.com/gorilla/mux; to add it:\n\tgo get github.com/gorilla/mux\n"
        )
    );
    insta::assert_snapshot!(
        "private_module",
        says(
            "go: git.example/me/private@v1.0.0: reading https://git.example/me/private: 401 Unauthorized\nfatal: could not read Username for 'https://git.example': terminal prompts disabled\n"
        )
    );
}

#[test]
fn imports_without_modules_and_without_vendor() {
    let mut rig = plain_app();
    rig.file("main.go", &format!("{MAIN}import \"github.com/gorilla/mux\"\n"));
    rig.exec.teach("go", |_| Outcome {
        code: 1,
        output: "main.go:5:8: no required module provides package github.com/gorilla/mux: go.mod file not found in current directory or any parent directory; see 'go help modules'\n".to_owned(),
    });
    insta::assert_snapshot!("imports_without_modules", failure(&mut rig));
}
