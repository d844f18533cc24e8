//! What a build left: by patterns, as the user or the tool's habit says (paketo-buildpacks/libbs, `resolvers.go`).

use std::path::{Path, PathBuf};

use libpack::archive::ZipReader;
use libpack::context::Surroundings;
use libpack::glob::Pattern;
use libpack::{Error, Result};
use walkdir::WalkDir;

use super::arguments::{explicit, split};
use crate::manifest::Manifest;

/// How many candidates a message names.
const SHOWN: usize = 8;
/// How deep modules lie in other modules, at the most.
const DEPTH: usize = 8;

/// Where a tool leaves what it built, and the settings that say otherwise.
pub struct Habit {
    /// The setting of the patterns.
    pub artifact: &'static str,
    /// The setting of the module.
    pub module: &'static str,
    /// The folder of all output, below a module.
    pub output: &'static str,
    /// What to look at when nothing is found, beyond the settings.
    pub advice: &'static str,
}

/// The patterns of one build.
pub struct Artifact {
    habit: &'static Habit,
    text: String,
    patterns: Vec<Pattern>,
    /// The folder of the tool's output when the user says nothing of patterns.
    output: Option<PathBuf>,
}

impl Artifact {
    /// The patterns that the settings ask for, before anything runs.
    /// Errors: `java/artifact-pattern`, `java/arguments-invalid`.
    pub fn of(around: &Surroundings, habit: &'static Habit) -> Result<Self> {
        let own = explicit(around, habit.artifact);
        let text = own.clone().or_else(|| around.settings().raw(habit.artifact)).unwrap_or_default();
        let module = explicit(around, habit.module).unwrap_or_default();
        Self::new(habit, own.is_some(), &text, &module)
    }

    fn new(habit: &'static Habit, is_own: bool, text: &str, module: &str) -> Result<Self> {
        let text = if is_own || module.is_empty() { text.to_owned() } else { format!("{module}/{text}") };
        let read = |word: &String| Pattern::parse(word).ok_or_else(|| malformed(habit, word));
        let patterns = split(habit.artifact, &text)?.iter().map(read).collect::<Result<_>>()?;
        let output = (!is_own).then(|| Path::new(module.trim_start_matches('/')).join(habit.output));
        Ok(Self { habit, text, patterns, output })
    }

    /// The patterns as they are written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What they match; for each pattern in the order of names.
    ///
    /// Quarkus leaves a runnable folder and a jar that cannot run (quarkusio/quarkus, "fast-jar"): where the user
    /// names nothing and nothing else can run, the folder is what was meant. Errors: `java/artifact-missing`.
    pub fn find(&self, app: &Path) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for pattern in &self.patterns {
            found.extend(pattern.find(app)?);
        }
        if let Some(output) = &self.output
            && app.join(output).join("quarkus-app/quarkus-run.jar").is_file()
            && !found.iter().any(|path| is_runnable(path))
        {
            return Ok(vec![app.join(output).join("quarkus-app")]);
        }
        if found.is_empty() { Err(self.missing(app)) } else { Ok(found) }
    }

    fn missing(&self, app: &Path) -> Error {
        let patterns = self.text.split_whitespace().collect::<Vec<_>>().join(", ");
        let message = format!("unable to find any built artifacts for pattern(s): {patterns}");
        let built = built(app, self.habit.output);
        let (artifact, module, advice) = (self.habit.artifact, self.habit.module, self.habit.advice);
        let hint = match built.first() {
            None => format!("The build left no jar, war, ear or zip archive. {advice}"),
            Some(first) => {
                let shown = built.iter().take(SHOWN).map(|path| path.display().to_string()).collect::<Vec<_>>();
                let more =
                    if built.len() > SHOWN { format!(" and {} more", built.len() - SHOWN) } else { String::new() };
                let parts = first.iter().take_while(|name| *name != self.habit.output).collect::<PathBuf>();
                let set = if parts.as_os_str().is_empty() {
                    format!("Set {artifact} to what is to run, such as {}", first.display())
                } else {
                    format!(
                        "Set {module} to the module that is to run, such as {}, or {artifact} to a path",
                        parts.display()
                    )
                };
                format!("{set}; the build left {}{more}. {advice}", shown.join(", "))
            }
        };
        Error::user("java/artifact-missing", message).hint(hint.trim_end())
    }
}

/// Whether an artifact can be run or deployed as it is; of a folder nobody knows.
fn is_runnable(path: &Path) -> bool {
    let Ok(Some(mut archive)) = ZipReader::open(path) else { return path.is_dir() };
    let deployed = |name: &str| name.starts_with("WEB-INF/") || name == "META-INF/application.xml";
    let is_deployed = archive.names().any(|name| deployed(&name));
    is_deployed || Manifest::of_archive(&mut archive).get("Main-Class").is_some()
}

/// The archives in the output folders of all modules, nearest first.
fn built(app: &Path, output: &str) -> Vec<PathBuf> {
    let worth =
        |name: &str| !name.starts_with('.') && !["node_modules", "src", "classes", "test-classes"].contains(&name);
    let walk = WalkDir::new(app).min_depth(1).max_depth(DEPTH).sort_by_file_name().into_iter();
    let files = walk.filter_entry(|entry| worth(&entry.file_name().to_string_lossy())).flatten();
    let below = files.filter_map(|entry| entry.path().strip_prefix(app).map(Path::to_path_buf).ok());
    let is_archive = |path: &PathBuf| {
        let ending = path.extension().unwrap_or_default().to_string_lossy();
        ["jar", "war", "ear", "zip"].contains(&&*ending) && path.iter().any(|name| name == output)
    };
    let mut found: Vec<_> = below.filter(is_archive).collect();
    found.sort_by_key(|path| (path.iter().count(), path.clone()));
    found
}

fn malformed(habit: &Habit, word: &str) -> Error {
    Error::user("java/artifact-pattern", format!("unable to proceed due to bad pattern(s): {word}"))
        .hint(format!("{} holds patterns below the application's folder; close each `[` with a `]`.", habit.artifact))
}

#[cfg(test)]
mod tests;
