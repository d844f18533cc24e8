//! `detect`, `build` and the launch helper of the Go buildpack.

use std::process::ExitCode;

fn main() -> ExitCode {
    libpack::serve::serve(&[libpack_go::buildpack()])
}
