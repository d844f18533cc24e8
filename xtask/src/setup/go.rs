//! Tools that are built from Go modules at pinned versions; the modules' checksums are in `go.sum`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use semver::Version;

use crate::digest;
use crate::home::{make_folder, read, workspace, write};
use crate::progress::note;
use crate::shell::{call, find};

/// A folder below `xtask/tools` with `go.mod` and `go.sum`.
#[derive(Debug, Clone)]
pub struct Module(PathBuf);

impl Module {
    /// The module in this folder below `xtask/tools`; `""` is that folder itself.
    pub fn at(folder: &str) -> Self {
        Self(workspace().join("xtask/tools").join(folder))
    }

    /// A file of the module's folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The version at which it pins a required module, without the `v`.
    pub fn version_of(&self, module: &str) -> Result<Version> {
        let path = self.file("go.mod");
        let text = read(&path)?;
        let version = text.lines().find_map(|line| pinned(line, module));
        let version = version.with_context(|| format!("{} does not require {module}", path.display()))?;
        Version::parse(version).with_context(|| format!("{}: {version} is no version", path.display()))
    }

    /// What the tools are made from, as one digest.
    pub fn digest(&self, also: &[&str]) -> Result<String> {
        let texts =
            [self.file("go.mod"), self.file("go.sum")].iter().map(|path| read(path)).collect::<Result<Vec<_>>>()?;
        Ok(digest::of(texts.iter().map(String::as_bytes).chain(also.iter().map(|text| text.as_bytes()))))
    }

    /// Builds packages into a folder; `settings` are string variables to set, `import/path.Name=value`.
    pub fn build(&self, packages: &[&str], settings: &[String], into: &Path) -> Result<()> {
        self.check_toolchain()?;
        make_folder(into)?;
        let settings: Vec<String> = settings.iter().map(|setting| format!("-X {setting}")).collect();
        call("go")
            .args(["build", "-mod=readonly", "-trimpath", "-ldflags"])
            .arg(format!("-s -w {}", settings.join(" ")))
            .arg("-o")
            // With a slash at its end go takes it for a folder, whatever is there.
            .arg(into.join(""))
            .args(packages)
            .env("CGO_ENABLED", "0")
            .env("GOFLAGS", "-buildvcs=false")
            .dir(&self.0)
            .run()
    }

    fn check_toolchain(&self) -> Result<()> {
        let text = read(&self.file("go.mod"))?;
        let wanted = text.lines().find_map(|line| line.strip_prefix("go ")).unwrap_or("1.26");
        let wanted = loose_version(wanted).context("go.mod names no Go version")?;
        if find("go").is_none() {
            bail!("Go is missing: install Go {wanted} or newer and put `go` on PATH (Debian 12's package is too old)");
        }
        let found = call("go").args(["env", "GOVERSION"]).output()?;
        let version = loose_version(found.trim_start_matches("go")).unwrap_or(Version::new(0, 0, 0));
        // Go 1.21 and later fetch the toolchain that a go.mod asks for, unless they are told not to.
        let fetches = version >= Version::new(1, 21, 0) && call("go").args(["env", "GOTOOLCHAIN"]).output()? != "local";
        if version < wanted && !fetches {
            bail!("{found} is too old: the tools need Go {wanted} or newer");
        }
        Ok(())
    }
}

/// Runs `make` unless `folder` was made from the same `recipe` before; notes which.
pub fn once(topic: &str, what: &str, folder: &Path, recipe: &str, make: impl FnOnce() -> Result<()>) -> Result<()> {
    let stamp = folder.join(".recipe");
    if read(&stamp).is_ok_and(|text| text == recipe) {
        note(topic, &format!("{what} is there"));
        return Ok(());
    }
    crate::progress::step(topic, &format!("build {what}"), make)?;
    write(&stamp, recipe)
}

fn pinned<'a>(line: &'a str, module: &str) -> Option<&'a str> {
    let line = line.trim().trim_start_matches("require ").trim_start();
    let rest = line.strip_prefix(module)?.strip_prefix(" v")?;
    rest.split_whitespace().next()
}

/// A version that may leave out its last numbers: `1.26`.
pub fn loose_version(text: &str) -> Option<Version> {
    let mut numbers = text.trim().split(['.', '+', '-', ' ']).map(|part| part.parse::<u64>().ok());
    let major = numbers.next()??;
    let mut next = || numbers.next().flatten().unwrap_or(0);
    Some(Version::new(major, next(), next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pinned_versions_are_read_from_go_mod() {
        assert_eq!(pinned("\tgithub.com/buildpacks/pack v0.40.8", "github.com/buildpacks/pack"), Some("0.40.8"));
        assert_eq!(pinned("require example.com/a v1.2.3 // indirect", "example.com/a"), Some("1.2.3"));
        assert_eq!(pinned("\texample.com/a/cmd v1.2.3", "example.com/a"), None);
        let main = Module::at("");
        assert!(main.version_of("github.com/buildpacks/pack").unwrap() >= Version::new(0, 40, 8));
        assert!(main.version_of("example.com/none").is_err());
    }

    #[test]
    fn a_go_version_may_be_short() {
        assert_eq!(loose_version("1.26"), Some(Version::new(1, 26, 0)));
        assert_eq!(loose_version("1.26.8"), Some(Version::new(1, 26, 8)));
        assert_eq!(loose_version("0.40.8+git-7640af9.build"), Some(Version::new(0, 40, 8)));
        assert_eq!(loose_version("devel"), None);
    }
}
