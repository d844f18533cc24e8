//! Node.js for builds that call it, such as those with a front end (paketo-buildpacks/libbs, `BP_JAVA_INSTALL_NODE`).

use libpack::Result;
use libpack::context::DetectCx;
use libpack::plan::{Plan, Require};

/// Asks for what the project in the app folder, or in `BP_NODE_PROJECT_PATH`, is built with.
pub fn ask(cx: &DetectCx<'_>, plan: Plan) -> Result<Plan> {
    if !cx.settings().lenient_flag("BP_JAVA_INSTALL_NODE").0 {
        return Ok(plan);
    }
    let folder = cx.folder("BP_NODE_PROJECT_PATH")?;
    if folder.join("yarn.lock").is_file() {
        return Ok(plan.requires(Require::new("yarn").build()).requires(Require::new("node").build()));
    }
    if folder.join("package.json").is_file() {
        return Ok(plan.requires(Require::new("node").build()));
    }
    cx.log()
        .process("BP_JAVA_INSTALL_NODE is set, but there is no package.json: set BP_NODE_PROJECT_PATH to its folder");
    Ok(plan)
}
