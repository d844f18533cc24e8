//! An application that lies there as it is: JARs, exploded ones, and none.

use libpack::plan::Require;
use libpack::testing::{Neighbour, Rig};

use super::{app, assert_idle, jar, parts, put, read, rig};

/// A JAR that finds its libraries by its manifest.
fn with_libraries() -> Rig {
    let rig = rig();
    put(
        &rig,
        "app.jar",
        jar("Main-Class: App\nClass-Path: lib/one.jar lib/two-SNAPSHOT.jar gone.jar\n", &[("App.class", "")]),
    );
    put(&rig, "lib/one.jar", jar("Class-Path: two-SNAPSHOT.jar ../conf/x.properties\n", &[]));
    put(&rig, "lib/two-SNAPSHOT.jar", jar("", &[]));
    put(&rig, "conf/x.properties", "a=b");
    rig
}

#[test]
fn a_jar_starts_as_it_is() {
    let mut rig = rig();
    put(&rig, "app.jar", jar("Main-Class: App\n", &[("App.class", "")]));
    let built = rig.build().unwrap();
    assert_eq!(app(&built), ["app.jar -> ../layers/application/app.jar"]);
    insta::assert_snapshot!("plain_jar", built.launch_text());
    let again = rig.build().unwrap();
    assert_idle(&again);
    assert_eq!(app(&again), app(&built));
    assert_eq!(again.launch_text(), built.launch_text());
}

#[test]
fn libraries_lie_in_layers_of_their_own_and_see_each_other() {
    let mut rig = with_libraries();
    let built = rig.build().unwrap();
    insta::assert_snapshot!("jar_with_libraries", parts(&built));
    assert_eq!(
        app(&built),
        [
            "app.jar -> ../layers/application/app.jar",
            "conf -> ../layers/application/conf",
            "lib -> ../layers/application/lib"
        ]
    );
}

#[test]
fn a_change_of_the_application_keeps_its_libraries() {
    let mut rig = with_libraries();
    rig.build().unwrap();
    rig.file("conf/x.properties", "a=c");
    let built = rig.build().unwrap();
    let reused = built.reused();
    assert!(reused.contains(&"dependencies") && reused.contains(&"snapshot-dependencies"), "{}", built.log);
    assert!(!reused.contains(&"application"));
    assert!(built.log.contains("Layer application is made anew: application changed"), "{}", built.log);
}

#[test]
fn an_exploded_jar_starts_by_its_class_and_a_shell_is_only_for_odd_names() {
    let mut rig = rig();
    rig.file("META-INF/MANIFEST.MF", "Main-Class: com.acme.App\nClass-Path: lib/one.jar conf/\n");
    rig.file("com/acme/App.class", "").file("conf/x", "1");
    put(&rig, "lib/one.jar", jar("", &[]));
    let built = rig.build().unwrap();
    assert_eq!(built.command("web"), "java com.acme.App");
    assert_eq!(built.variable("CLASSPATH"), "/workspace:/workspace/lib/one.jar:/workspace/conf/");
    assert_eq!(read(&built, "META-INF/MANIFEST.MF"), read(&rig.build().unwrap(), "META-INF/MANIFEST.MF"));

    rig.file("META-INF/MANIFEST.MF", "Main-Class: com.acme.Outer$App\n");
    let built = rig.build().unwrap();
    assert_eq!(built.command("task"), "start-executable-jar");
    assert_eq!(built.script("start-executable-jar").unwrap(), "#!/bin/sh\nexec 'java' 'com.acme.Outer$App' \"$@\"\n");
}

#[test]
fn jars_of_tools_are_no_applications() {
    // buildpacks/pack issue 2001.
    for path in ["gradle/wrapper/gradle-wrapper.jar", ".mvn/wrapper/x.jar", "node_modules/a/b.jar", "sbt-launch.jar"] {
        let mut rig = rig();
        put(&rig, path, jar("Main-Class: App\n", &[]));
        assert!(rig.build().is_err_and(|error| error.id() == "rig/no-group"), "{path}");
    }
}

#[test]
fn what_cannot_be_read_is_passed_over_and_the_nearest_jar_counts() {
    let mut rig = rig();
    rig.file("a.jar", "no archive");
    put(&rig, "b/c/deep.jar", jar("Main-Class: Deep\n", &[]));
    put(&rig, "z/near.jar", jar("Main-Class: Near\n", &[]));
    put(&rig, "wars/app.war", jar("Main-Class: War\n", &[]));
    assert_eq!(rig.build().unwrap().command("web"), "java -jar /workspace/z/near.jar");
    // paketo-buildpacks/executable-jar issues 206 and 311.
    for (pattern, jar) in [("b/*/*.jar", "b/c/deep.jar"), ("wars/*.war", "wars/app.war"), ("no*", "z/near.jar")] {
        let built = rig.env("BP_EXECUTABLE_JAR_LOCATION", pattern).build().unwrap();
        assert_eq!(built.command("web"), format!("java -jar /workspace/{jar}"), "{pattern}");
    }
    let error = rig.env("BP_EXECUTABLE_JAR_LOCATION", "[").build().unwrap_err();
    assert_eq!(error.id(), "java/pattern");
    // paketo-buildpacks/executable-jar issue 232.
    rig.unset("BP_EXECUTABLE_JAR_LOCATION").env("BP_EXECUTABLE_JAR_ENABLED", "false");
    assert_eq!(rig.build().unwrap_err().id(), "rig/no-group");
}

#[test]
fn live_reload_restarts_what_a_group_member_changes() {
    let mut rig = rig();
    put(&rig, "app.jar", jar("Main-Class: App\n", &[]));
    rig.env("BP_LIVE_RELOAD_ENABLED", "true");
    rig.before(Neighbour::new("acme/watchexec", &["watchexec"], vec![]));
    let built = rig.build().unwrap();
    assert_eq!(
        built.command("reload"),
        "watchexec --restart --watch /workspace --watch /layers/application --shell none -- java -jar /workspace/app.jar"
    );
    let defaults: Vec<_> = built.launch.processes().iter().filter(|one| one.default).map(|one| &one.kind).collect();
    assert_eq!(defaults, ["reload"]);
    let mode = std::fs::metadata(built.layer("application").unwrap().folder().join("app.jar")).unwrap().permissions();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o060, 0o060);
}

#[test]
fn a_buildpack_behind_us_finds_the_files_of_the_application() {
    let mut rig = with_libraries();
    rig.after(Neighbour::new("acme/scan", &[], vec![Require::new("jvm-application-package")]));
    let built = rig.build().unwrap();
    for name in ["application", "dependencies", "snapshot-dependencies"] {
        assert!(built.layer(name).unwrap().flags.build, "{name}");
    }
    assert!(!built.app.join("app.jar").symlink_metadata().unwrap().is_file());
    let again = rig.build().unwrap();
    assert!(rig.layers().join("application/app.jar").is_file() && rig.layers().join("dependencies/lib").is_dir());
    assert!(!again.reused().contains(&"application"), "its content does not come back");
    let bytes = |built: &libpack::testing::Built| parts(built);
    assert_eq!(bytes(&built), bytes(&again));
}

#[test]
fn an_agent_behind_us_needs_no_files() {
    let mut rig = with_libraries();
    rig.after(Neighbour::new("acme/apm", &["apm"], vec![Require::new("apm"), Require::new("jvm-application")]));
    rig.build().unwrap();
    assert_idle(&rig.build().unwrap());
}

#[test]
fn a_package_of_an_earlier_buildpack_is_ours_to_start() {
    let mut rig = rig();
    rig.before(Neighbour::new("acme/sbt", &["jvm-application-package"], vec![]));
    // What that one makes is not there at detect; the rig has it from the start, under a name that we do not find.
    rig.file("README", "x");
    let built = rig.build().unwrap();
    assert!(built.log.contains("Nothing that can be started was found"), "{}", built.log);
    assert_eq!(app(&built), ["README"], "it stays as it is");
    assert_eq!(built.unmet, ["java-app-server", "jvm-application", "spring-boot"]);
}

#[test]
fn links_to_layers_of_others_stay_and_links_within_go_on() {
    let mut rig = with_libraries();
    libpack::fs::symlink("../elsewhere/modules".as_ref(), &rig.app().join("node_modules")).unwrap();
    libpack::fs::symlink("lib/one.jar".as_ref(), &rig.app().join("latest.jar")).unwrap();
    libpack::fs::symlink("../../elsewhere/x".as_ref(), &rig.app().join("conf/x")).unwrap();
    let built = rig.build().unwrap();
    let tree = app(&built);
    assert!(tree.contains(&"node_modules -> ../elsewhere/modules".to_owned()), "{tree:?}");
    let layer = built.layer("application").unwrap().tree();
    assert!(layer.contains(&"latest.jar -> lib/one.jar".to_owned()), "{layer:?}");
    assert!(layer.contains(&"conf/x -> ../../../elsewhere/x".to_owned()), "{layer:?}");
    let again = rig.build().unwrap();
    assert_idle(&again);
    assert_eq!(app(&again), tree);
}

#[test]
fn a_part_that_did_not_come_back_is_made_again_with_the_whole() {
    let mut rig = with_libraries();
    rig.build().unwrap();
    rig.forget_image();
    let built = rig.build().unwrap();
    assert!(!built.reused().contains(&"application"));
    assert!(built.layer("dependencies").unwrap().folder().join("lib/one.jar").is_file());
}

#[test]
fn a_native_image_needs_the_application_unpacked_and_nothing_at_launch() {
    let mut rig = rig();
    put(&rig, "app.jar", super::spring_boot::boot_jar("3.3.2"));
    let wanted = Require::new("jvm-application").with("native-image", true);
    rig.after(Neighbour::new("acme/native-image", &[], vec![wanted]));
    let built = rig.build().unwrap();
    assert!(built.launch.processes().is_empty() && built.layer("application").is_none(), "{}", built.tree());
    assert!(built.app.join("BOOT-INF/classes/App.class").is_file());
    let class_path = built.layer("environment").unwrap().text("env.build/CLASSPATH.prepend").unwrap();
    assert_eq!(
        rig.normalise(&class_path),
        "/workspace/:/workspace/BOOT-INF/classes/:/workspace/BOOT-INF/lib/spring-web-6.1.11.jar"
    );
}

#[test]
fn settings_of_a_training_run_are_answered_with_a_warning() {
    let mut rig = rig();
    put(&rig, "app.jar", jar("Main-Class: App\n", &[]));
    let built = rig.env("BP_JVM_CDS_ENABLED", "true").build().unwrap();
    assert!(built.log.contains("BP_JVM_CDS_ENABLED has no effect yet"), "{}", built.log);
    assert!(!rig.unset("BP_JVM_CDS_ENABLED").build().unwrap().log.contains("no effect yet"));
}
