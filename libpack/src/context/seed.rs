use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::layers::new_layer;
use super::{BuildCx, NewLayer, Session};
use crate::dependency::Dependency;
use crate::descriptor::seed_folder;
use crate::exec::Run;
use crate::log::Log;
use crate::{Result, fs};

impl BuildCx<'_> {
    /// The folder of a seed that was made from that version of its dependency, when the buildpack carries it.
    /// It is used where it lies, and nobody may write to it: in most builds nobody can.
    pub fn seed(&self, id: &str, version: &str) -> Option<PathBuf> {
        let folder = self.buildpack().join(seed_folder(id, version, &self.target().arch));
        folder.is_dir().then_some(folder)
    }
}

/// What a seed sees while it is made: a dependency, unpacked as a build unpacks it, and a folder to fill.
pub struct SeedCx<'a> {
    session: &'a Arc<Session>,
    dependency: &'a Dependency,
    out: &'a Path,
}

impl<'a> SeedCx<'a> {
    pub(crate) fn new(session: &'a Arc<Session>, dependency: &'a Dependency, out: &'a Path) -> Self {
        Self { session, dependency, out }
    }

    /// The dependency that the seed is made from.
    pub fn dependency(&self) -> &Dependency {
        self.dependency
    }

    /// Unpacks the dependency with what the component gives to a layer of a build, and returns its folder.
    pub fn install(&self, install: impl FnOnce(&NewLayer, &Dependency) -> Result<()>) -> Result<PathBuf> {
        let toolchain = self.toolchain();
        fs::create_dir(&toolchain)?;
        install(&new_layer(self.session, &self.dependency.id, self.log().clone()), self.dependency)?;
        Ok(toolchain)
    }

    /// Where the dependency lies after [`Self::install`].
    pub fn toolchain(&self) -> PathBuf {
        self.session.store.path(&self.dependency.id)
    }

    /// The folder to fill, empty at first.
    pub fn out(&self) -> &Path {
        self.out
    }

    /// A child with the `PATH` of the machine and nothing else of its environment; `HOME` and `TMPDIR` vanish
    /// with the seed. It runs in an empty folder.
    pub fn run(&self, program: impl Into<OsString>) -> Run<'_> {
        let around = &self.session.around;
        Run::new(around.world(), self.log().clone(), program, around.app(), around.variables().clone())
    }

    /// What the packager shows when it fails.
    pub fn log(&self) -> &Log {
        self.session.around.log()
    }
}
