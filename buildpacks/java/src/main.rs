//! `detect`, `build` and the launch helper of the Java buildpack.

use std::process::ExitCode;

fn main() -> ExitCode {
    libpack::serve::serve(&[libpack_java::buildpack()])
}
