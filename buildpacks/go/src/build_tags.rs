//! Which files a build reads: the tags that hold, the lines `//go:build`, and names such as
//! `x_windows.go` (golang/go, `src/go/build/build.go`, `src/go/build/constraint/expr.go`).

use std::collections::BTreeSet;

/// Systems and architectures that a file's name may end in (golang/go, `src/internal/syslist`).
const SYSTEMS: [&str; 18] = [
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "nacl",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "wasip1",
    "windows",
    "zos",
];
const ARCHITECTURES: [&str; 24] = [
    "386",
    "amd64",
    "amd64p32",
    "arm",
    "armbe",
    "arm64",
    "arm64be",
    "loong64",
    "mips",
    "mipsle",
    "mips64",
    "mips64le",
    "mips64p32",
    "mips64p32le",
    "ppc",
    "ppc64",
    "ppc64le",
    "riscv",
    "riscv64",
    "s390",
    "s390x",
    "sparc",
    "sparc64",
    "wasm",
];

/// Bytes. Go refuses expressions of more than a thousand parts; one of this size is no constraint.
const LONGEST_EXPRESSION: usize = 1000;

/// The tags of a build for Linux.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tags(BTreeSet<String>);

impl Tags {
    /// For an architecture in Go's words (`amd64`), with the user's own tags.
    pub fn new(architecture: &str, own: &[String], cgo: bool) -> Self {
        let given = ["linux", "unix", "gc", architecture].map(str::to_owned);
        let cgo = cgo.then(|| "cgo".to_owned());
        Self(given.into_iter().chain(cgo).chain(own.iter().cloned()).collect())
    }

    /// Whether a tag holds. Each `go1.N` does: who asks for a Go that is too new gets the compiler's word.
    pub fn hold(&self, tag: &str) -> bool {
        let release = tag.strip_prefix("go1.").is_some_and(|minor| minor.chars().all(|c| c.is_ascii_digit()));
        release || self.0.contains(tag)
    }

    /// Whether the name lets the file in: not hidden, no test, not another system's.
    pub fn admit_name(&self, name: &str) -> bool {
        let Some(stem) = name.strip_suffix(".go") else { return false };
        if name.starts_with(['_', '.']) || stem.ends_with("_test") {
            return false;
        }
        let stem = stem.split('.').next().unwrap_or_default();
        // `linux.go` is a file about Linux, `x_linux.go` one for it.
        let Some((_, suffixes)) = stem.split_once('_') else { return true };
        let parts: Vec<&str> = suffixes.split('_').collect();
        match parts.as_slice() {
            [.., system, architecture] if SYSTEMS.contains(system) && ARCHITECTURES.contains(architecture) => {
                self.hold(system) && self.hold(architecture)
            }
            [.., last] if SYSTEMS.contains(last) || ARCHITECTURES.contains(last) => self.hold(last),
            _ => true,
        }
    }

    /// Whether an expression behind `//go:build` holds; one that Go cannot read holds never.
    pub fn satisfy(&self, expression: &str) -> bool {
        if expression.len() > LONGEST_EXPRESSION {
            return false;
        }
        let mut parser = Parser { tags: self, rest: expression.trim_start() };
        parser.alternatives().is_some_and(|holds| holds && parser.rest.is_empty())
    }

    /// Whether the options behind `// +build` hold: blanks mean or, commas and.
    pub fn satisfy_options(&self, options: &str) -> bool {
        let holds = |literal: &str| match literal.strip_prefix('!') {
            Some(tag) => is_tag(tag) && !self.hold(tag),
            None => is_tag(literal) && self.hold(literal),
        };
        options.split_whitespace().any(|option| option.split(',').all(holds))
    }
}

fn is_tag(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_of_tag)
}

fn is_of_tag(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '.'
}

/// Reads and evaluates in one go; none for a mistake in the expression.
struct Parser<'a> {
    tags: &'a Tags,
    rest: &'a str,
}

impl Parser<'_> {
    fn alternatives(&mut self) -> Option<bool> {
        let mut holds = self.conjunction()?;
        while self.takes("||") {
            holds |= self.conjunction()?;
        }
        Some(holds)
    }

    fn conjunction(&mut self) -> Option<bool> {
        let mut holds = self.negation()?;
        while self.takes("&&") {
            holds &= self.negation()?;
        }
        Some(holds)
    }

    fn negation(&mut self) -> Option<bool> {
        if self.takes("!") { self.atom().map(|holds| !holds) } else { self.atom() }
    }

    fn atom(&mut self) -> Option<bool> {
        if self.takes("(") {
            let holds = self.alternatives()?;
            return self.takes(")").then_some(holds);
        }
        let end = self.rest.find(|letter| !is_of_tag(letter)).unwrap_or(self.rest.len());
        let (tag, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        (!tag.is_empty()).then(|| self.tags.hold(tag))
    }

    fn takes(&mut self, token: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(token) else { return false };
        self.rest = rest.trim_start();
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags() -> Tags {
        Tags::new("amd64", &["prod".to_owned()], true)
    }

    #[test]
    fn an_expression_holds_as_in_go() {
        for (expression, holds) in [
            ("linux", true),
            ("windows", false),
            ("ignore", false),
            ("prod && !dev", true),
            ("linux && (arm64 || amd64)", true),
            ("!linux || !unix", false),
            ("cgo&&gc", true),
            ("go1.18", true),
            ("go1.x", false),
            ("windows || linux && dev", false),
            ("(windows || linux) && prod", true),
        ] {
            assert_eq!(tags().satisfy(expression), holds, "{expression}");
        }
    }

    #[test]
    fn an_expression_that_go_cannot_read_never_holds() {
        let deep = "(".repeat(100_000);
        for expression in ["", "linux &&", "(linux", "linux)", "!!linux", "linux | unix", "linux unix", &deep] {
            assert!(!tags().satisfy(expression), "{expression:.20}");
        }
    }

    #[test]
    fn old_options_are_or_and_and() {
        for (options, holds) in [
            ("linux", true),
            ("ignore", false),
            ("windows linux", true),
            ("linux,!prod", false),
            ("linux,!dev darwin", true),
            ("!!linux", false),
            ("!", false),
            ("", false),
        ] {
            assert_eq!(tags().satisfy_options(options), holds, "{options}");
        }
    }

    #[test]
    fn a_name_may_keep_a_file_out() {
        for (name, admitted) in [
            ("main.go", true),
            ("linux.go", true),
            ("windows.go", true),
            ("main_linux.go", true),
            ("main_windows.go", false),
            ("main_linux_arm64.go", false),
            ("main_linux_amd64.go", true),
            ("main_arm64.go", false),
            ("main_windows_x.go", true),
            ("main_windows.pb.go", false),
            ("main_test.go", false),
            ("_main.go", false),
            (".main.go", false),
            ("main.go.txt", false),
        ] {
            assert_eq!(tags().admit_name(name), admitted, "{name}");
        }
    }

    #[test]
    fn without_cgo_its_tag_does_not_hold() {
        assert!(!Tags::new("arm64", &[], false).satisfy("cgo"));
    }
}
