//! What the Go command said, as an error with the next step.

mod causes;

use libpack::Error;
use libpack::world::Outcome;

use causes::{BEFORE_COMPILING, COMPILING, Cause, Whose};

/// The error of a command such as `go build`, with the hint that fits what it printed. What it printed
/// stands above already: the message is one line and repeats none of it.
pub fn explain(command: &str, outcome: &Outcome) -> Error {
    let output = outcome.output.as_str();
    let known = if has_compiled(output) { COMPILING } else { BEFORE_COMPILING };
    if let Some(cause) = known.iter().find(|cause| cause.fits(output)) {
        return error(cause, command);
    }
    let message = failed(command, &format!("exit status {}", outcome.code));
    if has_compiled(output) {
        return Error::user("go/compile-failed", message)
            .hint("The lines above are the compiler's: the same command in a clean checkout fails alike.");
    }
    Error::user("go/command-failed", message)
        .hint("The lines above are the Go command's own; the same command in a clean checkout should fail alike.")
}

/// Whether a command failed only because `GOTOOLCHAIN=local` keeps the Go command from fetching the
/// newer toolchain that a dependency asks for: without it the command may succeed.
pub fn wants_newer_toolchain(outcome: &Outcome) -> bool {
    !outcome.success() && outcome.output.contains("requires go >= ") && outcome.output.contains("GOTOOLCHAIN=local")
}

/// Whether a compiler was at work: its messages stand below the package's name. They quote the user's
/// code, which may hold any of the texts that we know.
fn has_compiled(output: &str) -> bool {
    output.lines().any(|line| line.starts_with("# "))
}

fn error(cause: &Cause, command: &str) -> Error {
    let message = failed(command, cause.what);
    match cause.whose {
        Whose::User => Error::user(cause.id, message),
        Whose::Network => Error::network(cause.id, message),
    }
    .hint(cause.hint)
}

fn failed(command: &str, what: &str) -> String {
    format!("failed to execute '{command}': {what}")
}

impl Cause {
    fn fits(&self, output: &str) -> bool {
        self.texts.iter().any(|text| output.contains(text))
    }
}

#[cfg(test)]
mod tests;
