//! A command line as words for a process that is started without a shell, by the rule of Paketo's
//! procfile (mattn/go-shellwords 1.0.14 without variables).

use crate::launch::line::is_assignment;
use crate::{Error, Result};

/// Splits a line into the words of a direct process. Quotes group, a backslash escapes (`\t`, `\n`
/// are tab and line end), `$X`, `$(…)` and backticks stay as they are, and an unquoted `;`, `&`, `|`,
/// `<` or `>` ends the line. `procfile/not-words` for an open quote, a stray parenthesis, a final
/// backslash, or when no word is left. The message leaves the line out: it may come from a binding.
pub fn direct_words(line: &str) -> Result<Vec<String>> {
    split(line).map_err(|fault| not_words("invalid command line string", fault))
}

/// As [`direct_words`], for the command of the process `kind`, which the message names.
pub(super) fn direct_words_of(kind: &str, line: &str) -> Result<Vec<String>> {
    let what = format!("invalid command line string of the process `{kind}`");
    split(line).map_err(|fault| not_words(&what, fault))
}

/// The program that a line starts: its first word behind assignments and a leading `exec` or `env`.
/// Empty lines and those that begin with an operator have none. Meant to recognise a line
/// (`NODE_ENV=production node server.js` is Node's), not to run it.
pub fn first_word(line: &str) -> Option<String> {
    let mut splitter = Splitter::default();
    // What is wrong further back does not make the first word less clear.
    for letter in line.chars() {
        if !splitter.take(letter).unwrap_or(false) {
            break;
        }
    }
    let (mut words, last) = (splitter.words, splitter.word);
    words.extend(last);
    words.into_iter().find(|word| !is_assignment(word) && word != "exec" && word != "env")
}

fn split(line: &str) -> Result<Vec<String>, &'static str> {
    let mut splitter = Splitter::default();
    for letter in line.chars() {
        if !splitter.take(letter)? {
            break;
        }
    }
    let words = splitter.finish()?;
    if words.is_empty() { Err("no word is left of it") } else { Ok(words) }
}

fn not_words(what: &str, fault: &str) -> Error {
    Error::user("procfile/not-words", format!("{what}: {fault}"))
        .hint("Write the command as a program and its arguments: no shell runs it on this image.")
}

/// Where the splitter stands.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Plain,
    Single,
    Double,
    Backtick,
    Substitution,
}

#[derive(Default)]
struct Splitter {
    words: Vec<String>,
    /// The word being read; none between words, so that `""` is a word and a blank is not.
    word: Option<String>,
    state: State,
    escaped: bool,
}

impl Splitter {
    /// Takes one letter; false when the line ends here.
    fn take(&mut self, letter: char) -> Result<bool, &'static str> {
        if self.escaped {
            self.take_escaped(letter);
            return Ok(true);
        }
        match (self.state, letter) {
            (State::Single, '\\') => self.push(letter),
            (_, '\\') => self.escaped = true,
            (State::Plain, ' ' | '\t' | '\r' | '\n') => self.words.extend(self.word.take()),
            (State::Plain, '\'') => self.open(State::Single),
            (State::Plain, '"') => self.open(State::Double),
            (State::Single, '\'') | (State::Double, '"') => self.state = State::Plain,
            (State::Plain, '`') => {
                self.push(letter);
                self.state = State::Backtick;
            }
            (State::Backtick, '`') | (State::Substitution, ')') => {
                self.push(letter);
                self.state = State::Plain;
            }
            (State::Plain, '(') if self.word.as_ref().is_some_and(|word| word.ends_with('$')) => {
                self.push(letter);
                self.state = State::Substitution;
            }
            (State::Plain | State::Substitution, '(') | (State::Plain, ')') => {
                return Err("it has a parenthesis that is not quoted");
            }
            (State::Plain, ';' | '&' | '|' | '<' | '>') => {
                self.drop_descriptor(letter);
                return Ok(false);
            }
            _ => self.push(letter),
        }
        Ok(true)
    }

    fn take_escaped(&mut self, letter: char) {
        self.escaped = false;
        match (self.state, letter) {
            (State::Backtick | State::Substitution, _) => {
                self.push('\\');
                self.push(letter);
            }
            (_, 't') => self.push('\t'),
            (_, 'n') => self.push('\n'),
            _ => self.push(letter),
        }
    }

    /// The digits of `2>file` belong to the redirection.
    fn drop_descriptor(&mut self, operator: char) {
        let digits = |word: &String| !word.is_empty() && word.chars().all(|c| c.is_ascii_digit());
        if operator == '>' && self.word.as_ref().is_some_and(digits) {
            self.word = None;
        }
    }

    fn open(&mut self, state: State) {
        self.word.get_or_insert_default();
        self.state = state;
    }

    fn push(&mut self, letter: char) {
        self.word.get_or_insert_default().push(letter);
    }

    fn finish(mut self) -> Result<Vec<String>, &'static str> {
        if self.escaped {
            return Err("it ends in a backslash");
        }
        if self.state != State::Plain {
            return Err("it has a quote that is not closed");
        }
        self.words.extend(self.word.take());
        Ok(self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_as_go_shellwords_does() {
        for (line, expected) in [
            ("go run main.go", vec!["go", "run", "main.go"]),
            (" a \t b\r", vec!["a", "b"]),
            (r#"java -D"a b" 'c d'"#, vec!["java", "-Da b", "c d"]),
            (r#"a"b c"d"#, vec!["ab cd"]),
            (r#"a "" ''"#, vec!["a", "", ""]),
            (r"a\ b \$X it\'s", vec!["a b", "$X", "it's"]),
            (r#"'a\tb' "a\tb" a\nb"#, vec![r"a\tb", "a\tb", "a\nb"]),
            ("node $PORT ${X-y}", vec!["node", "$PORT", "${X-y}"]),
            ("a $(b 'c' \\t d) `e (f)`", vec!["a", "$(b 'c' \\t d)", "`e (f)`"]),
            ("a && b", vec!["a"]),
            ("a b; c", vec!["a", "b"]),
            ("a 2>err", vec!["a"]),
            ("a b2>err", vec!["a", "b2"]),
            ("a 2<in", vec!["a", "2"]),
            ("a 'b;c|d' e\\&f", vec!["a", "b;c|d", "e&f"]),
            ("a #b", vec!["a", "#b"]),
        ] {
            assert_eq!(direct_words(line).unwrap(), expected, "{line}");
        }
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
