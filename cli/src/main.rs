//! `libpack`: what authors and publishers of buildpacks run.
#![allow(
    clippy::disallowed_methods,
    reason = "a tool on the publisher's machine: it runs cargo and reads its own environment"
)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool talks to its terminal")]

mod arguments;
mod catalog;
mod compile;
mod content;
mod download;
mod folder;
mod image;
mod layout;
mod manifest;
mod package;
mod progress;
mod purl;
mod repack;
mod rows;
mod seeds;
mod sources;
mod tarball;
mod toolchain;
mod vendor;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Package(options) => package::run(&options),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&error);
            ExitCode::FAILURE
        }
    }
}

fn report(error: &libpack::Error) {
    eprintln!("error[{}]: {error}", error.id());
    for cause in error.causes() {
        eprintln!("  because: {cause}");
    }
    if let Some(hint) = error.next_step() {
        eprintln!("  hint: {hint}");
    }
}
