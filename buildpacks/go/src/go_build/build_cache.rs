//! Go's build cache: what earlier builds of the app left.
//!
//! Only what this build used goes into the next one: the lifecycle carries the file around on every build, and
//! a cache that nobody trims grows for ever (golang/go issue 29561).

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use libpack::cache::Cache;
use libpack::context::BuildCx;
use libpack::layer::Key;
use libpack::{Error, Result, fs};

use crate::toolchain::Go;

/// When the files were used that nobody has used since. Go notes a use in the time of a file, if it is
/// older than an hour (golang/go, src/cmd/go/internal/cache/cache.go).
const LONG_AGO: Duration = Duration::from_secs(86_400);

/// The cache between builds: another Go starts it empty.
pub fn between_builds(cx: &BuildCx<'_>, go: &Go) -> Cache {
    cx.cache("go-build", Key::new().with("go", go.version()).with("arch", &cx.target().arch))
}

/// The folder that `GOCACHE` names in this build, and that the cache between builds is packed from.
pub struct BuildCache {
    folder: PathBuf,
}

impl BuildCache {
    /// Unpacks what the build before left.
    pub fn open(cx: &BuildCx<'_>, go: &Go) -> Result<Self> {
        let folder = between_builds(cx, go).open()?;
        for entry in entries(&folder)? {
            set_time(&folder.join(entry), UNIX_EPOCH + LONG_AGO)?;
        }
        // Otherwise Go removes what it takes for old.
        let now = cx.world().clock.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        fs::write(&folder.join("trim.txt"), now.as_secs().to_string())?;
        Ok(Self { folder })
    }

    /// What `GOCACHE` names.
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// Leaves what was used to the next build.
    pub fn keep(self) -> Result<()> {
        let used = self.used()?;
        for entry in entries(&self.folder)?.into_iter().filter(|entry| !used.contains(entry)) {
            fs::remove(&self.folder.join(entry))?;
        }
        // The files beside the folders (README, trim.txt), and folders with nothing in them: Go makes its own.
        for name in fs::list(&self.folder)? {
            let path = self.folder.join(name);
            if !path.is_dir() || fs::list(&path)?.is_empty() {
                fs::remove(&path)?;
            }
        }
        Ok(())
    }

    /// The index entries (`<action>-a`) that were used or written, and the outputs (`<output>-d`) that
    /// they name.
    fn used(&self) -> Result<BTreeSet<PathBuf>> {
        let mut used = BTreeSet::new();
        for entry in entries(&self.folder)? {
            let path = self.folder.join(&entry);
            let name = entry.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let Some(action) = name.strip_suffix("-a") else { continue };
            if is_old(&path)? {
                continue;
            }
            let text = fs::read_text(&path)?;
            let Some(output) = output_of(&text, action) else { continue };
            if self.folder.join(&output).is_file() {
                used.insert(output);
            }
            used.insert(entry);
        }
        Ok(used)
    }
}

/// The output that an index entry names: `v1 <action> <output> <size> <time>`.
fn output_of(text: &str, action: &str) -> Option<PathBuf> {
    let mut fields = text.split_ascii_whitespace();
    let (version, of, output) = (fields.next()?, fields.next()?, fields.next()?);
    let is_hash = output.len() == 64 && output.bytes().all(|byte| byte.is_ascii_hexdigit());
    (version == "v1" && of == action && is_hash).then(|| Path::new(&output[..2]).join(format!("{output}-d")))
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
        let folder = fs::scratch().unwrap();
        let put = |file: PathBuf, text: &str| fs::write(&folder.path().join(file), text).unwrap();
        for (action, output) in [("a", "b"), ("c", "d"), ("1", "b")] {
            put(name(action, "a"), &format!("v1 {} {} {:20} {:20}\n", action.repeat(64), output.repeat(64), 5, 0));
            put(name(output, "d"), "output");
        }
        put(name("e", "a"), "v2 of something else");
        put("README".into(), "This directory holds");
        put("trim.txt".into(), "1795817418");
        set_time(&folder.path().join(name("c", "a")), UNIX_EPOCH + LONG_AGO).unwrap();
        BuildCache { folder: folder.path().to_path_buf() }.keep().unwrap();
        let mut expected = [name("a", "a"), name("b", "d"), name("1", "a")].map(|path| path.display().to_string());
        expected.sort();
        assert_eq!(libpack::testing::tree(folder.path()), expected);
    }
}
