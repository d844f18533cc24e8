//! What an executable JAR of Spring Boot gets beyond others (paketo-buildpacks/spring-boot).

use libpack::Result;
use serde::{Deserialize, Serialize};

use super::Assembly;
use crate::manifest::Manifest;

/// What is known of it at launch.
#[derive(Debug, Serialize, Deserialize)]
pub struct SpringBoot {
    version: String,
}

/// Lays out an exploded one; none when it is no application of Spring Boot's.
pub fn assemble(_app: &mut Assembly<'_>, manifest: &Manifest) -> Result<Option<SpringBoot>> {
    Ok(manifest.get("Spring-Boot-Version").map(|version| SpringBoot { version: version.to_owned() }))
}
