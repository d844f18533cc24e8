//! `BP_NPM_VERSION`: another npm than the one that Node brings, in a layer of its own. The app's
//! manifest and lock stay as they are.

use libpack::Result;
use libpack::context::{BuildCx, Toolchain};
use libpack::layer::Flags;
use libpack::{Error, fs};

use crate::node_engine;
use crate::npm_install::NODE_MODULES;
use crate::npmrc::{self, GlobalConfig};

const SETTING: &str = "BP_NPM_VERSION";
/// The layer.
const LAYER: &str = "npm";

/// The npm that was asked for, made when somebody uses it.
pub fn provide(cx: &BuildCx<'_>, global: &GlobalConfig) -> Result<Option<Toolchain>> {
    let Some(version) = cx.setting(SETTING) else { return Ok(None) };
    let (npm, node, modules) = (cx.entries(node_engine::NPM), cx.entries(node_engine::NODE), cx.entries(NODE_MODULES));
    // Wherever Node.js is, so is its own npm, and nobody shall meet that one.
    let build = [&npm, &node, &modules].iter().any(|entries| entries.build_outside());
    let flags = Flags { build, cache: false, launch: npm.launch() || node.launch() };
    let node = cx.toolchain(node_engine::NODE);
    let node_version = node.as_ref().and_then(|node| node.fact("version")).unwrap_or("outside").to_owned();
    let (around, world) = (cx.environment(), cx.world().clone());
    let (app, log) = (cx.app().to_path_buf(), cx.log().clone());
    let wanted = version.clone();
    let global = global.clone();
    let layer = cx.layer(LAYER).flags(flags).keyed_by([("version", &*version), ("node", &*node_version)]);
    layer
        .provide(move |layer| {
            let mut child = libpack::exec::Run::new(&world, log.clone(), "npm", &app, around.clone());
            if let Some(node) = &node {
                child = child.path_first(&node.ready()?.join("bin"));
            }
            if let GlobalConfig::Binding(path) = &global {
                child = child.env(npmrc::VARIABLE, path.as_os_str());
            }
            let cache = fs::scratch()?;
            let child = child
                .args(["install", "--global", "--no-audit", "--no-fund", "--prefix"])
                .arg(layer.path())
                .arg("--cache")
                .arg(cache.path())
                .arg(format!("npm@{wanted}"))
                .env_default("NPM_CONFIG_LOGLEVEL", "error");
            if child.call()?.success() {
                return Ok(());
            }
            Err(Error::user("npm/update-failed", "update of npm failed").hint(format!(
                "Set {SETTING} to a version of npm that the registry has and that runs on this Node.js."
            )))
        })
        .map(Some)
}
