//! How npm installs the modules of a project: which command, with which arguments
//! (paketo-buildpacks/npm-install, `build_process_resolver.go`).

use std::path::Path;

/// The lock that npm goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// `package-lock.json`.
    Package,
    /// `npm-shrinkwrap.json`, which wins over the other one, as in npm.
    Shrinkwrap,
}

impl Lock {
    /// The file's name.
    pub fn file(self) -> &'static str {
        match self {
            Self::Package => "package-lock.json",
            Self::Shrinkwrap => "npm-shrinkwrap.json",
        }
    }
}

/// What a project brings that decides the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inputs {
    /// Its lock.
    pub lock: Option<Lock>,
    /// Whether it brings `node_modules`.
    pub node_modules: bool,
    /// Whether it brings `npm-cache`.
    pub npm_cache: bool,
}

impl Inputs {
    /// Looks into the project's folder.
    pub fn find(project: &Path) -> Self {
        let locks = [Lock::Shrinkwrap, Lock::Package];
        Self {
            lock: locks.into_iter().find(|lock| project.join(lock.file()).is_file()),
            node_modules: project.join("node_modules").exists(),
            npm_cache: project.join("npm-cache").exists(),
        }
    }

    /// The lines below `Process inputs:`. A shrinkwrap has a line of its own, so that the others
    /// read as in Paketo's logs.
    pub fn log_lines(self) -> Vec<String> {
        let mut inputs = vec![
            ("node_modules", self.node_modules),
            ("npm-cache", self.npm_cache),
            (Lock::Package.file(), self.lock == Some(Lock::Package)),
        ];
        if self.lock == Some(Lock::Shrinkwrap) {
            inputs.insert(2, (Lock::Shrinkwrap.file(), true));
        }
        let width = inputs.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        let found = |there| if there { "Found" } else { "Not found" };
        inputs.iter().map(|(name, there)| format!("{name:width$} -> \"{}\"", found(*there))).collect()
    }

    /// The command for these inputs.
    pub fn process(self) -> NpmProcess {
        match (self.lock.is_some(), self.node_modules, self.npm_cache) {
            (false, false, _) => NpmProcess::Install,
            (false, true, _) | (true, true, false) => NpmProcess::Rebuild,
            (true, _, _) => NpmProcess::Ci,
        }
    }
}

/// The way to install.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NpmProcess {
    /// `npm install`: no lock, so every build may get something else.
    Install,
    /// `npm ci`: exactly what the lock says.
    Ci,
    /// `npm rebuild`: the modules came with the sources.
    Rebuild,
}

/// Which modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Modules {
    /// The development ones too, whatever `NODE_ENV` says: for build scripts.
    All,
    /// What npm takes under the `NODE_ENV` of the build, `production` unless the user set it.
    AsNodeEnvSays,
}

/// One run of npm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// npm's arguments.
    pub args: Vec<String>,
    /// Whether it gets the build's `NPM_CONFIG_LOGLEVEL`; list and scripts speak as npm likes.
    pub quiet: bool,
    /// The error's id when npm fails.
    pub id: &'static str,
    /// The error's message when npm fails.
    pub failure: &'static str,
}

impl NpmProcess {
    /// `npm ci` and the like, for the log.
    pub fn command(self) -> &'static str {
        match self {
            Self::Install => "npm install",
            Self::Ci => "npm ci",
            Self::Rebuild => "npm rebuild",
        }
    }

    /// The line after the inputs.
    pub fn log_line(self) -> String {
        format!("Selected NPM build process: '{}'", self.command())
    }

    /// The runs of npm in the project's folder, in order. `cache` is npm's download cache;
    /// `node_home` is where Node's headers are, for native addons.
    pub fn steps(self, modules: Modules, cache: &Path, node_home: Option<&Path>) -> Vec<Step> {
        match self {
            Self::Install => {
                vec![fetching("install", modules, cache, "npm/install-failed", "npm install failed")]
            }
            Self::Ci => vec![fetching("ci", modules, cache, "npm/ci-failed", "npm ci failed")],
            Self::Rebuild => rebuilding(node_home),
        }
    }
}

fn fetching(command: &str, modules: Modules, cache: &Path, id: &'static str, failure: &'static str) -> Step {
    let cache = cache.display().to_string();
    let mut args = vec![command.to_owned(), "--cache".to_owned(), cache];
    if modules == Modules::All {
        args.push("--include=dev".to_owned());
    }
    Step { args, quiet: true, id, failure }
}

fn rebuilding(node_home: Option<&Path>) -> Vec<Step> {
    let script = |name: &str, id, failure| Step {
        args: ["run-script", name, "--if-present"].map(str::to_owned).to_vec(),
        quiet: false,
        id,
        failure,
    };
    let mut rebuild = vec!["rebuild".to_owned()];
    rebuild.extend(node_home.map(|home| format!("--nodedir={}", home.display())));
    vec![
        Step {
            args: vec!["list".to_owned()],
            quiet: false,
            id: "npm/unmet-dependencies",
            failure: "vendored node_modules have unmet dependencies: npm list failed",
        },
        script("preinstall", "npm/preinstall-failed", "preinstall script failed on rebuild"),
        Step { args: rebuild, quiet: true, id: "npm/rebuild-failed", failure: "npm rebuild failed" },
        script("postinstall", "npm/postinstall-failed", "postinstall script failed on rebuild"),
    ]
}

/// Takes the development modules out of an installed tree: `npm prune` obeys `NODE_ENV`.
pub fn prune() -> Step {
    Step { args: vec!["prune".to_owned()], quiet: true, id: "npm/prune-failed", failure: "npm prune failed" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::tests::project;

    #[test]
    fn the_table_of_commands_holds() {
        let lock = Some(Lock::Package);
        let cases = [
            (None, false, false, NpmProcess::Install),
            (None, false, true, NpmProcess::Install),
            (None, true, false, NpmProcess::Rebuild),
            (None, true, true, NpmProcess::Rebuild),
            (lock, false, false, NpmProcess::Ci),
            (lock, false, true, NpmProcess::Ci),
            (lock, true, false, NpmProcess::Rebuild),
            (lock, true, true, NpmProcess::Ci),
            (Some(Lock::Shrinkwrap), false, false, NpmProcess::Ci),
        ];
        for (lock, node_modules, npm_cache, process) in cases {
            let inputs = Inputs { lock, node_modules, npm_cache };
            assert_eq!(inputs.process(), process, "{inputs:?}");
        }
    }

    #[test]
    fn inputs_are_found_and_told_in_paketos_words() {
        let folder = project(&[("package-lock.json", "{}"), ("npm-cache/x", "")]);
        let inputs = Inputs::find(folder.path());
        assert_eq!(
            inputs.log_lines(),
            ["node_modules      -> \"Not found\"", "npm-cache         -> \"Found\"", "package-lock.json -> \"Found\"",]
        );
        assert_eq!(inputs.process().log_line(), "Selected NPM build process: 'npm ci'");
    }

    #[test]
    fn a_shrinkwrap_wins_over_a_lock_as_in_npm() {
        let folder = project(&[("package-lock.json", "{}"), ("npm-shrinkwrap.json", "{}"), ("node_modules/a", "")]);
        let inputs = Inputs::find(folder.path());
        assert_eq!(inputs.lock, Some(Lock::Shrinkwrap));
        assert_eq!(inputs.log_lines()[2], "npm-shrinkwrap.json -> \"Found\"");
        assert_eq!(inputs.log_lines()[0], "node_modules        -> \"Found\"");
    }

    #[test]
    fn the_arguments_are_exact() {
        let (cache, home) = (Path::new("/c/npm-cache"), Path::new("/n/node"));
        let lines = |process: NpmProcess, modules, home| {
            let steps = process.steps(modules, cache, home);
            steps.iter().map(|step| step.args.join(" ")).collect::<Vec<_>>()
        };
        let launch = Modules::AsNodeEnvSays;
        assert_eq!(lines(NpmProcess::Install, launch, None), ["install --cache /c/npm-cache"]);
        assert_eq!(lines(NpmProcess::Ci, launch, Some(home)), ["ci --cache /c/npm-cache"]);
        assert_eq!(lines(NpmProcess::Ci, Modules::All, None), ["ci --cache /c/npm-cache --include=dev"]);
        let rebuild = [
            "list",
            "run-script preinstall --if-present",
            "rebuild --nodedir=/n/node",
            "run-script postinstall --if-present",
        ];
        assert_eq!(lines(NpmProcess::Rebuild, launch, Some(home)), rebuild);
        assert_eq!(lines(NpmProcess::Rebuild, launch, None)[2], "rebuild");
        assert_eq!(prune().args, ["prune"]);
    }

    #[test]
    fn a_failure_is_told_in_paketos_words() {
        let steps = NpmProcess::Rebuild.steps(Modules::All, Path::new("/c"), None);
        assert_eq!(steps[0].failure, "vendored node_modules have unmet dependencies: npm list failed");
        assert_eq!(steps.iter().map(|step| step.quiet).collect::<Vec<_>>(), [false, false, true, false]);
        let ids: std::collections::BTreeSet<_> = steps.iter().map(|step| step.id).collect();
        assert_eq!(ids.len(), 4);
    }
}
