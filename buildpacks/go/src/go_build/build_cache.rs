//! Go's build cache: the standard library as the buildpack carries it, and what earlier builds of the app left.
//!
//! Of the former the folder holds links, since Go only reads it. Of the latter only what this build used goes
//! into the next one, and nothing that the buildpack carries: the lifecycle carries the file around on every
//! build, and a cache that nobody trims grows for ever (golang/go issue 29561).

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use libpack::cache::Cache;
use libpack::context::BuildCx;
use libpack::layer::Key;
use libpack::{Error, Result, fs};
use tempfile::TempDir;

use super::configuration::Configuration;
use crate::cache_entry::Entry;
use crate::seed;
use crate::toolchain::Go;

/// When the files were used that nobody has used since. Go notes a use in the time of a file, if it is
/// older than an hour (golang/go, src/cmd/go/internal/cache/cache.go).
const LONG_AGO: Duration = Duration::from_secs(86_400);

/// The cache between builds: another Go starts it empty.
pub fn between_builds(cx: &BuildCx<'_>, go: &Go) -> Cache {
    cx.cache("go-build", Key::new().with("go", go.version()).with("arch", &cx.target().arch))
}

/// The folder that `GOCACHE` names in this build.
pub struct BuildCache {
    folder: TempDir,
    /// What the buildpack carries.
    seed: Option<PathBuf>,
    kept: PathBuf,
}

impl BuildCache {
    /// Lays what earlier builds left over links to what the buildpack carries.
    pub fn open(cx: &BuildCx<'_>, go: &Go, configuration: &Configuration) -> Result<Self> {
        let kept = between_builds(cx, go).open()?;
        // Of packages that were compiled with other flags Go finds none.
        let seed = seed_of(cx, go).filter(|_| configuration.has_default_flags());
        let now = cx.world().clock.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::fill(seed, kept, now)
    }

    fn fill(seed: Option<PathBuf>, kept: PathBuf, now: Duration) -> Result<Self> {
        let cache = Self { folder: fs::scratch()?, seed, kept };
        let folder = cache.folder.path();
        if let Some(seed) = &cache.seed {
            for entry in entries(seed)? {
                fs::symlink(&seed.join(&entry), &folder.join(&entry))?;
            }
        }
        for entry in entries(&cache.kept)? {
            let (from, to) = (cache.kept.join(&entry), folder.join(&entry));
            set_time(&from, UNIX_EPOCH + LONG_AGO)?;
            put(&from, &to)?;
        }
        fs::empty(&cache.kept)?;
        // Otherwise Go removes what it takes for old.
        fs::write(&folder.join("trim.txt"), now.as_secs().to_string())?;
        Ok(cache)
    }

    /// What `GOCACHE` names.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Hands what was used to the next build.
    pub fn keep(self) -> Result<()> {
        for entry in self.used()? {
            put(&self.folder.path().join(&entry), &self.kept.join(&entry))?;
        }
        Ok(())
    }

    /// The index entries (`<action>-a`) that were used or written, and the outputs (`<output>-d`) that
    /// they name, without what the buildpack carries.
    fn used(&self) -> Result<BTreeSet<PathBuf>> {
        let mut used = BTreeSet::new();
        for entry in entries(self.folder.path())? {
            let path = self.folder.path().join(&entry);
            let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let Some(action) = name.strip_suffix("-a") else { continue };
            if path.is_symlink() || is_old(&path)? {
                continue;
            }
            let text = fs::read_text(&path)?;
            let Some(output) = Entry::parse(&text, action).map(|entry| entry.output()) else { continue };
            if self.is_of_seed(&entry, action, &output)? {
                continue;
            }
            let at = self.folder.path().join(&output);
            if at.is_file() && !at.is_symlink() {
                used.insert(output);
            }
            used.insert(entry);
        }
        Ok(used)
    }

    /// Whether the buildpack carries the same output of the same action.
    fn is_of_seed(&self, entry: &Path, action: &str, output: &Path) -> Result<bool> {
        let Some(seed) = &self.seed else { return Ok(false) };
        let text = fs::read_text_if_any(&seed.join(entry))?;
        Ok(text.and_then(|text| Some(Entry::parse(&text, action)?.output())).is_some_and(|carried| carried == output))
    }
}

/// The compiled standard library of this Go. A buildpack that does not carry it compiles it.
fn seed_of(cx: &BuildCx<'_>, go: &Go) -> Option<PathBuf> {
    let Go::Ours(_) = go else { return None };
    cx.seed(seed::GO_BUILD_CACHE, go.version())
}

/// Moves a file, in place of a link of that name.
fn put(from: &Path, to: &Path) -> Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir(parent)?;
    }
    fs::rename(from, to)
}

/// The files two levels down, as Go lays them out.
fn entries(root: &Path) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for first in fs::list(root)?.into_iter().filter(|name| name.len() == 2) {
        let files = fs::list(&root.join(&first))?.into_iter().map(|name| Path::new(&first).join(name));
        all.extend(files.filter(|file| root.join(file).is_file()));
    }
    Ok(all)
}

fn set_time(path: &Path, time: SystemTime) -> Result<()> {
    let set = || File::options().write(true).open(path)?.set_modified(time);
    set().map_err(|error| Error::user("fs/failed", format!("could not date {}", path.display())).because(error))
}

fn is_old(path: &Path) -> Result<bool> {
    let read = || path.metadata()?.modified();
    let time = read()
        .map_err(|error| Error::user("fs/failed", format!("could not read {}", path.display())).because(error))?;
    Ok(time == UNIX_EPOCH + LONG_AGO)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(letter: &str, end: &str) -> PathBuf {
        let hash = letter.repeat(64);
        Path::new(&hash[..2]).join(format!("{hash}-{end}"))
    }

    fn index(action: &str, output: &str) -> String {
        format!("v1 {} {} {:20} {:20}\n", action.repeat(64), output.repeat(64), 6, 0)
    }

    /// An action with its output, in a cache's form.
    fn add(root: &Path, action: &str, output: &str) {
        fs::write(&root.join(name(action, "a")), index(action, output)).unwrap();
        fs::write(&root.join(name(output, "d")), "output").unwrap();
    }

    fn names(pairs: &[(&str, &str)]) -> BTreeSet<PathBuf> {
        pairs.iter().map(|(letter, end)| name(letter, end)).collect()
    }

    /// A cache over that seed, with the place that it leaves to the next build.
    fn filled(seed: &Path, kept: &Path) -> BuildCache {
        BuildCache::fill(Some(seed.to_path_buf()), kept.to_path_buf(), LONG_AGO * 2).unwrap()
    }

    #[test]
    fn what_this_build_used_stays_with_its_output_and_the_rest_goes() {
        let (seed, kept) = (fs::scratch().unwrap(), fs::scratch().unwrap());
        add(seed.path(), "e", "f");
        for (action, output) in [("a", "b"), ("c", "d"), ("1", "b")] {
            add(kept.path(), action, output);
        }
        let cache = filled(seed.path(), kept.path());
        assert_eq!(entries(kept.path()).unwrap(), Vec::<PathBuf>::new());
        let of_seed = cache.path().join(name("f", "d"));
        assert!(of_seed.is_symlink() && fs::read_text(&of_seed).unwrap() == "output");
        // Go uses two of the earlier ones and one of the seed, and compiles something with its output.
        for action in ["a", "1"] {
            set_time(&cache.path().join(name(action, "a")), UNIX_EPOCH + LONG_AGO * 2).unwrap();
        }
        fs::write(&cache.path().join(name("2", "a")), index("2", "f")).unwrap();
        cache.keep().unwrap();
        let found = entries(kept.path()).unwrap().into_iter().collect();
        assert_eq!(names(&[("a", "a"), ("b", "d"), ("1", "a"), ("2", "a")]), found);
    }

    #[test]
    fn of_what_the_buildpack_carries_only_what_became_something_else_is_kept() {
        let (seed, kept) = (fs::scratch().unwrap(), fs::scratch().unwrap());
        add(seed.path(), "a", "b");
        add(seed.path(), "c", "d");
        // A cache of a build without the seed holds one of them too.
        add(kept.path(), "c", "d");
        let cache = filled(seed.path(), kept.path());
        let again = |action: &str, output: &str| {
            fs::remove(&cache.path().join(name(action, "a"))).unwrap();
            add(cache.path(), action, output);
        };
        again("a", "9");
        again("c", "d");
        cache.keep().unwrap();
        assert_eq!(entries(kept.path()).unwrap(), [name("9", "d"), name("a", "a")]);
        assert_eq!(fs::read_text(&seed.path().join(name("a", "a"))).unwrap(), index("a", "b"), "nobody writes there");

        let next = filled(seed.path(), kept.path());
        assert_eq!(
            fs::read_text(&next.path().join(name("a", "a"))).unwrap(),
            index("a", "9"),
            "what is newer stands above"
        );
    }
}
