//! Other buildpacks in the group: a JVM before us, and those that want ours.

use libpack::plan::Require;
use libpack::testing::Neighbour;

use super::{app, rig};

#[test]
fn a_jvm_in_front_is_the_one_and_ours_stays_away() {
    let mut rig = app();
    rig.before(Neighbour::new("acme/jvm", &["jdk", "jre"], vec![])).env("JAVA_HOME", "/their/jdk");
    let built = rig.build().unwrap();
    assert!(built.fetched.is_empty());
    for layer in ["jdk", "jre", "java-security-properties"] {
        assert!(built.layer(layer).is_none(), "{layer}: {}", built.log);
    }
    assert_eq!(built.variable("JAVA_TOOL_OPTIONS"), "");
}

#[test]
fn a_jdk_in_front_leaves_the_runtime_to_us() {
    let mut rig = app();
    rig.before(Neighbour::new("acme/jdk", &["jdk"], vec![])).env("JAVA_HOME", "/their/jdk");
    let built = rig.build().unwrap();
    assert!(built.layer("jre").is_some() && built.layer("jdk").is_none());
}

#[test]
fn a_later_buildpack_gets_a_jdk_that_it_may_call() {
    let mut rig = app();
    rig.after(Neighbour::new("acme/tool", &[], vec![Require::new("jdk")]));
    let built = rig.build().unwrap();
    let jdk = built.layer("jdk").unwrap();
    assert!(jdk.flags.build && !jdk.flags.launch && !jdk.flags.cache);
    assert!(jdk.tree().contains(&"man/man1/java.1".to_owned()), "jlink of Java 24 wants all that it came with");
    let environment = built.layer("environment").unwrap();
    for name in ["JAVA_HOME", "JDK_HOME"] {
        let home = environment.text(&format!("env.build/{name}.override")).unwrap();
        assert_eq!(rig.normalise(&home), "/layers/jdk");
    }
    assert_eq!(built.variable("JAVA_HOME"), "/layers/jre");
    assert!(built.layer("jre").unwrap().flags.launch);
}

#[test]
fn others_get_each_of_both_alone_when_the_app_is_none_of_ours() {
    for (wanted, there, absent) in [
        (vec![Require::new("jdk")], vec!["jdk"], vec!["jre"]),
        (vec![Require::new("jre").launch()], vec!["jre"], vec!["jdk"]),
        (vec![Require::new("jdk"), Require::new("jre").launch()], vec!["jdk", "jre"], vec![]),
        (vec![Require::new("maven"), Require::new("jdk")], vec!["jdk"], vec!["jre"]),
    ] {
        let mut rig = rig();
        rig.after(Neighbour::new("acme/build", &[], wanted.clone()));
        let built = rig.build().unwrap_or_else(|error| panic!("{wanted:?}: {error}"));
        assert!(there.iter().all(|name| built.layer(name).is_some()), "{wanted:?}: {}", built.tree());
        assert!(absent.iter().all(|name| built.layer(name).is_none()), "{wanted:?}: {}", built.tree());
        assert!(built.launch.processes().is_empty());
    }
    // With nobody who wants it the group does without us, as without Paketo's.
    assert_eq!(rig().build().err().unwrap().id(), "rig/no-group");
}

#[test]
fn a_runtime_that_nobody_launches_brings_no_helpers() {
    let mut rig = rig();
    rig.after(Neighbour::new("acme/build", &[], vec![Require::new("jre").build()]));
    let built = rig.build().unwrap();
    assert!(built.layer("jre").unwrap().flags.build);
    assert!(built.layer("java-security-properties").is_none());
    assert_eq!(built.variable("JAVA_TOOL_OPTIONS"), "");
}
