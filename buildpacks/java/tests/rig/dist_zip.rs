//! Distributions with a start script.

use super::{app, assert_idle, jar, parts, put, rig};

#[test]
fn the_one_start_script_starts_and_its_libraries_lie_apart() {
    let mut rig = rig();
    rig.file("demo-1.0/bin/demo", "#!/bin/sh").file("demo-1.0/bin/demo.bat", "").file("demo-1.0/bin/x.bat", "");
    put(&rig, "demo-1.0/lib/demo-1.0.jar", jar("", &[]));
    put(&rig, "demo-1.0/lib/a.jar", jar("Main-Class: Tool\n", &[]));
    put(&rig, "demo-1.0/lib/b-SNAPSHOT.jar", jar("", &[]));
    let built = rig.build().unwrap();
    insta::assert_snapshot!("dist_zip_processes", built.launch_text());
    insta::assert_snapshot!("dist_zip_layers", parts(&built));
    let again = rig.build().unwrap();
    assert_idle(&again);
    assert_eq!(app(&again), ["demo-1.0 -> ../layers/application/demo-1.0"]);
    assert_eq!(again.launch_text(), built.launch_text());
}

#[test]
fn of_several_scripts_the_setting_names_one() {
    let mut rig = rig();
    rig.file("app/bin/one", "").file("app/bin/two", "");
    assert_eq!(rig.build().unwrap_err().id(), "rig/no-group");
    let built = rig.env("BP_APPLICATION_SCRIPT", "app/bin/t*").build().unwrap();
    assert_eq!(built.command("web"), "/workspace/app/bin/two");
}
