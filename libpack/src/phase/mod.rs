//! The phases of a buildpack, without the protocol around them: `serve` feeds them from the lifecycle and
//! the packager, the rig from its model.

mod build;
mod detect;
mod environment;
mod seed;

pub use build::{BuildInput, build};
pub use detect::{Detected, detect};
pub(crate) use environment::HELPERS;
pub use seed::{SeedInput, seed};
