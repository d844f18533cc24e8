//! An error, as whoever builds reads it: what happened, why, and what to do next.

use crate::error::{Blame, Error};

/// The report: one line that says it all, the causes below it, the next step.
pub fn report(error: &Error) -> String {
    let mut text = format!("ERROR: {} [{}]\n", error.message(), error.id());
    for cause in error.causes() {
        for (at, line) in cause.lines().enumerate() {
            let start = if at == 0 { "  because: " } else { "           " };
            text.extend([start, line, "\n"]);
        }
    }
    if let Some(hint) = error.next_step() {
        text.extend(["  hint: ", hint, "\n"]);
    }
    if error.blame() == Blame::Bug {
        text.push_str("  This is a fault of the buildpack: please report it with the lines above.\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_one_line_its_causes_and_the_next_step() {
        let error = Error::user("node/package-json", "package.json cannot be read")
            .because(Error::network("x/y", "expected `,` at line 3"))
            .hint("Mend line 3.");
        assert_eq!(
            report(&error),
            "ERROR: package.json cannot be read [node/package-json]\n  because: expected `,` at line 3\n  hint: Mend line 3.\n"
        );
    }
}
