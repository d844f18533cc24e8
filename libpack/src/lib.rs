//! An SDK for Cloud Native Buildpacks that are compatible with Paketo's.

pub mod archive;
pub mod bindings;
pub mod cache;
pub mod checksum;
pub mod component;
pub mod components;
pub mod context;
pub mod dependency;
pub mod descriptor;
pub mod env;
pub mod error;
pub mod exec;
pub mod fs;
pub mod glob;
pub mod launch;
pub mod layer;
pub mod log;
pub mod phase;
pub mod plan;
pub mod report;
pub mod sbom;
pub mod serve;
pub mod settings;
pub mod source;
pub mod target;
#[cfg(feature = "testing")]
pub mod testing;
mod users;
pub mod version;
pub mod world;

pub use error::{Blame, Error, Result};
