//! From sources: which tool runs with what, what becomes of the sources, and what a rebuild does.

use libpack::report::report;
use libpack::testing::{Archive, Rig, Row};
use libpack::world::Outcome;

/// A jar that runs.
fn jar() -> Vec<u8> {
    Archive::new().file("META-INF/MANIFEST.MF", "Main-Class: App\n").file("App.class", "class").zip()
}

/// An app of Maven's with a JDK of the image, a Maven of a few bytes, and no program on the `PATH`.
fn app() -> Rig {
    let mut rig = Rig::new(libpack_java::buildpack(), include_str!("../../buildpack.toml"));
    rig.no_dependencies();
    for id in ["jdk", "jre"] {
        let java = Archive::new().program("jdk/bin/java", "java").file("jdk/release", "JAVA_VERSION=\"21.0.11\"\n");
        rig.offer(Row::new(id, "21.0.11").set("strip-components", 1), java.zst());
    }
    let maven = Archive::new().program("m/bin/mvn", "mvn").file("m/README.txt", "").zst();
    rig.offer(Row::new("maven", "3.9.16").set("strip-components", 1), maven);
    rig.offer(Row::new("gradle", "9.7.1").set("strip-components", 1), Archive::new().program("g/bin/gradle", "").zst());
    rig.env("PATH", "/nowhere").file("src/App.java", "class App {}");
    for (program, path) in [("mvn", "target/app.jar"), ("mvnw", "target/app.jar"), ("gradlew", "build/libs/app.jar")] {
        rig.exec.teach(program, move |child| {
            libpack::fs::write(&child.cwd.join(path), jar()).unwrap();
            Outcome::default()
        });
    }
    rig
}

fn maven_app() -> Rig {
    let mut rig = app();
    rig.file("pom.xml", "<project/>");
    rig
}

#[test]
fn maven_builds_once_and_an_unchanged_app_not_again() {
    let mut rig = maven_app();
    let first = rig.build().unwrap();
    assert_eq!(first.ran, ["mvn --batch-mode -Dmaven.test.skip=true --no-transfer-progress package"]);
    assert_eq!(first.command("web"), "java App");
    assert!(!first.app.join("src").exists(), "{}", first.app_tree());
    assert!(!rig.home().join(".m2").exists(), "the link goes with the build");
    let again = rig.build().unwrap();
    assert!(again.ran.is_empty() && again.fetched.is_empty(), "{}", again.log);
    assert_eq!(again.command("web"), "java App");
    let edited = rig.file("src/App.java", "class App { int x; }").build().unwrap();
    assert_eq!(edited.ran.len(), 1);
    assert!(edited.log.contains("made anew: sources changed"), "{}", edited.log);
}

#[test]
fn a_changed_environment_or_the_users_word_builds_again() {
    // paketo-buildpacks/libbs: the key knows neither the environment nor snapshots.
    let mut rig = maven_app();
    rig.build().unwrap();
    let options = rig.env("MAVEN_OPTS", "-Dx=secret-word").build().unwrap();
    assert_eq!(options.ran.len(), 1);
    assert!(options.log.contains("build-variables changed"), "{}", options.log);
    assert!(options.places_of("secret-word").is_empty());
    let forced = rig.env("BP_JAVA_FORCE_BUILD", "true").build().unwrap();
    assert!(forced.ran.len() == 1 && forced.log.contains("BP_JAVA_FORCE_BUILD is set"), "{}", forced.log);
    assert!(rig.unset("BP_JAVA_FORCE_BUILD").build().unwrap().ran.is_empty());
}

#[test]
fn a_wrapper_with_line_ends_of_windows_runs() {
    // paketo-buildpacks/gradle leaves those of gradlew.
    for (script, build_file) in [("mvnw", "pom.xml"), ("gradlew", "build.gradle")] {
        let mut rig = app();
        rig.file(build_file, "").file(script, "#!/bin/sh\r\necho\r\n");
        let answer = if script == "mvnw" { "target/app.jar" } else { "build/libs/app.jar" };
        rig.exec.teach(script, move |child| {
            assert_eq!(libpack::fs::read_text(std::path::Path::new(&child.program)).unwrap(), "#!/bin/sh\necho\n");
            libpack::fs::write(&child.cwd.join(answer), jar()).unwrap();
            Outcome::default()
        });
        let built = rig.build().unwrap();
        assert!(built.ran[0].starts_with(script), "{:?}", built.ran);
    }
}

#[test]
fn a_binding_of_settings_reaches_maven_and_no_log() {
    let mut rig = maven_app();
    let entries =
        [("settings.xml", "<password>canary</password>"), ("settings-security.xml", "<master>canary</master>")];
    rig.binding("settings", "maven", &entries);
    let built = rig.build().unwrap();
    let start = "mvn -Dsettings.security=/platform/bindings/settings/settings-security.xml \
                 --settings=/platform/bindings/settings/settings.xml --batch-mode";
    assert!(built.ran[0].starts_with(start), "{:?}", built.ran);
    assert!(built.places_of("canary").is_empty(), "{:?}", built.places_of("canary"));
    rig.binding("settings", "maven", &[("settings.xml", "<other/>")]);
    assert!(rig.build().unwrap().log.contains("maven-settings changed"));
}

#[test]
fn what_maven_fetched_comes_back_and_a_failed_build_leaves_nothing() {
    let mut rig = maven_app();
    let home = rig.home();
    let fetch = |name: &'static str, code: i32| {
        let home = home.clone();
        move |child: &libpack::world::Child| {
            let version = home.join(".m2/repository/com/x").join(name);
            libpack::fs::write(&version.join("x.jar"), name).unwrap();
            libpack::fs::write(&version.join("y.pom.lastUpdated"), "").unwrap();
            libpack::fs::write(&child.cwd.join("target/app.jar"), jar()).unwrap();
            Outcome { code, output: "[ERROR] COMPILATION ERROR : \n[ERROR] x".to_owned() }
        }
    };
    rig.exec.teach("mvn", fetch("1", 0));
    rig.build().unwrap();
    rig.exec.teach("mvn", fetch("2", 1));
    let error = rig.file("src/App.java", "broken").build().unwrap_err();
    assert_eq!(error.id(), "java/compile-failed", "{}", report(&error));
    let expected = home.clone();
    rig.exec.teach("mvn", move |child| {
        let found = libpack::testing::tree(&expected.join(".m2/"));
        assert_eq!(found, ["repository/com/x/1/x.jar"], "of the first build, without notes of failures");
        libpack::fs::write(&child.cwd.join("target/app.jar"), jar()).unwrap();
        Outcome::default()
    });
    assert_eq!(rig.file("src/App.java", "mended").build().unwrap().ran.len(), 1);
}

#[test]
fn a_folder_of_the_users_own_is_used_as_it_is() {
    let mut rig = maven_app();
    let own = rig.home().join(".m2/repository/own.jar");
    libpack::fs::write(&own, "own").unwrap();
    let built = rig.build().unwrap();
    assert!(built.log.contains("Cache already exists"), "{}", built.log);
    assert!(own.is_file() && built.layer("maven-cache").is_none());
}

#[test]
fn a_build_without_an_artifact_names_what_it_left() {
    let mut rig = maven_app();
    rig.exec.teach("mvn", |child| {
        libpack::fs::write(&child.cwd.join("web/target/web.jar"), jar()).unwrap();
        Outcome::default()
    });
    let error = rig.build().unwrap_err();
    assert_eq!(error.id(), "java/artifact-missing");
    assert!(error.next_step().unwrap().contains("such as web"), "{}", report(&error));
    let built = rig.env("BP_MAVEN_BUILT_MODULE", "web").env("BP_MAVEN_BUILT_MODULE_ONLY", "true").build().unwrap();
    assert!(built.ran[0].contains("--batch-mode -pl web -am"), "{:?}", built.ran);
}

#[test]
fn gradles_properties_come_from_the_binding_and_go_before_anything_is_kept() {
    let mut rig = app();
    rig.file("build.gradle", "").file("gradlew", "#!/bin/sh\n").file("pom.xml", "<project/>");
    rig.file("gradle/wrapper/gradle-wrapper.properties", "distributionUrl=https\\://a.example/a.zip\nkeep=1\n");
    rig.binding("user", "gradle", &[("gradle.properties", "password=canary")]);
    rig.binding(
        "wrapper",
        "gradle-wrapper",
        &[("gradle-wrapper.properties", "distributionUrl=https\\://b.example/b.zip")],
    );
    let home = rig.home();
    rig.exec.teach("gradlew", move |child| {
        assert_eq!(libpack::fs::read_text(&home.join(".gradle/gradle.properties")).unwrap(), "password=canary");
        let wrapper = libpack::fs::read_text(&child.cwd.join("gradle/wrapper/gradle-wrapper.properties")).unwrap();
        assert_eq!(wrapper, "distributionUrl=https\\://b.example/b.zip\nkeep=1\n");
        libpack::fs::write(&home.join(".gradle/caches/modules-2/x"), "x").unwrap();
        libpack::fs::write(&child.cwd.join("build/libs/app.jar"), jar()).unwrap();
        Outcome::default()
    });
    let built = rig.build().unwrap();
    assert_eq!(built.ran, ["gradlew --no-daemon -Dorg.gradle.welcome=never assemble"], "Maven stands behind");
    assert!(built.layer("gradle-cache").is_some());
    assert!(built.places_of("canary").is_empty(), "{:?}", built.places_of("canary"));
}
