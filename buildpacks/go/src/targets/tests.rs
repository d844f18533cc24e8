use tempfile::TempDir;

use super::*;

const MAIN: &str = "package main\n\nfunc main() {}\n";

/// An app of these files; those that end in `.go` without a text of their own are main packages.
fn app(files: &[&str]) -> TempDir {
    let app = tempfile::tempdir().unwrap();
    for file in files {
        let (name, text) = file.split_once('|').unwrap_or((file, if is_go(file) { MAIN } else { "" }));
        libpack::fs::write(&app.path().join(name), text).unwrap();
    }
    app
}

fn targets_in(files: &[&str], workdir: &str, setting: Option<&str>) -> Result<Vec<String>> {
    let app = app(files);
    let tags = Tags::new("amd64", &["paketo".to_owned()], true);
    let folder = crate::workdir::find(app.path(), Some(workdir))?;
    Place { app: app.path(), folder: &folder, modules: &[], tags: &tags }.targets(setting)
}

fn found(files: &[&str]) -> Vec<String> {
    targets_in(files, "", None).unwrap()
}

#[test]
fn a_main_package_in_the_root_is_the_only_one() {
    assert_eq!(found(&["main.go", "cmd/x/main.go"]), ["."]);
    assert_eq!(targets_in(&["main.go"], "", Some("")).unwrap(), ["."]);
    assert_eq!(found(&["lib_test.go|package main_test", "main.go"]), ["."]);
}

#[test]
fn folders_below_cmd_are_found_by_paketos_walk() {
    for (files, targets) in [
        (vec!["cmd/first/main.go", "cmd/something/second/main.go"], vec!["./cmd/first", "./cmd/something/second"]),
        (vec!["cmd/main.go", "cmd/zeta/main.go"], vec!["./cmd"]),
        (vec!["cmd/alpha/main.go", "cmd/main.go"], vec!["./cmd/alpha", "./cmd"]),
        (
            vec!["cmd/script/main.go", "cmd/web/main.go", "cmd/worker/main.go"],
            vec!["./cmd/script", "./cmd/web", "./cmd/worker"],
        ),
    ] {
        assert_eq!(found(&files), targets);
    }
}

#[test]
fn a_workdir_gives_the_same_targets_whatever_it_is_called() {
    for (workdir, file, target) in [
        ("w", "w/cmd/first/main.go", "./cmd/first"),
        ("w", "w/cmd/wow/main.go", "./cmd/wow"),
        ("w/", "w/cmd/first/main.go", "./cmd/first"),
        ("./w", "w/cmd/first/main.go", "./cmd/first"),
        (".", "cmd/first/main.go", "./cmd/first"),
        ("w", "w/main.go", "."),
    ] {
        assert_eq!(targets_in(&[file], workdir, None).unwrap(), [target], "{workdir}");
    }
}

#[test]
fn a_root_that_is_a_library_has_no_main_package() {
    assert_eq!(found(&["lib.go|package lib", "cmd/web/main.go"]), ["./cmd/web"]);
    assert_eq!(found(&["gen.go|//go:build ignore\n\npackage main", "cmd/web/main.go"]), ["./cmd/web"]);
    assert_eq!(found(&["x_windows.go", "cmd/web/main.go"]), ["./cmd/web"]);
}

#[test]
fn a_main_package_behind_a_tag_of_the_user_is_found() {
    assert_eq!(found(&["main.go|//go:build paketo\n\npackage main"]), ["."]);
}

#[test]
fn a_library_below_cmd_gives_no_target_but_its_subfolders_do() {
    let files = ["cmd/internal/x.go|package internal", "cmd/tool/a.go|package tool", "cmd/tool/cli/main.go"];
    assert_eq!(found(&files), ["./cmd/tool/cli"]);
}

#[test]
fn an_app_of_modules_is_searched_whole_when_root_and_cmd_have_none() {
    let files = [
        "go.mod|module example.com/app",
        "server/main.go",
        "agent/main.go",
        "agent/sub/main.go",
        "lib/lib.go|package lib",
        "vendor/x/main.go",
        "node_modules/x/main.go",
        "agent/testdata/x/main.go",
        ".hidden/main.go",
        "_old/main.go",
        "tests/x_test.go",
        "other/go.mod|module example.com/other",
        "other/main.go",
    ];
    assert_eq!(found(&files), ["./agent", "./agent/sub", "./server"]);
}

#[test]
fn a_tool_of_an_app_that_has_no_modules_does_not_make_it_go() {
    let error = targets_in(&["package.json", "scripts/tool/main.go"], "", None).unwrap_err();
    assert_eq!((error.id(), error.message()), ("go/no-go-files", "no *.go files could be found"));
}

#[test]
fn files_without_a_main_package_are_told_from_no_files() {
    for files in [vec!["lib.go|package lib"], vec!["cmd/x.go|package x"], vec!["go.mod|module a", "a/a.go|package a"]] {
        assert_eq!(targets_in(&files, "", None).unwrap_err().id(), "go/no-main-package", "{files:?}");
    }
    assert_eq!(targets_in(&["go.mod|module a"], "", None).unwrap_err().id(), "go/no-go-files");
}

#[test]
fn a_workspace_has_the_packages_of_its_modules() {
    let app = app(&[
        "web/go.mod|module a/web",
        "web/cmd/x/main.go",
        "job/go.mod|module a/job",
        "job/main.go",
        "out/go.mod|module o",
        "out/main.go",
    ]);
    let modules = [app.path().join("./web"), app.path().join("job")];
    let tags = Tags::new("amd64", &[], true);
    let place = Place { app: app.path(), folder: app.path(), modules: &modules, tags: &tags };
    assert_eq!(place.targets(None).unwrap(), ["./job", "./web/cmd/x"]);
    assert_eq!(place.import_path("./web/cmd/x", WORKSPACE).unwrap(), "a/web/cmd/x");
    assert_eq!(place.import_path("./job", WORKSPACE).unwrap(), "a/job");
}

#[test]
fn targets_of_the_setting_are_cleaned_and_keep_their_order() {
    let files = ["first/main.go", "second/main.go", "cmd/a/x.go|package a", "main.go"];
    for (setting, targets) in [
        ("first:./second", vec!["./first", "./second"]),
        ("second:first:second", vec!["./second", "./first", "./second"]),
        ("cmd//a/", vec!["./cmd/a"]),
        ("./first/../second", vec!["./second"]),
        (".", vec!["./."]),
        ("first:", vec!["./first", "./."]),
    ] {
        assert_eq!(targets_in(&files, "", Some(setting)).unwrap(), targets, "{setting}");
    }
}

#[test]
fn go_build_879_targets_are_checked_against_the_workdir() {
    let files = ["svc/cmd/a/main.go", "cmd/b/main.go"];
    assert_eq!(targets_in(&files, "svc", Some("./cmd/a")).unwrap(), ["./cmd/a"]);
    assert_eq!(targets_in(&files, "svc", Some("../cmd/b")).unwrap(), ["./../cmd/b"]);
    assert_eq!(targets_in(&files, "svc", Some("./cmd/b")).unwrap_err().id(), "go/target-empty");
}

#[test]
fn three_dots_stand_for_all_main_packages_below() {
    let files = ["cmd/a/main.go", "cmd/b/lib.go|package b", "cmd/b/c/main.go", "main.go"];
    assert_eq!(targets_in(&files, "", Some("./cmd/...")).unwrap(), ["./cmd/a", "./cmd/b/c"]);
    assert_eq!(targets_in(&files, "", Some("./...")).unwrap(), [".", "./cmd/a", "./cmd/b/c"]);
    assert_eq!(targets_in(&files, "", Some("docs/...")).unwrap_err().id(), "go/no-main-package");
}

#[test]
fn a_target_that_is_none_is_named() {
    let files = ["main.go", "docs/readme.md", "odd.go/x"];
    let app = "failed to determine build targets: \"/x\" is an absolute path, targets must be relative to the source directory";
    let error = targets_in(&files, "", Some("/x")).unwrap_err();
    assert_eq!((error.id(), error.message()), ("go/target-absolute", app));
    for setting in ["docs", "main.go", "./cmd/*", "odd.go", "x"] {
        let error = targets_in(&files, "", Some(setting)).unwrap_err();
        assert_eq!(error.id(), "go/target-empty", "{setting}");
        assert!(error.message().starts_with("there were no *.go files present in \"/"), "{error}");
        assert!(error.next_step().unwrap().contains("./cmd/..."));
    }
    assert_eq!(targets_in(&files, "", Some("../x")).unwrap_err().id(), "go/target-outside");
}

#[test]
fn an_import_path_is_the_modules_and_the_folder_in_it() {
    let app = app(&["go.mod|module \"example.com/foo/v2\"", "sub/go.mod|module example.com/sub", "svc/x.go"]);
    let tags = Tags::new("amd64", &[], true);
    let of = |folder: &str, target: &str| {
        let folder = resolve(&app.path().join(folder));
        Place { app: app.path(), folder: &folder, modules: &[], tags: &tags }.import_path(target, WORKSPACE).unwrap()
    };
    assert_eq!(of("", "."), "example.com/foo/v2");
    assert_eq!(of("", "./."), "example.com/foo/v2");
    assert_eq!(of("", "./cmd/web"), "example.com/foo/v2/cmd/web");
    assert_eq!(of("svc", "./a"), "example.com/foo/v2/svc/a");
    assert_eq!(of("sub", "./a"), "example.com/sub/a");
}

#[test]
fn without_modules_an_import_path_begins_with_the_setting() {
    let app = app(&["main.go", "w/x.go"]);
    let tags = Tags::new("amd64", &[], true);
    let folder = app.path().join("w");
    let place = Place { app: app.path(), folder: &folder, modules: &[], tags: &tags };
    assert_eq!(place.import_path(".", WORKSPACE).unwrap(), "workspace");
    assert_eq!(place.import_path("./cmd/a", "example.com/x").unwrap(), "example.com/x/cmd/a");
}
