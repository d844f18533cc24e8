//! `git`: the commit that an image is made of, and credentials for repositories that are not public.
//! Facts: paketo-buildpacks/git; docs of git, gitrepository-layout and gitcredentials.

mod component;
mod config;
mod revision;

pub use component::{Git, REVISION_LABEL};
pub use revision::Revision;

/// The type of the bindings that bring credentials.
pub const BINDING_TYPE: &str = "git-credentials";
