//! What the lifecycle keeps of a build and brings back for the next (buildpacks/lifecycle,
//! phase/{exporter,cache,restorer}.go, and the table of `docs/architecture.md`).

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Table;

use crate::env::{Action, Change, Scope};
use crate::layer::Flags;
use crate::world::Variables;
use crate::{Error, Result, fs};

/// What the modelled platform can.
#[derive(Debug, Clone, Copy)]
pub struct Platform {
    /// The Platform API is `0.<minor>`.
    pub minor: u32,
}

/// A layer after the export.
#[derive(Debug, Clone)]
pub struct LayerView {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub flags: Flags,
    /// The buildpack's own metadata.
    pub metadata: Table,
    /// Whether the image took it from the earlier one without a byte.
    pub reused: bool,
    /// Its SBOM files: ending → content.
    pub sboms: BTreeMap<String, Vec<u8>>,
    folder: PathBuf,
    place: PathBuf,
}

impl LayerView {
    /// Its content; for a re-used layer that of the earlier image.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// All paths in it, sorted: links with their target, `*` behind what can be run.
    ///
    /// # Panics
    /// When it cannot be listed.
    pub fn tree(&self) -> Vec<String> {
        super::tree(&self.folder)
    }

    /// The text of a file in it; none when there is no such text.
    pub fn text(&self, path: &str) -> Option<String> {
        std::fs::read_to_string(self.folder.join(path)).ok()
    }

    /// A field of the key by which it is re-used; empty when it has none of that name.
    pub fn fact(&self, field: &str) -> &str {
        self.metadata.get(field).and_then(toml::Value::as_str).unwrap_or_default()
    }

    /// What the launcher does before any env file: programs and libraries of a layer are found
    /// (buildpacks/lifecycle, `env/env.go`).
    pub(super) fn apply_folders(&self, variables: &mut Variables) {
        for (folder, name) in [("bin", "PATH"), ("lib", "LD_LIBRARY_PATH")] {
            if self.flags.launch && self.folder.join(folder).is_dir() {
                let value = self.place.join(folder).display().to_string();
                let action = Action::Prepend;
                let (scope, delimiter) = (Scope::Launch, ":".to_owned());
                Change { scope, name: name.to_owned(), action, value, delimiter, about: None }.apply(variables);
            }
        }
    }

    pub(super) fn apply_launch(&self, variables: &mut Variables) {
        if !self.flags.launch {
            return;
        }
        for folder in ["env", "env.launch"] {
            let folder = self.folder.join(folder);
            for file in fs::list(&folder).unwrap_or_default() {
                let Ok(value) = fs::read_text(&folder.join(&file)) else { continue };
                let (name, suffix) = file.rsplit_once('.').unwrap_or((&file, "override"));
                let action = match suffix {
                    "append" => Action::Append,
                    "default" => Action::Default,
                    "prepend" => Action::Prepend,
                    "override" => Action::Override,
                    _ => continue,
                };
                let delimiter = fs::read_text(&folder.join(format!("{name}.delim"))).unwrap_or_default();
                Change { scope: Scope::Launch, name: name.to_owned(), action, value, delimiter, about: None }
                    .apply(variables);
            }
        }
    }
}

/// The earlier image and the build cache.
pub(super) struct Stores {
    root: PathBuf,
    count: usize,
    pub image: Option<Vec<LayerView>>,
    pub cache: Option<Vec<LayerView>>,
    pub platform: Platform,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct LayerFile {
    types: Types,
    metadata: Table,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Types {
    build: bool,
    cache: bool,
    launch: bool,
}

impl Stores {
    pub fn new(root: &Path) -> Self {
        let platform = Platform { minor: 15 };
        Self { root: root.to_path_buf(), count: 0, image: None, cache: None, platform }
    }

    /// Fills a fresh layers folder.
    pub fn restore(&self, layers: &Path) -> Result<()> {
        fs::remove(layers)?;
        fs::create_dir(layers)?;
        let cached = |name: &str| self.cache.iter().flatten().find(|one| one.name == name);
        for layer in self.image.iter().flatten().filter(|layer| layer.flags.launch) {
            // Only what was cached comes back with content; what only the build saw does not come back.
            let content = cached(&layer.name).filter(|_| layer.flags.cache);
            // A cached layer whose content is gone, or another than the image's, is taken away again.
            let whole = !layer.flags.cache || content.is_some_and(|one| one.metadata == layer.metadata);
            if whole && (!layer.flags.build || layer.flags.cache) {
                bring_back(layers, layer, content)?;
            }
        }
        for layer in self.cache.iter().flatten() {
            let known = self.image.iter().flatten().any(|one| one.name == layer.name && one.flags.launch);
            let alone = !layer.flags.launch || self.platform.minor >= 14;
            if !known && alone {
                bring_back(layers, layer, Some(layer))?;
            }
        }
        Ok(())
    }

    /// Takes image and cache out of a layers folder, as strictly as the exporter.
    pub fn export(&mut self, layers: &Path) -> Result<Vec<LayerView>> {
        self.count += 1;
        let mut views = Vec::new();
        for file in fs::list(layers)? {
            let Some(name) = file.strip_suffix(".toml").filter(|name| !["launch", "build", "store"].contains(name))
            else {
                continue;
            };
            let view = self.export_layer(layers, name)?;
            if view.flags.any() {
                views.push(view);
            }
        }
        // By name, as the launcher reads them; files sort otherwise (`a-2.toml` before `a.toml`).
        views.sort_by(|one, other| one.name.cmp(&other.name));
        self.image = Some(views.iter().filter(|view| view.flags.launch).cloned().collect());
        self.cache = Some(views.iter().filter(|view| view.flags.cache).cloned().collect());
        Ok(views)
    }

    fn export_layer(&self, layers: &Path, name: &str) -> Result<LayerView> {
        let text = fs::read_text(&layers.join(format!("{name}.toml")))?;
        let file: LayerFile =
            toml::from_str(&text).map_err(|error| Error::bug("rig/layer", text.clone()).because(error))?;
        let flags = Flags { build: file.types.build, cache: file.types.cache, launch: file.types.launch };
        let there = layers.join(name).is_dir();
        let earlier = self.image.iter().flatten().find(|one| one.name == name);
        let reused = flags.launch && !there;
        if flags.cache && !there {
            return Err(Error::bug("rig/export", format!("layer {name} is cached and has no content")));
        }
        if reused && earlier.is_none() {
            return Err(Error::bug("rig/export", format!("layer {name} has no content, and no image had it before")));
        }
        let folder = match earlier {
            Some(earlier) if reused => earlier.folder.clone(),
            _ => {
                let kept = self.root.join("kept").join(format!("{}-{name}", self.count));
                if there {
                    copy(&layers.join(name), &kept)?;
                }
                kept
            }
        };
        let mut sboms = BTreeMap::new();
        for ending in ["cdx.json", "spdx.json", "syft.json"] {
            let path = layers.join(format!("{name}.sbom.{ending}"));
            if path.is_file() {
                sboms.insert(ending.to_owned(), fs::read_bytes(&path)?);
            }
        }
        Ok(LayerView {
            name: name.to_owned(),
            flags,
            metadata: file.metadata,
            reused,
            sboms,
            folder,
            place: layers.join(name),
        })
    }
}

/// Metadata without types, SBOM files, and the content where a cache has it. The archives of content and
/// SBOMs hold absolute paths: under another layers folder they go where the layer was, and only the
/// metadata comes back.
fn bring_back(layers: &Path, layer: &LayerView, content: Option<&LayerView>) -> Result<()> {
    let mut file = Table::new();
    file.insert("metadata".to_owned(), toml::Value::Table(layer.metadata.clone()));
    let text = toml::to_string(&file).map_err(|error| Error::bug("rig/layer", "metadata").because(error))?;
    fs::write(&layers.join(format!("{}.toml", layer.name)), text)?;
    if layer.place.parent() != Some(layers) {
        return Ok(());
    }
    for (ending, sbom) in &layer.sboms {
        fs::write(&layers.join(format!("{}.sbom.{ending}", layer.name)), sbom)?;
    }
    content.map_or(Ok(()), |content| copy(&content.folder, &layers.join(&layer.name)))
}

/// Copies a tree with links and modes.
pub(super) fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to)?;
    for entry in walkdir::WalkDir::new(from).min_depth(1) {
        let entry = entry.map_err(|error| Error::bug("rig/copy", "a tree cannot be listed").because(error))?;
        let target = to.join(entry.path().strip_prefix(from).unwrap_or(entry.path()));
        if let Ok(link) = std::fs::read_link(entry.path()) {
            fs::symlink(&link, &target)?;
        } else if entry.file_type().is_dir() {
            fs::create_dir(&target)?;
        } else {
            fs::write(&target, fs::read_bytes(entry.path())?)?;
            let mode = entry.metadata().map_or(0o644, |meta| meta.permissions().mode());
            let set = std::fs::set_permissions(&target, std::fs::Permissions::from_mode(mode));
            set.map_err(|error| Error::bug("rig/copy", "a mode cannot be set").because(error))?;
        }
    }
    Ok(())
}
