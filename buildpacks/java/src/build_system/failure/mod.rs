//! What a build tool said, as an error with the next step.

mod causes;

use std::path::Path;

use libpack::Error;
use libpack::world::Outcome;

use causes::{BEFORE_COMPILING, COMPILING, Cause, Whose};

/// How the tools say that a compiler did not like the code.
const COMPILED: [&str; 4] =
    ["COMPILATION ERROR", "Compilation failure", "Compilation failed; see the compiler", "Compilation error. See log"];
/// The endings of the files that compilers complain about.
const SOURCES: [&str; 5] = [".java:", ".kt:", ".groovy:", ".scala:", ".kts:"];

/// The error of a run, with the hint that fits what it printed. What it printed stands above already: the message
/// is one line and repeats none of it, except for the first place that does not compile.
pub fn explain(tool: &str, outcome: &Outcome, app: &Path) -> Error {
    let output = outcome.output.as_str();
    // A compiler quotes the user's code, which may hold any of the texts that we know.
    let has_compiled = COMPILED.iter().any(|text| output.contains(text));
    let known = if has_compiled { COMPILING } else { BEFORE_COMPILING };
    if outcome.code == 137 {
        return error(&causes::KILLED, tool);
    }
    if let Some(cause) = known.iter().find(|cause| cause.fits(output)) {
        return error(cause, tool);
    }
    if has_compiled {
        let place = first_place(output, app).unwrap_or_else(|| "the code does not compile".to_owned());
        return Error::user("java/compile-failed", failed(tool, &place))
            .hint("The lines above are the compiler's: the same build in a clean checkout fails alike.");
    }
    Error::user("java/build-failed", failed(tool, &format!("exit status {}", outcome.code)))
        .hint("The lines above are the build tool's own; the same build in a clean checkout should fail alike.")
}

fn error(cause: &Cause, tool: &str) -> Error {
    let message = failed(tool, cause.what);
    match cause.whose {
        Whose::User => Error::user(cause.id, message),
        Whose::Network => Error::network(cause.id, message),
    }
    .hint(cause.hint)
}

fn failed(tool: &str, what: &str) -> String {
    format!("error running build with {tool}: {what}")
}

/// The first line of a compiler that names a file, from the app folder on: `src/App.java:[3,9] cannot find symbol`.
fn first_place(output: &str, app: &Path) -> Option<String> {
    let is_place = |line: &&str| SOURCES.iter().any(|ending| line.contains(ending)) && !line.contains("warning:");
    let line = output.lines().filter(|line| !line.contains("[WARNING]")).find(is_place)?;
    let line = line.trim().trim_start_matches("[ERROR] ").trim_start_matches("e: ").trim_start_matches("file://");
    let inside = line.strip_prefix(&*app.to_string_lossy()).map_or(line, |line| line.trim_start_matches('/'));
    Some(inside.to_owned())
}

impl Cause {
    fn fits(&self, output: &str) -> bool {
        self.texts.iter().any(|text| output.contains(text))
    }
}

#[cfg(test)]
mod tests;
