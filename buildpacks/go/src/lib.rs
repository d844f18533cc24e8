//! The Go buildpack: Go itself, the modules of an app, and what it compiles to.

pub mod seed;

use libpack::component::{Buildpack, Helper};
use libpack::components::ca_certificates;

/// The groups: an app of modules, and one without.
pub fn buildpack() -> Buildpack {
    Buildpack::new("libpack/go").helpers(&HELPERS).seed(seed::GO_BUILD_CACHE, seed::standard_library)
}

/// What runs when the image starts.
pub const HELPERS: [(&str, Helper); 1] = [(ca_certificates::HELPER, ca_certificates::helper)];
