use libpack::fs;
use libpack::testing::Archive;

use super::*;

const HABIT: Habit =
    Habit { artifact: "BP_MAVEN_BUILT_ARTIFACT", module: "BP_MAVEN_BUILT_MODULE", output: "target", advice: "" };
const DEFAULT: &str = "target/*.[ejw]ar";

fn app(files: &[&str]) -> tempfile::TempDir {
    let app = tempfile::tempdir().unwrap();
    for path in files {
        fs::write(&app.path().join(path), "").unwrap();
    }
    app
}

fn find(app: &Path, is_own: bool, text: &str, module: &str) -> Result<Vec<String>> {
    let found = Artifact::new(&HABIT, is_own, text, module)?.find(app)?;
    Ok(found.iter().map(|path| path.strip_prefix(app).unwrap().display().to_string()).collect())
}

#[test]
fn all_that_the_patterns_match_is_taken() {
    let app = app(&["target/a.jar", "target/b.war", "target/c.txt", "web/target/web.ear", "dist/app.zip"]);
    let find = |is_own, text, module| find(app.path(), is_own, text, module).unwrap();
    assert_eq!(find(false, DEFAULT, ""), ["target/a.jar", "target/b.war"]);
    assert_eq!(find(false, DEFAULT, "web"), ["web/target/web.ear"]);
    assert_eq!(find(true, "dist/*.zip 'target/a.jar'", "web"), ["dist/app.zip", "target/a.jar"], "no module then");
}

#[test]
fn a_missing_artifact_names_what_the_build_left() {
    let app = app(&["web/target/web.jar", "core/target/core.jar", "web/target/classes/x.jar", "lib/other.jar"]);
    let error = find(app.path(), false, DEFAULT, "").unwrap_err();
    assert_eq!(
        (error.id(), error.message()),
        ("java/artifact-missing", "unable to find any built artifacts for pattern(s): target/*.[ejw]ar")
    );
    assert_eq!(
        error.next_step().unwrap(),
        "Set BP_MAVEN_BUILT_MODULE to the module that is to run, such as core, or BP_MAVEN_BUILT_ARTIFACT to a path; \
         the build left core/target/core.jar, web/target/web.jar."
    );
    let nothing = find(tempfile::tempdir().unwrap().path(), true, "out/*.jar", "").unwrap_err();
    assert_eq!(nothing.next_step().unwrap(), "The build left no jar, war, ear or zip archive.");
}

#[test]
fn a_pattern_that_is_none_is_named_before_anything_runs() {
    let of = |text| Artifact::new(&HABIT, true, text, "").err().unwrap().id();
    assert_eq!(of("target/[a.jar"), "java/artifact-pattern");
    assert_eq!(of("../other/*.jar"), "java/artifact-pattern");
    assert_eq!(of("'target"), "java/arguments-invalid");
}

#[test]
fn quarkus_leaves_a_folder_that_runs_beside_a_jar_that_does_not() {
    // Paketo RFC java/0012: several settings for what can be seen.
    let app = app(&["target/quarkus-app/quarkus-run.jar", "m/target/quarkus-app/quarkus-run.jar"]);
    fs::write(&app.path().join("target/app.jar"), Archive::new().file("App.class", "").zip()).unwrap();
    let find = |is_own, text, module| find(app.path(), is_own, text, module).unwrap();
    assert_eq!(find(false, DEFAULT, ""), ["target/quarkus-app"]);
    assert_eq!(find(false, DEFAULT, "m"), ["m/target/quarkus-app"]);
    assert_eq!(find(true, DEFAULT, ""), ["target/app.jar"], "the user named it");
    let runnable = Archive::new().file("META-INF/MANIFEST.MF", "Main-Class: App\n").zip();
    fs::write(&app.path().join("target/app-runner.jar"), runnable).unwrap();
    assert_eq!(find(false, DEFAULT, ""), ["target/app-runner.jar", "target/app.jar"]);
}
