use std::collections::BTreeMap;

use crate::{Error, Result};

/// A process of the image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// `web`, `worker` …: letters, digits, `.`, `_`, `-`.
    pub kind: String,
    /// Program and fixed arguments. What the user gives after the image's name follows them; so nothing
    /// is put into `args`, which would be replaced (buildpacks/lifecycle, launch/process.go).
    pub command: Vec<String>,
    /// Whether it is the one that starts when none is named.
    pub default: bool,
}

impl Process {
    /// A process that is not the default one.
    pub fn new(kind: &str, command: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let command = command.into_iter().map(Into::into).collect();
        Self { kind: kind.to_owned(), command, default: false }
    }

    /// Makes it the default one.
    pub fn default(mut self) -> Self {
        self.default = true;
        self
    }
}

/// All that goes into `launch.toml`. The last component wins, as the last buildpack does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Launch {
    processes: Vec<Process>,
    labels: BTreeMap<String, String>,
    slices: Vec<Vec<String>>,
}

impl Launch {
    /// Adds a process, or replaces the one of its type. A new default takes the place of the old.
    pub fn process(&mut self, process: Process) {
        if process.default {
            self.processes.iter_mut().for_each(|one| one.default = false);
        }
        match self.processes.iter_mut().find(|one| one.kind == process.kind) {
            Some(old) => *old = process,
            None => self.processes.push(process),
        }
    }

    /// Sets a label of the image.
    pub fn label(&mut self, key: &str, value: &str) {
        self.labels.insert(key.to_owned(), value.to_owned());
    }

    /// Cuts a layer of its own out of the app folder, by globs.
    pub fn slice(&mut self, paths: Vec<String>) {
        self.slices.push(paths);
    }

    /// The processes in the order in which they came.
    pub fn processes(&self) -> &[Process] {
        &self.processes
    }

    /// The labels by key.
    pub fn labels(&self) -> &BTreeMap<String, String> {
        &self.labels
    }

    /// The slices.
    pub fn slices(&self) -> &[Vec<String>] {
        &self.slices
    }

    /// Holds the rules that keep an image working on every platform: commands survive being joined
    /// with blanks and read by a shell (Cloud Foundry and Korifi do that), and no two types share one
    /// command, because Cloud Foundry finds the process by its text.
    pub fn check(&self) -> Result<()> {
        for process in &self.processes {
            let odd = process.command.iter().find(|word| !super::line::is_plain_word(word));
            if let Some(odd) = odd {
                return Err(Error::bug(
                    "launch/command",
                    format!("process {} has a command that no shell reads as it is: {odd:?}", process.kind),
                )
                .hint("Put the line into a start script: cx.script."));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_component_owns_a_type_and_the_default() {
        let mut launch = Launch::default();
        launch.process(Process::new("web", ["node", "server.js"]).default());
        launch.process(Process::new("worker", ["node", "worker.js"]).default());
        launch.process(Process::new("web", ["start-web"]).default());
        let shown: Vec<_> = launch.processes().iter().map(|one| (one.kind.as_str(), one.default)).collect();
        assert_eq!(shown, [("web", true), ("worker", false)]);
        assert_eq!(launch.processes()[0].command, ["start-web"]);
    }

    #[test]
    fn a_command_that_a_shell_would_read_differently_is_refused() {
        let mut launch = Launch::default();
        launch.process(Process::new("web", ["sh", "-c", "a && b"]));
        assert_eq!(launch.check().unwrap_err().id(), "launch/command");
    }
}
