//! What runs in the image before the app starts.

use std::process::ExitCode;

fn main() -> ExitCode {
    libpack::serve::launch(&libpack_java::HELPERS)
}
