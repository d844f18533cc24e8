//! What is to be compiled, and how: the settings of `go-build` (paketo-buildpacks/go-build,
//! `build_configuration_parser.go`).

use std::path::PathBuf;

use libpack::context::Surroundings;
use libpack::world::Variables;
use libpack::{Error, Result};

use crate::build_tags::Tags;
use crate::flag_words::{self, BuildFlags};
use crate::keep_files::{self, KeepFiles};
use crate::project::{Mode, Project};
use crate::targets::{self, Place};
use crate::vendoring::Vendoring;

/// Restarts the processes when their files change.
const LIVE_RELOAD: &str = "BP_LIVE_RELOAD_ENABLED";
/// The import path of an app without a `go.mod`.
const IMPORT_PATH: &str = "BP_GO_BUILD_IMPORT_PATH";

/// What is to be compiled, and how.
pub struct Configuration {
    pub project: Project,
    /// Packages as `go build` takes them, `./cmd/web`; the first one becomes the default process.
    pub targets: Vec<String>,
    /// The flags, with the defaults.
    pub flags: BuildFlags,
    /// Where the app lies below the GOPATH, when that rules.
    pub import_path: String,
    /// What survives of the sources.
    pub keep: KeepFiles,
    pub reload: bool,
    pub vendoring: Vendoring,
    /// Whether Go is told to take modules from `vendor`.
    wants_vendor: bool,
    modules: Vec<PathBuf>,
    tags: Tags,
}

impl Configuration {
    /// Reads the settings, with the variables that flags may name. `go/no-go-files` means that the app is
    /// none of ours; other errors are those of [`Project::of`], [`flag_words`], [`Place::targets`],
    /// [`KeepFiles::parse`], and `settings/not-a-boolean`.
    pub fn of(around: &Surroundings, variables: &Variables) -> Result<Self> {
        let raw = |name: &str| around.settings().raw(name);
        let project = Project::of(around)?;
        let words = flag_words::user_flags(
            raw(flag_words::FLAGS).as_deref(),
            raw(flag_words::LDFLAGS).filter(|value| !value.is_empty()).as_deref(),
            variables,
        )?;
        let flags = BuildFlags::complete(words, is_static(around, variables));
        let cgo = !flags.without_cgo && variables.text("CGO_ENABLED").is_none_or(|value| value != "0");
        let tags = Tags::new(&around.target().arch, &flag_words::tags(&flags.words), cgo);
        let told = told(&flags.words, variables);
        let mut configuration = Self {
            modules: project.workspace_modules(),
            vendoring: project.vendoring(told.as_deref())?,
            wants_vendor: told.is_some_and(|told| told == "vendor"),
            project,
            targets: Vec::new(),
            flags,
            import_path: around.setting(IMPORT_PATH).unwrap_or_else(|| targets::WORKSPACE.to_owned()),
            keep: KeepFiles::parse(raw(keep_files::SETTING).as_deref())?,
            reload: around.settings().flag(LIVE_RELOAD)?,
            tags,
        };
        configuration.targets = configuration.place().targets(raw(targets::SETTING).as_deref())?;
        Ok(configuration)
    }

    fn place(&self) -> Place<'_> {
        let Project { app, folder, .. } = &self.project;
        Place { app, folder, modules: &self.modules, tags: &self.tags }
    }

    /// The import path that an executable made from a target carries in it.
    /// Errors: `go/mod-invalid`.
    pub fn import_path_of(&self, target: &str) -> Result<String> {
        self.place().import_path(target, &self.import_path)
    }

    /// Whether the modules are to be put into `vendor`: Go is told to find them there, or somebody wants
    /// to see them in the image.
    pub fn vendors(&self) -> bool {
        let shown = self.wants_vendor || self.keep.names("vendor");
        shown && self.vendoring == Vendoring::Absent && self.project.mode() != Mode::Gopath
    }
}

/// The value of `-mod`, in the setting or in Go's own variable.
fn told(words: &[String], variables: &Variables) -> Option<String> {
    let of_variable = variables.text("GOFLAGS").unwrap_or_default();
    let of_variable: Vec<String> = of_variable.split_whitespace().map(str::to_owned).collect();
    [words, &of_variable].iter().find_map(|words| flag_words::value_of(words, "mod")).map(str::to_owned)
}

/// Paketo knows one stack without a libc (paketo-buildpacks/go-build, `go_build_process.go`); all of that
/// name are alike. And who switches cgo off wants an executable that needs nothing: as a position
/// independent one it would still ask for a loader.
fn is_static(around: &Surroundings, variables: &Variables) -> bool {
    let stack = around.variable("CNB_STACK_ID").is_some_and(|stack| stack.ends_with(".static"));
    stack || variables.text("CGO_ENABLED").is_some_and(|value| value == "0")
}

/// Whether an error says that the app is none of ours: an app of modules without a program is, and its
/// people should hear of it.
pub fn is_no_app(error: &Error, project: &Project) -> bool {
    error.id() == "go/no-go-files" || (error.id() == "go/no-main-package" && project.mode() == Mode::Gopath)
}
