//! What people set: `BP_*` and `BPL_*`, with the defaults of `[[metadata.configurations]]`.
//!
//! The same table feeds the code, the reference and the packager, so a setting that is read here
//! must be declared there; only the SDK's own are not ([`COMMON`]).

pub mod words;

use std::path::{Component as PathPart, Path, PathBuf};

use crate::descriptor::Configuration;
use crate::world::Variables;
use crate::{Error, Result};

/// What the SDK and its ready-made components read for every buildpack.
pub const COMMON: &[&str] = &[
    "BP_LOG_LEVEL",
    "BP_DEBUG",
    "BP_DISABLE_SBOM",
    "BP_DIRECT_PROCESS",
    "BP_EMBED_CERTS",
    "BP_ENABLE_RUNTIME_CERT_BINDING",
    "BP_KEEP_DOWNLOADS",
    "BP_PROCFILE_DEFAULT_PROCESS",
    "BP_RUNTIME_CERT_BINDING_DISABLED",
];

/// The settings of one build.
#[derive(Debug, Clone)]
pub struct Settings {
    variables: Variables,
    declared: Vec<Configuration>,
}

impl Settings {
    /// From the build's variables and the descriptor's declarations.
    pub fn new(variables: Variables, declared: Vec<Configuration>) -> Self {
        Self { variables, declared }
    }

    /// The value that is set, even if it is empty, else the declared default (libpak's rule).
    pub fn raw(&self, name: &str) -> Option<String> {
        debug_assert!(self.knows(name), "{name} is read but not declared in buildpack.toml");
        self.variables
            .text(name)
            .or_else(|| self.declared.iter().find(|one| one.name == name).and_then(|one| one.default.clone()))
    }

    /// As [`Self::raw`], without surrounding blanks; empty counts as not set.
    pub fn text(&self, name: &str) -> Option<String> {
        let value = self.raw(name)?;
        let value = value.trim();
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// A boolean by Go's `strconv.ParseBool`; empty or unset is `false`, anything else the user's error.
    pub fn flag(&self, name: &str) -> Result<bool> {
        let Some(value) = self.text(name) else { return Ok(false) };
        parse_bool(&value).ok_or_else(|| {
            Error::user("settings/not-a-boolean", format!("failed to parse {name} value {value}"))
                .hint(format!("Set {name} to true or false, or leave it unset."))
        })
    }

    /// A boolean for settings that Paketo compares with `true` and never rejects: what is no boolean
    /// is off. The second value says that the value made no sense, for a warning.
    pub fn lenient_flag(&self, name: &str) -> (bool, bool) {
        match self.text(name) {
            None => (false, false),
            Some(value) => parse_bool(&value).map_or((false, true), |on| (on, false)),
        }
    }

    /// The folder below `app` that a setting names, `app` itself when unset. It must exist and lie
    /// inside the app.
    pub fn folder(&self, name: &str, app: &Path) -> Result<PathBuf> {
        let Some(value) = self.text(name) else { return Ok(app.to_path_buf()) };
        let hint = || format!("Set {name} to a folder of the application, relative to its root.");
        let relative = Path::new(&value);
        let climbs = relative.components().any(|part| !matches!(part, PathPart::Normal(_) | PathPart::CurDir));
        if climbs {
            return Err(Error::user(
                "settings/folder-outside",
                format!("expected value derived from {name} [{value}] to lie inside the application"),
            )
            .hint(hint()));
        }
        let path: PathBuf = app.join(relative).components().collect();
        if path.is_dir() {
            return Ok(path);
        }
        Err(Error::user(
            "settings/folder-missing",
            format!("expected value derived from {name} [{value}] to be an existing directory"),
        )
        .hint(hint()))
    }

    fn knows(&self, name: &str) -> bool {
        COMMON.contains(&name) || self.declared.iter().any(|one| one.name == name)
    }
}

/// Go's `strconv.ParseBool`.
pub fn parse_bool(value: &str) -> Option<bool> {
    match value {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        let declared = |name: &str, default: Option<&str>| Configuration {
            name: name.to_owned(),
            description: String::new(),
            default: default.map(str::to_owned),
            build: true,
            launch: false,
        };
        let declared = vec![declared("BP_A", Some("7")), declared("BP_FOLDER", None)];
        Settings::new(pairs.iter().copied().collect(), declared)
    }

    #[test]
    fn an_empty_value_beats_the_default_but_counts_as_unset() {
        assert_eq!(settings(&[]).raw("BP_A").as_deref(), Some("7"));
        assert_eq!(settings(&[("BP_A", "")]).raw("BP_A").as_deref(), Some(""));
        assert_eq!(settings(&[("BP_A", "")]).text("BP_A"), None);
    }

    #[test]
    fn a_boolean_that_is_none_names_its_variable() {
        let error = settings(&[("BP_A", "yes")]).flag("BP_A").unwrap_err();
        assert_eq!(error.to_string(), "failed to parse BP_A value yes");
        assert!(settings(&[("BP_A", "T")]).flag("BP_A").unwrap());
    }

    #[test]
    fn a_folder_setting_cannot_leave_the_app() {
        let app = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(app.path().join("src/web")).unwrap();
        let folder = |value| settings(&[("BP_FOLDER", value)]).folder("BP_FOLDER", app.path());
        assert_eq!(folder("./src/web/").unwrap(), app.path().join("src/web"));
        assert_eq!(folder("").unwrap(), app.path());
        for outside in ["..", "/etc", "src/../.."] {
            assert_eq!(folder(outside).unwrap_err().id(), "settings/folder-outside");
        }
        assert_eq!(folder("lib").unwrap_err().id(), "settings/folder-missing");
    }
}
