//! The Go buildpack: Go itself, the modules of an app, and what it compiles to.

pub mod build_tags;
pub mod flag_words;
pub mod glob;
pub mod go_version;
pub mod keep_files;
pub mod source_file;
pub mod targets;
pub mod vendoring;
pub mod workdir;

use libpack::component::{Buildpack, Helper};
use libpack::components::ca_certificates;

/// The groups: an app of modules, and one without.
pub fn buildpack() -> Buildpack {
    Buildpack::new("libpack/go").helpers(&HELPERS)
}

/// What runs when the image starts.
pub const HELPERS: [(&str, Helper); 1] = [(ca_certificates::HELPER, ca_certificates::helper)];
