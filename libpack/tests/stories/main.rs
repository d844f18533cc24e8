//! Stories of the SDK's core, told by the rig: what is re-used, made anew, cached, replayed, and why.
#![allow(clippy::unwrap_used, reason = "helpers of tests fail like tests")]
#![allow(clippy::unnecessary_wraps, reason = "builds and helpers have a fixed signature")]
#![allow(clippy::disallowed_methods, reason = "tests look into folders and damage files on purpose")]

mod app_output;
mod caches;
mod downloads;
mod environment;
mod groups;
mod keys;
mod layers;
mod messages;
mod seeds;
mod toolchains;

use libpack::Result;
use libpack::component::{Buildpack, Component, Verdict, must};
use libpack::context::{BuildCx, DetectCx};
use libpack::plan::Plan;
use libpack::testing::Rig;

const ID: &str = "acme/steps";

const DESCRIPTOR: &str = r#"
api = "0.10"
[buildpack]
id = "acme/steps"
name = "Steps"
version = "1.2.3"
sbom-formats = ["application/vnd.cyclonedx+json", "application/spdx+json"]
[[metadata.configurations]]
name = "BP_WORD"
default = "hello"
[[metadata.configurations]]
name = "BP_BUILD"
[[metadata.configurations]]
name = "BP_DIRECT_PROCESS"
"#;

type Build = dyn Fn(&BuildCx<'_>) -> Result<()> + Send + Sync;

/// A component whose plan and build a test writes in place.
struct Step {
    name: &'static str,
    plan: Plan,
    build: Box<Build>,
}

impl Component for Step {
    fn name(&self) -> &'static str {
        self.name
    }

    fn detect(&self, _: &DetectCx<'_>) -> Result<Verdict> {
        Ok(self.plan.clone().into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        (self.build)(cx)
    }
}

fn step(name: &'static str, build: impl Fn(&BuildCx<'_>) -> Result<()> + Send + Sync + 'static) -> Step {
    Step { name, plan: Plan::new(), build: Box::new(build) }
}

/// A rig with one step.
fn rig(build: impl Fn(&BuildCx<'_>) -> Result<()> + Send + Sync + 'static) -> Rig {
    Rig::new(Buildpack::new(ID).group([must(step("step", build))]), DESCRIPTOR)
}
