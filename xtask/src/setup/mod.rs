//! `cargo xtask setup`: from a bare Debian machine to one that builds and runs app images. It brings what is missing and
//! touches nothing that is there.

pub mod debian;
pub mod engine;
pub mod go;
pub mod images;
pub mod lifecycle;
pub mod pack;
pub mod postgres;
pub mod registry;

use anyhow::Result;

use crate::home::Home;
use crate::product::jdk;
use crate::progress::note;

#[derive(clap::Args)]
pub struct Arguments {
    /// End the engine that an earlier setup started; no other is touched
    #[arg(long, conflicts_with = "lifecycle")]
    stop: bool,
    /// Build this lifecycle only, for tests of older platforms: 0.20.11
    #[arg(long, value_name = "VERSION")]
    lifecycle: Option<String>,
}

pub fn run(arguments: &Arguments) -> Result<()> {
    let home = Home::find()?;
    if arguments.stop {
        return engine::stop(&home);
    }
    if let Some(version) = &arguments.lifecycle {
        return lifecycle::ensure(&home, &lifecycle::Recipe::find(version)?);
    }
    bring(&home)?;
    note("ready", "eval \"$(cargo xtask env)\" puts the tools on PATH");
    Ok(())
}

/// Brings all that app images are built with.
pub fn bring(home: &Home) -> Result<engine::Engine> {
    note("state", &home.path().display().to_string());
    // Tools before the engine: they take longest, and what goes wrong with Go needs no engine to be seen.
    pack::ensure(home)?;
    lifecycle::ensure(home, &lifecycle::Recipe::main())?;
    let engine = engine::ensure(home)?;
    images::ensure(home, &engine)?;
    jdk::ensure()?;
    Ok(engine)
}
