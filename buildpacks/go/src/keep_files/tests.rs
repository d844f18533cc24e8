use tempfile::TempDir;

use super::*;

fn app(files: &[&str]) -> TempDir {
    let app = tempfile::tempdir().unwrap();
    for file in files {
        libpack::fs::write(&app.path().join(file), file).unwrap();
    }
    app
}

/// Files and empty folders below a folder, sorted; folders end in a slash.
fn left(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for name in libpack::fs::list(&folder).unwrap() {
            let path = folder.join(name);
            let below = path.strip_prefix(root).unwrap().display().to_string();
            if !std::fs::symlink_metadata(&path).unwrap().is_dir() {
                found.push(below);
            } else if libpack::fs::list(&path).unwrap().is_empty() {
                found.push(format!("{below}/"));
            } else {
                folders.push(path);
            }
        }
    }
    found.sort();
    found
}

const FILES: [&str; 14] = [
    ".git/HEAD",
    ".hidden",
    "Procfile",
    "a/b/x.txt",
    "a/b/y.txt",
    "a/z.txt",
    "assets/css/deep/c.css",
    "assets/main.css",
    "assets/main.js",
    "go.mod",
    "main.go",
    "static-file",
    "templates/one/x.html",
    "templates/one/y.html",
];

fn kept(setting: &str) -> Vec<String> {
    let app = app(&FILES);
    KeepFiles::parse(Some(setting)).unwrap().clear(app.path()).unwrap();
    left(app.path())
}

#[test]
fn without_a_setting_the_app_is_empty() {
    let app = app(&FILES);
    KeepFiles::parse(None).unwrap().clear(app.path()).unwrap();
    assert!(app.path().is_dir() && left(app.path()).is_empty());
    assert!(kept("").is_empty());
}

#[test]
fn patterns_keep_what_they_keep_in_paketo() {
    let assets = ["assets/css/deep/c.css", "assets/main.css", "assets/main.js"];
    for (setting, expected) in [
        ("./static-file:assets/*", [assets.as_slice(), &["static-file"]].concat()),
        ("/static-file", vec!["static-file"]),
        ("assets/*.css", vec!["assets/main.css"]),
        ("*", FILES.to_vec()),
        ("templates/*/x.html", vec!["templates/one/x.html", "templates/one/y.html"]),
        ("a/b/x.txt", vec!["a/b/x.txt"]),
        ("a/[b-c]/?.txt", vec!["a/b/x.txt", "a/b/y.txt"]),
        (".h*", vec![".hidden"]),
        ("a/../static-file:missing", vec!["static-file"]),
        ("../x:..", vec![]),
        ("a/b/missing", vec!["a/b/"]),
        ("static\\-file", vec!["static-file"]),
    ] {
        assert_eq!(kept(setting), expected, "{setting}");
    }
}

#[test]
fn a_folder_keeps_what_is_in_it() {
    let assets = ["assets/css/deep/c.css", "assets/main.css", "assets/main.js"];
    for setting in ["assets", "assets/", "./assets", "asset?", "assets/**"] {
        assert_eq!(kept(setting), assets, "{setting}");
    }
    assert_eq!(kept("assets/css"), ["assets/css/deep/c.css"]);
}

#[test]
fn two_stars_stand_for_any_number_of_folders() {
    assert_eq!(kept("**"), FILES);
    // Paketo reads `**` as `*`, and what it then keeps on the way stays too: direct files and folders.
    let at_the_top = [".git/", ".hidden", "Procfile", "a/b/x.txt", "assets/", "go.mod", "main.go", "static-file"];
    assert_eq!(kept("**/x.txt"), [at_the_top.as_slice(), &["templates/"]].concat());
    assert_eq!(kept("assets/**/c.css"), ["assets/css/deep/c.css", "assets/main.css", "assets/main.js"]);
    assert_eq!(kept("assets/css/**/none.css"), ["assets/css/deep/"]);
}

#[test]
fn a_pattern_that_says_a_folder_first_names_it() {
    let keep = KeepFiles::parse(Some("./vendor/x/*:other")).unwrap();
    assert!(keep.names("vendor") && keep.names("other") && !keep.names("x"));
    assert!(!KeepFiles::parse(Some("*")).unwrap().names("vendor"));
}

#[test]
fn a_malformed_pattern_is_told_and_nothing_is_removed() {
    for setting in ["[", "ok:a/[b", "a\\", "x[]", "a[/]b"] {
        let error = KeepFiles::parse(Some(setting)).unwrap_err();
        assert_eq!(error.id(), "go/keep-files-invalid", "{setting}");
        assert!(error.message().starts_with("syntax error in pattern"), "{error}");
    }
}

#[test]
fn links_are_removed_as_links() {
    let outside = app(&["treasure"]);
    let app = app(&["main.go", "keep/x"]);
    for link in ["folder", "keep/folder"] {
        libpack::fs::symlink(outside.path(), &app.path().join(link)).unwrap();
    }
    libpack::fs::symlink(Path::new("/does/not/exist"), &app.path().join("broken")).unwrap();
    KeepFiles::parse(Some("keep/x:folder/treasure")).unwrap().clear(app.path()).unwrap();
    assert_eq!(left(app.path()), ["folder", "keep/x"]);
    assert_eq!(left(outside.path()), ["treasure"]);
}

#[test]
fn go_build_397_folders_that_nobody_may_write_are_removed_too() {
    let app = app(&["pkg/mod/a@v1/x/a.go", "kept/x", "kept/y"]);
    for folder in ["pkg/mod/a@v1/x", "pkg/mod/a@v1", "kept"] {
        set_permissions(&app.path().join(folder), Permissions::from_mode(0o555)).unwrap();
    }
    KeepFiles::parse(Some("kept/x")).unwrap().clear(app.path()).unwrap();
    assert_eq!(left(app.path()), ["kept/x"]);
    let kept = std::fs::metadata(app.path().join("kept")).unwrap();
    assert_eq!(kept.permissions().mode() & 0o777, 0o555);
}

#[test]
fn a_name_that_is_no_text_is_removed() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let app = app(&["main.go"]);
    libpack::fs::write(&app.path().join(OsStr::from_bytes(b"\xff.bin")), "x").unwrap();
    KeepFiles::parse(None).unwrap().clear(app.path()).unwrap();
    assert_eq!(std::fs::read_dir(app.path()).unwrap().count(), 0);
}
