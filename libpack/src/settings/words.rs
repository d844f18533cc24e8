//! The words of a command line without a shell: settings that hold flags, and processes of images
//! that have none (mattn/go-shellwords 1.0.14, which Paketo's buildpacks read such lines with).

use std::fmt;

use crate::world::Variables;

/// Why a line cannot be read as words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// A quote, a backtick or a `$(` is not closed.
    OpenQuote,
    /// A parenthesis stands outside of quotes and of `$(…)`.
    Parenthesis,
    /// Nothing follows the last backslash.
    FinalBackslash,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OpenQuote => "it has a quote that is not closed",
            Self::Parenthesis => "it has a parenthesis that is not quoted",
            Self::FinalBackslash => "it ends in a backslash",
        })
    }
}

impl std::error::Error for Fault {}

/// The words of a line. Quotes group, a backslash escapes (`\t`, `\n` are tab and line end), `$X`,
/// `$(…)` and backticks stay as they are, and an unquoted `;`, `&`, `|`, `<` or `>` ends the line.
pub fn split(line: &str) -> Result<Vec<String>, Fault> {
    Splitter::default().read(line)
}

/// As [`split`], and `$NAME` and `${NAME}` become the variable's value, in single quotes too; what is
/// not set becomes nothing, `\$` stays a `$`. A word that does not end in a closing quote is split
/// once more afterwards, so that a value with blanks becomes several words.
pub fn split_expanding(line: &str, variables: &Variables) -> Result<Vec<String>, Fault> {
    Splitter { variables: Some(variables), ..Splitter::default() }.read(line)
}

/// The words of a line as far as it can be read, as [`split`].
pub fn split_readable(line: &str) -> Vec<String> {
    let mut splitter = Splitter::default();
    for letter in line.chars() {
        if !splitter.take(letter).unwrap_or(false) {
            break;
        }
    }
    let (mut words, last) = (splitter.words, splitter.word);
    words.extend(last);
    words
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
struct Splitter<'a> {
    words: Vec<String>,
    /// The word being read; none between words, so that `""` is a word and a blank is not.
    word: Option<String>,
    state: State,
    escaped: bool,
    /// Whether the last letter of the word was a closing quote.
    closed: bool,
    /// What `$NAME` stands for; none when it stands for itself.
    variables: Option<&'a Variables>,
}

impl Splitter<'_> {
    fn read(mut self, line: &str) -> Result<Vec<String>, Fault> {
        for letter in line.chars() {
            if !self.take(letter)? {
                break;
            }
        }
        self.finish()
    }

    /// Takes one letter; false when the line ends here.
    fn take(&mut self, letter: char) -> Result<bool, Fault> {
        if self.escaped {
            self.take_escaped(letter);
            return Ok(true);
        }
        match (self.state, letter) {
            (State::Single, '\\') => self.push(letter),
            (_, '\\') => self.escaped = true,
            (State::Plain, ' ' | '\t' | '\r' | '\n') => self.end_word()?,
            (State::Plain, '\'') => self.open(State::Single),
            (State::Plain, '"') => self.open(State::Double),
            (State::Single, '\'') | (State::Double, '"') => {
                self.state = State::Plain;
                self.closed = true;
            }
            (State::Plain, '`') => {
                self.push(letter);
                self.state = State::Backtick;
            }
            (State::Backtick, '`') | (State::Substitution, ')') => {
                self.push(letter);
                self.state = State::Plain;
            }
            (State::Plain, '(') if self.word.as_ref().is_some_and(|word| opens_substitution(word)) => {
                self.push(letter);
                self.state = State::Substitution;
            }
            (State::Plain | State::Substitution, '(') | (State::Plain, ')') => return Err(Fault::Parenthesis),
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
            // `expand` reads the backslash again.
            (_, '$') if self.variables.is_some() => {
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
        self.closed = false;
    }

    fn end_word(&mut self) -> Result<(), Fault> {
        let Some(word) = self.word.take() else { return Ok(()) };
        match self.variables {
            None => self.words.push(word),
            Some(variables) if self.closed => self.words.push(expand(&word, variables)),
            Some(variables) => self.words.extend(split(&expand(&word, variables))?),
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Vec<String>, Fault> {
        if self.escaped {
            return Err(Fault::FinalBackslash);
        }
        if self.state != State::Plain {
            return Err(Fault::OpenQuote);
        }
        self.end_word()?;
        Ok(self.words)
    }
}

fn opens_substitution(word: &str) -> bool {
    word.ends_with('$') && !word.ends_with("\\$")
}

/// A word with the values of its variables. A `${` that is no name leaves the whole word as it is.
fn expand(word: &str, variables: &Variables) -> String {
    let mut expanded = String::new();
    let mut rest = word;
    while let Some(at) = rest.find(['\\', '$']) {
        expanded.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        if rest[at..].starts_with('\\') {
            let mut letters = after.chars();
            expanded.extend(letters.next());
            rest = letters.as_str();
            continue;
        }
        let braced = after.strip_prefix('{');
        let start = braced.unwrap_or(after);
        let Some(length) = name_length(start) else { return word.to_owned() };
        let (name, behind) = start.split_at(length);
        rest = if braced.is_some() {
            let Some(behind) = behind.strip_prefix('}') else { return word.to_owned() };
            behind
        } else {
            behind
        };
        if name.is_empty() && braced.is_none() {
            expanded.push('$');
        }
        expanded.push_str(&variables.text(name).unwrap_or_default());
    }
    expanded.push_str(rest);
    expanded
}

/// Bytes of the name at the start of a text, an escaped letter being a part of it; none when nothing
/// follows a backslash.
fn name_length(text: &str) -> Option<usize> {
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' {
            letters.next()?;
        } else if !letter.is_alphanumeric() && letter != '_' {
            return Some(at);
        }
    }
    Some(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanding(line: &str) -> Result<Vec<String>, Fault> {
        split_expanding(line, &[("V", "a b"), ("W", "x"), ("Q", "'a b"), ("P", "c;d")].into_iter().collect())
    }

    #[test]
    fn words_are_split_as_go_shellwords_does() {
        for (line, expected) in [
            ("", vec![]),
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
            assert_eq!(split(line).unwrap(), expected, "{line}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_why() {
        for (line, fault) in [
            ("\"", Fault::OpenQuote),
            ("a $(b", Fault::OpenQuote),
            ("`a", Fault::OpenQuote),
            ("a\\", Fault::FinalBackslash),
            ("a(b)", Fault::Parenthesis),
            ("a)", Fault::Parenthesis),
            ("a $(b (c))", Fault::Parenthesis),
            (r"\\$(a)", Fault::Parenthesis),
        ] {
            assert_eq!(split(line), Err(fault), "{line}");
            assert_eq!(expanding(line), Err(fault), "{line}");
        }
    }

    #[test]
    fn variables_are_replaced_in_all_words() {
        for (line, expected) in [
            (r#"-ldflags="-X main.v=a b""#, vec!["-ldflags=-X main.v=a b"]),
            (r#"-ldflags="-X 'main.v=a b'""#, vec!["-ldflags=-X 'main.v=a b'"]),
            ("-tags=$V", vec!["-tags=a", "b"]),
            (r#"-tags="$V""#, vec!["-tags=a b"]),
            ("-ldflags='-X main.v=$W'", vec!["-ldflags=-X main.v=x"]),
            (r"-gcflags=all=-N\ -l", vec!["-gcflags=all=-N", "-l"]),
            (r"\$W", vec!["$W"]),
            (r"'a\tb'", vec!["atb"]),
            (r#"a"b c"d"#, vec!["ab", "cd"]),
            (r#""-X=it's""#, vec!["-X=it's"]),
            ("a && b", vec!["a"]),
            (r#""a"$W"b""#, vec!["a"]),
            (r#""a"${W}"b""#, vec!["axb"]),
            ("$MISSING a${MISSING}b \"$MISSING\"", vec!["ab", ""]),
            ("${W-x} ${} a$ $W$", vec!["${W-x}", "a$", "x$"]),
            ("$W/$V ${W}y", vec!["x/a", "b", "xy"]),
            ("a$P e", vec!["ac", "e"]),
            ("\"$Q\"", vec!["'a b"]),
        ] {
            assert_eq!(expanding(line).unwrap(), expected, "{line}");
        }
    }

    #[test]
    fn a_quote_that_a_value_brings_must_be_closed() {
        assert_eq!(expanding(r"-X=it\'s"), Err(Fault::OpenQuote));
        assert_eq!(expanding("$Q"), Err(Fault::OpenQuote));
    }

    #[test]
    fn a_line_is_read_as_far_as_it_goes() {
        assert_eq!(split_readable("a 'b c"), ["a", "b c"]);
        assert_eq!(split_readable("a b(c)"), ["a", "b"]);
    }
}
