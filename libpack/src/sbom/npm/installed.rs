//! What lies in `node_modules`.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::lock;
use super::tree::{Node, Package, Tree, licenses, text, wants};
use crate::{Error, Result};

/// Where pnpm, bun and Yarn keep packages when they link them: `<store>/<any>/node_modules/<name>`.
const STORES: [&str; 3] = [".pnpm", ".bun", ".store"];

/// Walks `<folder>/node_modules`.
pub(super) fn read(folder: &Path) -> Result<Tree> {
    let mut walk = Walk { tree: Tree::default(), roots: roots(folder), folder, seen: BTreeSet::new() };
    walk.tree.root = manifest(folder).map(|manifest| wants(&manifest));
    let mut open = vec!["node_modules".to_owned()];
    while let Some(modules) = open.pop() {
        if walk.seen.insert(modules.clone()) {
            walk.modules(&modules, &mut open)?;
        }
    }
    take_checksums(&mut walk.tree, folder);
    Ok(walk.tree)
}

struct Walk<'a> {
    tree: Tree,
    folder: &'a Path,
    /// Real paths and what they are called in the tree, the longer ones first.
    roots: Vec<(PathBuf, &'static str)>,
    seen: BTreeSet<String>,
}

/// `node_modules` itself is a link into a layer at times.
fn roots(folder: &Path) -> Vec<(PathBuf, &'static str)> {
    let named = [(folder.join("node_modules"), "node_modules"), (folder.to_path_buf(), "")];
    named.into_iter().filter_map(|(path, name)| Some((path.canonicalize().ok()?, name))).collect()
}

impl Walk<'_> {
    /// One `node_modules` folder; those within its packages are left to the caller.
    fn modules(&mut self, modules: &str, open: &mut Vec<String>) -> Result<()> {
        for name in self.names(modules)? {
            let path = format!("{modules}/{name}");
            if STORES.contains(&name.as_str()) {
                let stored = self.names(&path)?;
                open.extend(stored.into_iter().map(|name| format!("{path}/{name}/node_modules")));
            } else if name.starts_with('@') {
                for inner in self.names(&path)? {
                    self.package(format!("{path}/{inner}"), open);
                }
            } else if !name.starts_with('.') {
                self.package(path, open);
            }
        }
        Ok(())
    }

    /// The names in a folder, sorted; none where there is no folder.
    fn names(&self, path: &str) -> Result<Vec<String>> {
        let unreadable = |error: std::io::Error| {
            Error::user("sbom/modules-unreadable", format!("{path} could not be listed"))
                .hint("Make the folder readable for the user who builds.")
                .because(error)
        };
        let entries = match fs::read_dir(self.folder.join(path)) {
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                return Ok(Vec::new());
            }
            entries => entries.map_err(unreadable)?,
        };
        let mut names = Vec::new();
        for entry in entries {
            names.extend(entry.map_err(unreadable)?.file_name().into_string());
        }
        names.sort();
        Ok(names)
    }

    fn package(&mut self, path: String, open: &mut Vec<String>) {
        let place = self.folder.join(&path);
        if place.is_symlink() {
            let Ok(real) = place.canonicalize() else {
                return;
            };
            if let Some(target) = self.name_of(&real).filter(|target| *target != path) {
                self.tree.nodes.insert(path, Node::Link { target: target.clone(), dev: false });
                // A workspace lies outside node_modules, where no walk comes by.
                if !self.tree.nodes.contains_key(&target) {
                    self.found(target, open);
                }
                return;
            }
            // It leads out of the application: it is listed, what it uses there is not ours.
            self.found(path, &mut Vec::new());
        } else if place.is_dir() {
            self.found(path, open);
        }
    }

    /// A folder without a `package.json` is no package, but may hold some; one whose `package.json`
    /// cannot be read is listed by its name.
    fn found(&mut self, path: String, open: &mut Vec<String>) {
        let place = self.folder.join(&path);
        open.push(format!("{path}/node_modules"));
        if place.join("package.json").is_file() {
            let manifest = manifest(&place).unwrap_or_default();
            let package = Package {
                name: text(&manifest, "name"),
                version: text(&manifest, "version").unwrap_or_default(),
                licenses: licenses(&manifest),
                wants: wants(&manifest),
                ..Package::default()
            };
            self.tree.nodes.insert(path, Node::Package(package));
        }
    }

    /// A real path as the tree calls it.
    fn name_of(&self, real: &Path) -> Option<String> {
        let (rest, name) = self.roots.iter().find_map(|(root, name)| Some((real.strip_prefix(root).ok()?, name)))?;
        let separator = if name.is_empty() { "" } else { "/" };
        Some(format!("{name}{separator}{}", rest.to_str()?)).filter(|path| !path.ends_with('/') && !path.is_empty())
    }
}

fn manifest(folder: &Path) -> Option<Value> {
    let text = fs::read_to_string(folder.join("package.json")).ok()?;
    serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()
}

/// npm's hidden lockfile may be older than the folders: it counts only where the version is equal,
/// and not at all when it cannot be read.
fn take_checksums(tree: &mut Tree, folder: &Path) {
    let name = "node_modules/.package-lock.json";
    let Ok(text) = fs::read_to_string(folder.join(name)) else {
        return;
    };
    let Ok(lock) = lock::read(&text, name, None) else {
        return;
    };
    for (path, node) in lock.nodes {
        if let (Node::Package(known), Some(Node::Package(found))) = (node, tree.nodes.get_mut(&path))
            && known.version == found.version
        {
            found.integrity = known.integrity;
            found.resolved = known.resolved;
        }
    }
}

#[cfg(test)]
mod tests;
