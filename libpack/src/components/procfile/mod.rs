//! `procfile`: the processes that somebody wrote down, in a setting, a `Procfile` or a binding.
//! Facts: paketo-buildpacks/procfile.

mod component;
mod grammar;
mod words;

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

pub use component::ProcfileComponent;
pub use words::{direct_words, first_word};

use crate::bindings::Bindings;
use crate::launch::line::plain_words;
use crate::world::Variables;
use crate::{Error, Result, fs};

/// The setting whose value is the command of `web`.
pub const SETTING: &str = "BP_PROCFILE_DEFAULT_PROCESS";
/// The name of the file, and of the type and the key of the binding.
pub const FILE: &str = "Procfile";
/// Why the component declines.
pub const NOTHING_FOUND: &str = "No procfile found from environment, source path, or binding.";
/// Logged when the setting stands beside a Procfile.
pub const SETTING_BESIDE_FILE: &str =
    "A Procfile exists and BP_PROCFILE_DEFAULT_PROCESS is set, entries in Procfile take precedence";

/// Bytes. A Procfile is a handful of lines; something of this size was put there by mistake.
const LARGEST_FILE: u64 = 4 * 1024 * 1024;

/// One process as it was written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcfileProcess {
    /// Its type, `web`.
    pub kind: String,
    /// Its command line.
    pub line: String,
}

/// What can start a process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// The program and its arguments, at least one word.
    Words(Vec<String>),
    /// A line that only a shell understands.
    Shell(String),
}

impl ProcfileProcess {
    /// A plain command is started directly, everything else by a shell.
    pub fn start(&self) -> Start {
        plain_words(&self.line).map_or_else(|| Start::Shell(self.line.clone()), Start::Words)
    }

    /// For images without a shell and `BP_DIRECT_PROCESS`: always words. Errors as [`direct_words`].
    pub fn start_directly(&self) -> Result<Start> {
        words::direct_words_of(&self.kind, &self.line).map(Start::Words)
    }
}

/// Everything that was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Procfile {
    /// The processes, sorted by type; empty when there is none.
    pub processes: Vec<ProcfileProcess>,
    /// Whether the setting stands beside a Procfile: [`SETTING_BESIDE_FILE`] is then logged.
    pub setting_beside_file: bool,
}

impl Procfile {
    /// Reads all sources; for each type the setting gives way to the file and the file to the binding.
    ///
    /// Errors: `procfile/…` for what is written wrongly, `binding/ambiguous`, `binding/entry-missing`.
    pub fn read(variables: &Variables, app_dir: &Path, bindings: &Bindings) -> Result<Self> {
        let setting = of_setting(variables)?;
        let mut written = of_path(&app_dir.join(FILE), FILE)?;
        written.extend(of_binding(bindings)?);
        let setting_beside_file = !setting.is_empty() && !written.is_empty();
        let mut commands = setting;
        commands.extend(written);
        let processes = commands.into_iter().map(|(kind, line)| ProcfileProcess { kind, line });
        Ok(Self { processes: processes.collect(), setting_beside_file })
    }

    /// The type that starts when none is asked for: the first that is `web` in any case, else
    /// `worker`, else none.
    pub fn default_kind(&self) -> Option<&str> {
        let kinds = || self.processes.iter().map(|process| process.kind.as_str());
        kinds().find(|kind| kind.eq_ignore_ascii_case("web")).or_else(|| kinds().find(|kind| *kind == "worker"))
    }

    /// The programs that the commands start, by their first words.
    pub fn programs(&self) -> impl Iterator<Item = String> {
        self.processes.iter().filter_map(|process| first_word(&process.line))
    }
}

fn of_setting(variables: &Variables) -> Result<BTreeMap<String, String>> {
    match variables.text(SETTING) {
        None => Ok(BTreeMap::new()),
        Some(line) if line.is_empty() => Ok(BTreeMap::new()),
        Some(line) if line.trim().is_empty() => Err(grammar::empty("web", SETTING)),
        Some(line) => Ok(BTreeMap::from([("web".to_owned(), line)])),
    }
}

fn of_binding(bindings: &Bindings) -> Result<BTreeMap<String, String>> {
    let Some(binding) = bindings.one(FILE)? else {
        return Ok(BTreeMap::new());
    };
    let origin = format!("{FILE} of binding `{}`", binding.name);
    grammar::parse(binding.require(FILE)?.bytes(), &origin)
}

/// A missing file has no commands. Anything but a file is an error before it is opened: a pipe would
/// hang.
fn of_path(path: &Path, origin: &str) -> Result<BTreeMap<String, String>> {
    let found = match std::fs::metadata(path) {
        Ok(found) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => {
            return Err(Error::user("procfile/unreadable", format!("could not read {origin}"))
                .hint("Let the user that runs the build read it.")
                .because(error));
        }
    };
    if !found.is_file() {
        return Err(Error::user("procfile/not-a-file", format!("{origin} is not a file"))
            .hint("Rename it, or write the processes into a file of this name."));
    }
    if found.len() > LARGEST_FILE {
        let message = format!("{origin} is larger than {LARGEST_FILE} bytes");
        return Err(
            Error::user("procfile/too-large", message).hint("Keep only lines of the form `type: command` in it.")
        );
    }
    grammar::parse(&fs::read_bytes(path)?, origin)
}

#[cfg(test)]
mod tests;
