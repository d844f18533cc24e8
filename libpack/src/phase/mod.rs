//! The two phases of a buildpack, without the protocol around them: `serve` feeds them from the
//! lifecycle, the rig from its model.

mod build;
mod detect;
mod environment;

pub use build::{BuildInput, build};
pub use detect::{Detected, detect};
pub(crate) use environment::HELPERS;
