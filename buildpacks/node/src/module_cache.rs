//! The helper `module-cache`: makes the temporary folder that `node_modules/.cache` leads to.

use std::collections::BTreeMap;
use std::path::PathBuf;

use libpack::Result;
use libpack::world::Variables;

/// The helper's name.
pub const NAME: &str = "module-cache";

/// The folder; the path is that of the image, not of the machine that builds.
pub fn folder() -> PathBuf {
    PathBuf::from("/tmp/node_modules_cache")
}

/// Makes it. It cannot fail, but a helper may. Where nothing can be written, tools that need no cache still run.
#[allow(clippy::unnecessary_wraps)]
pub fn make(_: &Variables) -> Result<BTreeMap<String, String>> {
    let _ = libpack::fs::create_dir(&folder());
    Ok(BTreeMap::new())
}
