//! `libpack package`: from a buildpack's folder to what is published. The same input gives the same
//! bytes, whoever runs it and wherever.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use libpack::{Error, Result};

use crate::arguments::{Format, Package, Platform};
use crate::catalog;
use crate::compile::{Crate, Executables};
use crate::content::{self, Entry, Files, PLAIN, PROGRAM, Tree};
use crate::download::Downloads;
use crate::folder;
use crate::image::Image;
use crate::layout;
use crate::manifest::Manifest;
use crate::progress::{Task, size};
use crate::seeds;
use crate::sources;
use crate::vendor::{self, Vendored};

/// Runs the command.
pub fn run(options: &Package) -> Result<()> {
    let folder = options.folder.canonicalize().map_err(|error| {
        Error::user("package/no-buildpack", format!("{} is no folder", options.folder.display()))
            .hint("Name the folder of a buildpack: `libpack package FOLDER`.")
            .because(error)
    })?;
    let mut manifest = Manifest::read(&folder)?;
    manifest.choose_version(options.version.as_deref())?;
    let platforms = manifest.choose_targets(&options.targets)?;
    if let Some(file) = &options.catalog {
        catalog::overlay(&mut manifest, file)?;
    }
    // Before anything long: a row that cannot be used should not wait for the compiler.
    manifest.rows()?;
    manifest.seeds()?;
    if let Some(command) = manifest.pre_package() {
        prepare(&folder, &command)?;
    }
    let compiled = compile(&folder, options, &platforms)?;
    let cache = options.cache.clone().unwrap_or_else(|| PathBuf::from("target/libpack/downloads"));
    let downloads = Downloads::new(&cache)?;
    let mut vendored = Vec::new();
    if options.offline {
        vendored = vendor::vendor(&mut manifest, options, &platforms, &downloads)?;
    }
    sources::write_uris(&mut manifest, options.offline)?;
    let files = Files { folder: &folder, include: &manifest.include_files(), compiled: compiled.is_some() };
    let (here, mut seeds) = (Platform::of_machine(), Tree::new());
    if !options.no_seeds {
        let index = platforms.iter().position(|platform| *platform == here);
        let executables = compiled.as_ref().zip(index).map(|(executables, index)| executables[index].clone());
        let packaging = |carried: &Vendored, manifest: &Manifest| {
            tree(&files, &here, executables.clone(), std::slice::from_ref(carried), manifest)
        };
        seeds = seeds::make(&manifest, &vendored, &downloads, &packaging)?;
    }
    let mut trees = Vec::new();
    for (index, platform) in platforms.iter().enumerate() {
        let executable = compiled.as_ref().map(|executables| executables[index].clone());
        let mut tree = tree(&files, platform, executable, &vendored, &manifest)?;
        if *platform == here {
            tree.append(&mut seeds);
        }
        trees.push((platform.clone(), tree));
    }
    write(&manifest, &trees, options)
}

/// The author's own step before packaging.
fn prepare(folder: &Path, command: &str) -> Result<()> {
    let task = Task::spinner(format!("Running pre-package: {command}"));
    let output = Command::new("sh").args(["-c", command]).current_dir(folder).stdin(Stdio::null()).output();
    let failed = || {
        Error::user("package/pre-package", format!("pre-package failed: {command}"))
            .hint("Run it in the buildpack's folder and mend what it says.")
    };
    let output = output.map_err(|error| failed().because(error))?;
    for text in [&output.stdout, &output.stderr] {
        let text = String::from_utf8_lossy(text);
        text.lines().for_each(|line| task.line(&format!("  {line}")));
    }
    if !output.status.success() {
        return Err(failed().because(output.status.to_string()));
    }
    task.done("done");
    Ok(())
}

/// The executables for each platform, when the folder holds a crate.
fn compile(folder: &Path, options: &Package, platforms: &[Platform]) -> Result<Option<Vec<Executables>>> {
    let Some(found) = Crate::find(folder)? else {
        return Ok(None);
    };
    found.build(platforms, options.profile).map(Some)
}

fn tree(
    files: &Files<'_>,
    platform: &Platform,
    executables: Option<Executables>,
    vendored: &[Vendored],
    manifest: &Manifest,
) -> Result<Tree> {
    let mut tree = files.collect(platform)?;
    tree.insert("buildpack.toml".to_owned(), Entry::Text(manifest.text()));
    if let Some(Executables { build, helper }) = executables {
        tree.insert("bin/build".to_owned(), Entry::File { from: build, mode: PROGRAM });
        let helper = helper.map(|from| Entry::File { from, mode: PROGRAM });
        tree.extend(helper.map(|helper| ("bin/helper".to_owned(), helper)));
        tree.insert("bin/detect".to_owned(), Entry::Link("build".to_owned()));
    }
    content::check(&tree, platform)?;
    for dependency in vendored.iter().filter(|dependency| dependency.platforms.contains(platform)) {
        let from = dependency.file.clone();
        tree.insert(dependency.name.clone(), Entry::File { from, mode: PLAIN });
    }
    Ok(tree)
}

fn write(manifest: &Manifest, trees: &[(Platform, Tree)], options: &Package) -> Result<()> {
    let name = manifest.id().replace('/', "_");
    let at = |suffix: &str| options.out.join(format!("{name}{suffix}"));
    let mut made = Vec::new();
    if options.format.contains(&Format::Folder) {
        folder::write(&at(""), trees)?;
        made.push(at(""));
    }
    let failed = |error| Error::user("fs/failed", "no scratch folder could be made").because(error);
    let work = tempfile::tempdir().map_err(failed)?;
    let images = if options.format.iter().any(|format| *format != Format::Folder) {
        let task = Task::spinner("Writing layers");
        let descriptor = manifest.table()?;
        let image = |(platform, tree): &(Platform, Tree)| Image::write(work.path(), platform, &descriptor, tree);
        let images = trees.iter().map(image).collect::<Result<Vec<_>>>()?;
        task.done("written");
        images
    } else {
        Vec::new()
    };
    if options.format.contains(&Format::Cnb) {
        for image in &images {
            // The same names as pack gives (pkg/client/package_buildpack.go).
            let suffix = format!("-{}-{}.cnb", image.platform.os, image.platform.arch);
            let file = at(if images.len() > 1 { &suffix } else { ".cnb" });
            layout::write_file(&file, image)?;
            made.push(file);
        }
    }
    if options.format.contains(&Format::Oci) {
        layout::write_folder(&at(".oci"), &images, work.path())?;
        made.push(at(".oci"));
    }
    tell(manifest, trees, &made);
    Ok(())
}

fn tell(manifest: &Manifest, trees: &[(Platform, Tree)], made: &[PathBuf]) {
    let platforms: Vec<_> = trees.iter().map(|(platform, _)| platform.to_string()).collect();
    println!("{} {} for {}", manifest.id(), manifest.version(), platforms.join(", "));
    for path in made {
        let entries = walkdir::WalkDir::new(path).into_iter().filter_map(|entry| entry.ok()?.metadata().ok());
        let bytes = entries.filter(std::fs::Metadata::is_file).map(|file| file.len()).sum();
        println!("  {:>10}  {}", size(bytes), path.display());
    }
}
