//! `cargo xtask env`: what `setup` brought, as lines for a POSIX shell.

use std::ffi::OsStr;

use anyhow::{Result, bail};

use crate::home::Home;
use crate::setup::engine::Engine;
use crate::setup::{images, lifecycle};
use crate::shell::quote;

/// Prints the exports.
pub fn run() -> Result<()> {
    let home = Home::find()?;
    let Some(engine) = Engine::find(&home) else {
        bail!("no engine answers: run `cargo xtask setup`");
    };
    let lifecycle = lifecycle::Recipe::main();
    if !lifecycle.archive(&home).is_file() {
        bail!("the lifecycle is missing: run `cargo xtask setup`");
    }
    export("LIBPACK_HOME", home.path().as_os_str());
    export("LIBPACK_LIFECYCLE_DIR", lifecycle.folder(&home).join("lifecycle").as_os_str());
    export("LIBPACK_LIFECYCLE_ARCHIVE", lifecycle.archive(&home).as_os_str());
    export("LIBPACK_BUILD_IMAGE", images::BUILD.as_ref());
    export("LIBPACK_RUN_IMAGE", images::RUN.as_ref());
    if let Some(host) = &engine.host {
        export("DOCKER_HOST", host.as_ref());
    }
    println!("export PATH={}:\"$PATH\"", quote(home.join("tools/bin").as_os_str()));
    Ok(())
}

fn export(name: &str, value: &OsStr) {
    println!("export {name}={}", quote(value));
}
