//! Packages that npm links instead of copying: workspaces and `file:` folders, and what becomes of
//! the links when `node_modules` lies in a layer.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use libpack::fs::{normal, relative};
use libpack::{Error, Result};
use serde_json::{Map, Value};

/// A link in a project's modules. Both paths are relative to the project's folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// Where the link lies: `node_modules/@acme/a`.
    pub at: String,
    /// The package's folder: `packages/a`; it may lie above the project (`../shared`).
    pub to: String,
}

/// What a lock says about linked packages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Links {
    /// The links, sorted.
    pub all: Vec<Link>,
    /// The linked packages' own module folders (`packages/a/node_modules`), sorted.
    pub nested: Vec<String>,
}

impl Links {
    /// Reads a `package-lock.json` or `npm-shrinkwrap.json`: `packages` of lock versions 2 and 3,
    /// else the `file:` folders among `dependencies` of version 1.
    /// Errors: `npm/lock-invalid`.
    pub fn parse(lock: &str) -> Result<Self> {
        let lock: Value = serde_json::from_str(lock.strip_prefix('\u{feff}').unwrap_or(lock)).map_err(|error| {
            Error::user("npm/lock-invalid", "the lock of npm is not valid JSON")
                .hint("Make it anew with `npm install --package-lock-only` and commit it.")
                .because(error)
        })?;
        let mut links = match lock.get("packages").and_then(Value::as_object) {
            Some(packages) => Self::of_packages(packages),
            None => Self::of_dependencies(lock.get("dependencies").and_then(Value::as_object)),
        };
        links.all.sort();
        Ok(links)
    }

    fn of_packages(packages: &Map<String, Value>) -> Self {
        let is_link = |entry: &Value| entry.get("link").and_then(Value::as_bool) == Some(true);
        let linked = packages.iter().filter(|(_, entry)| is_link(entry));
        let all = linked.filter_map(|(at, entry)| {
            let to = entry.get("resolved")?.as_str()?;
            Some(Link { at: at.clone(), to: to.trim_end_matches('/').to_owned() })
        });
        let nested: BTreeSet<String> = packages
            .keys()
            .filter_map(|path| path.split_once("/node_modules/"))
            .filter(|(package, _)| !package.split('/').any(|part| part == "node_modules"))
            .map(|(package, _)| format!("{package}/node_modules"))
            .collect();
        Self { all: all.collect(), nested: nested.into_iter().collect() }
    }

    fn of_dependencies(dependencies: Option<&Map<String, Value>>) -> Self {
        let archives = [".tgz", ".tar.gz", ".tar"];
        let folders = dependencies.into_iter().flatten().filter_map(|(name, entry)| {
            let to = entry.get("version")?.as_str()?.strip_prefix("file:")?;
            let is_archive = archives.iter().any(|end| to.ends_with(end));
            (!is_archive).then(|| Link { at: format!("node_modules/{name}"), to: to.to_owned() })
        });
        Self { all: folders.collect(), nested: Vec::new() }
    }

    /// The linked packages' folders, sorted, each once.
    pub fn folders(&self) -> Vec<String> {
        let folders: BTreeSet<_> = self.all.iter().map(|link| link.to.clone()).collect();
        folders.into_iter().collect()
    }

    /// The links whose folder is in the upload, and those whose folder is not: npm-install#712
    /// fails there, we warn and leave the link out.
    pub fn by_existence(&self, project: &Path) -> (Vec<&Link>, Vec<&Link>) {
        self.all.iter().partition(|link| project.join(&link.to).is_dir())
    }

    /// The folders that go to the layer as whole trees, relative to the project: `node_modules` and
    /// the linked packages' own, as far as they lie below the project.
    pub fn trees(&self) -> Vec<String> {
        let below = self.nested.iter().filter(|tree| !tree.starts_with("../")).cloned();
        std::iter::once("node_modules".to_owned()).chain(below).collect()
    }
}

/// A move of module trees from a project to a layer that mirrors it: `<project>/<tree>` becomes
/// `<layer>/<tree>`. Pure paths: nothing is looked up, links are resolved as text.
#[derive(Debug, Clone, Copy)]
pub struct Move<'a> {
    /// The project's folder, absolute.
    pub project: &'a Path,
    /// The layer's folder, absolute.
    pub layer: &'a Path,
    /// What moves: see [`Links::trees`].
    pub trees: &'a [String],
}

impl Move<'_> {
    /// The new text of a link that moves. `link` lies in a tree, relative to the project; `target`
    /// is what it reads. None when it stays right as it is: it leads into a moved tree by a
    /// relative path, or to an absolute path outside of the project.
    pub fn target(&self, link: &Path, target: &Path) -> Option<PathBuf> {
        let folder = link.parent().unwrap_or(Path::new(""));
        let leads_to = normal(&self.project.join(folder).join(target));
        let old_layout = |tree: &String| leads_to.starts_with(self.project.join(tree));
        let moves_along = self.trees.iter().any(old_layout);
        if target.is_relative() && moves_along || !target.is_relative() && !leads_to.starts_with(self.project) {
            return None;
        }
        let new_home = if moves_along { self.layer } else { self.project };
        let leads_to = match leads_to.strip_prefix(self.project) {
            Ok(inside) => new_home.join(inside),
            Err(_) => leads_to,
        };
        Some(relative(&self.layer.join(folder), &leads_to))
    }

    /// The text of the link that takes a tree's place in the project. Relative, because platforms
    /// put app and layers elsewhere together (docs/platforms.md R13).
    pub fn link_back(&self, tree: &str) -> PathBuf {
        let place = self.project.join(tree);
        relative(place.parent().unwrap_or(self.project), &self.layer.join(tree))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"{"lockfileVersion":3,"packages":{
        "":{"workspaces":["packages/*"]},
        "node_modules/@acme/a":{"resolved":"packages/a","link":true},
        "node_modules/b":{"resolved":"packages/b/","link":true},
        "node_modules/shared":{"resolved":"../shared","link":true},
        "node_modules/c":{"version":"1.0.0","link":false},
        "node_modules/c/node_modules/d":{"version":"1.0.0"},
        "packages/a":{"name":"@acme/a"},
        "packages/a/node_modules/d":{"version":"2.0.0"},
        "packages/a/node_modules/d/node_modules/e":{"version":"2.0.0"},
        "../shared":{},
        "../shared/node_modules/f":{"version":"1.0.0"}}}"#;

    fn link(at: &str, to: &str) -> Link {
        Link { at: at.into(), to: to.into() }
    }

    #[test]
    fn links_and_nested_modules_come_from_the_lock() {
        let links = Links::parse(LOCK).unwrap();
        let expected = [
            link("node_modules/@acme/a", "packages/a"),
            link("node_modules/b", "packages/b"),
            link("node_modules/shared", "../shared"),
        ];
        assert_eq!(links.all, expected);
        assert_eq!(links.nested, ["../shared/node_modules", "packages/a/node_modules"]);
        assert_eq!(links.trees(), ["node_modules", "packages/a/node_modules"]);
        assert_eq!(links.folders(), ["../shared", "packages/a", "packages/b"]);
    }

    #[test]
    fn a_lock_of_version_1_knows_folders_too() {
        let lock = r#"{"lockfileVersion":1,"dependencies":{
            "addon":{"version":"file:./addon"},"packed":{"version":"file:x.tgz"},"c":{"version":"1.0.0"}}}"#;
        assert_eq!(Links::parse(lock).unwrap().all, [link("node_modules/addon", "./addon")]);
        assert_eq!(Links::parse(r#"{"lockfileVersion":1}"#).unwrap(), Links::default());
    }

    #[test]
    fn a_broken_lock_is_an_error_with_a_next_step() {
        let error = Links::parse("{,}").unwrap_err();
        assert_eq!(error.id(), "npm/lock-invalid");
        assert!(error.next_step().unwrap().contains("--package-lock-only"));
    }

    #[test]
    fn npm_install_712_a_link_without_a_folder_is_set_apart() {
        let folder = tempfile::tempdir().unwrap();
        libpack::fs::create_dir(&folder.path().join("packages/a")).unwrap();
        let links = Links::parse(LOCK).unwrap();
        let (there, missing) = links.by_existence(folder.path());
        assert_eq!(there, [&link("node_modules/@acme/a", "packages/a")]);
        assert_eq!(missing.len(), 2);
    }

    fn moved(link: &str, target: &str) -> Option<String> {
        let trees = Links::parse(LOCK).unwrap().trees();
        let project = Path::new("/workspace/server");
        let this = Move { project, layer: Path::new("/layers/node/modules"), trees: &trees };
        this.target(Path::new(link), Path::new(target)).map(|path| path.display().to_string())
    }

    #[test]
    fn a_link_to_a_workspace_leads_back_to_the_app() {
        let cases = [
            ("node_modules/@acme/a", "../../packages/a", "../../../../../workspace/server/packages/a"),
            ("node_modules/b", "../packages/b", "../../../../workspace/server/packages/b"),
            ("node_modules/shared", "../../shared", "../../../../workspace/shared"),
            ("packages/a/node_modules/b", "../../b", "../../../../../../workspace/server/packages/b"),
        ];
        for (link, old, new) in cases {
            assert_eq!(moved(link, old).as_deref(), Some(new), "{link}");
        }
    }

    #[test]
    fn a_link_within_the_moved_trees_stays_as_it_is() {
        assert_eq!(moved("node_modules/.bin/tool", "../tool/cli.js"), None);
        assert_eq!(moved("node_modules/.bin/a", "../@acme/a/cli.js"), None);
        assert_eq!(moved("packages/a/node_modules/.bin/d", "../../../../node_modules/d/cli.js"), None);
    }

    #[test]
    fn an_absolute_link_stays_only_when_it_leads_elsewhere() {
        assert_eq!(moved("node_modules/x", "/usr/lib/x"), None);
        assert_eq!(moved("node_modules/x", "/workspace/server/node_modules/y").as_deref(), Some("y"));
        let to_app = moved("node_modules/x", "/workspace/server/packages/b").unwrap();
        assert_eq!(to_app, "../../../../workspace/server/packages/b");
    }

    #[test]
    fn a_similar_name_is_not_a_moved_tree() {
        let new = moved("node_modules/x", "../node_modules_local/x").unwrap();
        assert_eq!(new, "../../../../workspace/server/node_modules_local/x");
    }

    #[test]
    fn the_app_links_to_the_layer_by_a_relative_path() {
        let this = Move {
            project: Path::new("/workspace"),
            layer: Path::new("/layers/libpack_node/launch-modules"),
            trees: &[],
        };
        let back = |tree| this.link_back(tree).display().to_string();
        assert_eq!(back("node_modules"), "../layers/libpack_node/launch-modules/node_modules");
        assert_eq!(
            back("packages/a/node_modules"),
            "../../../layers/libpack_node/launch-modules/packages/a/node_modules"
        );
    }

    #[test]
    fn moved_links_lead_to_the_right_files_on_a_real_disk() {
        let root = tempfile::tempdir().unwrap();
        let project = root.path().join("workspace");
        let layer = root.path().join("layers/x/modules");
        libpack::fs::write(&project.join("packages/a/index.js"), "hello").unwrap();
        let trees = ["node_modules".to_owned()];
        let this = Move { project: &project, layer: &layer, trees: &trees };
        let new = this.target(Path::new("node_modules/a"), Path::new("../packages/a")).unwrap();
        libpack::fs::symlink(&new, &layer.join("node_modules/a")).unwrap();
        libpack::fs::symlink(&this.link_back("node_modules"), &project.join("node_modules")).unwrap();
        let elsewhere = root.path().join("home/vcap");
        libpack::fs::create_dir(&elsewhere).unwrap();
        for part in ["workspace", "layers"] {
            libpack::fs::rename(&root.path().join(part), &elsewhere.join(part)).unwrap();
        }
        let text = libpack::fs::read_text(&elsewhere.join("workspace/node_modules/a/index.js")).unwrap();
        assert_eq!(text, "hello");
    }
}
