//! Kinds of applications: how each is found, laid out and started.

use libpack::Result;
use libpack::context::{BuildCx, Surroundings};

use super::{Assembly, Facts, dist_zip, executable_jar, tomcat};

/// One kind. It finds its application in the app folder, says once how it is laid out, and at every build how it
/// starts.
pub trait Kind: Sync {
    /// Its name in Paketo's group.
    fn name(&self) -> &'static str;

    /// What it looks for, for those whose application nobody finds: `a WAR`.
    fn looks_for(&self) -> &'static str;

    /// The plan's name without whose entry it stays away at build.
    fn plan_name(&self) -> &'static str {
        "jvm-application"
    }

    /// The settings that [`Self::find`] and [`Self::assemble`] read: part of the application's key. What only
    /// [`Self::launch`] reads is not.
    fn settings(&self) -> &'static [&'static str];

    /// Whether the app folder holds one; the same at detect and build.
    fn find(&self, around: &Surroundings) -> Result<bool>;

    /// Prepares a new application in the app folder, says which of it lies in layers of its own, and keeps what
    /// [`Self::launch`] has to know. Not called when the earlier layers are re-used.
    fn assemble(&self, cx: &BuildCx<'_>, app: &mut Assembly<'_>) -> Result<()>;

    /// At every build, by nothing but what was kept: the app folder consists of links, to layers that may not be
    /// there. Adds layers of the kind's own, variables, helpers, labels, processes.
    fn launch(&self, cx: &BuildCx<'_>, facts: &Facts) -> Result<()>;
}

/// In Paketo's order. Where several find one, the last counts, as the last process of a type does: a distribution
/// with start scripts holds libraries that happen to be executable, too.
const KINDS: [&dyn Kind; 3] = [&executable_jar::ExecutableJar, &tomcat::Tomcat, &dist_zip::DistZip];

/// All kinds in order.
pub fn all() -> impl DoubleEndedIterator<Item = &'static dyn Kind> {
    KINDS.into_iter()
}

/// The kind of that name.
pub fn called(name: &str) -> Option<&'static dyn Kind> {
    all().find(|kind| kind.name() == name)
}

/// The kind of what the app folder holds; `takes_part` says which kinds may act.
pub fn of(around: &Surroundings, takes_part: impl Fn(&dyn Kind) -> bool) -> Result<Option<&'static dyn Kind>> {
    for kind in all().rev().filter(|kind| takes_part(*kind)) {
        if kind.find(around)? {
            return Ok(Some(kind));
        }
    }
    Ok(None)
}
