//! How people work on the project: `cargo xtask <command>`.
// A command line tool prints, reads its environment and starts programs; the SDK's ports are not meant for it.
#![allow(clippy::disallowed_methods, clippy::print_stdout, clippy::print_stderr)]

mod bench;
mod catalog;
mod demo;
mod digest;
mod env;
mod fixtures;
mod home;
mod http;
mod pack;
mod product;
mod progress;
mod setup;
mod shell;
mod test;
mod trust;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Work on libpack: bring what is missing, try it, test it, measure it.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Bring what is missing on this machine: engine, pack, lifecycle, base images
    Setup(setup::Arguments),
    /// Print the exports of what `setup` brought: eval "$(cargo xtask env)"
    Env,
    /// Write or check the list of toolchains that package registries serve
    Catalog(catalog::Arguments),
    /// Make the builder, build the sample apps with it, run them and ask them
    Demo(demo::Arguments),
    /// Run the tests, tier by tier
    Test(test::Arguments),
    /// Build other projects' test apps and write the table of how they fare
    Fixtures(fixtures::Arguments),
    /// Time builds against the floor: what a buildpack that does nothing costs
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Setup(arguments) => setup::run(&arguments),
        Command::Env => env::run(),
        Command::Catalog(arguments) => catalog::run(&arguments),
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Fixtures(arguments) => fixtures::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
