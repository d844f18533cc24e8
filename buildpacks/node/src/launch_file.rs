//! Which file starts an app that has no start script (paketo-buildpacks/libnodejs, `find_node_application.go`).

use std::path::{Component, Path, PathBuf};

use libpack::{Error, Result};

/// The names that are looked for in the project's folder, first to last.
pub const NAMES: [&str; 12] = [
    "server.js",
    "server.cjs",
    "server.mjs",
    "app.js",
    "app.cjs",
    "app.mjs",
    "main.js",
    "main.cjs",
    "main.mjs",
    "index.js",
    "index.cjs",
    "index.mjs",
];

/// What else is looked for where Node.js runs TypeScript.
const TYPESCRIPT_NAMES: [&str; 4] = ["server.ts", "app.ts", "main.ts", "index.ts"];

/// What decides the launch file.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// The app's folder.
    pub app: &'a Path,
    /// The project's folder, relative to the app's; empty when they are the same.
    pub project: &'a Path,
    /// `BP_LAUNCHPOINT`, relative to the app's folder.
    pub launchpoint: Option<&'a str>,
    /// False for `BP_VERIFY_LAUNCHPOINT=false`: a build script makes the file.
    pub verify: bool,
    /// `main` of `package.json`, relative to the project's folder.
    pub main: Option<&'a str>,
    /// Whether the Node.js that will run takes TypeScript: see [`runs_typescript`].
    pub typescript: bool,
}

/// The file that starts the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaunchFile {
    /// Relative to the app's folder, where it is run from.
    pub path: PathBuf,
    /// Found by `main` or as TypeScript only. It may say what an app starts with that joined for
    /// another reason, but it is no reason to join: `npm init` writes a `main` everywhere.
    pub weak: bool,
}

impl Search<'_> {
    /// Finds the file; none when the project has none.
    /// Errors: `node/launchpoint-missing`, `node/launchpoint-outside`.
    pub fn find(&self) -> Result<Option<LaunchFile>> {
        if let Some(wish) = self.launchpoint.filter(|wish| !wish.is_empty()) {
            return self.launchpoint(wish).map(|path| Some(LaunchFile { path, weak: false }));
        }
        let strong = NAMES.iter().find_map(|name| self.in_project(name));
        if let Some(path) = strong {
            return Ok(Some(LaunchFile { path, weak: false }));
        }
        let typescript = TYPESCRIPT_NAMES.iter().filter(|_| self.typescript);
        let weak = self.main().or_else(|| typescript.into_iter().find_map(|name| self.in_project(name)));
        Ok(weak.map(|path| LaunchFile { path, weak: true }))
    }

    /// Why nothing was found, in node-start's words.
    pub fn reason(&self) -> String {
        let folder = self.app.join(self.project);
        format!("could not find app in {}: expected one of {}", folder.display(), NAMES.join(" | "))
    }

    fn launchpoint(&self, wish: &str) -> Result<PathBuf> {
        let path = clean(Path::new(wish)).ok_or_else(|| {
            let message = format!("BP_LAUNCHPOINT [{wish}] leads out of the app");
            Error::user("node/launchpoint-outside", message)
                .hint("Set BP_LAUNCHPOINT to a file in the app, relative to the app's folder.")
        })?;
        if self.verify && !self.app.join(&path).exists() {
            let message = format!("expected value derived from BP_LAUNCHPOINT [{wish}] to be an existing file");
            return Err(Error::user("node/launchpoint-missing", message).hint(
                "Name a file relative to the app's folder, also with BP_NODE_PROJECT_PATH; \
                 when a build script makes it, set BP_VERIFY_LAUNCHPOINT=false.",
            ));
        }
        Ok(path)
    }

    fn in_project(&self, name: &str) -> Option<PathBuf> {
        let path = clean(&self.project.join(name))?;
        self.app.join(&path).is_file().then_some(path)
    }

    /// `main` as `require` reads it: the file itself, with an extension, or a folder's index.
    fn main(&self) -> Option<PathBuf> {
        let main = clean(Path::new(self.main?))?;
        let main = main.to_str()?;
        let names = ["", ".js", ".cjs", ".mjs", "/index.js"].map(|end| format!("{main}{end}"));
        names.iter().find_map(|name| self.in_project(name.trim_start_matches('/')))
    }
}

/// Whether this Node.js strips types without a flag: from 22.18 and 23.6 on.
pub fn runs_typescript(major: u64, minor: u64) -> bool {
    major > 23 || (major == 23 && minor >= 6) || (major == 22 && minor >= 18)
}

/// The path without `.` and `..` steps and a leading slash; none when it leads out.
fn clean(path: &Path) -> Option<PathBuf> {
    let mut cleaned = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => cleaned.push(name),
            Component::ParentDir if !cleaned.pop() => return None,
            _ => {}
        }
    }
    Some(cleaned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            libpack::fs::write(&folder.path().join(file), "").unwrap();
        }
        folder
    }

    fn search(app: &Path) -> Search<'_> {
        Search { app, project: Path::new(""), launchpoint: None, verify: true, main: None, typescript: false }
    }

    fn strong(path: &str) -> LaunchFile {
        LaunchFile { path: path.into(), weak: false }
    }

    fn weak(path: &str) -> LaunchFile {
        LaunchFile { path: path.into(), weak: true }
    }

    #[test]
    fn the_first_name_of_the_list_wins() {
        let folder = app(&["index.js", "app.mjs", "main.js"]);
        assert_eq!(search(folder.path()).find().unwrap(), Some(strong("app.mjs")));
        let folder = app(&["index.mjs", "server.cjs", "app.js"]);
        assert_eq!(search(folder.path()).find().unwrap(), Some(strong("server.cjs")));
        let folder = app(&["other.js", "server.js/keep"]);
        assert_eq!(search(folder.path()).find().unwrap(), None);
    }

    #[test]
    fn a_project_path_is_kept_in_the_result() {
        let folder = app(&["src/server.js", "index.js"]);
        let search = Search { project: Path::new("./src"), ..search(folder.path()) };
        assert_eq!(search.find().unwrap(), Some(strong("src/server.js")));
    }

    #[test]
    fn the_launchpoint_is_relative_to_the_app_and_wins() {
        let folder = app(&["server.js", "src/launchpoint.js", "p/server.js"]);
        let search = |wish| Search { launchpoint: Some(wish), project: Path::new("p"), ..search(folder.path()) };
        assert_eq!(search("./src/launchpoint.js").find().unwrap(), Some(strong("src/launchpoint.js")));
        assert_eq!(search("src/../server.js").find().unwrap(), Some(strong("server.js")));
        assert_eq!(search("").find().unwrap(), Some(strong("p/server.js")));
        let error = search("dist/main.js").find().unwrap_err();
        assert_eq!(error.id(), "node/launchpoint-missing");
        assert!(error.message().contains("BP_LAUNCHPOINT [dist/main.js] to be an existing file"));
        assert_eq!(search("../x.js").find().unwrap_err().id(), "node/launchpoint-outside");
    }

    #[test]
    fn a_launchpoint_that_a_build_script_makes_is_not_looked_for() {
        let folder = app(&[]);
        let search = Search { launchpoint: Some("./dist/main.js"), verify: false, ..search(folder.path()) };
        assert_eq!(search.find().unwrap(), Some(strong("dist/main.js")));
    }

    #[test]
    fn main_is_weak_and_comes_after_the_list() {
        let folder = app(&["p/lib/start.js", "p/lib/index.js", "p/run"]);
        let search = |main| Search { main: Some(main), project: Path::new("p"), ..search(folder.path()) };
        assert_eq!(search("lib/start.js").find().unwrap(), Some(weak("p/lib/start.js")));
        assert_eq!(search("./lib/start").find().unwrap(), Some(weak("p/lib/start.js")));
        assert_eq!(search("lib").find().unwrap(), Some(weak("p/lib/index.js")));
        assert_eq!(search("run").find().unwrap(), Some(weak("p/run")));
        assert_eq!(search("../outside.js").find().unwrap(), None);
        libpack::fs::write(&folder.path().join("p/index.mjs"), "").unwrap();
        assert_eq!(search("lib/start.js").find().unwrap(), Some(strong("p/index.mjs")));
    }

    #[test]
    fn typescript_counts_only_where_node_runs_it() {
        let folder = app(&["index.ts", "app.ts"]);
        assert_eq!(search(folder.path()).find().unwrap(), None);
        let search = Search { typescript: true, ..search(folder.path()) };
        assert_eq!(search.find().unwrap(), Some(weak("app.ts")));
        let runs = [(22, 17), (22, 18), (23, 5), (23, 6), (24, 0), (20, 99)].map(|(a, b)| runs_typescript(a, b));
        assert_eq!(runs, [false, true, false, true, true, false]);
    }

    #[test]
    fn the_reason_lists_the_names() {
        let search = Search { project: Path::new("web"), ..search(Path::new("/app")) };
        let reason = search.reason();
        assert!(reason.starts_with("could not find app in /app/web: expected one of server.js | server.cjs | "));
        assert!(reason.ends_with("index.cjs | index.mjs"));
    }
}
