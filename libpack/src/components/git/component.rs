use super::config::{Config, Credentials};
use super::{BINDING_TYPE, Revision};
use crate::component::{Component, Verdict};
use crate::context::{BuildCx, DetectCx};
use crate::env::Scope;
use crate::layer::Flags;
use crate::plan::Plan;
use crate::{Result, fs};

/// The component's name, and the layer's.
const NAME: &str = "git";
/// The file in the layer that git reads.
const FILE: &str = "gitconfig";
/// The label of the image that names its commit (opencontainers/image-spec, annotations.md).
pub const REVISION_LABEL: &str = "org.opencontainers.image.revision";

/// Names the commit, and lets git use the credentials of bindings while the build runs.
///
/// As Paketo's it wants nothing in the plan and offers nothing; two copies in one group do no harm.
pub struct Git;

impl Component for Git {
    fn name(&self) -> &'static str {
        NAME
    }

    fn detect(&self, cx: &DetectCx<'_>) -> Result<Verdict> {
        let credentials = cx.bindings().of_type(BINDING_TYPE).next().is_some();
        if !credentials && !cx.app().join(".git").exists() {
            return Ok(Verdict::decline(format!("there is no .git and no binding of the type {BINDING_TYPE}")));
        }
        Ok(Plan::new().into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        configure(cx)?;
        match revision(cx) {
            Some(commit) => {
                cx.env(Scope::Both).about(NAME).default("REVISION", &commit);
                cx.label(REVISION_LABEL, &commit);
            }
            None => cx.log().debug("No commit is known: .git has none, or it lies outside the application"),
        }
        Ok(())
    }
}

/// Writes a configuration for git into a layer that exists only while this image is built: later
/// buildpacks need it, and no image and no cache may have it. Git reads it from 2.32 on.
fn configure(cx: &BuildCx<'_>) -> Result<()> {
    let credentials = Credentials::of(cx.bindings())?;
    let config = Config::new(cx.app(), &cx.environment(), &credentials);
    let count = credentials.count();
    if count > 0 {
        cx.log().process("Configuring credentials");
        cx.log().subprocess(format!("Added {count} custom git credential manager(s) to the git config"));
        cx.log().blank();
    }
    let flags = Flags { build: true, cache: false, launch: false };
    let layer = cx.layer(NAME).flags(flags).create(|layer| fs::write(&layer.path().join(FILE), config.to_string()))?;
    cx.env(Scope::Build).about(NAME).set("GIT_CONFIG_GLOBAL", layer.path().join(FILE));
    Ok(())
}

/// The commit, without a git executable wherever that can be: a lean build image has none.
fn revision(cx: &BuildCx<'_>) -> Option<String> {
    match Revision::read(cx.app()) {
        Revision::Known(commit) => Some(commit),
        Revision::Unknown => None,
        Revision::OnlyForGit => {
            let asked = cx.run("git").args(["rev-parse", "--verify", "HEAD"]).quiet().call().ok()?;
            let commit = Revision::parse(asked.output.trim());
            commit.filter(|_| asked.success())
        }
    }
}

#[cfg(test)]
mod tests;
