use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::images::LayerView;
use super::{archive, normal::Places};
use crate::launch::{Launch, Process};
use crate::plan::Entry;
use crate::world::{Child, Variables};

/// What a whole build made.
///
/// Texts show the rig's folders under the names that a platform gives them: `/workspace`, `/layers`,
/// `/platform`, `/buildpack`.
#[derive(Debug)]
pub struct Built {
    /// All that was printed.
    pub log: String,
    /// Processes, labels, slices.
    pub launch: Launch,
    /// The layers of this buildpack in image, cache and later builds, by name.
    pub layers: Vec<LayerView>,
    /// The app folder as the image gets it.
    pub app: PathBuf,
    /// The plan's entries that reached the buildpack.
    pub entries: Vec<Entry>,
    /// Names of the plan whose entries are left to later buildpacks.
    pub unmet: Vec<String>,
    /// The command lines of the children that ran.
    pub ran: Vec<String>,
    /// The same children with folder and environment.
    pub children: Vec<Child>,
    /// The URIs that were fetched.
    pub fetched: Vec<String>,
    pub(super) places: Places,
    /// The folders stay as long as somebody looks into them.
    #[allow(dead_code, reason = "held, not read")]
    pub(super) root: Arc<tempfile::TempDir>,
}

impl Built {
    /// A layer of the image or the cache.
    pub fn layer(&self, name: &str) -> Option<&LayerView> {
        self.layers.iter().find(|layer| layer.name == name)
    }

    /// The names of the image's layers that were taken from the earlier image without a byte.
    pub fn reused(&self) -> Vec<&str> {
        self.layers.iter().filter(|layer| layer.reused).map(|layer| layer.name.as_str()).collect()
    }

    /// A process of the image.
    pub fn process(&self, kind: &str) -> Option<&Process> {
        self.launch.processes().iter().find(|process| process.kind == kind)
    }

    /// A process's command, joined with blanks as platforms do; empty when there is no such process.
    pub fn command(&self, kind: &str) -> String {
        self.process(kind).map(|process| self.places.hide(&process.command.join(" "))).unwrap_or_default()
    }

    /// The text of a start script of the image.
    pub fn script(&self, name: &str) -> Option<String> {
        let path = self.layer("environment")?.folder().join("bin").join(name);
        std::fs::read_to_string(path).ok()
    }

    /// The environment of the image, before helpers, over what `docker run --env` gives.
    pub fn environment(&self, given: &[(&str, &str)]) -> Variables {
        let mut variables: Variables = given.iter().copied().collect();
        self.layers.iter().for_each(|layer| layer.apply_folders(&mut variables));
        for layer in &self.layers {
            layer.apply_launch(&mut variables);
        }
        variables
    }

    /// One variable of the image's environment; empty when it is not set.
    pub fn variable(&self, name: &str) -> String {
        self.places.hide(&self.environment(&[]).text(name).unwrap_or_default())
    }

    /// The helpers that run when the image starts, in their order.
    pub fn helpers(&self) -> Vec<String> {
        let list = self.layer("environment").map(|layer| layer.folder().join(crate::phase::HELPERS));
        let text = list.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// All layers as lines: name, flags and whether it was re-used, the paths below; environment files
    /// with their content.
    pub fn tree(&self) -> String {
        let mut text = String::new();
        for layer in &self.layers {
            let reused = if layer.reused { ", reused" } else { "" };
            let _ = writeln!(text, "{} [{}{reused}]", layer.name, layer.flags);
            for line in layer.tree() {
                let path = layer.folder().join(&line);
                let of_environment = line.starts_with("env.") && path.is_file();
                let value = std::fs::read_to_string(path).ok().filter(|_| of_environment);
                let value = value.map(|value| format!(" = {value}")).unwrap_or_default();
                let line = if is_checksum(&line) { "<checksum>" } else { &line };
                let _ = writeln!(text, "  {line}{value}");
            }
        }
        self.places.hide(&text)
    }

    /// The app folder as lines.
    pub fn app_tree(&self) -> String {
        self.places.hide(&archive::tree(&self.app).join("\n"))
    }

    /// Processes, labels and slices as lines.
    pub fn launch_text(&self) -> String {
        let mut text = String::new();
        for process in self.launch.processes() {
            let default = if process.default { " (default)" } else { "" };
            let _ = writeln!(text, "{}{default}: {:?}", process.kind, process.command);
        }
        for (key, value) in self.launch.labels() {
            let _ = writeln!(text, "label {key} = {value}");
        }
        for slice in self.launch.slices() {
            let _ = writeln!(text, "slice {slice:?}");
        }
        self.places.hide(&text)
    }

    /// Where a text occurs in what the build left: the log, metadata, SBOMs and files of layers, the
    /// app, processes and labels. For secrets, which must occur nowhere.
    pub fn places_of(&self, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut look = |place: String, content: &[u8]| {
            if !text.is_empty() && content.windows(text.len()).any(|window| window == text.as_bytes()) {
                found.push(place);
            }
        };
        look("log".to_owned(), self.log.as_bytes());
        look("launch".to_owned(), self.launch_text().as_bytes());
        for layer in &self.layers {
            look(format!("{}.toml", layer.name), layer.metadata.to_string().as_bytes());
            for (ending, sbom) in &layer.sboms {
                look(format!("{}.sbom.{ending}", layer.name), sbom);
            }
            for (path, content) in files(layer.folder()) {
                look(format!("{}/{path}", layer.name), &content);
            }
        }
        for (path, content) in files(&self.app) {
            look(format!("app/{path}"), &content);
        }
        found
    }
}

/// The files below a folder; compressed caches are opened.
fn files(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(root).into_iter().flatten().filter(|entry| entry.file_type().is_file()) {
        let path = entry.path().strip_prefix(root).unwrap_or(entry.path()).display().to_string();
        let Ok(content) = std::fs::read(entry.path()) else { continue };
        let content = if entry.path().extension().is_some_and(|ending| ending == "zst") {
            zstd::decode_all(&*content).unwrap_or(content)
        } else {
            content
        };
        files.push((path, content));
    }
    files
}

/// A kept download is called by its checksum, which a release of the compressor may change.
fn is_checksum(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}
