//! What a build through the real lifecycle left.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use toml::Table;

use crate::files;
use crate::image::Image;

/// A phase that ran.
#[derive(Debug, Clone)]
pub struct Phase {
    /// `detector` …
    pub name: String,
    /// The exit code.
    pub code: i32,
    /// All that it wrote.
    pub log: String,
}

/// A layer when the build phase ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerState {
    /// `build,cache,launch`, those that hold.
    pub flags: String,
    /// Whether it has no folder, so that the exporter takes it from the earlier image.
    pub reused: bool,
    /// The endings of its SBOM files.
    pub sboms: BTreeSet<String>,
}

/// A build.
#[derive(Debug)]
pub struct Outcome {
    layers: PathBuf,
    workspace: PathBuf,
    root: PathBuf,
    phases: Vec<Phase>,
    /// What lay in the layers folder when the restorer ended.
    pub restored: BTreeSet<String>,
    /// The image, when there is one.
    pub image: Option<Image>,
    /// The digests that were sent to the registry.
    pub pushed: Vec<String>,
}

impl Outcome {
    pub(crate) fn new(layers: PathBuf, workspace: PathBuf, root: PathBuf) -> Self {
        let (phases, restored, pushed) = (Vec::new(), BTreeSet::new(), Vec::new());
        Self { layers, workspace, root, phases, restored, image: None, pushed }
    }

    pub(crate) fn add(&mut self, phase: Phase) {
        self.phases.push(phase);
    }

    pub(crate) fn remember_restored(&mut self) {
        self.restored = files::list(&self.layers);
    }

    pub(crate) fn finish(&mut self, image: Option<Image>, pushed: Vec<String>) {
        self.image = image;
        self.pushed = pushed;
    }

    /// The log of a phase; empty when it did not run.
    pub fn log(&self, phase: &str) -> &str {
        self.phases.iter().find(|one| one.name == phase).map_or("", |phase| &phase.log)
    }

    /// The phase that failed, with its exit code.
    pub fn failure(&self) -> Option<(&str, i32)> {
        self.phases.iter().find(|phase| phase.code != 0).map(|phase| (phase.name.as_str(), phase.code))
    }

    /// Fails the test, with the logs, when a phase failed.
    pub fn succeeded(self) -> Self {
        assert_eq!(self.failure(), None, "{}", self.all());
        self
    }

    /// All logs.
    pub fn all(&self) -> String {
        let logs = self.phases.iter().map(|phase| format!("===> {} ({})\n{}", phase.name, phase.code, phase.log));
        logs.collect::<Vec<_>>().join("\n")
    }

    /// The files of a buildpack that came back before the build: `<layer>.toml`, `<layer>/…`.
    pub fn restored_of(&self, id: &str) -> Vec<&str> {
        let prefix = format!("{}/", id.replace('/', "_"));
        self.restored.iter().filter_map(|path| path.strip_prefix(&prefix)).collect()
    }

    /// A file in the layers folder: `group.toml`, `plan.toml` …
    pub fn table(&self, name: &str) -> Table {
        toml::from_str(&files::read(&self.layers.join(name))).unwrap_or_default()
    }

    /// A buildpack's folder in the layers folder.
    pub fn folder(&self, id: &str) -> PathBuf {
        self.layers.join(id.replace('/', "_"))
    }

    /// The layers of a buildpack as the build phase left them.
    pub fn layers_of(&self, id: &str) -> BTreeMap<String, LayerState> {
        let folder = self.folder(id);
        let names = std::fs::read_dir(&folder).into_iter().flatten().filter_map(|entry| {
            let name = entry.ok()?.file_name().into_string().ok()?;
            name.strip_suffix(".toml").map(str::to_owned)
        });
        let names = names.filter(|name| !["launch", "build", "store"].contains(&name.as_str()));
        names.map(|name| (name.clone(), state(&folder, &name))).filter(|(_, state)| !state.flags.is_empty()).collect()
    }

    /// The app folder after the build.
    pub fn workspace(&self) -> &Path {
        &self.workspace
    }

    /// A text with this platform's folders under the names that pack gives them.
    pub fn normalise(&self, text: &str, id: &str) -> String {
        text.replace(&self.folder(id).display().to_string(), "/layers")
            .replace(&self.workspace.display().to_string(), "/workspace")
            .replace(&self.root.display().to_string(), "/root")
    }
}

fn state(folder: &Path, name: &str) -> LayerState {
    let file: Table = toml::from_str(&files::read(&folder.join(format!("{name}.toml")))).unwrap_or_default();
    let types = file.get("types").and_then(toml::Value::as_table);
    let on = |key: &&str| types.and_then(|types| types.get(*key)?.as_bool()).unwrap_or_default();
    let flags: Vec<_> = ["build", "cache", "launch"].into_iter().filter(on).collect();
    let ending = |ending: &&str| folder.join(format!("{name}.sbom.{ending}")).is_file();
    let sboms = ["cdx.json", "spdx.json", "syft.json"].into_iter().filter(ending).map(str::to_owned).collect();
    LayerState { flags: flags.join(","), reused: on(&"launch") && !folder.join(name).is_dir(), sboms }
}
