//! Spring Boot: unpacked, cut, bound.

use libpack::testing::{Archive, Rig, Row};

use super::{app, assert_idle, jar, parts, put, rig};

const REACTIVE: &str = "org/springframework/web/reactive/DispatcherHandler.class";
const INDEX: &str = "- \"dependencies\":\n  - \"BOOT-INF/lib/\"\n- \"spring-boot-loader\":\n  - \"org/\"\n\
                     - \"snapshot-dependencies\":\n- \"application\":\n  - \"BOOT-INF/classes/\"\n";

/// A Boot JAR of a few bytes.
pub fn boot_jar(version: &str) -> Vec<u8> {
    let manifest = format!(
        "Manifest-Version: 1.0\nMain-Class: org.springframework.boot.loader.launch.JarLauncher\nStart-Class: App\n\
         Spring-Boot-Version: {version}\nSpring-Boot-Classes: BOOT-INF/classes/\nSpring-Boot-Lib: BOOT-INF/lib/\n\
         Spring-Boot-Layers-Index: BOOT-INF/layers.idx\nSpring-Boot-Classpath-Index: BOOT-INF/classpath.idx\n\
         Implementation-Title: demo\nImplementation-Version: 0.1\n"
    );
    Archive::new()
        .file("META-INF/MANIFEST.MF", manifest)
        .file("BOOT-INF/layers.idx", INDEX)
        .file("BOOT-INF/classpath.idx", "- \"BOOT-INF/lib/spring-web-6.1.11.jar\"\n")
        .file("BOOT-INF/classes/App.class", "")
        .file("BOOT-INF/lib/spring-web-6.1.11.jar", jar("", &[(REACTIVE, "")]))
        .file("org/springframework/boot/loader/launch/JarLauncher.class", "")
        .zip()
}

fn with_bindings() -> Rig {
    let mut rig = rig();
    for version in ["1.13.0", "2.0.4"] {
        rig.vendor(Row::new("spring-cloud-bindings", version), jar("", &[("A.class", version), ("B.class", "")]));
    }
    rig
}

#[test]
fn the_jar_is_unpacked_and_cut_as_its_index_says() {
    let mut rig = with_bindings();
    put(&rig, "demo.jar", boot_jar("3.3.2"));
    put(&rig, "demo-plain.jar", jar("", &[]));
    let built = rig.build().unwrap();
    insta::assert_snapshot!("boot_layers", parts(&built));
    insta::assert_snapshot!("boot_launch", built.launch_text());
    insta::assert_snapshot!("boot_log", built.log);
    assert_eq!(built.variable("BPL_JVM_THREAD_COUNT"), "50");
    assert_eq!(built.variable("CLASSPATH"), "/workspace");
    assert!(built.helpers().contains(&"spring-cloud-bindings".to_owned()));
    // App, launcher, one of the library; the start counts those of the bindings, which are another layer's.
    assert_eq!(built.variable("BPI_APPLICATION_CLASS_COUNT"), "3");
    assert_eq!(built.variable("BPI_APPLICATION_LINKED"), "BOOT-INF/lib/spring-cloud-bindings.jar");
    let again = rig.build().unwrap();
    assert_idle(&again);
    assert_eq!(app(&again), app(&built));
    assert_eq!(again.launch_text(), built.launch_text());
    for name in ["BPI_APPLICATION_CLASS_COUNT", "BPI_APPLICATION_FINGERPRINT", "BPL_JVM_THREAD_COUNT"] {
        assert_eq!(again.variable(name), built.variable(name), "{name}");
    }
}

#[test]
fn a_jar_with_company_stays_a_jar() {
    for (path, content) in
        [("agent.jar", ""), ("config/application.properties", "a=b"), ("Procfile", "web: java -jar demo.jar")]
    {
        let mut rig = with_bindings();
        put(&rig, "demo.jar", boot_jar("3.3.2"));
        put(&rig, path, content);
        let built = rig.build().unwrap();
        assert_eq!(built.command("task"), "java -jar /workspace/demo.jar", "{path}");
        assert!(built.layer("spring-cloud-bindings").is_none());
        assert!(app(&built).iter().any(|line| line.starts_with(path.split('/').next().unwrap())));
    }
}

#[test]
fn the_line_of_the_bindings_follows_boot_and_the_user() {
    let version = |boot: &str, setting: Option<&str>| {
        let mut rig = with_bindings();
        put(&rig, "demo.jar", boot_jar(boot));
        if let Some(setting) = setting {
            rig.env("BP_SPRING_CLOUD_BINDINGS_VERSION", setting);
        }
        rig.build().unwrap().layer("spring-cloud-bindings").unwrap().fact("version").to_owned()
    };
    assert_eq!(version("2.7.18", None), "1.13.0");
    assert_eq!(version("3.0.1", None), "2.0.4");
    assert_eq!(version("3.3.2", Some("1")), "1.13.0");
}

#[test]
fn another_version_of_the_bindings_changes_their_layer_alone() {
    let mut rig = with_bindings();
    put(&rig, "demo.jar", boot_jar("3.3.2"));
    rig.build().unwrap();
    let built = rig.env("BP_SPRING_CLOUD_BINDINGS_VERSION", "1").build().unwrap();
    assert!(built.reused().contains(&"application"), "{}", built.log);
    assert!(!built.reused().contains(&"spring-cloud-bindings"));
}

#[test]
fn bindings_of_the_application_and_of_nobody_are_left_alone() {
    let mut rig = with_bindings();
    put(&rig, "demo.jar", boot_jar("3.3.2"));
    let built = rig.env("BP_SPRING_CLOUD_BINDINGS_DISABLED", "true").build().unwrap();
    assert!(built.layer("spring-cloud-bindings").is_none());
    assert!(!built.helpers().contains(&"spring-cloud-bindings".to_owned()));
    assert!(!parts(&built).contains("spring-cloud-bindings"), "no link leads nowhere");
}

#[test]
fn what_spring_prepared_is_used_when_the_user_says_so() {
    let mut rig = with_bindings();
    rig.file(
        "META-INF/MANIFEST.MF",
        "Main-Class: L\nSpring-Boot-Version: 3.3.2\nSpring-Boot-Classes: c\nSpring-Boot-Lib: l\n",
    );
    rig.env("BP_SPRING_AOT_ENABLED", "true");
    let built = rig.build().unwrap();
    assert!(built.log.contains("no META-INF/native-image"), "{}", built.log);
    assert_eq!(built.variable("BPL_SPRING_AOT_ENABLED"), "");
    rig.file("META-INF/native-image/x", "");
    let built = rig.build().unwrap();
    assert_eq!(built.variable("BPL_SPRING_AOT_ENABLED"), "true");
    assert!(built.helpers().contains(&"performance".to_owned()));
}

#[test]
fn a_manifest_that_says_half_of_it_is_refused() {
    let mut rig = with_bindings();
    rig.file("META-INF/MANIFEST.MF", "Main-Class: L\nSpring-Boot-Version: 3.3.2\n");
    assert_eq!(rig.build().unwrap_err().id(), "java/spring-boot-manifest");
}
