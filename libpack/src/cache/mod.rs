//! Caches between builds: one compressed file each.
//!
//! The lifecycle restores and exports every cache layer on every build, whether anyone asks or not,
//! and a tree of thousands of files costs it ten times what one file does. So a cache is one zstd
//! archive: unpacked when somebody asks, packed again only when its content changed.

mod app_output;
mod downloads;
mod listing;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use app_output::AppOutput;
pub(crate) use downloads::Downloads;
use listing::Listing;

use crate::archive::{self, Links, Pack, Unpack};
use crate::context::Session;
use crate::layer::{Decision, Flags, Key};
use crate::log::Log;
use crate::{Result, fs};

/// The file in the cache layer.
const FILE: &str = "cache.tar.zst";

/// A cache that a step may open.
#[derive(Clone)]
pub struct Cache {
    session: Arc<Session>,
    state: Arc<CacheState>,
    log: Log,
}

pub(crate) struct CacheState {
    name: String,
    key: Key,
    opened: Mutex<Option<Opened>>,
}

struct Opened {
    folder: PathBuf,
    /// Takes the folder away at the end, when it is ours.
    _scratch: Option<tempfile::TempDir>,
    before: Listing,
    /// Whether the file that came back could not be read: it must not be kept.
    damaged: bool,
}

impl Cache {
    /// The cache called `name` lives in the layer `<name>-cache`. Another key starts it empty.
    pub(crate) fn of(session: &Arc<Session>, name: &str, key: Key, log: &Log) -> Self {
        let mut all = session.state();
        let state = all
            .caches
            .entry(name.to_owned())
            .or_insert_with(|| Arc::new(CacheState { name: format!("{name}-cache"), key, opened: Mutex::default() }));
        Self { session: Arc::clone(session), state: Arc::clone(state), log: log.clone() }
    }

    /// A folder with the cache's content, empty when there is none. It lies outside the layers and is
    /// packed when the build has succeeded.
    pub fn open(&self) -> Result<PathBuf> {
        let scratch = fs::scratch()?;
        let folder = scratch.path().to_path_buf();
        self.open_once(&folder, Some(scratch))
    }

    /// As [`Self::open`], in a folder that the step chooses, for programs that put its path into what they
    /// cache. Whatever lies there goes; the step takes the folder away, or `discard_at_end` does.
    pub fn open_at(&self, folder: &Path) -> Result<()> {
        self.open_once(folder, None).map(drop)
    }

    fn open_once(&self, folder: &Path, scratch: Option<tempfile::TempDir>) -> Result<PathBuf> {
        let mut opened = lock(&self.state.opened);
        if let Some(opened) = &*opened {
            return Ok(opened.folder.clone());
        }
        if scratch.is_none() {
            fs::remove(folder)?;
            fs::create_dir(folder)?;
        }
        let (before, damaged) = self.state.unpack(&self.session, folder, &self.log)?;
        *opened = Some(Opened { folder: folder.to_path_buf(), _scratch: scratch, before, damaged });
        Ok(folder.to_path_buf())
    }

    /// Whether an earlier build left something.
    pub fn exists(&self) -> bool {
        self.state.usable(&self.session)
    }
}

impl CacheState {
    fn usable(&self, session: &Session) -> bool {
        let decision = session.store.decide(&self.name, Flags::CACHE, &self.key, &[]);
        decision == Decision::Reuse && self.file(session).is_file()
    }

    fn file(&self, session: &Session) -> PathBuf {
        session.store.path(&self.name).join(FILE)
    }

    /// What the folder holds then, and whether the file could not be read.
    fn unpack(&self, session: &Session, folder: &Path, log: &Log) -> Result<(Listing, bool)> {
        let mut damaged = false;
        if self.usable(session) {
            log.debug(format!("Unpacking cache {}", self.name));
            let unpacked = archive::unpack_file(
                &self.file(session),
                folder,
                Unpack { links: Links::Anywhere, ..Unpack::default() },
            );
            if let Err(error) = unpacked {
                log.warning(format!("Cache {} cannot be read and starts empty: {error}", self.name));
                fs::empty(folder)?;
                damaged = true;
            }
        }
        Ok((Listing::of(folder, &[])?, damaged))
    }

    /// Keeps what the build made of the cache. An unopened one stays the file that it is.
    pub fn finish(&self, session: &Session) -> Result<()> {
        let opened = lock(&self.opened).take();
        let Some(opened) = opened else {
            return if self.usable(session) { session.store.keep(&self.name, Flags::CACHE) } else { Ok(()) };
        };
        let after = Listing::of(&opened.folder, &[])?;
        if !opened.damaged && self.usable(session) && after.same_content(&opened.before) {
            return session.store.keep(&self.name, Flags::CACHE);
        }
        if after.is_empty() {
            return Ok(());
        }
        session.around.log().debug(format!("Packing cache {}", self.name));
        let layer = session.store.clear(&self.name)?;
        archive::pack_file(&opened.folder, &layer.join(FILE), Pack::default())?;
        session.store.finish(&self.name, Flags::CACHE, &self.key, &BTreeMap::new(), false)
    }
}

/// Where a path lies below a root, for people.
pub(crate) fn below<'a>(path: &'a Path, root: &Path) -> &'a Path {
    path.strip_prefix(root).unwrap_or(path)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
