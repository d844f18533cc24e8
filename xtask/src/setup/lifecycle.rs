//! The CNB lifecycle: the phases as programs for tests, and the archive that a builder is made with.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use flate2::{Compression, GzBuilder};
use tar::{Builder, EntryType, Header};

use super::go::{Module, once};
use crate::home::{Home, make_folder, read, write};

const LIFECYCLE: &str = "github.com/buildpacks/lifecycle";
/// One executable that asks for the name it was called by (buildpacks/lifecycle, cmd/lifecycle/main.go).
const PHASES: [&str; 8] = ["analyzer", "builder", "creator", "detector", "exporter", "extender", "rebaser", "restorer"];

/// The version of the line before ours.
const OLDER: &str = "0.20.11";

/// Where a version of the lifecycle is built from.
pub struct Recipe {
    module: Module,
    version: String,
}

impl Recipe {
    /// The version that our builder carries.
    pub fn main() -> Self {
        Self { module: Module::at(""), version: "0.21.14".into() }
    }

    /// The one of the line before, which platforms and builders of today still carry.
    pub fn older() -> Self {
        Self { module: Module::at(&module_of(OLDER)), version: OLDER.into() }
    }

    /// Any version that there is a recipe for.
    pub fn find(version: &str) -> Result<Self> {
        let main = Self::main();
        if version == main.version {
            return Ok(main);
        }
        let module = Module::at(&module_of(version));
        if !module.file("go.mod").is_file() {
            bail!("no recipe for lifecycle {version}: there are {} and {OLDER}", main.version);
        }
        Ok(Self { module, version: version.into() })
    }

    /// The folder with `lifecycle.toml` and, in `lifecycle/`, the programs.
    pub fn folder(&self, home: &Home) -> PathBuf {
        home.join(format!("tools/lifecycle-{}", self.version))
    }

    /// The archive for `[lifecycle] uri` of a builder.toml.
    pub fn archive(&self, home: &Home) -> PathBuf {
        home.join(format!("tools/lifecycle-{}.tgz", self.version))
    }
}

/// The folder of a version that has one of its own.
fn module_of(version: &str) -> String {
    format!("lifecycle-{version}")
}

/// Brings a lifecycle.
pub fn ensure(home: &Home, recipe: &Recipe) -> Result<()> {
    let descriptor = read(&recipe.module.file("lifecycle.toml"))?;
    let pinned = recipe.module.version_of(LIFECYCLE)?.to_string();
    if pinned != recipe.version || !descriptor.contains(&format!("version = \"{pinned}\"")) {
        bail!("go.mod and lifecycle.toml do not both say lifecycle {}", recipe.version);
    }
    let folder = recipe.folder(home);
    let digest = recipe.module.digest(&[&descriptor])?;
    once("lifecycle", &format!("lifecycle {pinned}"), &folder, &digest, || {
        let programs = folder.join("lifecycle");
        let packages = ["lifecycle", "launcher"].map(|name| format!("{LIFECYCLE}/cmd/{name}"));
        let version = format!("{LIFECYCLE}/cmd.Version={pinned}");
        recipe.module.build(&packages.each_ref().map(String::as_str), &[version], &programs)?;
        write(&folder.join("lifecycle.toml"), &descriptor)?;
        for phase in PHASES {
            link(&programs.join(phase))?;
        }
        write(&recipe.archive(home), archive(&folder)?)
    })
}

fn link(path: &Path) -> Result<()> {
    if path.is_symlink() {
        return Ok(());
    }
    make_folder(path.parent().unwrap_or(path))?;
    symlink("lifecycle", path).with_context(|| format!("cannot make the link {}", path.display()))
}

/// The same bytes for the same programs: fixed order, times and owners.
fn archive(folder: &Path) -> Result<Vec<u8>> {
    let gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    let mut tar = Builder::new(gzip);
    let descriptor = std::fs::read(folder.join("lifecycle.toml"))?;
    tar.append_data(&mut header(EntryType::Regular, 0o644, descriptor.len()), "lifecycle.toml", &*descriptor)?;
    tar.append_data(&mut header(EntryType::Directory, 0o755, 0), "lifecycle/", std::io::empty())?;
    for program in ["launcher", "lifecycle"] {
        let bytes = std::fs::read(folder.join("lifecycle").join(program))?;
        let path = format!("lifecycle/{program}");
        tar.append_data(&mut header(EntryType::Regular, 0o755, bytes.len()), path, &*bytes)?;
    }
    for phase in PHASES {
        tar.append_link(&mut header(EntryType::Symlink, 0o777, 0), format!("lifecycle/{phase}"), "lifecycle")?;
    }
    Ok(tar.into_inner()?.finish()?)
}

fn header(kind: EntryType, mode: u32, size: usize) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size as u64);
    // The time that pack itself gives to entries of a builder: 1980-01-01T00:00:01Z.
    header.set_mtime(315_532_801);
    header.set_uid(0);
    header.set_gid(0);
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_of_the_same_programs_has_the_same_bytes() {
        let made = [(); 2].map(|()| {
            let folder = tempfile::tempdir().unwrap();
            write(&folder.path().join("lifecycle.toml"), "[lifecycle]\n").unwrap();
            write(&folder.path().join("lifecycle/lifecycle"), "one").unwrap();
            write(&folder.path().join("lifecycle/launcher"), "two").unwrap();
            archive(folder.path()).unwrap()
        });
        assert_eq!(made[0], made[1]);
        let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(&*made[0]));
        let entries: Vec<_> = tar
            .entries()
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                let link = entry.link_name().unwrap().map(|link| link.display().to_string());
                (entry.path().unwrap().display().to_string(), link)
            })
            .collect();
        assert_eq!(entries[0], ("lifecycle.toml".into(), None));
        assert_eq!(entries[2], ("lifecycle/launcher".into(), None));
        assert_eq!(entries[4], ("lifecycle/analyzer".into(), Some("lifecycle".into())));
        assert_eq!(entries.len(), 4 + PHASES.len());
    }

    #[test]
    fn every_recipe_is_complete() {
        for version in ["0.21.14", OLDER] {
            let recipe = Recipe::find(version).unwrap();
            assert_eq!(recipe.module.version_of(LIFECYCLE).unwrap().to_string(), version);
            assert!(read(&recipe.module.file("lifecycle.toml")).unwrap().contains(version));
            assert!(recipe.module.file("go.sum").is_file());
        }
        assert!(Recipe::find("0.1.0").is_err());
    }
}
