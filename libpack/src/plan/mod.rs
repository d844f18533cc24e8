//! The build plan: what components provide and require, and how several of them make one buildpack's
//! plan with its alternatives (buildpacks/spec, buildpack.md, "Build Plan").

mod compose;
mod entries;
mod memory;

pub use compose::{Alternative, Joined, compose};
pub use entries::{Candidate, Choice, Entries, Entry};
pub use memory::Memory;

use toml::{Table, Value};

/// What one component offers and wants.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Plan {
    always: Vec<String>,
    alternatives: Vec<Vec<String>>,
    owned: Vec<String>,
    requires: Vec<Require>,
}

/// One requirement: a name and what the provider should know.
#[derive(Debug, Clone, PartialEq)]
pub struct Require {
    /// The plan's name.
    pub name: String,
    /// `version`, `version-source`, `build`, `launch` and whatever the provider understands.
    pub metadata: Table,
}

impl Require {
    /// A requirement without any wishes.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), metadata: Table::new() }
    }

    /// Asks for a version; an empty one is no wish.
    pub fn version(self, version: impl Into<String>, source: &str) -> Self {
        let version = version.into();
        if version.is_empty() {
            return self;
        }
        self.with("version", version).with("version-source", source)
    }

    /// Wants it while building.
    pub fn build(self) -> Self {
        self.with("build", true)
    }

    /// Wants it in the image.
    pub fn launch(self) -> Self {
        self.with("launch", true)
    }

    /// Adds what the provider understands.
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.metadata.insert(key.to_owned(), value.into());
        self
    }
}

impl Plan {
    /// Nothing offered, nothing wanted.
    pub fn new() -> Self {
        Self::default()
    }

    /// Offers `name` in every alternative.
    pub fn provides(mut self, name: impl Into<String>) -> Self {
        self.always.push(name.into());
        self
    }

    /// The alternatives, in the order in which the lifecycle shall try them; each lists what is
    /// offered beside [`Self::provides`]. "Somebody else supplies it" is the empty list.
    pub fn alternatives<const N: usize>(mut self, alternatives: [&[&str]; N]) -> Self {
        self.alternatives =
            alternatives.iter().map(|names| names.iter().map(|name| (*name).to_owned()).collect()).collect();
        self
    }

    /// Adds a requirement.
    pub fn requires(mut self, require: Require) -> Self {
        self.requires.push(require);
        self
    }

    /// Offers and wants `name`, with metadata: the component acts when the entry arrives, so that of
    /// two copies in one group only one does. A component that only provides wants these all the same, so that
    /// a tool which comes with another (Maven with a JDK) is not dropped for an unused one.
    pub fn own(mut self, require: Require) -> Self {
        self.owned.push(require.name.clone());
        self.provides(require.name.clone()).requires(require)
    }

    /// The lists of provided names, one per alternative, at least one.
    pub(crate) fn offers(&self) -> Vec<Vec<String>> {
        let more: &[Vec<String>] = if self.alternatives.is_empty() { &[Vec::new()] } else { &self.alternatives };
        more.iter().map(|more| self.always.iter().chain(more).cloned().collect()).collect()
    }

    pub(crate) fn wants(&self) -> &[Require] {
        &self.requires
    }

    /// The requirements that stay when nothing but providing is left to do.
    pub(crate) fn owns(&self) -> impl Iterator<Item = &Require> {
        self.requires.iter().filter(|want| self.owned.contains(&want.name))
    }
}
