use libpack::testing::{Archive, tree};

use super::*;

fn app() -> tempfile::TempDir {
    let app = tempfile::tempdir().unwrap();
    for path in ["pom.xml", ".mvn/jvm.config", "src/Main.java", "static/a/b.css", "static/c.css", "docs/x/y/z.md"] {
        fs::write(&app.path().join(path), path).unwrap();
    }
    let jar = Archive::new().file("META-INF/MANIFEST.MF", "Main-Class: App\n").file("static/d.css", "d").zip();
    fs::write(&app.path().join("target/app.jar"), jar).unwrap();
    app
}

fn after(include: Option<&str>, exclude: Option<&str>) -> Vec<String> {
    let app = app();
    let artifact = app.path().join("target/app.jar");
    replace(app.path(), &KeptFiles::new(include, exclude).unwrap(), &[artifact]).unwrap();
    tree(app.path())
}

const BUILT: [&str; 2] = ["META-INF/MANIFEST.MF", "static/d.css"];

#[test]
fn one_archive_takes_the_place_of_all_sources() {
    assert_eq!(after(None, None), BUILT);
}

#[test]
fn what_the_settings_name_stays_or_goes() {
    let with = |more: &[&str]| {
        let mut all: Vec<_> = BUILT.iter().chain(more).map(ToString::to_string).collect();
        all.sort();
        all
    };
    for (include, exclude, kept) in [
        (Some("static/*"), None, vec!["static/a/b.css", "static/c.css"]),
        (Some("static/c.css:pom.xml"), None, vec!["pom.xml", "static/c.css"]),
        // A folder that leads to a pattern stays, with what a star in it matches (a quirk of source-removal).
        (Some("docs/*/z"), None, vec!["docs/x/y/z.md"]),
        (Some("static/*"), Some("static/a/*.css"), vec!["static/a/", "static/c.css"]),
        (None, Some("src:.mvn:target:docs"), vec!["pom.xml", "static/a/b.css", "static/c.css"]),
    ] {
        assert_eq!(after(include, exclude), with(&kept), "{include:?} {exclude:?}");
    }
}

#[test]
fn an_empty_setting_keeps_the_sources() {
    for (include, exclude) in [(Some(""), None), (None, Some("")), (Some(""), Some(""))] {
        let tree = after(include, exclude);
        assert!(tree.contains(&"src/Main.java".to_owned()) && tree.contains(&"target/app.jar".to_owned()), "{tree:?}");
        assert!(tree.contains(&"static/d.css".to_owned()) && tree.contains(&"static/c.css".to_owned()), "{tree:?}");
    }
}

#[test]
fn several_artifacts_and_folders_keep_their_names() {
    let app = app();
    for path in ["target/other.jar", "target/quarkus-app/lib/a.jar"] {
        fs::write(&app.path().join(path), path).unwrap();
    }
    fs::make_executable(&app.path().join("target/other.jar")).unwrap();
    let paths = ["target/app.jar", "target/other.jar", "target/quarkus-app"].map(|path| app.path().join(path));
    replace(app.path(), &KeptFiles::default(), &paths).unwrap();
    assert_eq!(tree(app.path()), ["app.jar", "other.jar*", "quarkus-app/lib/a.jar"]);
}

#[test]
fn a_single_file_that_is_no_archive_stays_one_and_a_folder_keeps_its_name() {
    let app = app();
    fs::write(&app.path().join("target/run"), "#!/bin/sh\n").unwrap();
    replace(app.path(), &KeptFiles::default(), &[app.path().join("target/run")]).unwrap();
    assert_eq!(tree(app.path()), ["run"]);
    fs::write(&app.path().join("build/app/x"), "").unwrap();
    replace(app.path(), &KeptFiles::default(), &[app.path().join("build/app")]).unwrap();
    assert_eq!(tree(app.path()), ["app/x"]);
}

#[test]
fn an_archive_that_is_damaged_leaves_the_sources() {
    let app = app();
    let jar = app.path().join("target/app.jar");
    let mut bytes = Archive::new().file("App.class", "content of the class").zip();
    // Not the directory at the end, which still opens.
    bytes[40] ^= 0xff;
    fs::write(&jar, bytes).unwrap();
    let before = tree(&app.path().join("src"));
    let error = replace(app.path(), &KeptFiles::default(), &[jar]).unwrap_err();
    assert_eq!(error.id(), "java/artifact-unreadable");
    assert_eq!(tree(&app.path().join("src")), before);
}

#[test]
fn a_pattern_that_is_none_is_named_before_anything_runs() {
    for (include, exclude) in [(Some("a:[b"), None), (None, Some("../x"))] {
        assert_eq!(KeptFiles::new(include, exclude).unwrap_err().id(), "java/kept-files-invalid");
    }
}
