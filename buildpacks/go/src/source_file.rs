//! The head of a `.go` file: its build constraints and its package clause (golang/go,
//! `src/go/build/build.go`).

use std::io::Read as _;
use std::path::Path;

use crate::build_tags::Tags;

/// Bytes of a file that are read; the clause stands in front of everything but comments.
const HEAD: u64 = 256 * 1024;

/// Whether a folder holds a `main` package that a build with these tags compiles. Files that cannot
/// be read are left to the compiler.
pub fn holds_main(folder: &Path, names: &[String], tags: &Tags) -> bool {
    names.iter().filter(|name| tags.admit_name(name)).any(|name| {
        let head = read_head(&folder.join(name));
        head.is_some_and(|head| package(&head, tags) == Some("main"))
    })
}

fn read_head(path: &Path) -> Option<String> {
    // A pipe would hang.
    if !path.is_file() {
        return None;
    }
    let mut head = Vec::new();
    std::fs::File::open(path).ok()?.take(HEAD).read_to_end(&mut head).ok()?;
    Some(String::from_utf8_lossy(&head).into_owned())
}

/// The package of a file; none when its constraints keep it out of the build.
pub fn package<'a>(text: &'a str, tags: &Tags) -> Option<&'a str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let head = Head::of(text);
    let is_read = match head.constraints.as_slice() {
        [] => head.options.iter().all(|options| tags.satisfy_options(options)),
        [constraint] => tags.satisfy(constraint),
        _ => false,
    };
    let clause = head.rest.strip_prefix("package").filter(|_| is_read)?;
    let name = Head::of(clause).rest;
    if name.len() == clause.len() {
        return None;
    }
    let end = name.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(name.len());
    // Go leaves files of this package out, whatever stands beside them.
    Some(&name[..end]).filter(|name| !name.is_empty() && *name != "documentation")
}

/// What stands before the first token of a text.
#[derive(Default)]
struct Head<'a> {
    /// What follows `//go:build`.
    constraints: Vec<&'a str>,
    /// What follows `// +build` in front of a blank line.
    options: Vec<&'a str>,
    /// From the first token on.
    rest: &'a str,
}

impl<'a> Head<'a> {
    fn of(text: &'a str) -> Self {
        let mut head = Head::default();
        let mut pending = Vec::new();
        let (mut rest, mut starts_line, mut only_lines) = (text, true, true);
        loop {
            let token = rest.trim_start();
            let has_line_end = rest[..rest.len() - token.len()].contains('\n');
            if starts_line && has_line_end && only_lines {
                head.options.append(&mut pending);
            }
            starts_line |= has_line_end;
            if token.starts_with("//") {
                let (line, after) = token.split_once('\n').unwrap_or((token, ""));
                if starts_line {
                    head.constraints.extend(behind(line, "//go:build"));
                    pending.extend(behind(line[2..].trim_start(), "+build").filter(|_| only_lines));
                }
                (rest, starts_line) = (after, true);
            } else if let Some(comment) = token.strip_prefix("/*") {
                let Some((_, after)) = comment.split_once("*/") else { return head };
                (rest, starts_line, only_lines) = (after, false, false);
            } else {
                head.rest = token;
                return head;
            }
        }
    }
}

/// The text behind a directive, which blanks or nothing must follow.
fn behind<'a>(line: &'a str, directive: &str) -> Option<&'a str> {
    let rest = line.strip_prefix(directive)?;
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then(|| rest.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<&str> {
        package(text, &Tags::new("amd64", &["prod".to_owned()], true))
    }

    #[test]
    fn the_clause_is_found_behind_comments() {
        for (text, name) in [
            ("package main\n", Some("main")),
            ("\u{feff}package main", Some("main")),
            ("// Copyright\n\n/* more\n package x */ package main; import \"fmt\"", Some("main")),
            ("/* a */ // b\n\tpackage/**/lib// c", Some("lib")),
            ("package\n\n// x\nmain\n", Some("main")),
            ("// package main\npackage lib", Some("lib")),
            ("package documentation", None),
            ("packagemain", None),
            ("package", None),
            ("/* never closed package main", None),
            ("import \"fmt\"\npackage main", None),
            ("", None),
        ] {
            assert_eq!(of(text), name, "{text:?}");
        }
    }

    #[test]
    fn a_constraint_keeps_a_file_out() {
        for (text, is_read) in [
            ("//go:build ignore\n\npackage main", false),
            ("//go:build linux\npackage main", true),
            ("// Copyright\r\n//go:build tools\r\n\r\npackage main\r\n", false),
            ("//go:build prod && !dev\n\npackage main", true),
            ("/* x */\n//go:build ignore\npackage main", false),
            ("/*\n//go:build ignore\n*/\npackage main", true),
            ("/* x */ //go:build ignore\npackage main", true),
            ("// go:build ignore\n\npackage main", true),
            ("//go:buildx ignore\n\npackage main", true),
            ("//go:build\n\npackage main", false),
            ("//go:build linux\n//go:build unix\n\npackage main", false),
            ("package main\n//go:build ignore\n", true),
        ] {
            assert_eq!(of(text).is_some(), is_read, "{text:?}");
        }
    }

    #[test]
    fn an_old_constraint_counts_in_front_of_a_blank_line_when_there_is_no_new_one() {
        for (text, is_read) in [
            ("// +build ignore\n\npackage main", false),
            ("//+build ignore\n\npackage main", false),
            ("// +build ignore\npackage main", true),
            ("// +build linux\n// +build prod\n\npackage main", true),
            ("// +build linux\n// +build dev\n\npackage main", false),
            ("// +build ignore\n\n// Package main.\npackage main", false),
            ("//go:build linux\n// +build ignore\n\npackage main", true),
            ("/* x */\n// +build ignore\n\npackage main", true),
        ] {
            assert_eq!(of(text).is_some(), is_read, "{text:?}");
        }
    }
}
