//! The extension point: a component is one Paketo-like unit (node-engine, npm-install …); a buildpack
//! is groups of them in one executable.

use std::collections::BTreeMap;

use crate::Result;
use crate::context::{BuildCx, DetectCx, SeedCx};
use crate::plan::Plan;
use crate::world::Variables;

/// One unit with a plan of its own. Object-safe, without state between the phases; it sees only its
/// context.
pub trait Component: Sync {
    /// `npm-install`: log title and selector.
    fn name(&self) -> &'static str;

    /// Raised when what the component writes changes; part of the key of every layer it makes, instead
    /// of the buildpack's version: a release must not remake every layer of every app.
    fn format(&self) -> u32 {
        1
    }

    /// Reads the app and the settings, and joins with a plan or declines with a reason. An error is for
    /// what the user set and got wrong.
    fn detect(&self, cx: &DetectCx<'_>) -> Result<Verdict>;

    /// Makes layers, processes, environment. Called only when the component joined.
    fn build(&self, cx: &BuildCx<'_>) -> Result<()>;
}

/// What a component says of an app.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It is for me, and this is what I offer and want.
    Join(Plan),
    /// It is not, for this reason.
    Decline(String),
}

impl Verdict {
    /// Not for me.
    pub fn decline(reason: impl Into<String>) -> Self {
        Self::Decline(reason.into())
    }
}

impl From<Plan> for Verdict {
    fn from(plan: Plan) -> Self {
        Self::Join(plan)
    }
}

/// A component in a group.
pub struct Member {
    pub(crate) component: Box<dyn Component>,
    pub(crate) optional: bool,
}

/// A component without which the group does not join.
pub fn must(component: impl Component + 'static) -> Member {
    Member { component: Box::new(component), optional: false }
}

/// A component that joins if it can.
pub fn may(component: impl Component + 'static) -> Member {
    Member { component: Box::new(component), optional: true }
}

/// A function that runs when the image starts, before the process: it gets the environment and returns
/// what to set. It must be quick, and it must work with a read-only file system.
pub type Helper = fn(&Variables) -> Result<BTreeMap<String, String>>;

/// A function that fills a folder from a dependency once, when the buildpack is packaged, so that no build
/// has to: `[[metadata.seeds]]` of `buildpack.toml` names it. It runs on the packager's machine, and equal
/// input must give equal bytes. A build finds the folder with [`crate::context::BuildCx::seed`].
pub type Seed = fn(&SeedCx<'_>) -> Result<()>;

/// The components of one buildpack id, in groups.
pub struct Buildpack {
    pub(crate) id: &'static str,
    pub(crate) groups: Vec<Vec<Member>>,
    pub(crate) providers: Vec<Vec<Member>>,
    pub(crate) helpers: Vec<(&'static str, Helper)>,
    pub(crate) seeds: Vec<(&'static str, Seed)>,
}

impl Buildpack {
    /// An empty buildpack with the id of its `buildpack.toml`.
    pub fn new(id: &'static str) -> Self {
        Self { id, groups: Vec::new(), providers: Vec::new(), helpers: Vec::new(), seeds: Vec::new() }
    }

    /// Adds a group. The first group whose required components join wins, as in a builder's order.
    pub fn group<const N: usize>(mut self, members: [Member; N]) -> Self {
        self.groups.push(members.into());
        self
    }

    /// Adds components that offer what they provide to other buildpacks when no group of ours takes
    /// the app: their alternatives come after the groups', and nothing is required.
    pub fn provider<const N: usize>(mut self, members: [Member; N]) -> Self {
        self.providers.push(members.into());
        self
    }

    /// Adds one launch helper; see [`Self::helpers`].
    pub fn helper(self, name: &'static str, helper: Helper) -> Self {
        self.helpers(&[(name, helper)])
    }

    /// Adds launch helpers by name, in the order in which they run; components join them with
    /// `cx.helper(name)`. The same list is given to [`crate::serve::launch`] by an executable of its own,
    /// `<package>-helper`, where there is one: it goes into every image, and the whole buildpack need not.
    pub fn helpers(mut self, helpers: &[(&'static str, Helper)]) -> Self {
        self.helpers.extend(helpers);
        self
    }

    /// Says how a seed of `buildpack.toml` is made.
    pub fn seed(mut self, id: &'static str, seed: Seed) -> Self {
        self.seeds.push((id, seed));
        self
    }
}
