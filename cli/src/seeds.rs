//! Seeds: what an offline package prepares from the dependencies that it carries, so that no build has to.
//!
//! The buildpack itself makes them: its executable is started under the name `seed`, from a package of that
//! one dependency, and fills a folder (libpack, `serve.rs`). A build finds the folder as one more dependency,
//! with the seed's id and the version of the dependency that it was made from.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use libpack::archive::TreeWriter;
use libpack::checksum::{Checksum, sha256, sha256_file};
use libpack::descriptor::DescriptorSeed;
use libpack::{Error, Result, fs};
use toml_edit::{Array, Table, value};
use walkdir::WalkDir;

use crate::arguments::Platform;
use crate::content::Tree;
use crate::download::Downloads;
use crate::folder;
use crate::manifest::Manifest;
use crate::progress::{Task, size};
use crate::repack;
use crate::vendor::Vendored;

/// Names the recipe in the cache: raise it when anything here changes the bytes.
const RECIPE: &str = "seeds-1";

/// What a package of this machine's platform holds when it carries one dependency.
pub type Packaging<'a> = &'a dyn Fn(&Vendored, &Manifest) -> Result<Tree>;

/// Makes the seeds of all dependencies that the package carries, and adds their rows to the manifest. The
/// buildpack runs for it, so that it works for this machine's platform alone.
pub fn make(
    manifest: &mut Manifest,
    vendored: &[Vendored],
    downloads: &Downloads,
    packaging: Packaging<'_>,
) -> Result<Vec<Vendored>> {
    let here = Platform::of_machine();
    let mut made = Vec::new();
    for seed in manifest.seeds()? {
        for carried in vendored.iter().filter(|one| one.dependency.id == seed.from) {
            for platform in carried.platforms.iter().filter(|platform| **platform != here) {
                let what = title(&seed, carried);
                eprintln!("{what} is left out for {platform}: it can be made on such a machine alone");
            }
            if carried.platforms.contains(&here) {
                let file = find(&seed, carried, manifest, downloads, packaging)?;
                let checksum = sha256_file(&file)?;
                manifest.add_dependency(row(&seed, carried, &here, &checksum));
                let name = format!("dependencies/{}", checksum.hex());
                let (dependency, platforms) = (carried.dependency.clone(), vec![here.clone()]);
                made.push(Vendored { name, file, platforms, dependency, checksum });
            }
        }
    }
    Ok(made)
}

fn title(seed: &DescriptorSeed, carried: &Vendored) -> String {
    format!("{} {}", seed.name.as_ref().unwrap_or(&seed.id), carried.dependency.version.as_str())
}

/// Nobody else has it, so the row has no address.
fn row(seed: &DescriptorSeed, carried: &Vendored, platform: &Platform, checksum: &Checksum) -> Table {
    let mut row = Table::new();
    row.insert("id", value(&seed.id));
    if let Some(name) = &seed.name {
        row.insert("name", value(name));
    }
    row.insert("version", value(carried.dependency.version.as_str()));
    row.insert("checksum", value(checksum.to_string()));
    row.insert("os", value(&platform.os));
    row.insert("arch", value(&platform.arch));
    row.insert("stacks", value(Array::from_iter(["*"])));
    row
}

/// The archive of a seed: from the cache, or made now.
fn find(
    seed: &DescriptorSeed,
    carried: &Vendored,
    manifest: &Manifest,
    downloads: &Downloads,
    packaging: Packaging<'_>,
) -> Result<PathBuf> {
    let path = downloads.path(RECIPE, &sha256(key(seed, carried, &manifest.id()).as_bytes()));
    if !path.is_file() {
        let title = title(seed, carried);
        let scratch = fs::scratch()?;
        let tree = packaging(carried, manifest)?;
        folder::write(&scratch.path().join("package"), &[(Platform::of_machine(), tree)])?;
        let out = run(seed, carried, &title, scratch.path())?;
        level_modes(&out)?;
        pack(&title, &out, &path)?;
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

/// Whatever the publisher's umask, everybody may read what was made.
fn level_modes(out: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    for entry in WalkDir::new(out) {
        let failed = |error: walkdir::Error| {
            Error::user("fs/failed", format!("could not read {}", out.display())).because(error)
        };
        let entry = entry.map_err(failed)?;
        let mode = entry.metadata().map_err(failed)?.permissions().mode();
        if !entry.path_is_symlink() {
            folder::set_mode(entry.path(), if mode & 0o100 == 0 { 0o644 } else { 0o755 })?;
        }
    }
    Ok(())
}

/// Packs the folder: equal folders give equal bytes.
fn pack(title: &str, out: &Path, to: &Path) -> Result<()> {
    let failed = |error: io::Error| {
        Error::user("package/seed-failed", format!("{title} could not be packed into {}", to.display())).because(error)
    };
    let task = Task::spinner(format!("Compressing {title} with zstd"));
    let parent = to.parent().unwrap_or(Path::new("."));
    fs::create_dir(parent)?;
    let mut part = tempfile::NamedTempFile::new_in(parent).map_err(failed)?;
    let mut writer = TreeWriter::new(repack::encoder(part.as_file_mut(), repack::workers()).map_err(failed)?);
    writer.tree(out, Path::new(""), None)?;
    let mut file = writer.finish()?.finish().map_err(failed)?;
    file.flush().map_err(failed)?;
    drop(file);
    let bytes = part.as_file().metadata().map_err(failed)?.len();
    part.persist(to).map_err(|error| failed(error.error))?;
    task.done(&size(bytes));
    Ok(())
}
