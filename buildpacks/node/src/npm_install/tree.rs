//! Where module trees lie: in the app while npm works, in a layer afterwards, with a link in the app.

use std::path::{Path, PathBuf};

use libpack::{Result, fs};
use serde_json::Value;

use crate::module_link;
use crate::workspace::{Links, Move};

const MODULES: &str = "node_modules";

/// Whether a lock names nothing but packages that come as archives and run no script: then npm needs
/// nothing of the app but the files that shape the install.
pub fn only_registry_packages(lock: &str) -> bool {
    let lock: Value = serde_json::from_str(lock).unwrap_or_default();
    let Some(packages) = lock.get("packages").and_then(Value::as_object) else { return false };
    packages.iter().all(|(path, package)| {
        let text = |key: &str| package.get(key).and_then(Value::as_str).unwrap_or_default();
        let is = |key: &str| package.get(key).and_then(Value::as_bool).unwrap_or_default();
        let local = text("resolved").starts_with("file:") || text("resolved").starts_with("git");
        let outside = !path.is_empty() && !path.starts_with(MODULES);
        !is("hasInstallScript") && !is("link") && !local && !outside
    })
}

/// Copies the files that shape an install to where npm shall work.
pub fn stage(project: &Path, layer: &Path, files: &[String]) -> Result<()> {
    files.iter().try_for_each(|file| fs::write(&layer.join(file), fs::read_bytes(&project.join(file))?))
}

/// Leaves only the modules.
pub fn unstage(layer: &Path) -> Result<()> {
    for name in fs::list(layer)?.iter().filter(|name| *name != MODULES) {
        fs::remove(&layer.join(name))?;
    }
    fs::create_dir(&layer.join(MODULES))
}

/// Moves the trees of a project to a layer that mirrors it, and mends the links that lead out of them.
pub fn take(project: &Path, layer: &Path, links: &Links) -> Result<()> {
    let trees = links.trees();
    let moved = Move { project, layer, trees: &trees };
    for tree in trees.iter().filter(|tree| project.join(tree).is_dir()) {
        let mend = |link: &Path, target: &Path| moved.target(&Path::new(tree).join(link), target);
        fs::move_tree(&project.join(tree), &layer.join(tree), &mend)?;
    }
    fs::create_dir(&layer.join(MODULES))
}

/// The reverse of [`take`], leaving the layer as it is.
pub fn give_back(project: &Path, layer: &Path, links: &Links) -> Result<()> {
    let trees = links.trees();
    let back = Move { project: layer, layer: project, trees: &trees };
    for tree in trees.iter().filter(|tree| layer.join(tree).is_dir()) {
        let mend = |link: &Path, target: &Path| back.target(&Path::new(tree).join(link), target);
        fs::copy_tree(&layer.join(tree), &project.join(tree), &mend)?;
    }
    Ok(())
}

/// Removes the links of [`link`] or [`link_through`].
pub fn unlink(project: &Path, links: &Links) -> Result<()> {
    links.trees().iter().try_for_each(|tree| fs::remove(&project.join(tree)))
}

/// One static, relative link for each tree: no hop over a temporary folder, nothing to do at launch.
/// It also takes the place of modules that came with the sources.
pub fn link(project: &Path, layer: &Path, links: &Links) -> Result<()> {
    let trees = links.trees();
    let moved = Move { project, layer, trees: &trees };
    // A nested tree is only there when its package is, and when npm put something into it.
    let there = |tree: &&String| *tree == MODULES || project.join(tree).parent().is_some_and(Path::is_dir);
    trees.iter().filter(there).try_for_each(|tree| fs::symlink(&moved.link_back(tree), &project.join(tree)))
}

/// A link over the temporary folder: to the build's modules now, to the image's at launch.
pub fn link_through(project: &Path, build: &Path, launch: &Path) -> Result<()> {
    let hop: PathBuf = module_link::hop(launch);
    fs::symlink(&hop, &project.join(MODULES))?;
    fs::symlink(&build.join(MODULES), &hop)
}
