//! Go's build cache: the standard library as it came with Go, and what earlier builds of the app left.
//!
//! Only what this build used of the latter goes into the next one, without the former: the lifecycle
//! carries the file around on every build, and a cache that nobody trims grows for ever
//! (golang/go issue 29561).

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use libpack::cache::Cache;
use libpack::context::BuildCx;
use libpack::dependency::Dependency;
use libpack::layer::Key;
use libpack::{Error, Result, fs};
use tempfile::TempDir;

use super::configuration::Configuration;
use super::imports;
use crate::cache_entry::Entry;
use crate::seed;
use crate::toolchain::Go;

/// When the files were used that nobody has used since. Go notes a use in the time of a file, if it is
/// older than an hour (golang/go, src/cmd/go/internal/cache/cache.go).
const LONG_AGO: Duration = Duration::from_secs(86_400);

/// The file in the cache between builds that lists what was used of the seed, behind a line that says by
/// which flags and imports. A build after a small change uses the same, and it is a third of the whole.
const USED_OF_SEED: &str = "used-of-seed";

/// The cache between builds: another Go starts it empty.
pub fn between_builds(cx: &BuildCx<'_>, go: &Go) -> Cache {
    cx.cache("go-build", Key::new().with("go", go.version()).with("arch", &cx.target().arch))
}

/// The folder that `GOCACHE` names in this build.
pub struct BuildCache {
    folder: TempDir,
    /// What came with Go.
    seed: BTreeSet<PathBuf>,
    /// What decides which part of that is used.
    reach: String,
    kept: PathBuf,
}

impl BuildCache {
    /// Unpacks both parts, of the seed only what the build before used when the flags and imports are the
    /// same.
    pub fn open(cx: &BuildCx<'_>, go: &Go, configuration: &Configuration) -> Result<Self> {
        let folder = fs::scratch()?;
        let kept = between_builds(cx, go).open()?;
        let mut reach = String::new();
        if let Some(seed) = seed_of(cx, go).filter(|_| configuration.has_default_flags()) {
            // Reading all sources once more is worth it only where there is something to choose from.
            reach = format!("{} {}", configuration.flags.words.join(" "), imports::digest(cx.app())?);
            let used = fs::read_text_if_any(&kept.join(USED_OF_SEED))?;
            let used = used.as_deref().and_then(|text| text.strip_prefix(&reach));
            unpack_seed(cx, &seed, folder.path(), used)?;
        }
        let seed: BTreeSet<PathBuf> = entries(folder.path())?.into_iter().collect();
        for entry in entries(&kept)? {
            let to = folder.path().join(&entry);
            if let Some(parent) = to.parent() {
                fs::create_dir(parent)?;
            }
            fs::rename(&kept.join(&entry), &to)?;
        }
        for entry in entries(folder.path())? {
            set_time(&folder.path().join(entry), UNIX_EPOCH + LONG_AGO)?;
        }
        fs::empty(&kept)?;
        // Otherwise Go removes what it takes for old.
        let now = cx.world().clock.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        fs::write(&folder.path().join("trim.txt"), now.as_secs().to_string())?;
        Ok(Self { folder, seed, reach, kept })
    }

    /// What `GOCACHE` names.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Hands what was used to the next build.
    pub fn keep(self) -> Result<()> {
        let (of_seed, own): (BTreeSet<_>, BTreeSet<_>) =
            self.used()?.into_iter().partition(|entry| self.seed.contains(entry));
        if !self.seed.is_empty() {
            let of_seed: Vec<_> = of_seed.iter().map(|entry| entry.to_string_lossy()).collect();
            fs::write(&self.kept.join(USED_OF_SEED), format!("{}\n{}", self.reach, of_seed.join("\n")))?;
        }
        for entry in own {
            let to = self.kept.join(&entry);
            if let Some(parent) = to.parent() {
                fs::create_dir(parent)?;
            }
            fs::rename(&self.folder.path().join(&entry), &to)?;
        }
        Ok(())
    }

    /// The index entries (`<action>-a`) that were used or written, and the outputs (`<output>-d`) that
    /// they name.
    fn used(&self) -> Result<BTreeSet<PathBuf>> {
        let mut used = BTreeSet::new();
        for entry in entries(self.folder.path())? {
            let path = self.folder.path().join(&entry);
            let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let Some(action) = name.strip_suffix("-a") else { continue };
            if is_old(&path)? {
                continue;
            }
            let text = fs::read_text(&path)?;
            let Some(output) = Entry::parse(&text, action).map(|entry| entry.output()) else { continue };
            if self.folder.path().join(&output).is_file() {
                used.insert(output);
            }
            used.insert(entry);
        }
        Ok(used)
    }
}

/// The seed for this Go. A buildpack that does not carry one compiles the standard library.
fn seed_of(cx: &BuildCx<'_>, go: &Go) -> Option<Dependency> {
    let Go::Ours(_) = go else { return None };
    cx.choose(seed::GO_BUILD_CACHE, &format!("={}", go.version())).ok()
}

/// Unpacks the seed, or what the build before used of it. Go compiles what turns out to be missing.
fn unpack_seed(cx: &BuildCx<'_>, seed: &Dependency, folder: &Path, used: Option<&str>) -> Result<()> {
    let used: Option<BTreeSet<&Path>> = used.map(|list| list.lines().map(Path::new).collect());
    let keep = |path: &Path| used.as_ref().is_none_or(|used| used.contains(path));
    cx.install_at(seed, folder, Some(&keep))
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

    #[test]
    fn what_this_build_used_stays_with_its_output_and_the_rest_goes() {
        let (folder, kept) = (fs::scratch().unwrap(), fs::scratch().unwrap());
        let index =
            |action: &str, output: &str| format!("v1 {} {} {:20} {:20}\n", action.repeat(64), output.repeat(64), 5, 0);
        let put = |file: PathBuf, text: &str| fs::write(&folder.path().join(file), text).unwrap();
        for (action, output) in [("a", "b"), ("c", "d"), ("e", "f"), ("1", "b")] {
            put(name(action, "a"), &index(action, output));
            put(name(output, "d"), "output");
        }
        set_time(&folder.path().join(name("c", "a")), UNIX_EPOCH + LONG_AGO).unwrap();
        let seed = [name("e", "a"), name("f", "d")].into();
        let cache = BuildCache { folder, seed, reach: "-trimpath 1".to_owned(), kept: kept.path().to_path_buf() };
        cache.keep().unwrap();
        let mut expected = vec![name("a", "a"), name("b", "d"), name("1", "a")];
        expected.sort();
        let mut found = entries(kept.path()).unwrap();
        found.sort();
        assert_eq!(found, expected);
        let of_seed = fs::read_text(&kept.path().join(USED_OF_SEED)).unwrap();
        let of_this_build = [name("e", "a"), name("f", "d")].map(|path| path.to_string_lossy().into_owned());
        assert_eq!(of_seed, format!("-trimpath 1\n{}", of_this_build.join("\n")));
    }
}
