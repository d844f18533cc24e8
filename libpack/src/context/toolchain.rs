//! A layer that steps of the build run programs from.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use super::Session;
use super::layers::{NewLayer, lock, make_layer, new_layer};
use crate::layer::{Flags, Key};
use crate::log::{Block, Log};
use crate::{Error, Result, fs};

type Recipe = Arc<dyn Fn(&NewLayer) -> Result<()> + Send + Sync>;

/// How far a toolchain is.
enum Stage {
    Waiting(Recipe),
    Running(JoinHandle<Result<()>>, Block),
    /// It lies ready elsewhere, under that title; nobody has asked for it yet.
    Carried(String),
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
    log: Log,
}

/// A layer as it was asked for.
pub(super) struct Asked<'a> {
    pub name: &'a str,
    pub flags: Flags,
    /// What the component said.
    pub key: &'a Key,
    /// With what the SDK adds.
    pub whole_key: &'a Key,
    pub reused: bool,
}

impl Toolchain {
    /// Begins to make it when the image needs it; otherwise it waits for the first step that does.
    pub(super) fn begin(session: &Arc<Session>, asked: &Asked<'_>, log: &Log, make: Recipe) -> Result<Self> {
        let stage =
            if asked.reused || !asked.flags.any() { Stage::Waiting(make) } else { start(session, asked, log, make)? };
        let toolchain = Arc::new(ToolchainState {
            name: asked.name.to_owned(),
            key: asked.key.to_table(),
            path: session.store.path(asked.name),
            reused: asked.reused,
            borrowed: Mutex::new(false),
            stage: Mutex::new(stage),
        });
        session.state().toolchains.insert(asked.name.to_owned(), Arc::clone(&toolchain));
        Ok(Self::new(session, toolchain, log))
    }

    /// A folder of the buildpack's own.
    pub(super) fn carried(
        session: &Arc<Session>,
        name: &str,
        key: &Key,
        path: PathBuf,
        title: &str,
        log: &Log,
    ) -> Self {
        let toolchain = Arc::new(ToolchainState {
            name: name.to_owned(),
            key: key.to_table(),
            path,
            reused: false,
            borrowed: Mutex::new(false),
            stage: Mutex::new(Stage::Carried(title.to_owned())),
        });
        session.state().toolchains.insert(name.to_owned(), Arc::clone(&toolchain));
        Self::new(session, toolchain, log)
    }

    pub(crate) fn new(session: &Arc<Session>, state: Arc<ToolchainState>, log: &Log) -> Self {
        Self { session: Arc::clone(session), state, log: log.clone() }
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
        self.state.settle(&self.session, Some(&self.log))?;
        Ok(&self.state.path)
    }
}

impl ToolchainState {
    /// Waits for a job; with a log, also makes what is still waiting.
    fn settle(&self, session: &Arc<Session>, make: Option<&Log>) -> Result<()> {
        let mut stage = lock(&self.stage);
        match (std::mem::replace(&mut *stage, Stage::Failed), make) {
            (Stage::Waiting(recipe), Some(log)) => {
                // A layer that came back with its content is ready as it is.
                if !session.store.folder_restored(&self.name) {
                    fs::remove(&self.path)?;
                    fs::create_dir(&self.path)?;
                    *lock(&self.borrowed) = true;
                    recipe(&new_layer(session, &self.name, log.clone()))?;
                }
                *stage = Stage::Ready;
            }
            (Stage::Carried(title), Some(log)) => {
                log.subprocess(format!("Using {title} from the buildpack"));
                *stage = Stage::Ready;
            }
            (Stage::Running(job, block), _) => {
                let outcome = job.join();
                block.release();
                outcome.unwrap_or_else(|_| Err(crashed(&self.name)))?;
                *stage = Stage::Ready;
            }
            (Stage::Failed, _) => return Err(crashed(&self.name)),
            (other, _) => *stage = other,
        }
        Ok(())
    }

    /// Ends the build for it: waits for its job, and takes away a folder that the image has already.
    pub fn finish(&self, session: &Arc<Session>) -> Result<()> {
        self.settle(session, None)?;
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
fn start(session: &Arc<Session>, asked: &Asked<'_>, log: &Log, recipe: Recipe) -> Result<Stage> {
    if session.around.world().in_order {
        make_layer(session, asked.name, asked.flags, asked.whole_key, log.clone(), |layer| recipe(layer))?;
        return Ok(Stage::Ready);
    }
    let (log, block) = log.block();
    let (session, name, flags, key) =
        (Arc::clone(session), asked.name.to_owned(), asked.flags, asked.whole_key.clone());
    let job =
        std::thread::spawn(move || make_layer(&session, &name, flags, &key, log, |layer| recipe(layer)).map(drop));
    Ok(Stage::Running(job, block))
}
