//! Where an app is built, and by which rules: modules, a workspace of modules, or the GOPATH.

use std::path::{Path, PathBuf};

use libpack::context::Surroundings;
use libpack::sbom::go::{GoMod, GoWork};
use libpack::{Result, fs};

use crate::go_version::{GO_MOD, GO_WORK, Need};
use crate::targets::is_go;
use crate::vendoring::{self, Vendoring};
use crate::workdir;

/// By which rules Go reads an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A `go.mod` at or above the build's folder.
    Module,
    /// A `go.work` at or above it, or one that `BP_GO_WORK_USE` asks for.
    Workspace,
    /// Neither: as before there were modules.
    Gopath,
}

/// Where an app is built.
pub struct Project {
    /// The app's folder.
    pub app: PathBuf,
    /// The build's folder, at or below the app's.
    pub folder: PathBuf,
    /// Modules that `BP_GO_WORK_USE` puts into a workspace.
    pub work_use: Vec<String>,
    /// The `go.mod` that rules, with its folder.
    pub module: Option<(PathBuf, GoMod)>,
    /// The `go.work` that rules, with its folder.
    pub workspace: Option<(PathBuf, GoWork)>,
}

impl Project {
    /// Reads the settings and the files.
    /// Errors: those of [`workdir::find`], and `go/mod-invalid`.
    pub fn of(around: &Surroundings) -> Result<Self> {
        let app = around.app().to_path_buf();
        let folder = workdir::find(&app, around.settings().raw(workdir::SETTING).as_deref())?;
        let work_use = around.setting("BP_GO_WORK_USE").map(|list| list.split(':').map(str::to_owned).collect());
        let off = around.variable("GOWORK").is_some_and(|value| value == "off");
        let workspace = if off { None } else { nearest(&folder, &app, GO_WORK, GoWork::parse)? };
        let module = nearest(&folder, &app, GO_MOD, GoMod::parse)?;
        Ok(Self { app, folder, work_use: work_use.unwrap_or_default(), module, workspace })
    }

    /// The rules.
    pub fn mode(&self) -> Mode {
        if self.workspace.is_some() || !self.work_use.is_empty() {
            Mode::Workspace
        } else if self.module.is_some() {
            Mode::Module
        } else {
            Mode::Gopath
        }
    }

    /// Whether the build's folder has a `go.work` of its own.
    pub fn has_workspace_file(&self) -> bool {
        self.workspace.as_ref().is_some_and(|(folder, _)| *folder == self.folder)
    }

    /// What the files ask of Go; none without any.
    pub fn need(&self) -> Option<Need> {
        Need::of(self.module.as_ref().map(|(_, file)| file), self.workspace.as_ref().map(|(_, file)| file))
    }

    /// The folders of a workspace's modules, those of `BP_GO_WORK_USE` among them.
    pub fn workspace_modules(&self) -> Vec<PathBuf> {
        let of_file = self.workspace.iter().flat_map(|(root, work)| work.uses.iter().map(move |used| root.join(used)));
        let of_setting = self.work_use.iter().map(|used| self.folder.join(used));
        of_file.chain(of_setting).map(|folder| workdir::resolve(&folder)).collect()
    }

    /// What the folder `vendor` is good for; `told` is the value of the user's `-mod`.
    pub fn vendoring(&self, told: Option<&str>) -> Result<Vendoring> {
        let (folder, mode) = match (&self.workspace, &self.module) {
            (Some((folder, work)), _) => (folder, vendoring::Mode::Workspace(work.go.as_deref())),
            // A workspace of the setting is made without one.
            _ if !self.work_use.is_empty() => return Ok(Vendoring::Absent),
            (None, Some((folder, module))) => (folder, vendoring::Mode::Module(module.go.as_deref())),
            (None, None) => (&self.folder, vendoring::Mode::Gopath),
        };
        Vendoring::find(folder, mode, told)
    }
}

/// Whether an app without any setting would be one of ours.
pub fn looks_like_go(app: &Path) -> Result<bool> {
    let of_go = |name: &String| name == GO_MOD || name == GO_WORK || is_go(name);
    Ok(fs::list(app)?.iter().any(of_go))
}

type Parse<T> = fn(&str, &str) -> Result<T>;

/// The file at or above `start`, but not above `app`.
fn nearest<T>(start: &Path, app: &Path, name: &str, parse: Parse<T>) -> Result<Option<(PathBuf, T)>> {
    let mut folders = start.ancestors().take_while(|folder| folder.starts_with(app));
    let Some(folder) = folders.find(|folder| folder.join(name).is_file()) else { return Ok(None) };
    let file = folder.join(name);
    let location = file.strip_prefix(app).unwrap_or(&file).display().to_string();
    let parsed = parse(&fs::read_text(&file)?, &location)?;
    Ok(Some((folder.to_path_buf(), parsed)))
}
