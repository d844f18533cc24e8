//! Caches between builds: one compressed file each.
//!
//! The lifecycle restores and exports every cache layer on every build, whether anyone asks or not,
//! and a tree of thousands of files costs it ten times what one file does. So a cache is one zstd
//! archive: unpacked when somebody asks, packed again only when its content changed.

mod app_output;
mod listing;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use app_output::AppOutput;
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
    folder: tempfile::TempDir,
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
        let mut opened = lock(&self.state.opened);
        if opened.is_none() {
            *opened = Some(self.state.unpack(&self.session, &self.log)?);
        }
        let path = opened.as_ref().map(|one| one.folder.path().to_path_buf());
        Ok(path.unwrap_or_default())
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

    fn unpack(&self, session: &Session, log: &Log) -> Result<Opened> {
        let folder = fs::scratch()?;
        let mut damaged = false;
        if self.usable(session) {
            log.debug(format!("Unpacking cache {}", self.name));
            let unpacked = archive::unpack_file(
                &self.file(session),
                folder.path(),
                Unpack { links: Links::Anywhere, ..Unpack::default() },
            );
            if let Err(error) = unpacked {
                log.warning(format!("Cache {} cannot be read and starts empty: {error}", self.name));
                fs::empty(folder.path())?;
                damaged = true;
            }
        }
        let before = Listing::of(folder.path(), &[])?;
        Ok(Opened { folder, before, damaged })
    }

    /// Keeps what the build made of the cache. An unopened one stays the file that it is.
    pub fn finish(&self, session: &Session) -> Result<()> {
        let opened = lock(&self.opened).take();
        let Some(opened) = opened else {
            return if self.usable(session) { session.store.keep(&self.name, Flags::CACHE) } else { Ok(()) };
        };
        let after = Listing::of(opened.folder.path(), &[])?;
        if !opened.damaged && self.usable(session) && after.same_content(&opened.before) {
            return session.store.keep(&self.name, Flags::CACHE);
        }
        if after.is_empty() {
            return Ok(());
        }
        session.around.log().debug(format!("Packing cache {}", self.name));
        let layer = session.store.clear(&self.name)?;
        archive::pack_file(opened.folder.path(), &layer.join(FILE), Pack::default())?;
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
