use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use super::beside::beside;
use super::{LayerRequest, Session, Surroundings, Toolchain};
use crate::cache::{AppOutput, Cache};
use crate::component::Component;
use crate::env::{Action, Change, Scope};
use crate::exec::Run;
use crate::launch::{Process, line};
use crate::layer::Key;
use crate::log::Log;
use crate::plan::Entries;
use crate::sbom::Sbom;
use crate::world::Variables;
use crate::{Error, Result, fs};

/// What a component sees while it builds. It is a shared reference: state lies behind locks, so a
/// borrowed setting never collides with the next layer.
pub struct BuildCx<'a> {
    session: &'a Arc<Session>,
    component: &'a dyn Component,
    log: Log,
}

impl Deref for BuildCx<'_> {
    type Target = Surroundings;

    fn deref(&self) -> &Surroundings {
        &self.session.around
    }
}

impl<'a> BuildCx<'a> {
    pub(crate) fn new(session: &'a Arc<Session>, component: &'a dyn Component) -> Self {
        Self { session, component, log: session.around.log().clone() }
    }

    /// What people read: the build's log, or the block of a job that runs [`Self::beside`].
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Runs `there` in the background while `here` runs on this thread, waits for both and returns what
    /// both return: two unpackings take as long as the longer one. Calls nest, for more than two.
    ///
    /// `there` gets a context of its own, so that what it says through it appears as one block, behind
    /// what `here` said. In the rig `there` runs after `here`, if that succeeds: logs are stable. When
    /// both fail, the failure of `here` counts. Variables, processes and helpers are said behind it, since
    /// their order counts. The errors of its own are `job/thread` and `job/crashed`.
    pub fn beside<A, B: Send>(
        &self,
        here: impl FnOnce() -> Result<A>,
        there: impl FnOnce(&BuildCx<'_>) -> Result<B> + Send,
    ) -> Result<(A, B)> {
        let (session, component) = (self.session, self.component);
        beside(self.world().in_order, &self.log, here, move |log| there(&BuildCx { session, component, log }))
    }

    pub(super) fn session(&self) -> &Arc<Session> {
        self.session
    }

    /// The plan's entries of that name that reached us. None for a name that we required means that an
    /// earlier buildpack supplies it: leave that part out.
    pub fn entries(&self, name: &str) -> Entries {
        Entries::of(&self.session.entries, name, self.id())
    }

    /// Whether we are the ones who supply `name`.
    pub fn supplies(&self, name: &str) -> bool {
        let offered = self.session.memory.provides.iter().any(|one| one == name);
        offered && !self.entries(name).is_empty()
    }

    /// Whether the component of that name joined.
    pub fn joined(&self, component: &str) -> bool {
        self.session.memory.joined.iter().any(|one| one == component)
    }

    /// Leaves the plan's entries of that name to later buildpacks that provide it too. None of a name that did not
    /// reach us: the lifecycle would refuse it (buildpacks/spec, buildpack.md, "build.toml").
    pub fn unmet(&self, name: &str) {
        if !self.entries(name).is_empty() {
            self.session.state().unmet.insert(name.to_owned());
        }
    }

    /// Asks for a layer.
    pub fn layer(&self, name: &str) -> LayerRequest {
        LayerRequest::new(self.session, name, self.component.format(), &self.log)
    }

    /// Where the layer of that name lies, there or not.
    pub fn layer_path(&self, name: &str) -> std::path::PathBuf {
        self.session.store.path(name)
    }

    /// What an earlier component provided under that layer name.
    pub fn toolchain(&self, name: &str) -> Option<Toolchain> {
        let state = self.session.state().toolchains.get(name).map(Arc::clone)?;
        Some(Toolchain::new(self.session, state, &self.log))
    }

    /// A cache of one file; another key starts it empty.
    pub fn cache(&self, name: &str, key: impl Into<Key>) -> Cache {
        let key = key.into().with("format", self.component.format());
        Cache::of(self.session, name, key, &self.log)
    }

    /// The record of what a step writes into the app folder outside `except`.
    pub fn app_output(&self, name: &str, except: &[&Path]) -> AppOutput {
        AppOutput::of(self.session, name, except, &self.log)
    }

    /// Changes variables for later steps and buildpacks, for the image, or for both.
    pub fn env(&self, scope: Scope) -> EnvChanges<'_> {
        EnvChanges { session: self.session, scope, about: None }
    }

    /// The variables as a child of this step gets them: the platform's, with the changes of the
    /// components so far, as the lifecycle would apply them.
    pub fn environment(&self) -> Variables {
        let mut variables = self.variables().clone();
        let state = self.session.state();
        let changes = state.changes.iter().filter(|change| change.scope.covers(Scope::Build));
        changes.for_each(|change| change.apply(&mut variables));
        variables
    }

    /// A child in the app folder.
    pub fn run(&self, program: impl Into<std::ffi::OsString>) -> Run<'_> {
        Run::new(self.world(), self.log().clone(), program, self.app(), self.environment())
    }

    /// Lets a helper run when the image starts. Helpers run in the order of the buildpack's list, whoever
    /// joined first: each sees what the ones before it set.
    pub fn helper(&self, name: &'static str) -> Result<()> {
        let known = &self.session.known_helpers;
        if !known.contains(&name) {
            return Err(Error::bug("launch/helper", format!("no helper is called {name}"))
                .hint("Add it to the buildpack: Buildpack::helper."));
        }
        let helpers = &mut self.session.state().helpers;
        if !helpers.contains(&name) {
            helpers.push(name);
            helpers.sort_by_key(|joined| known.iter().position(|one| one == joined));
        }
        Ok(())
    }

    /// Adds a process, or takes over the type.
    pub fn process(&self, process: Process) {
        self.session.state().launch.process(process);
    }

    /// Adds an executable script on the image's `PATH` and returns its name, for lines that are more
    /// than plain words.
    pub fn script(&self, name: &str, text: &str) -> String {
        debug_assert!(line::is_plain_word(name));
        self.session.state().scripts.insert(name.to_owned(), text.to_owned());
        name.to_owned()
    }

    /// Sets a label of the image.
    pub fn label(&self, key: &str, value: &str) {
        self.session.state().launch.label(key, value);
    }

    /// Cuts a layer of its own out of the app folder, by globs.
    pub fn slice(&self, paths: impl IntoIterator<Item = impl Into<String>>) {
        self.session.state().launch.slice(paths.into_iter().map(Into::into).collect());
    }

    /// Whether anybody reads what [`Self::describe_build`] is told: not with `BP_DISABLE_SBOM`.
    pub fn is_described(&self) -> bool {
        !self.session.formats.is_empty()
    }

    /// Says what the build was made of and the image does not hold: `build.sbom.*`. It never comes back,
    /// so it is said at every build. What several steps say becomes one document, about the first one's subject.
    pub fn describe_build(&self, sbom: Sbom) {
        let mut state = self.session.state();
        state.build_sbom = Some(match state.build_sbom.take() {
            Some(earlier) => earlier.and(sbom),
            None => sbom,
        });
    }

    /// A folder that vanishes with the value.
    pub fn scratch(&self) -> Result<tempfile::TempDir> {
        fs::scratch()
    }

    /// Removes a file or folder when the build ends: what steps need and nobody gets.
    pub fn discard_at_end(&self, path: &Path) {
        self.session.state().discarded.push(path.to_path_buf());
    }
}

/// Changes of one scope.
pub struct EnvChanges<'a> {
    session: &'a Session,
    scope: Scope,
    about: Option<String>,
}

impl EnvChanges<'_> {
    /// Ties the changes to a layer: later buildpacks see them while building only if they see it.
    pub fn about(mut self, layer: &str) -> Self {
        self.about = Some(layer.to_owned());
        self
    }

    /// Sets a variable that has no value, or an empty one.
    pub fn default(&self, name: &str, value: impl AsRef<Path>) -> &Self {
        self.change(name, Action::Default, value, "")
    }

    /// Sets a variable, whatever it was.
    pub fn set(&self, name: &str, value: impl AsRef<Path>) -> &Self {
        self.change(name, Action::Override, value, "")
    }

    /// Puts a value behind the old one.
    pub fn append(&self, name: &str, value: impl AsRef<Path>, delimiter: &str) -> &Self {
        self.change(name, Action::Append, value, delimiter)
    }

    /// Puts a value before the old one.
    pub fn prepend(&self, name: &str, value: impl AsRef<Path>, delimiter: &str) -> &Self {
        self.change(name, Action::Prepend, value, delimiter)
    }

    fn change(&self, name: &str, action: Action, value: impl AsRef<Path>, delimiter: &str) -> &Self {
        let value = value.as_ref().to_string_lossy().into_owned();
        let (name, delimiter) = (name.to_owned(), delimiter.to_owned());
        let change = Change { scope: self.scope, name, action, value, delimiter, about: self.about.clone() };
        self.session.state().changes.push(change);
        self
    }
}
