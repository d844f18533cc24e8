//! Whether an app brings its dependencies in `vendor`, and whether the Go command uses them (golang/go,
//! `src/cmd/go/internal/modload/init.go`).

use std::path::Path;

use libpack::Result;
use libpack::fs::{list, read_text_if_any};

use crate::go_version::Bound;

/// From this `go` line on Go uses the folder without being told.
const FIRST: &str = "1.14";

/// What the folder `vendor` is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Vendoring {
    /// There is none.
    Absent,
    /// Go takes the modules from it and nothing from elsewhere.
    Used,
    /// Go leaves it alone, for this reason, and looks for the modules elsewhere.
    Ignored(String),
    /// Go would take it, but it holds no modules, only something else of this name. It needs
    /// `-mod=readonly` to look elsewhere.
    Unlisted,
}

/// How the Go command finds modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode<'a> {
    /// One module, with the `go` line of its `go.mod`.
    Module(Option<&'a str>),
    /// A workspace, with the `go` line of its `go.work`.
    Workspace(Option<&'a str>),
    /// No modules at all.
    Gopath,
}

impl Vendoring {
    /// Of the folder with the `go.mod` or `go.work`. `told` is the value of the user's `-mod`, if any.
    /// A file of this name is no vendoring (paketo-buildpacks/go-mod-vendor takes it for one).
    pub fn find(folder: &Path, mode: Mode<'_>, told: Option<&str>) -> Result<Self> {
        let vendor = folder.join("vendor");
        if !vendor.is_dir() {
            return Ok(Self::Absent);
        }
        let modules = read_text_if_any(&vendor.join("modules.txt"))?;
        Ok(match (mode, told) {
            (Mode::Gopath, _) if list(&vendor)?.is_empty() => Self::Absent,
            (Mode::Gopath, _) | (_, Some("vendor")) => Self::Used,
            (_, Some(told)) => Self::Ignored(format!("-mod={told} is set")),
            (Mode::Module(go), None) => of_module(modules.as_deref(), go),
            (Mode::Workspace(go), None) => of_workspace(modules.as_deref(), go),
        })
    }

    /// Whether the build fetches no module.
    pub fn is_used(&self) -> bool {
        *self == Self::Used
    }
}

fn of_module(modules: Option<&str>, go: Option<&str>) -> Vendoring {
    if let Some(reason) = too_old("go.mod", go) {
        return Vendoring::Ignored(reason);
    }
    match modules {
        None => Vendoring::Unlisted,
        Some(modules) if is_of_workspace(modules) => {
            Vendoring::Ignored("`go work vendor` made it, and this is no workspace".to_owned())
        }
        Some(_) => Vendoring::Used,
    }
}

fn of_workspace(modules: Option<&str>, go: Option<&str>) -> Vendoring {
    if let Some(reason) = too_old("go.work", go) {
        return Vendoring::Ignored(reason);
    }
    match modules {
        Some(modules) if is_of_workspace(modules) => Vendoring::Used,
        _ => Vendoring::Ignored("in a workspace `go work vendor` makes it".to_owned()),
    }
}

fn too_old(file: &str, go: Option<&str>) -> Option<String> {
    let Some(go) = go else { return Some(format!("{file} has no go line")) };
    (Bound::parse(go) < Bound::parse(FIRST)).then(|| format!("{file} says go {go}, Go uses it from go {FIRST} on"))
}

/// The mark in the first line, between semicolons.
fn is_of_workspace(modules: &str) -> bool {
    let first = modules.lines().next().and_then(|line| line.strip_prefix("## "));
    first.is_some_and(|marks| marks.split(';').any(|mark| mark.trim() == "workspace"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: &str = "# github.com/a/b v1.0.0\n## explicit\ngithub.com/a/b\n";
    const WORKSPACE: &str = "## workspace\n# github.com/a/b v1.0.0\n";

    fn ignored(reason: &str) -> Vendoring {
        Vendoring::Ignored(reason.to_owned())
    }

    fn find(file: &str, text: &str, mode: Mode<'_>, told: Option<&str>) -> Vendoring {
        let app = tempfile::tempdir().unwrap();
        libpack::fs::write(&app.path().join(file), text).unwrap();
        Vendoring::find(app.path(), mode, told).unwrap()
    }

    #[test]
    fn go_uses_a_list_that_was_made_in_the_same_mode() {
        let no_workspace = ignored("`go work vendor` made it, and this is no workspace");
        let workspace = ignored("in a workspace `go work vendor` makes it");
        let old = |file, go| ignored(&format!("{file} says go {go}, Go uses it from go 1.14 on"));
        for (text, mode, expected) in [
            (MODULE, Mode::Module(Some("1.14")), Vendoring::Used),
            (MODULE, Mode::Module(Some("1.26.7")), Vendoring::Used),
            (MODULE, Mode::Module(Some("1.13")), old("go.mod", "1.13")),
            (MODULE, Mode::Module(None), ignored("go.mod has no go line")),
            (WORKSPACE, Mode::Module(Some("1.26")), no_workspace),
            (WORKSPACE, Mode::Workspace(Some("1.22")), Vendoring::Used),
            ("## more; workspace\n", Mode::Workspace(Some("1.22")), Vendoring::Used),
            (MODULE, Mode::Workspace(Some("1.22")), workspace),
            (WORKSPACE, Mode::Workspace(None), ignored("go.work has no go line")),
        ] {
            assert_eq!(find("vendor/modules.txt", text, mode, None), expected, "{mode:?}");
        }
    }

    #[test]
    fn a_folder_without_a_list_holds_no_modules() {
        let of = |mode| find("vendor/jquery.js", "", mode, None);
        assert_eq!(of(Mode::Module(Some("1.26"))), Vendoring::Unlisted);
        assert_eq!(of(Mode::Module(Some("1.13"))), ignored("go.mod says go 1.13, Go uses it from go 1.14 on"));
        assert!(matches!(of(Mode::Workspace(Some("1.26"))), Vendoring::Ignored(_)));
        assert_eq!(of(Mode::Gopath), Vendoring::Used);
    }

    #[test]
    fn a_file_of_the_name_and_an_empty_folder_without_modules_are_none() {
        for mode in [Mode::Module(Some("1.26")), Mode::Workspace(Some("1.26")), Mode::Gopath] {
            assert_eq!(find("vendor", "", mode, None), Vendoring::Absent);
        }
        let app = tempfile::tempdir().unwrap();
        libpack::fs::create_dir(&app.path().join("vendor")).unwrap();
        assert_eq!(Vendoring::find(app.path(), Mode::Gopath, None).unwrap(), Vendoring::Absent);
        assert_eq!(Vendoring::find(app.path(), Mode::Module(Some("1.26")), None).unwrap(), Vendoring::Unlisted);
    }

    #[test]
    fn what_the_user_says_of_modules_decides() {
        let of = |told| find("vendor/modules.txt", MODULE, Mode::Module(Some("1.13")), Some(told));
        assert!(of("vendor").is_used());
        assert_eq!(of("mod"), ignored("-mod=mod is set"));
    }
}
