//! The image registry of tests and measurements.

use std::path::PathBuf;

use anyhow::Result;

use super::debian;
use crate::home::Home;
use crate::shell::find;

/// Debian's registry: the installed one, or unpacked beside our tools, since installing it would start a service.
pub fn program(home: &Home) -> Result<PathBuf> {
    if let Some(installed) = find("docker-registry") {
        return Ok(installed);
    }
    let folder = home.join("tools/registry");
    let program = folder.join("usr/bin/docker-registry");
    if !program.is_file() {
        debian::unpack("docker-registry", &folder)?;
    }
    Ok(program)
}
