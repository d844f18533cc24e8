//! Go's module cache between builds: the archives that `go.sum` names, as they were fetched.
//!
//! Unpacked modules stay out: they are many files, and Go unpacks what it needs faster than the
//! lifecycle would carry it around.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use libpack::cache::Cache;
use libpack::context::BuildCx;
use libpack::layer::Key;
use libpack::{Result, fs};
use walkdir::WalkDir;

/// Where it lies while the build lasts, beside the layers. Go's index of what a module holds is kept by
/// its path, so that the path is the same in every build.
const FOLDER: &str = "modules";
/// Below `GOMODCACHE`: what was fetched.
const DOWNLOADS: &str = "cache/download";
/// A Go that the app's `go.mod` demanded comes as a module too.
const TOOLCHAIN: &str = "golang.org/toolchain";

/// The cache between builds.
pub fn between_builds(cx: &BuildCx<'_>) -> Cache {
    cx.cache("go-modules", Key::new())
}

/// The folder that `GOMODCACHE` names in this build.
pub fn path(cx: &BuildCx<'_>) -> PathBuf {
    cx.layer_path(FOLDER)
}

/// Unpacks what an earlier build left.
pub fn open(cx: &BuildCx<'_>) -> Result<PathBuf> {
    let path = path(cx);
    between_builds(cx).open_at(&path)?;
    Ok(path)
}

/// Leaves what the next build can use: archives and manifests of the modules that the app names.
pub fn trim(folder: &Path, app: &Path) -> Result<()> {
    remove_all_but(folder, "cache")?;
    remove_all_but(&folder.join("cache"), "download")?;
    let downloads = folder.join(DOWNLOADS);
    // What the checksum database said is of no use without asking it again.
    fs::remove(&downloads.join("sumdb"))?;
    let named = named(app)?;
    for file in WalkDir::new(&downloads).into_iter().flatten().filter(|entry| entry.file_type().is_file()) {
        let below = file.path().strip_prefix(&downloads).unwrap_or(file.path()).to_string_lossy().into_owned();
        let Some((module, version)) = split(&below) else {
            fs::remove(file.path())?;
            continue;
        };
        if module != TOOLCHAIN && !named.contains(&(module.to_owned(), version.to_owned())) {
            fs::remove(file.path())?;
        }
    }
    Ok(())
}

fn remove_all_but(folder: &Path, kept: &str) -> Result<()> {
    fs::list(folder)?.iter().filter(|name| *name != kept).try_for_each(|name| fs::remove(&folder.join(name)))
}

/// `example.com/a/@v/v1.0.0.zip` as module and version; lists and locks are none.
fn split(path: &str) -> Option<(&str, &str)> {
    let (module, file) = path.split_once("/@v/")?;
    let ends = [".zip", ".ziphash", ".mod", ".info"];
    let version = ends.iter().find_map(|end| file.strip_suffix(end))?;
    Some((module, version))
}

/// The modules of every `go.sum` of the app, in the spelling of file names.
fn named(app: &Path) -> Result<BTreeSet<(String, String)>> {
    let mut named = BTreeSet::new();
    let walk = WalkDir::new(app).into_iter().filter_entry(|entry| entry.file_name() != ".git").flatten();
    for file in walk.filter(|entry| entry.file_name() == "go.sum" || entry.file_name() == "go.work.sum") {
        for line in fs::read_text(file.path())?.lines() {
            let mut words = line.split_whitespace();
            let (Some(module), Some(version)) = (words.next(), words.next()) else { continue };
            let version = version.strip_suffix("/go.mod").unwrap_or(version);
            named.insert((escape(module), escape(version)));
        }
    }
    Ok(named)
}

/// Capitals as `!` and the small letter: not every file system tells them apart (golang.org/x/mod/module).
fn escape(path: &str) -> String {
    path.chars()
        .flat_map(|letter| letter.is_ascii_uppercase().then_some('!').into_iter().chain([letter.to_ascii_lowercase()]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_of_modules_that_the_app_names_stay() {
        let (cache, app) = (fs::scratch().unwrap(), fs::scratch().unwrap());
        let sums = "github.com/BurntSushi/toml v1.4.0 h1:a=\nexample.com/b v1.0.0/go.mod h1:b=\n";
        fs::write(&app.path().join("sub/go.sum"), sums).unwrap();
        let kept = [
            "cache/download/example.com/b/@v/v1.0.0.mod",
            "cache/download/github.com/!burnt!sushi/toml/@v/v1.4.0.zip",
            "cache/download/golang.org/toolchain/@v/v0.0.1-go1.26.8.linux-amd64.zip",
        ];
        let gone = [
            "cache/download/github.com/!burnt!sushi/toml/@v/list",
            "cache/download/github.com/!burnt!sushi/toml/@v/v1.3.0.zip",
            "cache/download/github.com/!burnt!sushi/toml/@v/v1.4.0.lock",
            "cache/download/sumdb/sum.golang.org/latest",
            "cache/lock",
            "cache/vcs/abc/HEAD",
            "github.com/!burnt!sushi/toml@v1.4.0/decode.go",
        ];
        for file in kept.iter().chain(&gone) {
            fs::write(&cache.path().join(file), "").unwrap();
        }
        trim(cache.path(), app.path()).unwrap();
        let left = WalkDir::new(cache.path()).sort_by_file_name().into_iter().flatten();
        let left = left.filter(|entry| entry.file_type().is_file());
        let left: Vec<_> =
            left.map(|entry| entry.path().strip_prefix(cache.path()).unwrap().to_string_lossy().into_owned()).collect();
        assert_eq!(left, kept);
    }
}
