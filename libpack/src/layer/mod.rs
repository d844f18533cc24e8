//! Layers: what the lifecycle brings back, what can be re-used of it, and what is written.
//!
//! libcnb's own layer calls drop the metadata of launch-only layers, so the store is ours; libcnb's
//! runtime leaves the files alone as long as those calls are not used.

mod key;
mod store;

pub use key::Key;
pub(crate) use store::NO_EARLIER;
pub use store::{Decision, Store};

/// What a layer is for (buildpacks/spec, buildpack.md, "Layer Types").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags {
    /// Later buildpacks see it.
    pub build: bool,
    /// It comes back with content.
    pub cache: bool,
    /// It is part of the image.
    pub launch: bool,
}

impl Flags {
    /// Only in the image: comes back as metadata, and costs nothing when nothing changed.
    pub const LAUNCH: Self = Self { build: false, cache: false, launch: true };
    /// Only for the next build.
    pub const CACHE: Self = Self { build: false, cache: true, launch: false };

    /// Whether the layer is to exist at all.
    pub fn any(self) -> bool {
        self.build || self.cache || self.launch
    }

    /// Whether its folder must be there when the build ends, even if the layer was re-used.
    pub fn needs_folder(self) -> bool {
        self.build || self.cache
    }
}

impl std::fmt::Display for Flags {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = [(self.build, "build"), (self.cache, "cache"), (self.launch, "launch")];
        let set: Vec<_> = names.into_iter().filter(|(on, _)| *on).map(|(_, name)| name).collect();
        f.write_str(&set.join(","))
    }
}
