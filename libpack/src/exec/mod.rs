//! Children of a build: the command line is logged, the output streams into the log, and nothing is
//! inherited that the context does not give.

mod real;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

pub use real::{Processes, search};

use crate::Result;
use crate::log::{Log, go_duration};
use crate::world::{Child, Outcome, Variables, World};

/// A child to be run.
#[must_use = "nothing runs until `call`"]
pub struct Run<'a> {
    world: &'a World,
    log: Log,
    program: OsString,
    args: Vec<OsString>,
    cwd: PathBuf,
    variables: Variables,
    quiet: bool,
}

impl<'a> Run<'a> {
    /// A child of `program`, in `cwd`, with `variables` as its whole environment.
    pub fn new(world: &'a World, log: Log, program: impl Into<OsString>, cwd: &Path, variables: Variables) -> Self {
        Self { world, log, program: program.into(), args: Vec::new(), cwd: cwd.to_path_buf(), variables, quiet: false }
    }

    /// Adds an argument.
    pub fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Adds arguments.
    pub fn args(mut self, args: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// The folder that it runs in; the app's otherwise.
    pub fn cwd(mut self, cwd: &Path) -> Self {
        self.cwd = cwd.to_path_buf();
        self
    }

    /// Sets a variable.
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.set(name, value);
        self
    }

    /// Takes a variable away.
    pub fn env_remove(mut self, name: &str) -> Self {
        self.variables.remove(name);
        self
    }

    /// Sets a variable that has no value yet: the user's wins.
    pub fn env_default(self, name: &str, value: impl Into<OsString>) -> Self {
        if self.variables.text(name).is_some_and(|value| !value.is_empty()) { self } else { self.env(name, value) }
    }

    /// Puts a folder in front of the `PATH`.
    pub fn path_first(mut self, folder: &Path) -> Self {
        let mut path = folder.as_os_str().to_owned();
        if let Some(old) = self.variables.get("PATH").filter(|old| !old.is_empty()) {
            path.push(":");
            path.push(old);
        }
        self.variables.set("PATH", path);
        self
    }

    /// Neither the command line nor the output is logged.
    pub fn quiet(mut self) -> Self {
        self.quiet = true;
        self
    }

    /// The command line as people would type it.
    pub fn line(&self) -> String {
        let words = std::iter::once(&self.program).chain(&self.args).map(|word| word.to_string_lossy());
        words.map(|word| shown(&word)).collect::<Vec<_>>().join(" ")
    }

    /// Runs it. A failing exit code is the caller's to judge; a program that is not there is an error.
    pub fn call(self) -> Result<Outcome> {
        if !self.quiet {
            self.log.subprocess(format!("Running '{}'", self.line()));
        }
        let child = Child { program: self.program, args: self.args, cwd: self.cwd, env: self.variables };
        let start = self.world.clock.now();
        let (log, quiet) = (&self.log, self.quiet);
        let outcome = self.world.exec.run(&child, &mut |line| {
            if !quiet {
                log.detail(line);
            }
        })?;
        if !quiet {
            let took = self.world.clock.now().duration_since(start).unwrap_or_default();
            match outcome.code {
                0 => log.completed(took),
                code => log.action(format!("Failed after {} with exit code {code}", go_duration(took))),
            }
        }
        Ok(outcome)
    }
}

/// A word as one would type it. Only in front of a command does `=` mean something to a shell, and
/// `--nodedir=/layers/node` reads better bare. Where blanks are all that needs quotes they are double
/// ones, as in Paketo's logs.
fn shown(word: &str) -> String {
    let is_bare = |word: &str| shell_words::quote(word) == word;
    let without = word.replace('=', "");
    if !word.is_empty() && !word.starts_with('=') && is_bare(&without) {
        word.to_owned()
    } else if is_bare(&without.replace(' ', "")) {
        format!("\"{word}\"")
    } else {
        shell_words::quote(word).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn an_option_with_a_value_is_shown_bare_and_a_blank_in_quotes() {
        assert_eq!(shown("--nodedir=/layers/node"), "--nodedir=/layers/node");
        assert_eq!(shown("--message=two words"), "\"--message=two words\"");
        assert_eq!(shown("a b$c"), "'a b$c'");
        assert_eq!(shown(""), "''");
        assert_eq!(shown("="), "'='");
    }
}
