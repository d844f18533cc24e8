//! What the image does when it starts: processes, labels, slices (buildpacks/spec, buildpack.md,
//! "launch.toml").

pub mod line;
mod process;

pub use process::{Launch, Process};
