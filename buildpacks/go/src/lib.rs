//! The Go buildpack: Go itself, the modules of an app, and what it compiles to.

mod build_tags;
mod failure;
mod flag_words;
mod go_build;
mod go_dist;
mod go_mod_vendor;
mod go_version;
mod keep_files;
mod netrc;
mod project;
mod seed;
mod source_file;
mod targets;
mod toolchain;
mod vendoring;
mod workdir;

use libpack::component::{Buildpack, Helper, may, must};
use libpack::components::ca_certificates::{self, CaCertificates};
use libpack::components::git::Git;
use libpack::components::procfile::ProcfileComponent;

use go_build::GoBuild;
use go_dist::GoDist;
use go_mod_vendor::GoModVendor;

/// The groups: an app of modules, one without, and Go for other buildpacks.
pub fn buildpack() -> Buildpack {
    Buildpack::new("libpack/go")
        .group([may(CaCertificates), must(GoDist), may(Git), must(GoModVendor), must(GoBuild), may(ProcfileComponent)])
        .group([may(CaCertificates), must(GoDist), may(Git), must(GoBuild), may(ProcfileComponent)])
        .provider([must(GoDist)])
        .seed(seed::GO_COMPILER, seed::compiler)
        .helpers(&HELPERS)
}

/// What runs when the image starts.
pub const HELPERS: [(&str, Helper); 1] = [(ca_certificates::HELPER, ca_certificates::helper)];
