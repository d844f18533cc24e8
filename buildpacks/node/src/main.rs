//! `detect`, `build` and the launch helper of the Node.js buildpack.

use std::process::ExitCode;

fn main() -> ExitCode {
    libpack::serve::serve(&[libpack_node::buildpack()])
}
