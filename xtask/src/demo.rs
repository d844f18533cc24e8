//! `cargo xtask demo`: one sample from source to an answering app.

use anyhow::{Result, bail};

#[derive(clap::Args)]
pub struct Arguments {
    /// The folder of the app; a sample by default
    #[arg(long, value_name = "FOLDER")]
    app: Option<std::path::PathBuf>,
}

/// Fails until there is a builder to demonstrate.
pub fn run(arguments: &Arguments) -> Result<()> {
    let app = arguments.app.as_deref().map_or("a sample".into(), |app| app.display().to_string());
    bail!("cannot build {app} yet: the builder is not there")
}
