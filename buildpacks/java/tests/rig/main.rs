//! Stories of the Java buildpack, told by the rig: detect, build and rebuild in process, with tools of a few lines and
//! archives of a few files.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail like tests")]
#![allow(clippy::disallowed_methods, reason = "tests look into folders and damage files on purpose")]

mod jvm;

use libpack::testing::Rig;

/// A rig with our buildpack, an empty app, and a container that trusts nobody.
fn rig() -> Rig {
    let mut descriptor = include_str!("../../buildpack.toml").to_owned();
    for name in ["BP_GRADLE_BUILD_FILE", "BP_MAVEN_POM_FILE"]
        .into_iter()
        .filter(|name| !include_str!("../../buildpack.toml").contains(name))
    {
        descriptor = format!("{descriptor}\n[[metadata.configurations]]\nname = {name:?}\ndescription = \"x\"\n");
    }
    let mut rig = Rig::new(libpack_java::buildpack(), &descriptor);
    rig.no_dependencies();
    // Otherwise keys and logs would be of the machine that runs the tests.
    rig.env("SSL_CERT_FILE", "/no/certificates");
    rig
}
