//! The helper `module-link`: leads `node_modules` to the image's modules where another buildpack saw
//! the build's in the same place.
//!
//! Only then is it needed: everybody else gets one static link.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use libpack::world::Variables;
use libpack::{Result, checksum, fs};

/// The helper's name.
pub const NAME: &str = "module-link";
/// The variable that names the image's layer.
pub const LAYER: &str = "NODE_MODULES_LAYER";

/// The place between the app and a layer, in the temporary folder.
pub fn hop(launch: &Path) -> PathBuf {
    let digest = checksum::sha256(launch.as_os_str().as_encoded_bytes());
    PathBuf::from("/tmp").join(format!("node_modules-{}", digest.hex().chars().take(16).collect::<String>()))
}

/// Makes the place a link to the image's modules. On a restart it is there already
/// (npm-install issue 382).
pub fn lead(variables: &Variables) -> Result<BTreeMap<String, String>> {
    let Some(layer) = variables.text(LAYER).map(PathBuf::from) else { return Ok(BTreeMap::new()) };
    let hop = hop(&layer);
    if !hop.is_dir() {
        fs::symlink(&layer.join("node_modules"), &hop)?;
    }
    Ok(BTreeMap::new())
}
