//! A layer as a component asks for it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Session;
use super::beside::beside;
use super::toolchain::{Asked, Toolchain};
use crate::cache::AppOutput;
use crate::exec::Run;
use crate::layer::{Decision, Flags, Key, NO_EARLIER};
use crate::log::Log;
use crate::sbom::Sbom;
use crate::{Result, fs};

/// The value under which a layer keeps the digest of what making it wrote into the app folder.
const APP_OUTPUT: &str = "app-output";

/// A layer that is being asked for.
#[must_use = "no layer is made until `create` or `provide`"]
pub struct LayerRequest {
    session: Arc<Session>,
    name: String,
    log: Log,
    flags: Flags,
    key: Key,
    output: Option<AppOutput>,
    outdated: Option<String>,
}

/// A layer that is there: made now, or re-used. Its folder may be missing when it was re-used, so
/// nothing may look into it.
#[derive(Debug, Clone)]
pub struct Layer {
    path: PathBuf,
    reused: bool,
    values: BTreeMap<String, String>,
}

impl Layer {
    /// Where it lies in the image.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is the earlier one.
    pub fn reused(&self) -> bool {
        self.reused
    }

    /// What `create` kept under that name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }
}

/// A layer while it is made.
pub struct NewLayer {
    session: Arc<Session>,
    path: PathBuf,
    log: Log,
    sbom: Arc<Mutex<Option<Sbom>>>,
    values: Arc<Mutex<BTreeMap<String, String>>>,
}

impl NewLayer {
    /// Its folder, empty at first.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where its lines go; in the background they appear as one block.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Runs `there` in the background while `here` runs on this thread; see [`super::BuildCx::beside`]. Both
    /// make the same layer, each below folders of its own.
    pub fn beside<A, B: Send>(
        &self,
        here: impl FnOnce() -> Result<A>,
        there: impl FnOnce(&NewLayer) -> Result<B> + Send,
    ) -> Result<(A, B)> {
        beside(self.session.around.world().in_order, &self.log, here, |log| there(&self.with_log(log)))
    }

    fn with_log(&self, log: Log) -> Self {
        let (sbom, values) = (Arc::clone(&self.sbom), Arc::clone(&self.values));
        Self { session: Arc::clone(&self.session), path: self.path.clone(), log, sbom, values }
    }

    /// Whether anybody reads what [`Self::describe`] is told: not with `BP_DISABLE_SBOM`.
    pub fn is_described(&self) -> bool {
        !self.session.formats.is_empty()
    }

    /// Says what is in it.
    pub fn describe(&self, sbom: Sbom) {
        *lock(&self.sbom) = Some(sbom);
    }

    /// Keeps a small text with the layer: it comes back when the folder does not.
    pub fn keep(&self, name: &str, value: &str) {
        lock(&self.values).insert(name.to_owned(), value.to_owned());
    }

    /// Sets a variable of the image that has no value, for as long as the layer lasts: what is only known once it
    /// is made. What is known before belongs to [`super::BuildCx::env`], where it may change without a new layer.
    pub fn default_at_launch(&self, name: &str, value: &str) -> Result<()> {
        fs::write(&self.path.join("env.launch").join(format!("{name}.default")), value)
    }

    /// A child in the layer's folder, with the variables that the build started with.
    pub fn run(&self, program: impl Into<OsString>) -> Run<'_> {
        let around = &self.session.around;
        Run::new(around.world(), self.log.clone(), program, &self.path, around.variables().clone())
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }
}

impl LayerRequest {
    pub(crate) fn new(session: &Arc<Session>, name: &str, format: u32, log: &Log) -> Self {
        let key = Key::new().with("format", format);
        Self {
            session: Arc::clone(session),
            name: name.to_owned(),
            log: log.clone(),
            flags: Flags::LAUNCH,
            key,
            output: None,
            outdated: None,
        }
    }

    /// What it is for; by default it is in the image only.
    pub fn flags(mut self, flags: Flags) -> Self {
        self.flags = flags;
        self
    }

    /// Adds to what shapes it. Whatever the content depends on and the SDK cannot know belongs here.
    pub fn keyed_by(mut self, key: impl Into<Key>) -> Self {
        self.key = self.key.and(key);
        self
    }

    /// An earlier one is of no use, for this reason.
    pub fn outdated(mut self, reason: Option<&str>) -> Self {
        self.outdated = reason.map(str::to_owned);
        self
    }

    /// Making it also writes into the app folder: it is re-used only if what it wrote can be written
    /// again. `create` must record with the same output.
    pub fn replaying(mut self, output: &AppOutput) -> Self {
        self.output = Some(output.clone());
        self
    }

    /// The earlier layer, if [`Self::create`] would re-use it: what it kept may decide what else is asked for.
    pub fn earlier(&self) -> Option<Layer> {
        let store = &self.session.store;
        let endings = self.session.sbom_endings();
        let decision = store.decide(&self.name, self.flags, &self.whole_key(), &endings);
        let fits = decision == Decision::Reuse && self.outdated.is_none();
        fits.then(|| Layer { path: store.path(&self.name), reused: true, values: store.values(&self.name) })
    }

    /// Re-uses the layer, or makes it with `make`. What `make` wants to tell later steps it keeps as
    /// values: after this call the folder may not be there.
    pub fn create(self, make: impl FnOnce(&NewLayer) -> Result<()>) -> Result<Layer> {
        let path = self.session.store.path(&self.name);
        let key = self.whole_key();
        if self.reuse(&key)? {
            let values = self.session.store.values(&self.name);
            return Ok(Layer { path, reused: true, values });
        }
        let output = self.output;
        let values = make_layer(&self.session, &self.name, self.flags, &key, self.log, |layer| {
            make(layer)?;
            if let Some(digest) = output.and_then(|output| output.recorded()) {
                layer.keep(APP_OUTPUT, &digest);
            }
            Ok(())
        })?;
        Ok(Layer { path, reused: false, values })
    }

    /// A layer that is also needed while building, by some steps and only if they run: `make` is called
    /// now, in the background, when the layer itself must be made, and otherwise at the first
    /// [`Toolchain::ready`]. It then lies at the layer's own path, and is moved out of the way before
    /// the build ends.
    pub fn provide(self, make: impl Fn(&NewLayer) -> Result<()> + Send + Sync + 'static) -> Result<Toolchain> {
        let whole_key = self.whole_key();
        let reused = self.flags.any() && self.reuse(&whole_key)?;
        let asked = Asked { name: &self.name, flags: self.flags, key: &self.key, whole_key: &whole_key, reused };
        Toolchain::begin(&self.session, &asked, &self.log, Arc::new(make))
    }

    /// As [`Self::provide`], of a folder that is ready as it lies, such as a seed: nothing is made, and nobody
    /// but the steps of this build gets it. `title` is what people call it, with its version.
    pub fn provide_from(self, folder: PathBuf, title: &str) -> Toolchain {
        debug_assert!(!self.flags.any(), "a layer of image or cache has content of its own");
        Toolchain::carried(&self.session, &self.name, &self.key, folder, title, &self.log)
    }

    /// What the component said, with what the SDK adds.
    fn whole_key(&self) -> Key {
        let common = self.session.common_key(self.flags);
        debug_assert!(!self.key.shares_field_with(&common), "a field of the SDK's own would hide the component's");
        self.key.clone().and(common)
    }

    fn reuse(&self, key: &Key) -> Result<bool> {
        let endings = self.session.sbom_endings();
        let mut decision = self.session.store.decide(&self.name, self.flags, key, &endings);
        // Before anything is replayed: what is made anew must find the sources as they came.
        if let (Decision::Reuse, Some(reason)) = (&decision, &self.outdated) {
            decision = Decision::Make(vec![reason.clone()]);
        }
        if let (Decision::Reuse, Some(output)) = (&decision, &self.output) {
            let wrote = self.session.store.values(&self.name).remove(APP_OUTPUT);
            if !output.replay(wrote.as_deref())? {
                let reason = "what it wrote into the application folder did not come back";
                decision = Decision::Make(vec![reason.to_owned()]);
            }
        }
        match decision {
            Decision::Reuse => {
                self.log.process(format!("Reusing cached layer {}", self.session.store.path(&self.name).display()));
                self.session.store.keep(&self.name, self.flags)?;
                Ok(true)
            }
            Decision::Make(reasons) => {
                // The first build makes every layer: nobody asks why.
                if reasons == [NO_EARLIER] {
                    self.log.debug(format!("Layer {} is made: {NO_EARLIER}", self.name));
                } else {
                    self.log.process(format!("Layer {} is made anew: {}", self.name, reasons.join(", ")));
                }
                Ok(false)
            }
        }
    }
}

pub(super) fn new_layer(session: &Arc<Session>, name: &str, log: Log) -> NewLayer {
    new_layer_at(session, session.store.path(name), log)
}

pub(super) fn new_layer_at(session: &Arc<Session>, path: PathBuf, log: Log) -> NewLayer {
    NewLayer { path, session: Arc::clone(session), log, sbom: Arc::default(), values: Arc::default() }
}

pub(super) fn make_layer(
    session: &Arc<Session>,
    name: &str,
    flags: Flags,
    key: &Key,
    log: Log,
    make: impl FnOnce(&NewLayer) -> Result<()>,
) -> Result<BTreeMap<String, String>> {
    session.store.clear(name)?;
    let layer = new_layer(session, name, log);
    make(&layer)?;
    let sbom = lock(&layer.sbom).take();
    let mut files = Vec::new();
    if let Some(sbom) = &sbom {
        let doing = if session.formats.is_empty() { "Skipping SBOM generation" } else { "Generating SBOM" };
        layer.log.process(format!("{doing} for {}", layer.path.display()));
        files = session.documents(sbom)?;
    }
    session.store.describe(name, &files)?;
    let values = std::mem::take(&mut *lock(&layer.values));
    session.store.finish(name, flags, key, &values, !files.is_empty())?;
    Ok(values)
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
