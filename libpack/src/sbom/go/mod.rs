//! Go modules: from the executables that were built, and from `go.mod`.

mod go_mod;
mod lines;

pub use go_mod::{GoMod, GoWork, ModuleVersion, Replace, Replacement, Require};
