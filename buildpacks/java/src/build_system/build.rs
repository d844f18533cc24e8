//! One call of a build tool, as all tools do it.

use libpack::Result;
use libpack::context::BuildCx;
use libpack::layer::Key;

use super::app_folder::{self, KeptFiles};
use super::artifact::Artifact;
use super::failure;
use super::program::Program;
use super::tool_cache::ToolCache;
use crate::jvm::Jdk;

/// What a tool is called with, and what becomes of its result.
pub struct Build {
    /// What people call the tool, `Maven`.
    pub name: &'static str,
    /// The variable with the tool's own JVM options.
    pub options: &'static str,
    pub program: Program,
    pub jdk: Jdk,
    pub arguments: Vec<String>,
    pub artifact: Artifact,
    pub kept: KeptFiles,
    pub cache: &'static ToolCache,
    /// What else the result depends on.
    pub further: Key,
}

impl Build {
    /// Runs the tool and puts what it built in place of the sources. `prepare` changes what the tool reads, when
    /// its cache is there and before it runs.
    pub fn package(&self, cx: &BuildCx<'_>, prepare: impl FnOnce() -> Result<()>) -> Result<()> {
        cx.log().process("Executing build process");
        let ready = || {
            self.program.toolchain.iter().try_for_each(|tool| tool.ready().map(drop))?;
            self.jdk.ready().map(drop)
        };
        let ((), cache) = cx.beside(ready, |cx| self.cache.open(cx))?;
        prepare()?;
        let mut run = self.jdk.call(cx, &self.program.path)?.args(&self.arguments);
        if let Some(home) = cx.home() {
            // Wrappers look for their cache there, and the JVM in the user database.
            run = run.env_default("HOME", &home);
            if cx.world().home.is_none() {
                // A JVM whose user is in no database takes `?` for the folder.
                let users = cx.environment().text(self.options).unwrap_or_default();
                run = run.env(self.options, format!("-Duser.home={} {users}", home.display()).trim_end());
            }
        }
        let outcome = run.call()?;
        if !outcome.success() {
            return Err(failure::explain(self.name, &outcome, cx.app()));
        }
        let artifacts = self.artifact.find(cx.app())?;
        cache.trim()?;
        cx.log().process("Removing source code");
        app_folder::replace(cx.app(), &self.kept, &artifacts)
    }
}
