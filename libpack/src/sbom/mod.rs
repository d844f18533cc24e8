//! What an image is made of, in the three formats that Paketo's tools read.
//!
//! One model ([`Sbom`]) and three writers ([`write`]). Nothing in a document depends on the clock, on
//! the machine or on the order in which components were found: equal input gives equal bytes
//! (syft#1100, paketo rfcs#176). Components come from dependency rows (the caller builds a
//! [`Component`]) and from catalogers such as [`npm`], which read what a build already knows.

mod component;
mod cyclonedx;
mod document;
mod format;
pub mod go;
mod hash;
pub mod java;
mod json;
mod license;
pub mod npm;
pub mod purl;
mod spdx;
mod syft;

pub use component::{Component, ComponentId, Kind};
pub use document::{Catalog, Sbom, Subject};
pub use format::{CycloneDxVersion, Format, Options, SpdxVersion, Tool};
pub use hash::{Algorithm, Hash};
pub use license::License;

use crate::Result;

/// One document, as the bytes of its file. The layouts (indents, key order) are those of Paketo's
/// (paketo-buildpacks/packit `sbom`); `<`, `>` and `&` stay as they are, which is equal once parsed.
pub fn write(sbom: &Sbom, format: Format, options: &Options) -> Result<Vec<u8>> {
    match format {
        Format::CycloneDx(version) => cyclonedx::write(sbom, version, options),
        Format::Spdx(version) => spdx::write(sbom, version, options),
        Format::Syft => syft::write(sbom, options),
    }
}
