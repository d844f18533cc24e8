//! `cargo xtask env`: what `setup` brought, as lines for a POSIX shell.

use std::ffi::{OsStr, OsString};

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
    let mut exports = Exports::default();
    exports.tools(&home);
    exports.lifecycle(&home, &lifecycle::Recipe::main())?;
    exports.engine(&engine);
    for (name, value) in &exports.0 {
        // The shell that reads this has a PATH of its own, which need not be ours.
        if *name != "PATH" {
            println!("export {name}={}", quote(value));
        }
    }
    println!("export PATH={}:\"$PATH\"", quote(home.join("tools/bin").as_os_str()));
    Ok(())
}

/// Variables that tell tests and shells where things are.
#[derive(Debug, Clone, Default)]
pub struct Exports(Vec<(&'static str, OsString)>);

impl Exports {
    /// Adds a variable.
    pub fn set(&mut self, name: &'static str, value: impl AsRef<OsStr>) {
        self.0.push((name, value.as_ref().to_owned()));
    }

    /// Where a lifecycle is; fails when `setup` has not brought it.
    pub fn lifecycle(&mut self, home: &Home, recipe: &lifecycle::Recipe) -> Result<()> {
        if !recipe.archive(home).is_file() {
            bail!("the lifecycle is missing: run `cargo xtask setup`");
        }
        self.set("LIBPACK_LIFECYCLE_DIR", recipe.folder(home).join("lifecycle"));
        self.set("LIBPACK_LIFECYCLE_ARCHIVE", recipe.archive(home));
        Ok(())
    }

    /// Where the tools are.
    pub fn tools(&mut self, home: &Home) {
        self.set("LIBPACK_HOME", home.path());
        let mut path = home.join("tools/bin").into_os_string();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        self.set("PATH", path);
    }

    /// Where the engine is, and the base images in it.
    pub fn engine(&mut self, engine: &Engine) {
        self.set("LIBPACK_BUILD_IMAGE", images::BUILD);
        self.set("LIBPACK_RUN_IMAGE", images::RUN);
        if let Some(host) = &engine.host {
            self.set("DOCKER_HOST", host);
        }
    }

    /// All of them.
    pub fn into_variables(self) -> Vec<(&'static str, OsString)> {
        self.0
    }
}
