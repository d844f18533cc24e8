//! The packages that are compiled: `BP_GO_TARGETS`, or the main packages that are found
//! (paketo-buildpacks/go-build, `go_target_manager.go`).

use std::path::{Path, PathBuf};

use libpack::fs::{list, read_text};
use libpack::sbom::go::GoMod;
use libpack::{Error, Result};

use crate::build_tags::Tags;
use crate::source_file::holds_main;
use crate::workdir::resolve;

/// The setting.
pub const SETTING: &str = "BP_GO_TARGETS";
/// The import path of an app without modules, unless `BP_GO_BUILD_IMPORT_PATH` says another.
pub const WORKSPACE: &str = "workspace";

/// Where packages are looked for.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The app's folder.
    pub app: &'a Path,
    /// The folder that Go runs in: the app's or one below it.
    pub folder: &'a Path,
    /// The folders of the modules of a workspace; none without a `go.work`.
    pub modules: &'a [PathBuf],
    /// The tags of the build.
    pub tags: &'a Tags,
}

impl Place<'_> {
    /// The targets as Go takes them from [`Self::folder`], in order: `.`, `./cmd/web`.
    ///
    /// Without a setting: the folder itself when it holds a main package, else those below `cmd`, else,
    /// in an app of modules, those anywhere else. In the setting, `./cmd/...` stands for all below `cmd`.
    /// Errors: `go/target-absolute`, `go/target-outside`, `go/target-empty`, `go/no-go-files`,
    /// `go/no-main-package`.
    pub fn targets(&self, setting: Option<&str>) -> Result<Vec<String>> {
        let Some(setting) = setting.filter(|setting| !setting.is_empty()) else { return self.find() };
        let mut targets = Vec::new();
        for member in setting.split(':') {
            targets.extend(self.check(member)?);
        }
        Ok(targets)
    }

    /// The import path of a target, by which its executable is known: the path of the module that it
    /// lies in and its folder there. Without modules it begins with `import_path`.
    /// Errors: `go/mod-invalid`.
    pub fn import_path(&self, target: &str, import_path: &str) -> Result<String> {
        let folder = resolve(&self.folder.join(target));
        let (start, root) = match self.module_of(&folder).filter(|_| self.has_modules()) {
            Some(root) => (module_path(&root)?, root),
            None => (import_path.trim_end_matches('/').to_owned(), self.folder.to_path_buf()),
        };
        let below = folder.strip_prefix(&root).unwrap_or(Path::new(""));
        Ok(if below.as_os_str().is_empty() { start } else { format!("{start}/{}", below.display()) })
    }

    fn check(&self, member: &str) -> Result<Vec<String>> {
        if member.starts_with('/') {
            let message = format!(
                "failed to determine build targets: {member:?} is an absolute path, targets must be relative to the source directory"
            );
            return Err(Error::user("go/target-absolute", message).hint(format!("Write .{member} into {SETTING}.")));
        }
        let (member, is_pattern) =
            match member.strip_suffix("...").filter(|rest| rest.is_empty() || rest.ends_with('/')) {
                Some(rest) => (rest, true),
                None => (member, false),
            };
        let target = clean(member);
        let folder = resolve(&self.folder.join(&target));
        if !folder.starts_with(self.app) {
            let message = format!("the build target {member:?} lies outside of the application");
            return Err(Error::user("go/target-outside", message)
                .hint(format!("Name folders of the application in {SETTING}.")));
        }
        if is_pattern {
            let found = self.mains(&folder, &target)?;
            return if found.is_empty() { Err(no_main_package()) } else { Ok(found) };
        }
        if list(&folder).is_ok_and(|names| names.iter().any(|name| is_go(name) && folder.join(name).is_file())) {
            return Ok(vec![format!("./{target}")]);
        }
        Err(Error::user(
            "go/target-empty",
            format!("there were no *.go files present in {:?}", folder.display().to_string()),
        )
        .hint(format!(
            "Name folders in {SETTING}, with `:` between them; `./cmd/...` stands for all main packages below cmd."
        )))
    }

    fn find(&self) -> Result<Vec<String>> {
        let names = list(self.folder)?;
        if holds_main(self.folder, &names, self.tags) {
            return Ok(vec![".".to_owned()]);
        }
        let mut search = Search { seen: names.iter().any(|name| is_go(name)), found: Vec::new() };
        let cmd = self.folder.join("cmd");
        if is_folder(&cmd) {
            self.walk_cmd(&cmd, "./cmd", &mut search)?;
        }
        // Somebody else's app may well hold a Go tool somewhere; one with a module is Go's.
        if search.found.is_empty() && self.has_modules() {
            self.walk(self.folder, "", &mut search)?;
        }
        match search {
            Search { found, .. } if !found.is_empty() => Ok(found),
            Search { seen: true, .. } => Err(no_main_package()),
            Search { .. } => Err(Error::user("go/no-go-files", "no *.go files could be found")
                .hint(format!("Name the folders of the main packages in {SETTING}."))),
        }
    }

    /// Paketo's walk: once a folder gave a target, what sorts behind its first `.go` file is not looked
    /// at. A folder without a main package gives none.
    fn walk_cmd(&self, folder: &Path, target: &str, search: &mut Search) -> Result<()> {
        let names = list(folder)?;
        let gives = self.is_ours(folder) && holds_main(folder, &names, self.tags);
        for name in &names {
            let path = folder.join(name);
            if is_folder(&path) {
                self.walk_cmd(&path, &format!("{target}/{name}"), search)?;
            } else if is_go(name) {
                search.seen = true;
                if gives {
                    search.found.push(target.to_owned());
                    break;
                }
            }
        }
        Ok(())
    }

    /// All main packages at and below a folder, as `./...` finds them.
    fn mains(&self, folder: &Path, target: &str) -> Result<Vec<String>> {
        let mut search = Search::default();
        let below = if target == "." { String::new() } else { format!("/{target}") };
        self.walk(folder, &below, &mut search)?;
        Ok(search.found)
    }

    /// `below` is the folder's path with a slash in front, empty for the place itself.
    fn walk(&self, folder: &Path, below: &str, search: &mut Search) -> Result<()> {
        let names = list(folder)?;
        search.seen |= names.iter().any(|name| is_go(name));
        if self.is_ours(folder) && holds_main(folder, &names, self.tags) {
            search.found.push(if below.is_empty() { ".".to_owned() } else { format!(".{below}") });
        }
        let skipped =
            |name: &str| name.starts_with(['.', '_']) || ["testdata", "vendor", "node_modules"].contains(&name);
        for name in names.iter().filter(|name| !skipped(name)) {
            let path = folder.join(name);
            if is_folder(&path) {
                self.walk(&path, &format!("{below}/{name}"), search)?;
            }
        }
        Ok(())
    }

    /// Whether Go, run from the place, knows the packages of a folder: another module's it does not.
    fn is_ours(&self, folder: &Path) -> bool {
        let module = self.module_of(folder);
        if self.modules.is_empty() {
            return !self.has_modules() || module == self.module_of(self.folder);
        }
        module.is_some_and(|module| self.modules.iter().any(|one| resolve(one) == module))
    }

    fn has_modules(&self) -> bool {
        !self.modules.is_empty() || self.module_of(self.folder).is_some()
    }

    /// The nearest folder at or above, in the app, with a `go.mod`.
    fn module_of(&self, folder: &Path) -> Option<PathBuf> {
        let mut above = folder.ancestors().take_while(|folder| folder.starts_with(self.app));
        above.find(|folder| folder.join("go.mod").is_file()).map(Path::to_path_buf)
    }
}

/// What a walk came by.
#[derive(Default)]
struct Search {
    /// Whether there was any `.go` file.
    seen: bool,
    found: Vec<String>,
}

fn module_path(root: &Path) -> Result<String> {
    let path = root.join("go.mod");
    let location = path.display().to_string();
    GoMod::parse(&read_text(&path)?, &location)?.module.ok_or_else(|| {
        Error::user("go/mod-invalid", format!("{location} names no module"))
            .hint("Add a line `module example.com/name`, or run `go mod init`.")
    })
}

fn no_main_package() -> Error {
    Error::user("go/no-main-package", "no main package could be found").hint(format!(
        "An app needs a folder with `package main`; name it in {SETTING}, and its build tags in BP_GO_BUILD_FLAGS."
    ))
}

pub fn is_go(name: &str) -> bool {
    name.strip_suffix(".go").is_some()
}

/// A folder itself, no link to one: links lead in circles.
fn is_folder(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|meta| meta.is_dir())
}

/// A relative path by the rule of Go's `path.Clean`.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

#[cfg(test)]
mod tests;
