//! Programs that xtask runs: quiet while they succeed, with their command line and last words when they fail.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// How many of a failed program's last lines are shown.
const TAIL: usize = 20;

/// A command line as a value.
#[derive(Debug, Clone)]
pub struct Call {
    program: OsString,
    arguments: Vec<OsString>,
    variables: Vec<(OsString, OsString)>,
    folder: Option<PathBuf>,
}

/// A call of `program`, which is looked up on PATH.
pub fn call(program: impl AsRef<OsStr>) -> Call {
    Call { program: program.as_ref().to_owned(), arguments: Vec::new(), variables: Vec::new(), folder: None }
}

impl Call {
    /// Adds one argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// Sets a variable on top of the inherited environment.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.variables.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Runs it in another folder.
    pub fn dir(mut self, folder: &Path) -> Self {
        self.folder = Some(folder.to_owned());
        self
    }

    /// Runs it to its end; fails when it does, with the tail of its output.
    pub fn run(&self) -> Result<()> {
        self.output().map(drop)
    }

    /// Runs it to its end and returns what it wrote on standard output, without the blanks around it.
    pub fn output(&self) -> Result<String> {
        let output = self.command().output().with_context(|| format!("cannot start `{self}`"))?;
        let standard = String::from_utf8_lossy(&output.stdout);
        if output.status.success() {
            return Ok(standard.trim().to_owned());
        }
        let last_words = tail(&standard, &String::from_utf8_lossy(&output.stderr));
        bail!("`{self}` ended with {}\n{last_words}", output.status)
    }

    /// Whether it could be started and said yes; whatever it writes is dropped.
    pub fn succeeds(&self) -> bool {
        self.output().is_ok()
    }

    /// The call for those who want to look at its output while it runs.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).envs(self.variables.iter().map(|(name, value)| (name, value)));
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        command.stdin(Stdio::null());
        command
    }
}

/// As one would type it.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", quote(&self.program))?;
        self.arguments.iter().try_for_each(|argument| write!(f, " {}", quote(argument)))
    }
}

/// One word of a POSIX shell.
pub fn quote(word: &OsStr) -> String {
    let word = word.to_string_lossy();
    let plain = |letter: char| letter.is_alphanumeric() || "-_./:=,@%+".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        word.into_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// The path of a program on PATH.
pub fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn tail(standard: &str, error: &str) -> String {
    let lines: Vec<&str> = standard.lines().chain(error.lines()).filter(|line| !line.trim().is_empty()).collect();
    let first = lines.len().saturating_sub(TAIL);
    lines[first..].iter().map(|line| format!("  | {line}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_tells_the_command_line_and_the_last_words() {
        let failing = call("sh").args(["-c", "echo begun; echo 'no room' >&2; exit 3"]);
        let error = failing.run().unwrap_err().to_string();
        assert_eq!(
            error,
            "`sh -c 'echo begun; echo '\\''no room'\\'' >&2; exit 3'` ended with exit status: 3\n  | begun\n  | no room"
        );
    }

    #[test]
    fn only_the_end_of_a_long_output_is_shown() {
        let long = (1..=100).map(|line| format!("line {line}")).collect::<Vec<_>>().join("\n");
        let shown = tail(&long, "");
        assert_eq!(shown.lines().count(), TAIL);
        assert!(shown.starts_with("  | line 81\n"));
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = call("no-such-program").arg("x").run().unwrap_err();
        assert_eq!(error.to_string(), "cannot start `no-such-program x`");
    }
}
