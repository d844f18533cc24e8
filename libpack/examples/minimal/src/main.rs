//! A whole buildpack: a program in the image that greets, with the version of somebody's Node.js.

use std::process::ExitCode;

use libpack::component::{Buildpack, Component, Verdict, must};
use libpack::context::{BuildCx, DetectCx};
use libpack::env::Scope;
use libpack::launch::Process;
use libpack::plan::{Plan, Require};
use libpack::{Result, fs};

struct Greeting;

impl Component for Greeting {
    fn name(&self) -> &'static str {
        "greeting"
    }

    fn detect(&self, cx: &DetectCx<'_>) -> Result<Verdict> {
        let plan = Plan::new().own(Require::new("greeting").launch());
        // The lifecycle meets no requirement from a later buildpack: only who stands after Node.js may ask for it.
        let with_node = cx.settings().flag("BP_GREETING_WITH_NODE")?;
        let node = Require::new("node").build().launch();
        Ok(if with_node { plan.requires(node) } else { plan }.into())
    }

    fn build(&self, cx: &BuildCx<'_>) -> Result<()> {
        let greeting = cx.setting("BP_GREETING").unwrap_or_default();
        let node = if cx.settings().flag("BP_GREETING_WITH_NODE")? {
            cx.run("node").arg("--version").quiet().call()?.output.trim().to_owned()
        } else {
            "nobody".to_owned()
        };
        let layer = cx.layer("greeting").keyed_by([("node", node.as_str())]).flags(libpack::layer::Flags::LAUNCH);
        let layer = layer.create(|layer| {
            layer.log().process("Writing the greeting");
            let program = layer.path().join("bin/greet");
            fs::write(&program, format!("#!/bin/sh\necho \"$GREETING from {node}\"\n"))?;
            fs::make_executable(&program)
        })?;
        cx.env(Scope::Launch).default("GREETING", greeting).append("PATH", layer.path().join("bin"), ":");
        cx.process(Process::new("greet", ["greet"]));
        Ok(())
    }
}

fn main() -> ExitCode {
    libpack::serve::serve(&[Buildpack::new("example/greeting").group([must(Greeting)])])
}
