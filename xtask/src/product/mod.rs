//! What the project makes, as demo, tests and bench need it: the buildpacks packaged below `build/`, and the builder.

pub mod builder;
mod contract;
mod newest;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::home::workspace;
use crate::progress::step;
use crate::shell::{Call, call};

/// The lines of Node.js that go into the offline package: compressing one takes half a minute once per machine.
const NODE_LINES: [u64; 2] = [24, 22];
const CATALOG: &str = "xtask/catalog/node.toml";

/// The Node.js buildpack with its dependencies inside, where `builder.toml` looks for it.
pub fn offline() -> Result<PathBuf> {
    let catalog = newest::Catalog::read(&workspace().join(CATALOG))?;
    let mut dependencies =
        NODE_LINES.iter().map(|line| catalog.newest("node", Some(*line))).collect::<Result<Vec<_>>>()?;
    // The buildpack takes the newest npm that it carries, whatever the line of Node.js.
    dependencies.push(catalog.newest("npm", None)?);
    let filters = dependencies.iter().flat_map(|dependency| ["--dependency", dependency]);
    package("buildpacks/node", "build", "libpack_node", |call| {
        call.args(["--catalog", CATALOG, "--offline"]).args(filters)
    })
}

/// The Node.js buildpack without dependencies: a build fetches them.
pub fn plain() -> Result<PathBuf> {
    package("buildpacks/node", "build/plain", "libpack_node", |call| call.args(["--catalog", CATALOG]))
}

/// The example of somebody else's buildpack; compiled like the published ones.
pub fn minimal() -> Result<PathBuf> {
    let folder = "libpack/examples/minimal";
    let id = newest::buildpack_id(&workspace().join(folder).join("buildpack.toml"))?;
    package(folder, "build/minimal", &id.replace('/', "_"), |call| call)
}

/// Packages a folder for this machine; cargo and the cache of downloads tell what is still fresh.
fn package(folder: &str, out: &str, name: &str, options: impl FnOnce(Call) -> Call) -> Result<PathBuf> {
    let root = workspace();
    let tool = call(cargo()).args(["build", "--package", "libpack-cli"]).dir(&root);
    step("package", "compile libpack", || tool.run())?;
    let packaging = call(cargo())
        .args(["run", "--quiet", "--package", "libpack-cli", "--", "package", folder, "--out", out])
        .args(["--format", "folder", "--target", &format!("linux/{}", architecture())])
        .env("LIBPACK_CACHE", cache()?)
        .dir(&root);
    step("package", &format!("{folder} to {out}/{name}"), || options(packaging).run())?;
    Ok(root.join(out).join(name))
}

/// The cargo that runs us, or the one on PATH.
pub fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// This machine as container images call it.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "aarch64" => "arm64",
        _ => "amd64",
    }
}

/// Where downloads stay: outside of the clone, so that another clone on the machine finds them.
fn cache() -> Result<PathBuf> {
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    choose_cache(named("LIBPACK_CACHE"), named("XDG_CACHE_HOME"), std::env::home_dir().as_deref())
}

fn choose_cache(own: Option<PathBuf>, user: Option<PathBuf>, home: Option<&Path>) -> Result<PathBuf> {
    let folder = own
        .or_else(|| Some(user?.join("libpack")))
        .or_else(|| Some(home?.join(".cache/libpack")))
        .context("no folder to keep downloads in: set LIBPACK_CACHE")?;
    std::path::absolute(&folder).with_context(|| format!("no such place: {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn downloads_stay_with_the_user_unless_another_place_is_named() {
        let some = |path: &str| Some(PathBuf::from(path));
        let home = Path::new("/home/me");
        assert_eq!(choose_cache(None, None, Some(home)).unwrap(), Path::new("/home/me/.cache/libpack"));
        assert_eq!(choose_cache(None, some("/caches"), Some(home)).unwrap(), Path::new("/caches/libpack"));
        assert_eq!(choose_cache(some("/own"), some("/caches"), None).unwrap(), Path::new("/own"));
        assert!(choose_cache(None, None, None).is_err());
    }

    #[test]
    fn the_offline_package_lies_where_the_builder_looks_for_it() {
        let builder = crate::home::read(&workspace().join("builder.toml")).unwrap();
        assert!(builder.contains("uri = \"build/libpack_node\""));
        let id = newest::buildpack_id(&workspace().join("buildpacks/node/buildpack.toml")).unwrap();
        assert_eq!(id.replace('/', "_"), "libpack_node");
    }
}
