//! The buildpack of [`end_to_end::probe`] as an executable.

use std::process::ExitCode;

fn main() -> ExitCode {
    libpack::serve::serve(&[end_to_end::probe::buildpack()])
}
