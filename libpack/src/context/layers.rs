//! A layer as a component asks for it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use super::Session;
use crate::cache::AppOutput;
use crate::layer::{Decision, Flags, Key};
use crate::log::{Block, Log};
use crate::sbom::{self, Sbom};
use crate::{Error, Result, fs};

/// The value under which a layer keeps the digest of what making it wrote into the app folder.
const APP_OUTPUT: &str = "app-output";

/// A layer that is being asked for.
#[must_use = "no layer is made until `create` or `provide`"]
pub struct LayerRequest {
    session: Arc<Session>,
    name: String,
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
    sbom: Mutex<Option<Sbom>>,
    values: Mutex<BTreeMap<String, String>>,
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

    /// Says what is in it.
    pub fn describe(&self, sbom: Sbom) {
        *lock(&self.sbom) = Some(sbom);
    }

    /// Keeps a small text with the layer: it comes back when the folder does not.
    pub fn keep(&self, name: &str, value: &str) {
        lock(&self.values).insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }
}

impl LayerRequest {
    pub(crate) fn new(session: &Arc<Session>, name: &str, format: u32) -> Self {
        let key = Key::new().with("format", format);
        Self {
            session: Arc::clone(session),
            name: name.to_owned(),
            flags: Flags::default(),
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

    /// Re-uses the layer, or makes it with `make`. What `make` wants to tell later steps it keeps as
    /// values: after this call the folder may not be there.
    pub fn create(self, make: impl FnOnce(&NewLayer) -> Result<()>) -> Result<Layer> {
        let path = self.session.store.path(&self.name);
        let key = self.key.clone().and(self.session.common_key(self.flags));
        if self.reuse(&key)? {
            let values = self.session.store.values(&self.name);
            return Ok(Layer { path, reused: true, values });
        }
        let log = self.session.around.log().clone();
        let output = self.output;
        let values = make_layer(&self.session, &self.name, self.flags, &key, log, |layer| {
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
        let path = self.session.store.path(&self.name);
        let key = self.key.clone().and(self.session.common_key(self.flags));
        let reused = self.flags.any() && self.reuse(&key)?;
        let make: Recipe = Arc::new(make);
        let stage = if reused || !self.flags.any() {
            Stage::Waiting(make)
        } else {
            start(&self.session, &self.name, self.flags, &key, make)?
        };
        let toolchain = Arc::new(ToolchainState {
            name: self.name.clone(),
            key: self.key.to_table(),
            path,
            reused,
            borrowed: Mutex::new(false),
            stage: Mutex::new(stage),
        });
        self.session.state().toolchains.insert(self.name, Arc::clone(&toolchain));
        Ok(Toolchain::new(&self.session, toolchain))
    }

    fn reuse(&self, key: &Key) -> Result<bool> {
        let log = self.session.around.log();
        let endings = self.session.sbom_endings();
        let mut decision = self.session.store.decide(&self.name, self.flags, key, &endings);
        if let (Decision::Reuse, Some(output)) = (&decision, &self.output) {
            let wrote = self.session.store.values(&self.name).remove(APP_OUTPUT);
            if !output.replay(wrote.as_deref())? {
                let reason = "what it wrote into the application folder did not come back";
                decision = Decision::Make(vec![reason.to_owned()]);
            }
        }
        if let (Decision::Reuse, Some(reason)) = (&decision, &self.outdated) {
            decision = Decision::Make(vec![reason.clone()]);
        }
        match decision {
            Decision::Reuse => {
                log.process(format!("Reusing cached layer {}", self.session.store.path(&self.name).display()));
                self.session.store.keep(&self.name, self.flags)?;
                Ok(true)
            }
            Decision::Make(reasons) => {
                log.debug(format!("Layer {} is made: {}", self.name, reasons.join(", ")));
                if reasons != ["there is no earlier one"] {
                    log.process(format!("Layer {} is made anew: {}", self.name, reasons.join(", ")));
                }
                Ok(false)
            }
        }
    }
}

type Recipe = Arc<dyn Fn(&NewLayer) -> Result<()> + Send + Sync>;

/// How far a toolchain is.
enum Stage {
    Waiting(Recipe),
    Running(JoinHandle<Result<()>>, Block),
    Ready,
    Failed,
}

pub(crate) struct ToolchainState {
    name: String,
    key: toml::Table,
    path: PathBuf,
    reused: bool,
    /// Whether a folder was made that is not to stay.
    borrowed: Mutex<bool>,
    stage: Mutex<Stage>,
}

/// A layer that steps of this build run programs from.
#[derive(Clone)]
pub struct Toolchain {
    session: Arc<Session>,
    state: Arc<ToolchainState>,
}

impl Toolchain {
    pub(crate) fn new(session: &Arc<Session>, state: Arc<ToolchainState>) -> Self {
        Self { session: Arc::clone(session), state }
    }

    /// Where it lies, there or not.
    pub fn path(&self) -> &Path {
        &self.state.path
    }

    /// A field of the key that it was asked for with, such as `version`.
    pub fn fact(&self, field: &str) -> Option<&str> {
        self.state.key.get(field).and_then(toml::Value::as_str)
    }

    /// Whether the image keeps the earlier layer.
    pub fn reused(&self) -> bool {
        self.state.reused
    }

    /// Waits until it is there, and makes it when nobody did.
    pub fn ready(&self) -> Result<&Path> {
        self.state.settle(&self.session, true)?;
        Ok(&self.state.path)
    }
}

impl ToolchainState {
    /// Waits for a job; with `make`, also makes what is still waiting.
    fn settle(&self, session: &Arc<Session>, make: bool) -> Result<()> {
        let mut stage = lock(&self.stage);
        match std::mem::replace(&mut *stage, Stage::Failed) {
            Stage::Waiting(recipe) if make => {
                // A layer that came back with its content is ready as it is.
                if !session.store.folder_restored(&self.name) {
                    fs::remove(&self.path)?;
                    fs::create_dir(&self.path)?;
                    *lock(&self.borrowed) = true;
                    recipe(&new_layer(session, &self.name, session.around.log().clone()))?;
                }
                *stage = Stage::Ready;
            }
            Stage::Running(job, block) => {
                let outcome = job.join();
                block.release();
                outcome.unwrap_or_else(|_| Err(crashed(&self.name)))?;
                *stage = Stage::Ready;
            }
            Stage::Failed => return Err(crashed(&self.name)),
            other => *stage = other,
        }
        Ok(())
    }

    /// Ends the build for it: waits for its job, and takes away a folder that the image has already.
    pub fn finish(&self, session: &Arc<Session>) -> Result<()> {
        self.settle(session, false)?;
        if *lock(&self.borrowed) {
            fs::remove(&self.path)?;
        }
        Ok(())
    }
}

fn crashed(name: &str) -> Error {
    Error::bug("layer/crashed", format!("layer {name} could not be made"))
}

/// Begins the job: in the background, or at once where the order of the log must be stable.
fn start(session: &Arc<Session>, name: &str, flags: Flags, key: &Key, recipe: Recipe) -> Result<Stage> {
    if session.around.world().in_order {
        let log = session.around.log().clone();
        make_layer(session, name, flags, key, log, |layer| recipe(layer))?;
        return Ok(Stage::Ready);
    }
    let (log, block) = session.around.log().block();
    let (session, name, key) = (Arc::clone(session), name.to_owned(), key.clone());
    let job =
        std::thread::spawn(move || make_layer(&session, &name, flags, &key, log, |layer| recipe(layer)).map(drop));
    Ok(Stage::Running(job, block))
}

fn new_layer(session: &Arc<Session>, name: &str, log: Log) -> NewLayer {
    NewLayer {
        path: session.store.path(name),
        session: Arc::clone(session),
        log,
        sbom: Mutex::default(),
        values: Mutex::default(),
    }
}

fn make_layer(
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
        for format in &session.formats {
            files.push((format.extension(), sbom::write(sbom, *format, &session.sbom_options)?));
        }
    }
    session.store.describe(name, &files)?;
    let values = std::mem::take(&mut *lock(&layer.values));
    session.store.finish(name, flags, key, &values, !files.is_empty())?;
    Ok(values)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
