//! What a step wrote into the app folder.
//!
//! The app folder starts from the sources at every build: nothing that a build put there comes back.
//! So what a step changed is recorded into a cache, and written again when the step is skipped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::listing::Listing;
use crate::archive::{self, Links, Pack, Unpack};
use crate::context::{Session, session_digest};
use crate::layer::{Flags, Key};
use crate::log::Log;
use crate::{Result, fs};

const FILE: &str = "output.tar.zst";
const GONE: &str = "gone";
/// The digest of a step that wrote nothing.
const NOTHING: &str = "nothing";

/// The record of one step.
#[derive(Clone)]
pub struct AppOutput {
    session: Arc<Session>,
    log: Log,
    layer: String,
    except: Vec<PathBuf>,
    recorded: Arc<Mutex<Option<String>>>,
}

impl AppOutput {
    /// The record lives in the cache layer `<name>-output`; what lies below `except` does not belong to it.
    pub(crate) fn of(session: &Arc<Session>, name: &str, except: &[&Path], log: &Log) -> Self {
        let mut except: Vec<_> = except.iter().map(|path| path.to_path_buf()).collect();
        except.push(session.around.app().join(".git"));
        let (session, log) = (Arc::clone(session), log.clone());
        Self { session, log, layer: format!("{name}-output"), except, recorded: Arc::default() }
    }

    /// Runs the step and records what it changed.
    pub fn record<T>(&self, step: impl FnOnce() -> Result<T>) -> Result<T> {
        let app = self.session.around.app();
        let before = Listing::of(app, &self.except)?;
        let result = step()?;
        let (changed, gone) = Listing::of(app, &self.except)?.since(&before);
        let digest =
            if changed.is_empty() && gone.is_empty() { NOTHING.to_owned() } else { self.save(&changed, &gone)? };
        *self.recorded.lock().unwrap_or_else(PoisonError::into_inner) = Some(digest);
        Ok(result)
    }

    fn save(&self, changed: &[PathBuf], gone: &[PathBuf]) -> Result<String> {
        let shown: Vec<_> = changed.iter().chain(gone).map(|path| path.display().to_string()).collect();
        self.log.debug(format!("Keeping what changed in the app folder: {}", shown.join(", ")));
        let layer = self.session.store.clear(&self.layer)?;
        let file = layer.join(FILE);
        // A changed file with the folders above it, nothing beside it.
        let keep = |path: &Path| changed.iter().any(|one| one == path || one.starts_with(path));
        archive::pack_file(self.session.around.app(), &file, Pack { keep: Some(&keep), ..Pack::default() })?;
        let gone = gone.iter().map(|path| path.to_string_lossy()).collect::<Vec<_>>().join("\n");
        fs::write(&layer.join(GONE), &gone)?;
        let digest = digest_of(&fs::read_bytes(&file)?, &gone);
        let key = Key::new().with("digest", &digest);
        self.session.store.finish(&self.layer, Flags::CACHE, &key, &BTreeMap::new(), false)?;
        Ok(digest)
    }

    /// The digest of what was recorded in this build.
    pub(crate) fn recorded(&self) -> Option<String> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes again what the step wrote when its digest was `wrote`. `false` when that is not there.
    pub(crate) fn replay(&self, wrote: Option<&str>) -> Result<bool> {
        let Some(digest) = wrote else { return Ok(false) };
        if digest == NOTHING {
            return Ok(true);
        }
        let store = &self.session.store;
        let layer = store.path(&self.layer);
        let key = Key::new().with("digest", digest);
        let there = store.decide(&self.layer, Flags::CACHE, &key, &[]) == crate::layer::Decision::Reuse;
        if !there || !layer.join(FILE).is_file() {
            return Ok(false);
        }
        let (bytes, gone) = (fs::read_bytes(&layer.join(FILE))?, fs::read_text(&layer.join(GONE)).unwrap_or_default());
        if digest_of(&bytes, &gone) != digest {
            self.log.warning("What the scripts of the earlier build wrote came back damaged");
            return Ok(false);
        }
        let app = self.session.around.app();
        self.log.process("Writing again what the scripts of the earlier build wrote");
        // First what went: a file may have taken a folder's place.
        for path in gone.lines().filter(|line| !line.is_empty()) {
            fs::remove(&app.join(path))?;
        }
        archive::unpack_over(&*bytes, app, Unpack { links: Links::Anywhere, ..Unpack::default() })?;
        store.keep(&self.layer, Flags::CACHE)?;
        Ok(true)
    }
}

fn digest_of(archive: &[u8], gone: &str) -> String {
    session_digest(&[archive, gone.as_bytes()].concat())
}
