//! Which Java is chosen: the order of spec 3.1, and what build files cannot do without.

use libpack::plan::Require;
use libpack::testing::{Archive, Neighbour};

use super::{app, failure, rig, selected};

#[test]
fn the_setting_stands_above_sdkman_and_that_above_the_manifest() {
    let mut rig = app();
    assert_eq!(selected(&mut rig), "<unknown> 21.0.11");
    rig.file("META-INF/MANIFEST.MF", "Build-Jdk-Spec: 25\n");
    assert_eq!(selected(&mut rig), "MANIFEST.MF 25.0.3");
    rig.file(".sdkmanrc", "java=17.0.1-tem\n");
    assert_eq!(selected(&mut rig), ".sdkmanrc 17.0.19");
    rig.env("BP_JVM_VERSION", "21.0.10");
    assert_eq!(selected(&mut rig), "BP_JVM_VERSION 21.0.10");
    rig.env("BP_JVM_VERSION", "8.*");
    let built = rig.build().unwrap();
    assert!(built.log.contains(".sdkmanrc      -> \"17\""), "{}", built.log);
    assert!(built.log.contains("MANIFEST.MF    -> \"25\""), "{}", built.log);
}

#[test]
fn an_archive_of_a_java_that_is_gone_runs_on_the_next() {
    let mut rig = app();
    rig.file("META-INF/MANIFEST.MF", "Build-Jdk: 24.0.1\n");
    assert_eq!(selected(&mut rig), "MANIFEST.MF 25.0.3");
    rig.file("META-INF/MANIFEST.MF", "Build-Jdk: 19.0.1\n");
    assert!(failure(&mut rig).contains("no version of jdk satisfies \"19\""), "{}", failure(&mut rig));
}

#[test]
fn build_files_raise_the_default_and_nothing_else() {
    // paketo-buildpacks/bellsoft-liberica#711, paketo-buildpacks/maven#217
    for (file, text, chosen) in [
        ("build.gradle", "java.toolchain.languageVersion = JavaLanguageVersion.of(25)", "build.gradle 25.0.3"),
        ("build.gradle", "java.toolchain.languageVersion = JavaLanguageVersion.of(17)", "<unknown> 21.0.11"),
        ("build.gradle", "kotlin { jvmToolchain(22) }", "build.gradle 25.0.3"),
        ("pom.xml", "<properties><java.version>25</java.version></properties>", "pom.xml 25.0.3"),
        ("pom.xml", "<properties><java.version>30</java.version></properties>", "<unknown> 21.0.11"),
        (".java-version", "25\n", ".java-version 25.0.3"),
        (".tool-versions", "java temurin-25.0.1+8\n", ".tool-versions 25.0.3"),
        ("system.properties", "java.runtime.version=25\n", "system.properties 25.0.3"),
    ] {
        let mut rig = app();
        rig.file(file, text);
        assert_eq!(selected(&mut rig), chosen, "{file}: {text}");
        rig.env("BP_JVM_VERSION", "17");
        assert_eq!(selected(&mut rig), "BP_JVM_VERSION 17.0.19", "{file}: {text}");
    }
}

#[test]
fn an_archive_raises_the_default_too() {
    let mut rig = app();
    let jar = |java: u32| {
        Archive::new().file("META-INF/MANIFEST.MF", format!("Main-Class: A\nBuild-Jdk-Spec: {java}\n")).zip()
    };
    libpack::fs::write(&rig.app().join("app.jar"), jar(25)).unwrap();
    assert_eq!(selected(&mut rig), "app.jar 25.0.3");
    libpack::fs::write(&rig.app().join("app.jar"), jar(17)).unwrap();
    assert_eq!(selected(&mut rig), "<unknown> 21.0.11");
}

#[test]
fn another_buildpacks_wish_counts_when_nobody_else_has_one() {
    // Requested upstream and declined there: paketo-buildpacks/rfcs#268.
    let with = |version: &str| {
        let mut rig = app();
        rig.after(Neighbour::new("acme/agent", &[], vec![Require::new("jre").version(version, "acme")]));
        rig
    };
    assert_eq!(selected(&mut with("17.*")), "acme 17.0.19");
    let mut rig = with("12");
    let built = rig.build().unwrap();
    assert!(built.log.contains("acme asks for Java 12, of which there is none"), "{}", built.log);
    assert_eq!(selected(&mut rig), "<unknown> 21.0.11");
    let mut rig = with("17.*");
    rig.file(".sdkmanrc", "java=25-tem");
    assert_eq!(selected(&mut rig), ".sdkmanrc 25.0.3");
}

#[test]
fn what_there_is_none_of_is_named_with_what_there_is() {
    let mut rig = rig();
    super::super::gradle::app(&mut rig, "");
    rig.env("BP_JVM_VERSION", "19");
    insta::assert_snapshot!(failure(&mut rig));
    rig.env("BP_JVM_VERSION", "latest please");
    insta::assert_snapshot!(failure(&mut rig));
    rig.unset("BP_JVM_VERSION").file(".sdkmanrc", "java 17\n");
    insta::assert_snapshot!(failure(&mut rig));
    rig.remove(".sdkmanrc").env("BP_JVM_VENDOR", "acme");
    insta::assert_snapshot!(failure(&mut rig));
}
