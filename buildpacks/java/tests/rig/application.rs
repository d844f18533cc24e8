//! An application that lies there as it is: JARs, exploded ones, and none.

use libpack::plan::Require;
use libpack::testing::{Neighbour, Rig};

use super::{app, assert_idle, jar, put, rig};

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
    insta::assert_snapshot!("jar_with_libraries", built.tree());
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
