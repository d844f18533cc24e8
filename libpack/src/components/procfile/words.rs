//! A command line as words for a process that is started without a shell, by the rule of Paketo's
//! procfile (mattn/go-shellwords 1.0.14 without variables).

use crate::launch::line::is_assignment;
use crate::settings::words;
use crate::{Error, Result};

/// Splits a line into the words of a direct process, by the rule of [`words::split`].
/// `procfile/not-words` when it cannot be read or no word is left. The message leaves the line out:
/// it may come from a binding.
pub fn direct_words(line: &str) -> Result<Vec<String>> {
    split(line).map_err(|fault| not_words("invalid command line string", &fault))
}

/// As [`direct_words`], for the command of the process `kind`, which the message names.
pub(super) fn direct_words_of(kind: &str, line: &str) -> Result<Vec<String>> {
    let what = format!("invalid command line string of the process `{kind}`");
    split(line).map_err(|fault| not_words(&what, &fault))
}

/// The program that a line starts: its first word behind assignments and a leading `exec` or `env`.
/// Empty lines and those that begin with an operator have none. Meant to recognise a line
/// (`NODE_ENV=production node server.js` is Node's), not to run it.
pub fn first_word(line: &str) -> Option<String> {
    // What is wrong further back does not make the first word less clear.
    let words = words::split_readable(line);
    words.into_iter().find(|word| !is_assignment(word) && word != "exec" && word != "env")
}

fn split(line: &str) -> Result<Vec<String>, String> {
    let words = words::split(line).map_err(|fault| fault.to_string())?;
    if words.is_empty() { Err("no word is left of it".to_owned()) } else { Ok(words) }
}

fn not_words(what: &str, fault: &str) -> Error {
    Error::user("procfile/not-words", format!("{what}: {fault}"))
        .hint("Write the command as a program and its arguments: no shell runs it on this image.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_becomes_the_words_of_a_process() {
        assert_eq!(direct_words(r#"java -D"a b" $PORT && x"#).unwrap(), ["java", "-Da b", "$PORT"]);
    }

    #[test]
    fn a_line_that_gives_no_words_is_an_error_and_not_a_crash() {
        for line in ["", " ", "\"", "'a", "a\\", "a(b)", "a)", "a $(b (c))", "a $(b", "`a", "; a", "&& b", "2>x"] {
            let error = direct_words(line).unwrap_err();
            assert_eq!(error.id(), "procfile/not-words", "{line}");
            assert!(error.message().starts_with("invalid command line string"), "{error}");
        }
    }

    #[test]
    fn the_first_word_is_the_program_that_a_line_starts() {
        for (line, expected) in [
            ("node server.js", Some("node")),
            ("NODE_ENV=production X='a b' node x", Some("node")),
            ("exec node x", Some("node")),
            ("exec env A=b ./main.mjs", Some("./main.mjs")),
            ("npm start && echo \"it's open", Some("npm")),
            ("bun 'open", Some("bun")),
            ("\"/opt/my app/run\" x", Some("/opt/my app/run")),
            ("node|cat", Some("node")),
            ("node $(a (b))", Some("node")),
            ("A=b", None),
            ("(cd x && node y)", None),
            ("", None),
            ("&& node", None),
        ] {
            assert_eq!(first_word(line).as_deref(), expected, "{line}");
        }
    }
}
