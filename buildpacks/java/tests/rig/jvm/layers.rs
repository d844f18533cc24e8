//! The layers of JDK and JRE, and what the image knows.

use std::os::unix::fs::PermissionsExt as _;

use libpack::plan::Require;
use libpack::testing::{Archive, Neighbour, Rig};

use super::super::gradle;
use super::{CERTIFICATE, OTHER_CERTIFICATE, SECURITY, app, downloads, jre, row};

/// A container that trusts the certificates of a file.
fn trusting(rig: &mut Rig, certificates: &str) {
    let path = rig.platform().join("ca.crt");
    libpack::fs::write(&path, certificates).unwrap();
    let path = path.display().to_string();
    rig.env("SSL_CERT_FILE", &path);
}

#[test]
fn an_image_gets_a_jre_and_the_build_a_jdk_that_is_unpacked_when_it_is_called() {
    let mut rig = app();
    let built = rig.build().unwrap();
    assert_eq!(downloads(&built), ["jre-21.0.11", "jdk-21.0.11"]);
    assert!(rig.build().unwrap().fetched.is_empty(), "nobody calls it when nothing changed");
    let layer = built.layer("jre").unwrap();
    assert!(layer.flags.launch && !layer.flags.build && !layer.flags.cache);
    assert!(built.layer("jdk").is_none());
    insta::assert_snapshot!(layer.tree().join("\n"));
    assert_eq!(layer.sboms.len(), 3);
    let sbom = String::from_utf8_lossy(&layer.sboms["cdx.json"]).into_owned();
    assert!(sbom.contains("pkg:generic/Liberica-jre@21.0.11"), "{sbom}");
    let tools = libpack::fs::read_text(&rig.layers().join("build.sbom.cdx.json")).unwrap();
    assert!(tools.contains("pkg:generic/Liberica-jdk@21.0.11"), "what made the app is told of: {tools}");
    let of_jvm = built.log.split("  Generating SBOM").next().unwrap();
    insta::assert_snapshot!(of_jvm);
}

#[test]
fn a_layer_that_was_reused_says_the_same_of_its_jvm() {
    let names = [
        "BPI_APPLICATION_PATH",
        "BPI_JVM_CACERTS",
        "BPI_JVM_CLASS_COUNT",
        "BPI_JVM_EXT_DIR",
        "BPI_JVM_SECURITY_PROVIDERS",
        "JAVA_HOME",
        "JAVA_SECURITY_PROPERTIES",
        "JAVA_TOOL_OPTIONS",
        "MALLOC_ARENA_MAX",
    ];
    let mut rig = app();
    let first = rig.build().unwrap();
    let again = rig.build().unwrap();
    assert!(again.fetched.is_empty());
    assert!(again.reused().contains(&"jre") && again.reused().contains(&"java-security-properties"));
    let say = |built: &libpack::testing::Built| names.map(|name| format!("{name}={}", built.variable(name))).join("\n");
    assert_eq!(say(&first), say(&again));
    insta::assert_snapshot!(say(&again));
}

#[test]
fn java_8_has_its_extensions_and_its_places() {
    let mut rig = app();
    rig.env("BP_JVM_VERSION", "8");
    let built = rig.build().unwrap();
    assert_eq!(built.variable("BPI_JVM_EXT_DIR"), "/layers/jre/lib/ext");
    assert_eq!(built.variable("BPI_JVM_SECURITY_PROVIDERS"), "1|SUN 2|SunRsaSign");
    rig.env("BP_JVM_TYPE", "JDK");
    let built = rig.build().unwrap();
    assert_eq!(built.variable("BPI_JVM_EXT_DIR"), "/layers/jdk/jre/lib/ext");
    assert_eq!(built.variable("BPI_JVM_CACERTS"), "/layers/jdk/jre/lib/security/cacerts");
    assert_eq!(built.variable("BPI_JVM_SECURITY_PROVIDERS"), "1|SUN 2|SunRsaSign");
}

#[test]
fn the_launch_may_write_what_it_must_as_another_user_of_the_group() {
    // paketo-buildpacks/libjvm leaves the properties at 0644.
    let built = app().build().unwrap();
    for (layer, path) in [("jre", "lib/security/cacerts"), ("java-security-properties", "java-security.properties")] {
        let file = built.layer(layer).unwrap().folder().join(path);
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o664, "{path}");
    }
}

#[test]
fn the_containers_certificates_are_in_the_truststore_and_a_change_of_them_makes_it_anew() {
    let mut rig = app();
    trusting(&mut rig, OTHER_CERTIFICATE);
    let built = rig.build().unwrap();
    assert!(built.log.contains("Adding 1 container CA certificates to JVM truststore"), "{}", built.log);
    let store = |built: &libpack::testing::Built| {
        libpack::fs::read_bytes(&built.layer("jre").unwrap().folder().join("lib/security/cacerts")).unwrap()
    };
    let two = store(&built);
    assert!(two.len() > super::TRUSTSTORE.len() && two.windows(9).any(|part| part == b"ca.crt-0\0"), "{}", two.len());
    let digest = built.variable("BPI_JVM_CACERTS_DIGEST");
    assert_eq!(digest.len(), 64);
    assert!(rig.build().unwrap().reused().contains(&"jre"));
    trusting(&mut rig, &format!("{CERTIFICATE}{OTHER_CERTIFICATE}"));
    let other = rig.build().unwrap();
    assert!(!other.reused().contains(&"jre"));
    assert!(other.log.contains("Layer jre is made anew: certificates changed"), "{}", other.log);
    assert_ne!(other.variable("BPI_JVM_CACERTS_DIGEST"), digest);
}

#[test]
fn a_jdk_runs_the_app_when_it_is_asked_for_or_when_there_is_no_jre() {
    let mut rig = app();
    rig.env("BP_JVM_TYPE", "jdk");
    let built = rig.build().unwrap();
    let layer = built.layer("jdk").unwrap();
    assert!(layer.flags.launch && !layer.flags.build && built.layer("jre").is_none());
    assert_eq!(built.variable("JAVA_HOME"), "/layers/jdk");
    assert!(!layer.tree().iter().any(|path| path.contains("src.zip") || path.starts_with("man")), "{:?}", layer.tree());
    assert!(built.log.contains("BP_JVM_TYPE asks for a JDK, although there is a JRE"), "{}", built.log);
    assert!(rig.build().unwrap().reused().contains(&"jdk"));

    let mut rig = super::super::bare();
    gradle::app(&mut rig, "");
    rig.offer(row("jdk", "21.0.11"), super::jdk("21.0.11").zst());
    let built = rig.build().unwrap();
    assert!(built.layer("jdk").unwrap().flags.launch);
    assert!(built.log.contains("There is no JRE of this version"), "{}", built.log);
}

#[test]
fn the_second_vendor_is_a_setting_away() {
    let mut rig = app();
    for id in ["jdk-temurin", "jre-temurin"] {
        rig.offer(row(id, "21.0.12"), jre("21.0.12").zst());
    }
    rig.env("BP_JVM_VENDOR", "Eclipse-Temurin");
    let built = rig.build().unwrap();
    assert!(built.log.contains("Selected Temurin JRE version (using <unknown>): 21.0.12"), "{}", built.log);
    assert_eq!(downloads(&built), ["jre-temurin-21.0.12"]);
    assert!(built.layer("jre").is_some());
    let again = rig.unset("BP_JVM_VENDOR").build().unwrap();
    assert!(!again.reused().contains(&"jre"));
}

#[test]
fn a_jre_without_the_archive_of_its_own_classes_gets_one() {
    let with = |code: i32| {
        let mut rig = super::super::bare();
        let bare = super::java("top", "top").file("top/lib/server/libjvm.so", "");
        gradle::app(&mut rig, "");
        rig.offer(row("jre", "21.0.11"), bare.zst()).offer(row("jdk", "21.0.11"), Archive::new().zst());
        rig.exec.teach("java", move |_| libpack::world::Outcome { code, output: "no room\n".to_owned() });
        rig
    };
    let built = with(0).build().unwrap();
    let gradle = "gradlew --no-daemon -Dorg.gradle.welcome=never assemble";
    assert_eq!(built.ran, ["java -Xshare:dump", gradle]);
    let built = with(1).build().unwrap();
    assert!(
        built.log.contains("starts without an archive of its own classes, which it could not make: no room"),
        "{}",
        built.log
    );
    assert_eq!(app().build().unwrap().ran, [gradle]);
}

#[test]
fn a_truststore_that_cannot_be_read_is_named() {
    let mut rig = super::super::bare();
    let broken =
        Archive::new().file("top/lib/security/cacerts", "text").file("top/conf/security/java.security", SECURITY);
    gradle::app(&mut rig, "");
    rig.offer(row("jre", "21.0.11"), broken.zst()).offer(row("jdk", "21.0.11"), Archive::new().zst());
    insta::assert_snapshot!(super::failure(&mut rig));
}

#[test]
fn a_jre_for_later_buildpacks_says_where_it_lies() {
    let mut rig = app();
    rig.after(Neighbour::new("acme/agent", &[], vec![Require::new("jre").build()]));
    let built = rig.build().unwrap();
    let layer = built.layer("jre").unwrap();
    assert!(layer.flags.launch && layer.flags.build && !layer.flags.cache);
    let environment = built.layer("environment").unwrap();
    assert_eq!(
        environment.text("env.build/JAVA_HOME.default").as_deref().map(|home| rig.normalise(home)).as_deref(),
        Some("/layers/jre")
    );
    assert!(environment.text("env.build/JRE_HOME.default").is_some());
}
