//! What the project makes, as demo, tests and bench need it: the buildpacks packaged below `build/`, and the builder.

pub mod builder;
mod contract;
pub mod jdk;
pub mod language;
mod newest;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::home::workspace;
use crate::progress::step;
use crate::shell::{Call, call};
use language::Language;

/// A language's buildpack with its dependencies inside, where `builder.toml` looks for it.
pub fn offline(language: Language) -> Result<PathBuf> {
    with_dependencies(language, "build", &[])
}

/// The same without what was prepared from its dependencies: a build starts from nothing but the toolchain.
pub fn unseeded(language: Language) -> Result<PathBuf> {
    with_dependencies(language, "build/unseeded", &["--no-seeds"])
}

/// A language's buildpack without dependencies: a build fetches them.
pub fn plain(language: Language) -> Result<PathBuf> {
    let catalog = language.catalog()?;
    package(&language.folder(), "build/plain", &language.package(), |call| call.arg("--catalog").arg(&catalog))
}

fn with_dependencies(language: Language, out: &str, options: &[&str]) -> Result<PathBuf> {
    let (dependencies, catalog) = (language.dependencies()?, language.catalog()?);
    let filters = dependencies.iter().flat_map(|dependency| ["--dependency", dependency]);
    package(&language.folder(), out, &language.package(), |call| {
        call.arg("--catalog").arg(&catalog).arg("--offline").args(filters).args(options)
    })
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
}
