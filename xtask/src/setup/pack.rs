//! `pack`: the one on PATH when it is new enough, or our own build.

use anyhow::Result;

use super::go::{Module, loose_version, once};
use crate::home::Home;
use crate::progress::note;
use crate::shell::call;

const PACKAGE: &str = "github.com/buildpacks/pack";

/// Brings `pack`.
pub fn ensure(home: &Home) -> Result<()> {
    let module = Module::at("");
    let wanted = module.version_of(PACKAGE)?;
    let found = call("pack").arg("version").output().ok();
    if let Some(version) = found.as_deref().and_then(loose_version).filter(|version| *version >= wanted) {
        note("pack", &format!("{version} is on PATH"));
        return Ok(());
    }
    let bin = home.join("tools/bin");
    once("pack", &format!("pack {wanted}"), &bin, &module.digest(&[])?, || {
        let version = format!("{PACKAGE}/pkg/client.Version={wanted}");
        module.build(&[PACKAGE], &[version], &bin)
    })
}
