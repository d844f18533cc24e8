//! The Java buildpack: the JVM, what builds an application, and how each kind of application starts.

mod application;
mod build_system;
mod class_count;
mod jvm;
mod launch;
mod manifest;
mod project;
mod truststore;

use libpack::component::{Buildpack, may, must};
use libpack::components::ca_certificates::CaCertificates;
use libpack::components::git::Git;
use libpack::components::procfile::ProcfileComponent;

use application::{Application, FromEarlier};
use build_system::{Gradle, Maven, MavenForOthers};
use jvm::{Jvm, JvmForOthers};

pub use launch::HELPERS;

/// The groups: an application of this folder, one that an earlier buildpack makes, and what we provide to
/// buildpacks that make their own (Maven with a JDK, or the JVM alone).
pub fn buildpack() -> Buildpack {
    Buildpack::new("libpack/java")
        .group([
            may(CaCertificates),
            must(Jvm),
            may(Git),
            may(Gradle),
            may(Maven),
            must(Application),
            may(ProcfileComponent),
        ])
        .group([may(CaCertificates), must(Jvm), must(FromEarlier), may(ProcfileComponent)])
        .provider([must(JvmForOthers), must(MavenForOthers)])
        .provider([must(JvmForOthers)])
        .helpers(&HELPERS)
}
