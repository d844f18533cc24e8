//! The grammar that `go.mod` and `go.work` share (go.dev/ref/mod, "Lexical elements"; golang.org/x/mod,
//! `modfile/read.go`).

use crate::{Error, Result};

/// A directive with what follows it. A line of a block stands for itself, with the block's word in front.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// Counted from 1.
    pub number: usize,
    pub words: Vec<String>,
    /// What stands behind `//` on the same line.
    pub comment: Option<String>,
}

/// A file with its name, for errors.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'a> {
    pub text: &'a str,
    pub location: &'a str,
}

impl Source<'_> {
    /// `go/mod-invalid`, as the Go command writes it: file, line, what is wrong.
    pub fn invalid(self, line: usize, what: &str) -> Error {
        Error::user("go/mod-invalid", format!("{}:{line}: {what}", self.location))
            .hint("Mend that line; `go mod edit -fmt` tells whether Go can read the file.")
    }

    /// All directives, blocks dissolved.
    pub fn lines(self) -> Result<Vec<Line>> {
        let mut lines = Vec::new();
        let mut block: Option<(String, usize)> = None;
        for (at, text) in self.text.trim_start_matches('\u{feff}').lines().enumerate() {
            let number = at + 1;
            let (mut words, comment) = words(text).map_err(|what| self.invalid(number, &what))?;
            let is = |word: Option<&Word>, sign: char| word.is_some_and(|word| word.is_sign(sign));
            match &block {
                _ if words.is_empty() => {}
                Some(_) if is(words.first(), ')') => {
                    if words.len() > 1 {
                        return Err(self.invalid(number, "a closing parenthesis stands alone on its line"));
                    }
                    block = None;
                }
                Some((verb, _)) => {
                    let rest = words.into_iter().map(Word::into_text);
                    let words = std::iter::once(verb.clone()).chain(rest).collect();
                    lines.push(Line { number, words, comment });
                }
                None if is(words.last(), '(') => {
                    words.pop();
                    let verb: Vec<String> = words.into_iter().map(Word::into_text).collect();
                    block = Some((verb.join(" "), number));
                }
                // An empty block on one line.
                None if words.len() > 2 && is(words.last(), ')') && is(words.get(words.len() - 2), '(') => {}
                None => {
                    let words = words.into_iter().map(Word::into_text).collect();
                    lines.push(Line { number, words, comment });
                }
            }
        }
        match block {
            Some((verb, number)) => Err(self.invalid(number, &format!("the block `{verb} (` has no end"))),
            None => Ok(lines),
        }
    }
}

/// A quoted parenthesis is no parenthesis.
#[derive(Debug, PartialEq, Eq)]
enum Word {
    Sign(char),
    Text(String),
}

impl Word {
    fn is_sign(&self, sign: char) -> bool {
        *self == Self::Sign(sign)
    }

    fn into_text(self) -> String {
        match self {
            Self::Sign(sign) => sign.to_string(),
            Self::Text(text) => text,
        }
    }
}

/// The words of one line and its comment.
fn words(line: &str) -> Result<(Vec<Word>, Option<String>), String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("//") {
            return Ok((words, Some(comment.trim().to_owned())));
        }
        let (word, length) = match first {
            '(' | ')' | '[' | ']' | '{' | '}' | ',' => (Word::Sign(first), 1),
            '"' | '`' => quoted(rest, first)?,
            _ => plain(rest)?,
        };
        words.push(word);
        rest = rest[length..].trim_start();
    }
    Ok((words, None))
}

/// A word without quotes ends at a blank, a sign or a comment.
fn plain(rest: &str) -> Result<(Word, usize), String> {
    let ends = |(at, letter): (usize, char)| {
        letter.is_whitespace() || "()[]{},".contains(letter) || rest[at..].starts_with("//")
    };
    let length = rest.char_indices().find(|one| ends(*one)).map_or(rest.len(), |(at, _)| at);
    let word = &rest[..length];
    if word.contains("/*") {
        return Err("only // begins a comment, not /*".to_owned());
    }
    match word.chars().find(|letter| letter.is_control() || "\"'`".contains(*letter)) {
        Some(letter) => Err(format!("unexpected {letter:?} in {word:?}")),
        None => Ok((Word::Text(word.to_owned()), length)),
    }
}

/// Of Go's escapes those that can stand in a path.
fn quoted(rest: &str, quote: char) -> Result<(Word, usize), String> {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            _ if letter == quote => return Ok((Word::Text(text), at + 1)),
            '\\' if quote == '"' => match letters.next() {
                Some((_, escaped @ ('\\' | '"'))) => text.push(escaped),
                Some((_, other)) => return Err(format!("the escape \\{} is not understood", other.escape_default())),
                None => break,
            },
            _ => text.push(letter),
        }
    }
    Err("a quote has no end".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(usize, String, Option<String>)>> {
        let lines = Source { text, location: "go.mod" }.lines()?;
        Ok(lines.into_iter().map(|line| (line.number, line.words.join("|"), line.comment)).collect())
    }

    #[test]
    fn blocks_comments_and_quotes_are_read_as_go_reads_them() {
        let text = "module \"example.com/a b\" // why\r\n\n// alone\nrequire (\n\tx v1 // indirect\n\n\ty v2//glued\n)\n\
                    retract [v1.0.0, v1.2.0]\nexclude ()\nreplace `a` => ../b(1\ngo\t1.26";
        let lines = read(text).unwrap();
        let lines: Vec<_> = lines.iter().map(|(n, words, note)| (*n, words.as_str(), note.as_deref())).collect();
        assert_eq!(
            lines,
            [
                (1, "module|example.com/a b", Some("why")),
                (5, "require|x|v1", Some("indirect")),
                (7, "require|y|v2", Some("glued")),
                (9, "retract|[|v1.0.0|,|v1.2.0|]", None),
                (11, "replace|a|=>|../b|(|1", None),
                (12, "go|1.26", None),
            ]
        );
        assert_eq!(read("replace a => \"\\\"\\\\()//\"").unwrap()[0].1, "replace|a|=>|\"\\()//");
        assert!(read("").unwrap().is_empty() && read("// only\n").unwrap().is_empty());
    }

    #[test]
    fn what_go_cannot_read_names_its_line() {
        for (text, message) in [
            ("\nmodule \"a", "go.mod:2: a quote has no end"),
            ("module \"a\\", "go.mod:1: a quote has no end"),
            ("module \"\\q\"", "go.mod:1: the escape \\q is not understood"),
            ("module a'b", "go.mod:1: unexpected '\\'' in \"a'b\""),
            ("module a\u{7}", "go.mod:1: unexpected '\\u{7}' in \"a\\u{7}\""),
            ("a /* b */", "go.mod:1: only // begins a comment, not /*"),
            ("\nrequire (\n\tx v1\n", "go.mod:2: the block `require (` has no end"),
            ("require (\n) x", "go.mod:2: a closing parenthesis stands alone on its line"),
        ] {
            let error = read(text).unwrap_err();
            assert_eq!((error.id(), error.message()), ("go/mod-invalid", message), "{text:?}");
        }
    }
}
