//! What happens when an image starts, before its JVM. The memory is that of the machine that runs the tests, so these
//! stories say themselves how large the heap is.

use libpack::testing::{Built, Rig};
use libpack::world::Variables;

use super::{assert_idle, jar, put, rig};

/// A JAR of two classes, and one that an archive in it holds.
fn app(java: &str) -> Rig {
    let mut rig = rig();
    rig.env("BP_JVM_VERSION", java);
    put(&rig, "app.jar", jar("Main-Class: App\nClass-Path: lib/one.jar\n", &[("App.class", ""), ("B.class", "")]));
    put(&rig, "lib/one.jar", jar("", &[("C.class", "")]));
    rig
}

/// The variables of a container that is given these. Temporary files go into the rig's own place; certificates and the
/// JVM's own classes would be others with every machine and every JVM of these tests.
fn start(rig: &Rig, built: &Built, given: &[(&str, &str)]) -> Variables {
    let place = rig.app().parent().unwrap().join("tmp");
    libpack::fs::create_dir(&place).unwrap();
    let place = place.display().to_string();
    let usual = [("TMPDIR", place.as_str()), ("SSL_CERT_FILE", "/no/certificates"), ("BPI_JVM_CLASS_COUNT", "0")];
    rig.start(built, &[&usual, given].concat()).unwrap()
}

fn options(rig: &Rig, built: &Built, given: &[(&str, &str)]) -> String {
    rig.normalise(&start(rig, built, given).text("JAVA_TOOL_OPTIONS").unwrap())
}

const HEAP: (&str, &str) = ("JAVA_TOOL_OPTIONS", "-Xmx64m");

#[test]
fn flags_come_in_paketos_order_behind_the_users() {
    let mut rig = app("21");
    let built = rig.build().unwrap();
    let set = [
        HEAP,
        ("JAVA_OPTS", "-Dmine=1"),
        ("BPL_JFR_ENABLED", "true"),
        ("BPL_JFR_ARGS", "duration=1m"),
        ("BPL_JMX_ENABLED", "true"),
        ("BPL_DEBUG_ENABLED", "true"),
        ("SECURITY_PROVIDERS_CLASSPATH", "/jars/provider.jar"),
    ];
    let container = start(&rig, &built, &set);
    let flags = rig.normalise(&container.text("JAVA_TOOL_OPTIONS").unwrap());
    // Whether the debugger listens on both kinds of addresses is the machine's.
    insta::assert_snapshot!(flags.replace("0.0.0.0:8000", "*:8000").replace(" -", "\n-"));
    assert_eq!(container.text("CLASSPATH").as_deref(), Some("/jars/provider.jar"));
    assert_eq!(container.text("NMT_LEVEL_1").as_deref(), Some("summary"));
}

#[test]
fn helpers_fit_the_version_of_java() {
    let old = app("17").build().unwrap().helpers();
    insta::assert_snapshot!(old.join("\n"));
    assert!(!old.contains(&"active-processor-count".to_owned()), "newer ones know their share of the machine");
}

/// libpak's helpers open every archive at every start.
#[test]
fn classes_are_counted_when_the_image_is_built() {
    let mut rig = app("21");
    let built = rig.build().unwrap();
    assert_eq!(built.variable("BPI_APPLICATION_CLASS_COUNT"), "3");
    let counted = |count| options(&rig, &built, &[HEAP, ("BPI_APPLICATION_CLASS_COUNT", count)]);
    // Another number is believed as long as the application, seen through its links, is what it was.
    assert!(counted("10000").contains("-XX:MaxMetaspaceSize=33496K"), "{}", counted("10000"));
    libpack::fs::write(&built.app.join("more.jar"), jar("", &[("D.class", "")])).unwrap();
    assert!(counted("10000").contains("-XX:MaxMetaspaceSize=13677K"), "{}", counted("10000"));
}

#[test]
fn a_rebuild_says_the_same_without_a_look_at_the_application() {
    let mut rig = app("21");
    let first = rig.build().unwrap();
    let again = rig.build().unwrap();
    assert_idle(&again);
    assert_eq!(again.environment(&[]), first.environment(&[]));
    assert_eq!(again.helpers(), first.helpers());
}

#[test]
fn services_of_cloud_foundry_reach_libraries_that_know_folders_only() {
    let mut rig = app("21");
    let built = rig.build().unwrap();
    let services = r#"{"sql": [{"name": "db", "label": "postgresql", "credentials": {"password": "canary"}}]}"#;
    let container = start(&rig, &built, &[HEAP, ("VCAP_SERVICES", services)]);
    let root = std::path::PathBuf::from(container.get("SERVICE_BINDING_ROOT").unwrap());
    assert_eq!(libpack::fs::read_text(&root.join("db/type")).unwrap(), "postgresql");
    assert_eq!(libpack::fs::read_text(&root.join("db/password")).unwrap(), "canary");
    let given = start(&rig, &built, &[HEAP, ("VCAP_SERVICES", services), ("SERVICE_BINDING_ROOT", "/bindings")]);
    assert_eq!(given.text("SERVICE_BINDING_ROOT").as_deref(), Some("/bindings"), "those of the platform stay");
}

#[test]
fn native_memory_is_tracked_unless_the_build_or_the_start_says_no() {
    let mut rig = app("21");
    let tracks = |options: &str| options.contains("NativeMemoryTracking");
    let built = rig.build().unwrap();
    assert!(tracks(&options(&rig, &built, &[HEAP])));
    assert!(!tracks(&options(&rig, &built, &[HEAP, ("BPL_JAVA_NMT_ENABLED", "false")])));
    rig.env("BP_JAVA_NMT_ENABLED", "false");
    let built = rig.build().unwrap();
    assert!(!tracks(&options(&rig, &built, &[HEAP])));
    assert!(tracks(&options(&rig, &built, &[HEAP, ("BPL_JAVA_NMT_ENABLED", "true")])));
}

#[test]
fn a_jvm_that_could_not_run_does_not_start() {
    let mut rig = app("21");
    let built = rig.build().unwrap();
    let error = rig.start(&built, &[HEAP, ("BPL_JVM_THREAD_COUNT", "100000000")]).unwrap_err();
    assert_eq!(error.id(), "java/memory");
    assert!(error.causes()[0].starts_with("fixed memory regions require"), "{error:?}");
    assert!(error.next_step().unwrap().contains("BPL_JVM_THREAD_COUNT="), "{error:?}");
}
