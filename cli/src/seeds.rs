//! Seeds: what an offline package prepares from the dependencies that it carries, so that no build has to.
//!
//! The buildpack itself makes them: its executable is started under the name `seed`, from a package of that
//! one dependency, and fills a folder (libpack, `serve.rs`). The folder goes into the package as it is, and
//! builds use it where it lies.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use libpack::checksum::sha256;
use libpack::descriptor::{DescriptorSeed, seed_folder};
use libpack::{Error, Result, fs};

use crate::arguments::Platform;
use crate::content::{Tree, read_only};
use crate::download::Downloads;
use crate::folder;
use crate::manifest::Manifest;
use crate::progress::Task;
use crate::vendor::Vendored;

/// Names the recipe in the cache: raise it when anything here changes what is in a seed.
const RECIPE: &str = "seeds-2";

/// What a package of this machine's platform holds when it carries one dependency.
pub type Packaging<'a> = &'a dyn Fn(&Vendored, &Manifest) -> Result<Tree>;

/// Makes the seeds of all dependencies that the package carries, and gives their files. The buildpack runs
/// for it, so that it works for this machine's platform alone.
pub fn make(
    manifest: &Manifest,
    vendored: &[Vendored],
    downloads: &Downloads,
    packaging: Packaging<'_>,
) -> Result<Tree> {
    let here = Platform::of_machine();
    let mut tree = Tree::new();
    for seed in manifest.seeds()? {
        for carried in vendored.iter().filter(|one| one.dependency.id == seed.from) {
            for platform in carried.platforms.iter().filter(|platform| **platform != here) {
                let what = title(&seed, carried);
                eprintln!("{what} is left out for {platform}: it can be made on such a machine alone");
            }
            if carried.platforms.contains(&here) {
                let folder = find(&seed, carried, manifest, downloads, packaging)?;
                let place = seed_folder(&seed.id, carried.dependency.version.as_str(), &here.arch);
                tree.append(&mut read_only(&folder, &place)?);
            }
        }
    }
    Ok(tree)
}

fn title(seed: &DescriptorSeed, carried: &Vendored) -> String {
    format!("{} {}", seed.name.as_ref().unwrap_or(&seed.id), carried.dependency.version.as_str())
}

/// The folder of a seed: from the cache, or made now.
fn find(
    seed: &DescriptorSeed,
    carried: &Vendored,
    manifest: &Manifest,
    downloads: &Downloads,
    packaging: Packaging<'_>,
) -> Result<PathBuf> {
    let path = downloads.path(RECIPE, &sha256(key(seed, carried, &manifest.id()).as_bytes()));
    if !path.is_dir() {
        let title = title(seed, carried);
        let scratch = fs::scratch()?;
        let tree = packaging(carried, manifest)?;
        folder::write(&scratch.path().join("package"), &[(Platform::of_machine(), tree)])?;
        let out = run(seed, carried, &title, scratch.path())?;
        keep(&out, &path)?;
    }
    Ok(path)
}

/// All that shapes a seed, as far as it can be told without making it.
fn key(seed: &DescriptorSeed, carried: &Vendored, buildpack: &str) -> String {
    let mut lines = vec![
        format!("{buildpack} {} {}", seed.id, seed.format),
        format!("{} {} {}", seed.from, carried.dependency.version.as_str(), carried.checksum),
        Platform::of_machine().to_string(),
    ];
    lines.extend(seed.programs.iter().map(|program| format!("{program}: {}", version_of(program))));
    lines.join("\n")
}

/// The first line that a program says of its version; nothing when it is not there.
fn version_of(program: &str) -> String {
    let output = Command::new(program).arg("--version").env("LC_ALL", "C").stdin(Stdio::null()).output();
    let said = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    said.lines().next().unwrap_or_default().trim().to_owned()
}

/// Lets the buildpack fill a folder below `scratch`, beside its `package`.
fn run(seed: &DescriptorSeed, carried: &Vendored, title: &str, scratch: &Path) -> Result<PathBuf> {
    let (program, out) = (scratch.join("seed"), scratch.join("out"));
    fs::symlink(Path::new("package/bin/build"), &program)?;
    let failed = |what: &str| {
        Error::user("package/seed-failed", format!("{title} could not be prepared: {what}"))
            .hint("Mend what the buildpack says above, or leave it out with --no-seeds.")
    };
    let task = Task::spinner(format!("Preparing {title}"));
    let mut command = Command::new(&program);
    command.arg(scratch.join("package")).args([&seed.id, carried.dependency.version.as_str()]).arg(&out);
    let output = command.current_dir(scratch).stdin(Stdio::null()).output();
    let output = output.map_err(|error| failed("bin/build does not start").because(error))?;
    if !output.status.success() {
        for text in [&output.stdout, &output.stderr] {
            String::from_utf8_lossy(text).lines().for_each(|line| task.line(&format!("  {line}")));
        }
        return Err(failed(&format!("bin/build ended with {}", output.status)));
    }
    if fs::list(&out)?.is_empty() {
        return Err(failed("bin/build left nothing in its folder"));
    }
    task.done("prepared");
    Ok(out)
}

/// Moves a folder into the cache, where it is whole as soon as it is there.
fn keep(out: &Path, to: &Path) -> Result<()> {
    let parent = to.parent().unwrap_or(Path::new("."));
    fs::create_dir(parent)?;
    let failed = |error| Error::user("fs/failed", format!("could not write {}", parent.display())).because(error);
    let beside = tempfile::tempdir_in(parent).map_err(failed)?;
    let whole = beside.path().join("seed");
    fs::move_tree(out, &whole, &|_, _| None)?;
    // Another packaging may have been quicker.
    fs::rename(&whole, to).or_else(|error| if to.is_dir() { Ok(()) } else { Err(error) })
}
