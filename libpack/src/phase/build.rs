use std::path::PathBuf;
use std::sync::Arc;

use toml::{Table, Value};

use crate::Result;
use crate::component::{Buildpack, Component};
use crate::context::{BuildCx, Session, Surroundings};
use crate::launch::Launch;
use crate::layer::Store;
use crate::log::go_duration;
use crate::plan::{Entry, Memory};
use crate::source::Sources;

use super::environment;

/// What the lifecycle gives for a build, beside the surroundings.
pub struct BuildInput {
    /// Where layers lie.
    pub layers: PathBuf,
    /// The plan's entries that reached us.
    pub entries: Vec<Entry>,
    /// The running executable, which becomes the launch helper.
    pub executable: PathBuf,
}

/// Builds with the components that joined, and returns what goes into `launch.toml`.
pub fn build(buildpack: &Buildpack, around: Surroundings, input: BuildInput) -> Result<Launch> {
    let start = around.world().clock.now();
    let memory = input.entries.iter().find(|entry| entry.name == buildpack.id);
    let memory = memory.map(|entry| Memory::from_table(&entry.metadata)).unwrap_or_default();
    let sources = sources(&around)?;
    let known = buildpack.helpers.iter().map(|(name, _)| *name).collect();
    let store = Store::open(&input.layers)?;
    let session = Session::new(around, input.entries, memory, store, sources, input.executable, known)?;
    let session = Arc::new(session);
    introduce(&session);
    let built = run_components(buildpack, &session);
    // Whatever happened, no job may write into the layers after we are gone.
    let settled = settle(&session, built.is_ok());
    built.and(settled)?;
    if session.formats.is_empty() && session.around.settings().flag("BP_DISABLE_SBOM")? {
        // Paketo RFC 0044: an image says that it has no SBOM on purpose.
        session.state().launch.label("io.paketo.sbom.disabled", "true");
    }
    let build_sbom = session.state().build_sbom.take();
    if let Some(sbom) = build_sbom {
        session.store.describe("build", &session.documents(&sbom)?)?;
    }
    leave_unmet(&session)?;
    let launch = environment::write(&session)?;
    launch.check()?;
    session.store.sweep()?;
    let took = session.around.world().clock.now().duration_since(start).unwrap_or_default();
    session.around.log().debug(format!("Built in {}", go_duration(took)));
    Ok(launch)
}

/// Where dependencies come from: the buildpack's folder, and the user's mappings.
fn sources(around: &Surroundings) -> Result<Sources> {
    let mut mappings = Vec::new();
    for binding in around.bindings().of_type("dependency-mapping") {
        for key in binding.entries() {
            mappings.push((key.to_owned(), binding.require(key)?.text()?.to_owned()));
        }
    }
    Sources::new(around.buildpack(), around.target(), std::env::temp_dir()).map(mappings)
}

fn introduce(session: &Session) {
    let (log, identity) = (session.around.log(), &session.around.descriptor().buildpack);
    let name = identity.name.as_deref().unwrap_or(&identity.id);
    log.title(format!("{name} {}", identity.version));
    for (component, reason) in &session.memory.declined {
        log.debug(format!("{component} stays away: {reason}"));
    }
}

fn run_components(buildpack: &Buildpack, session: &Arc<Session>) -> Result<()> {
    for name in &session.memory.joined {
        let Some(component) = find(buildpack, name) else { continue };
        component.build(&BuildCx::new(session, component))?;
    }
    Ok(())
}

fn find<'a>(buildpack: &'a Buildpack, name: &str) -> Option<&'a dyn Component> {
    let members = buildpack.groups.iter().chain(&buildpack.providers).flatten();
    members.map(|member| &*member.component).find(|component| component.name() == name)
}

/// Writes `build.toml`, which libcnb's runtime leaves to us.
fn leave_unmet(session: &Session) -> Result<()> {
    let unmet = std::mem::take(&mut session.state().unmet);
    if unmet.is_empty() {
        return Ok(());
    }
    let one = |name: String| Value::Table(std::iter::once(("name".to_owned(), Value::String(name))).collect());
    let file = Table::from_iter([("unmet".to_owned(), Value::Array(unmet.into_iter().map(one).collect()))]);
    crate::fs::write(&session.store.root().join("build.toml"), file.to_string())
}

/// Ends what the components began, and hands the caches on when the build succeeded: after a failure
/// nothing is exported, and nobody should wait for it to be packed.
fn settle(session: &Arc<Session>, succeeded: bool) -> Result<()> {
    let toolchains: Vec<_> = session.state().toolchains.values().map(Arc::clone).collect();
    let mut outcome = Ok(());
    for toolchain in toolchains {
        outcome = outcome.and(toolchain.finish(session));
    }
    if succeeded {
        outcome = outcome.and_then(|()| hand_on(session));
    }
    // Only now: what is thrown away may be what a cache is packed from.
    for path in std::mem::take(&mut session.state().discarded) {
        outcome = outcome.and(crate::fs::remove(&path));
    }
    outcome
}

fn hand_on(session: &Arc<Session>) -> Result<()> {
    let caches: Vec<_> = session.state().caches.values().map(Arc::clone).collect();
    session.downloads.iter().try_for_each(|downloads| downloads.finish(session))?;
    caches.iter().try_for_each(|cache| cache.finish(session))
}
