//! `cargo xtask test`: the tests, tier by tier.

use anyhow::{Result, bail};

#[derive(clap::Args)]
pub struct Arguments {
    /// Only these tiers
    #[arg(value_enum)]
    tiers: Vec<Tier>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Tier {
    /// Pure functions and the rig: no tool, no engine
    Unit,
    /// The real phases of the lifecycle on a folder
    Lifecycle,
    /// The real pack, engine and registry
    Pack,
}

/// Fails until the tiers above `cargo test` are there.
pub fn run(arguments: &Arguments) -> Result<()> {
    bail!("no tier to run yet of {:?}: use `cargo test`", arguments.tiers)
}
