//! What was downloaded for a build, as the archives that they were: a step that runs only when something
//! changed should not have to fetch its toolchain again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::context::{Session, Surroundings};
use crate::layer::{Decision, Flags, Key, Store};
use crate::{Result, fs};

/// The layer.
const LAYER: &str = "downloads";
/// Switches it off, for who has the cache farther away than the network.
const SETTING: &str = "BP_KEEP_DOWNLOADS";

/// The archives of one build, by the hex digits of their checksums.
#[derive(Debug)]
pub(crate) struct Downloads {
    folder: PathBuf,
    /// What came back.
    restored: BTreeSet<String>,
    wanted: Mutex<BTreeSet<String>>,
}

impl Downloads {
    /// What an earlier build left, unless the user wants nothing kept.
    pub fn open(around: &Surroundings, store: &Store) -> Result<Option<Self>> {
        if around.settings().raw(SETTING).is_some() && !around.settings().flag(SETTING)? {
            return Ok(None);
        }
        let folder = store.path(LAYER);
        let usable = store.decide(LAYER, Flags::CACHE, &Key::new(), &[]) == Decision::Reuse;
        if !usable {
            fs::remove(&folder)?;
        }
        let restored = fs::list(&folder)?.into_iter().collect();
        Ok(Some(Self { folder, restored, wanted: Mutex::default() }))
    }

    /// Where they lie.
    pub fn folder(&self) -> PathBuf {
        self.folder.clone()
    }

    /// The build uses this one, or would if it had to make what is made of it.
    pub fn want(&self, hex: &str) {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).insert(hex.to_owned());
    }

    /// Hands the wanted ones to the next build.
    pub fn finish(&self, session: &Session) -> Result<()> {
        let wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        let mut kept = BTreeSet::new();
        for name in fs::list(&self.folder)? {
            if wanted.contains(&name) {
                kept.insert(name);
            } else {
                fs::remove(&self.folder.join(name))?;
            }
        }
        if kept.is_empty() {
            return Ok(());
        }
        if kept == self.restored {
            return session.store.keep(LAYER, Flags::CACHE);
        }
        session.store.finish(LAYER, Flags::CACHE, &Key::new(), &BTreeMap::new(), false)
    }
}
