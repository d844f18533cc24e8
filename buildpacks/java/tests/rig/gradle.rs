//! A Gradle wrapper of a few lines: it leaves a JAR that can be started.

use libpack::testing::Rig;
use libpack::world::{Child, Outcome};

use super::jar;

/// Makes the app one of Gradle's, with a wrapper of its own and a build file.
pub fn app(rig: &mut Rig, build_file: &str) {
    rig.file("build.gradle", build_file).file("gradlew", "#!/bin/sh\n");
    rig.exec.teach("gradlew", build);
}

fn build(child: &Child) -> Outcome {
    libpack::fs::write(&child.cwd.join("build/libs/app.jar"), jar("Main-Class: App\n", &[])).unwrap();
    Outcome { code: 0, output: String::new() }
}
