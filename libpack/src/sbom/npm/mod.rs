//! npm packages, from the lockfile or from what lies in `node_modules`.
//!
//! No scanner: a lockfile says in milliseconds what a walk over the application finds in seconds and
//! gigabytes (anchore/syft#4586), and it tells development packages apart.

mod installed;
mod lock;
mod tree;

use std::path::Path;

pub use tree::Scope;

use super::Catalog;
use crate::Result;
use crate::target::Target;

/// The packages of a `package-lock.json` or `npm-shrinkwrap.json` of version 1, 2 or 3.
///
/// `location` is the lockfile's path as the documents name it. Optional packages for other systems
/// than `target` are left out, as npm leaves them out. Fails with `sbom/lock-invalid`.
pub fn from_lock(text: &str, location: &str, scope: Scope, target: &Target) -> Result<Catalog> {
    let tree = lock::read(text, location, Some(target))?;
    Ok(tree.catalog(scope, "javascript-lock-cataloger", |_| location.to_owned()))
}

/// The packages that lie in `<folder>/node_modules`, at any depth, the stores of managers that link and
/// links within `folder` included. A missing `node_modules` holds none.
///
/// What is installed says nothing about development packages, so all are listed. Checksums come from
/// `node_modules/.package-lock.json` where npm left it. Fails with `sbom/modules-unreadable`.
pub fn from_installed(folder: &Path) -> Result<Catalog> {
    let tree = installed::read(folder)?;
    Ok(tree.catalog(Scope::All, "javascript-package-cataloger", |path| format!("{path}/package.json")))
}
