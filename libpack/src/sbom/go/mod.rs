//! Go modules: what is linked into executables, and what `go.mod` asks for.
//!
//! No scanner: the linker leaves the list of modules in every executable, and `go.mod` is the list of
//! an app's modules since Go 1.17. Fields and names are syft's (anchore/syft, `syft/pkg/cataloger/golang`).

mod build_info;
mod elf;
mod executables;
mod go_mod;
mod go_sum;
mod lines;
mod modules;
mod quoted;

pub use build_info::{BuildInfo, Module};
pub use executables::from_executables;
pub use go_mod::{GoMod, GoWork, ModuleVersion, Replace, Replacement, Require};
pub use modules::{from_go_mod, from_go_work};

use super::{Component, Kind, purl};

/// A module as a component; without its version where nobody knows that.
fn component(path: &str, version: &str, location: &str) -> Component {
    let version = if version == "(devel)" { "" } else { version };
    Component::new(Kind::Library, path, version)
        .purl(purl::golang(path, version).to_string())
        .ecosystem("go-module", "go")
        .location(location)
}
