//! What a tool fetched, between builds: the folder below the home folder where it keeps that
//! (paketo-buildpacks/libbs, `cache.go`), as one file in a cache layer.
//!
//! It is opened only when the tool runs. Only what a build used goes into the next one, and nothing of a build that
//! failed: a cache that nobody trims grows for ever, and keeps bad downloads.

use std::path::{Path, PathBuf};

use libpack::cache::Cache;
use libpack::context::BuildCx;
use libpack::layer::Key;
use libpack::{Result, fs};
use walkdir::WalkDir;

use super::usage::{self, Unit};

/// Switches it off, for who has the cache farther away than the network.
const KEEP: &str = "BP_KEEP_DOWNLOADS";

/// How a tool keeps its things.
pub struct ToolCache {
    /// The cache's name, and its layer's with `-cache` behind it.
    pub name: &'static str,
    /// The folder below the home folder.
    pub folder: &'static str,
    /// Which files are used together.
    pub unit: Unit,
    /// Files, by their path in the folder, that no later build should find.
    pub waste: fn(&Path) -> bool,
}

/// The cache while the tool runs.
pub struct OpenCache<'a> {
    cache: &'a ToolCache,
    /// None where the tool keeps its things in a folder that is not ours.
    folder: Option<PathBuf>,
}

impl ToolCache {
    /// Keeps the cache of earlier builds: what nobody asks for goes, also when the tool does not run.
    pub fn ask(&self, cx: &BuildCx<'_>) -> Result<()> {
        if Self::is_wanted(cx)? {
            self.between_builds(cx);
        }
        Ok(())
    }

    /// Links the tool's folder to what an earlier build left. A folder that is there already, such as a volume, is
    /// used as it is.
    pub fn open(&self, cx: &BuildCx<'_>) -> Result<OpenCache<'_>> {
        let closed = OpenCache { cache: self, folder: None };
        let Some(home) = cx.home() else {
            cx.log().debug("The user has no home folder: nothing that is fetched is kept");
            return Ok(closed);
        };
        let link = home.join(self.folder);
        // A link that leads nowhere is what a build left that was ended from outside.
        if link.exists() {
            cx.log().subprocess("Cache already exists");
            return Ok(closed);
        }
        // Tools put the path into what they keep, so it is the same in every build.
        let folder = cx.layer_path(&format!("{}-home", self.name));
        let is_wanted = Self::is_wanted(cx)?;
        if is_wanted {
            self.between_builds(cx).open_at(&folder)?;
        } else {
            fs::create_dir(&folder)?;
        }
        cx.discard_at_end(&folder);
        if let Err(error) = fs::symlink(&folder, &link) {
            cx.log().warning(format!("What is fetched is not kept for the next build: {error}"));
            return Ok(closed);
        }
        cx.discard_at_end(&link);
        cx.log().debug(format!("Creating cache directory {}", link.display()));
        usage::begin(&folder)?;
        Ok(OpenCache { cache: self, folder: is_wanted.then_some(folder) })
    }

    fn between_builds(&self, cx: &BuildCx<'_>) -> Cache {
        cx.cache(self.name, Key::new())
    }

    fn is_wanted(cx: &BuildCx<'_>) -> Result<bool> {
        Ok(cx.settings().raw(KEEP).is_none() || cx.settings().flag(KEEP)?)
    }
}

impl OpenCache<'_> {
    /// Leaves what the next build can use.
    pub fn trim(&self) -> Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        for entry in WalkDir::new(folder).min_depth(1).into_iter().flatten() {
            let below = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            if !entry.file_type().is_dir() && (self.cache.waste)(below) {
                fs::remove(entry.path())?;
            }
        }
        usage::remove_unused(folder, self.cache.unit)
    }
}

/// The first names of a path, if it has more of them.
pub fn first(path: &Path, count: usize) -> Option<PathBuf> {
    (path.iter().count() > count).then(|| path.iter().take(count).collect())
}
