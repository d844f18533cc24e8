//! An SDK for Cloud Native Buildpacks that are compatible with Paketo's.

pub mod archive;
pub mod bindings;
pub mod checksum;
pub mod components;
pub mod dependency;
pub mod descriptor;
pub mod error;
pub mod fs;
pub mod launch;
pub mod sbom;
pub mod source;
pub mod target;
pub mod version;
pub mod world;

pub use error::{Blame, Error, Result};
