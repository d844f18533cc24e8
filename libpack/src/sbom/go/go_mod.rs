//! What `go.mod` and `go.work` say (go.dev/ref/mod; golang.org/x/mod, `modfile/rule.go`).

use super::lines::{Line, Source};
use crate::Result;

/// A `go.mod`: what modules an app is made of, and which Go compiles it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GoMod {
    /// The path of the main module, `example.com/app/v2`.
    pub module: Option<String>,
    /// The language version as it is written, `1.26` or `1.26.3` or `1.27rc1`.
    pub go: Option<String>,
    /// The suggested toolchain as it is written, `go1.26.8` or `default`.
    pub toolchain: Option<String>,
    /// Required modules, direct and indirect.
    pub require: Vec<Require>,
    /// What is taken in place of a module.
    pub replace: Vec<Replace>,
    /// Versions that are never taken.
    pub exclude: Vec<ModuleVersion>,
}

/// A `go.work`: the modules that are built together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GoWork {
    /// As in [`GoMod`].
    pub go: Option<String>,
    /// As in [`GoMod`].
    pub toolchain: Option<String>,
    /// The folders of the modules, relative to the file, as they are written.
    pub uses: Vec<String>,
    /// Replacements for all modules; they win over those of a `go.mod`.
    pub replace: Vec<Replace>,
}

/// A module in a version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ModuleVersion {
    /// `github.com/gorilla/mux`.
    pub path: String,
    /// `v1.8.1`.
    pub version: String,
}

/// A required module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Require {
    /// What is required, at least.
    pub module: ModuleVersion,
    /// Whether no package of the main module imports it itself.
    pub indirect: bool,
}

/// A replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replace {
    /// The module that is replaced.
    pub path: String,
    /// Only this version of it; every version when absent.
    pub version: Option<String>,
    /// What is taken instead.
    pub by: Replacement,
}

/// What is taken in place of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replacement {
    /// A module.
    Module(ModuleVersion),
    /// A folder, relative to the file, as it is written.
    Folder(String),
}

impl GoMod {
    /// Reads a `go.mod`, which errors call `location`. Directives of a later Go are left alone.
    /// Fails with `go/mod-invalid`.
    pub fn parse(text: &str, location: &str) -> Result<Self> {
        let source = Source { text, location };
        let mut read = Self::default();
        for line in source.lines()? {
            let refuse = |what: String| source.invalid(line.number, &what);
            match line.verb() {
                "module" => once(&mut read.module, &line, "module"),
                "go" => go(&mut read.go, &line),
                "toolchain" => toolchain(&mut read.toolchain, &line),
                "require" => require(&line).map(|one| read.require.push(one)),
                "exclude" => module_version(&line).map(|one| read.exclude.push(one)),
                "replace" => replace(&line).map(|one| read.replace.push(one)),
                _ => Ok(()),
            }
            .map_err(refuse)?;
        }
        Ok(read)
    }

    /// What is taken in place of a module: the replacement for the version goes before the one for all.
    pub fn replacement(&self, module: &ModuleVersion) -> Option<&Replacement> {
        replacement(&self.replace, module)
    }
}

impl GoWork {
    /// Reads a `go.work`, which errors call `location`. Directives of a later Go are left alone.
    /// Fails with `go/mod-invalid`.
    pub fn parse(text: &str, location: &str) -> Result<Self> {
        let source = Source { text, location };
        let mut read = Self::default();
        for line in source.lines()? {
            let refuse = |what: String| source.invalid(line.number, &what);
            match line.verb() {
                "go" => go(&mut read.go, &line),
                "toolchain" => toolchain(&mut read.toolchain, &line),
                "use" => one(&line).map(|folder| read.uses.push(folder.to_owned())),
                "replace" => replace(&line).map(|one| read.replace.push(one)),
                _ => Ok(()),
            }
            .map_err(refuse)?;
        }
        Ok(read)
    }

    /// As [`GoMod::replacement`].
    pub fn replacement(&self, module: &ModuleVersion) -> Option<&Replacement> {
        replacement(&self.replace, module)
    }
}

fn replacement<'a>(all: &'a [Replace], module: &ModuleVersion) -> Option<&'a Replacement> {
    let of = |version: Option<&str>| {
        all.iter().find(|one| one.path == module.path && one.version.as_deref() == version).map(|one| &one.by)
    };
    of(Some(&module.version)).or_else(|| of(None))
}

impl Line {
    fn verb(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    fn arguments(&self) -> &[String] {
        self.words.get(1..).unwrap_or_default()
    }
}

fn one(line: &Line) -> Result<&str, String> {
    match line.arguments() {
        [value] => Ok(value),
        _ => Err(format!("{} takes one argument", line.verb())),
    }
}

fn once(known: &mut Option<String>, line: &Line, verb: &str) -> Result<(), String> {
    if known.is_some() {
        return Err(format!("repeated {verb} directive"));
    }
    *known = Some(one(line)?.to_owned());
    Ok(())
}

fn go(known: &mut Option<String>, line: &Line) -> Result<(), String> {
    once(known, line, "go")?;
    let version = one(line)?;
    let whole = || {
        let kind = version.trim_end_matches(|letter: char| letter.is_ascii_digit());
        let numbers = kind.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
        // `1.27rc1`: letters and a number behind the last part.
        let numbers = if kind == version || kind == numbers { version } else { numbers };
        let number = |part: &str| !part.is_empty() && part.chars().all(|digit| digit.is_ascii_digit());
        (2..=3).contains(&numbers.split('.').count()) && numbers.split('.').all(number)
    };
    if !whole() {
        return Err(format!("invalid go version {version:?}: it looks like 1.26.0"));
    }
    Ok(())
}

fn toolchain(known: &mut Option<String>, line: &Line) -> Result<(), String> {
    once(known, line, "toolchain")?;
    let name = one(line)?;
    if name != "default" && name != "go1" && !name.starts_with("go1.") {
        return Err(format!("invalid toolchain {name:?}: it looks like go1.26.0, or is default"));
    }
    Ok(())
}

fn module_version(line: &Line) -> Result<ModuleVersion, String> {
    match line.arguments() {
        [path, version] => Ok(ModuleVersion { path: path.clone(), version: version.clone() }),
        _ => Err(format!("{} takes a module and its version", line.verb())),
    }
}

/// `// indirect`, also with more behind a semicolon.
fn require(line: &Line) -> Result<Require, String> {
    let words: Vec<&str> = line.comment.iter().flat_map(|comment| comment.split_whitespace()).collect();
    let indirect = matches!(words.as_slice(), ["indirect"] | ["indirect;", _, ..]);
    Ok(Require { module: module_version(line)?, indirect })
}

fn replace(line: &Line) -> Result<Replace, String> {
    let usage = || "replace takes `module [version] => module version`, or a folder behind the arrow".to_owned();
    let arguments = line.arguments();
    let arrow = arguments.iter().position(|word| word == "=>").ok_or_else(usage)?;
    let (path, version) = match &arguments[..arrow] {
        [path] => (path, None),
        [path, version] => (path, Some(version)),
        _ => return Err(usage()),
    };
    let by = match &arguments[arrow + 1..] {
        [folder] if is_folder(folder) => Replacement::Folder(folder.clone()),
        [path, version] if !is_folder(path) => {
            Replacement::Module(ModuleVersion { path: path.clone(), version: version.clone() })
        }
        _ => return Err(usage()),
    };
    Ok(Replace { path: path.clone(), version: version.cloned(), by })
}

fn is_folder(path: &str) -> bool {
    path == "." || path == ".." || path.starts_with("./") || path.starts_with("../") || path.starts_with('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
// needs go 1.20
module "example.com/app/v2"

go 1.26.3

toolchain go1.26.8

require (
	github.com/gorilla/mux v1.8.1
	golang.org/x/mod v0.38.0 // indirect
	golang.org/x/sync v0.9.0 // indirect; for tests
	golang.org/x/sys v0.9.0 // indirectly
)

require rsc.io/quote v1.5.2
exclude golang.org/x/mod v0.1.0
replace (
	golang.org/x/mod => ../mod
	golang.org/x/mod v0.38.0 => example.com/fork v0.38.1
)
retract [v1.0.0, v1.2.0] // broken
tool golang.org/x/tools/cmd/stringer
ignore ./web
later (
	whatever it is
)
"#;

    fn module(path: &str, version: &str) -> ModuleVersion {
        ModuleVersion { path: path.to_owned(), version: version.to_owned() }
    }

    #[test]
    fn a_go_mod_says_what_it_says_and_not_what_its_comments_say() {
        let read = GoMod::parse(WHOLE, "go.mod").unwrap();
        assert_eq!(read.module.as_deref(), Some("example.com/app/v2"));
        assert_eq!((read.go.as_deref(), read.toolchain.as_deref()), (Some("1.26.3"), Some("go1.26.8")));
        let required: Vec<_> = read
            .require
            .iter()
            .map(|one| (one.module.path.as_str(), one.module.version.as_str(), one.indirect))
            .collect();
        assert_eq!(
            required,
            [
                ("github.com/gorilla/mux", "v1.8.1", false),
                ("golang.org/x/mod", "v0.38.0", true),
                ("golang.org/x/sync", "v0.9.0", true),
                ("golang.org/x/sys", "v0.9.0", false),
                ("rsc.io/quote", "v1.5.2", false),
            ]
        );
        assert_eq!(read.exclude, [module("golang.org/x/mod", "v0.1.0")]);
    }

    #[test]
    fn a_replacement_of_one_version_goes_before_that_of_all() {
        let read = GoMod::parse(WHOLE, "go.mod").unwrap();
        let of = |version| read.replacement(&module("golang.org/x/mod", version));
        assert_eq!(of("v0.38.0"), Some(&Replacement::Module(module("example.com/fork", "v0.38.1"))));
        assert_eq!(of("v0.37.0"), Some(&Replacement::Folder("../mod".to_owned())));
        assert_eq!(read.replacement(&module("rsc.io/quote", "v1.5.2")), None);
    }

    #[test]
    fn a_go_work_names_its_modules() {
        let text = "go 1.26\nuse (\n\t./api\n\t\"./web app\"\n)\nuse .\nreplace a.b/c v1.0.0 => d.e/f v1.0.1\n";
        let read = GoWork::parse(text, "go.work").unwrap();
        assert_eq!(read.uses, ["./api", "./web app", "."]);
        assert_eq!((read.go.as_deref(), read.toolchain.as_deref()), (Some("1.26"), None));
        assert_eq!(read.replacement(&module("a.b/c", "v1.0.0")), Some(&Replacement::Module(module("d.e/f", "v1.0.1"))));
    }

    #[test]
    fn go_versions_of_all_ages() {
        for version in ["1.16", "1.26.0", "1.27rc1", "1.21beta2", "1.999"] {
            assert_eq!(GoMod::parse(&format!("go {version}"), "go.mod").unwrap().go.as_deref(), Some(version));
        }
        for version in ["1", "v1.26", "1.x", "1.26.", "1.2.3.4", "1.26rc", "latest", "go1.26"] {
            let error = GoMod::parse(&format!("go {version}"), "go.mod").unwrap_err();
            assert_eq!(error.message(), format!("go.mod:1: invalid go version {version:?}: it looks like 1.26.0"));
        }
        for name in ["default", "go1", "go1.27.0-custom"] {
            assert_eq!(GoMod::parse(&format!("toolchain {name}"), "go.mod").unwrap().toolchain.as_deref(), Some(name));
        }
    }

    #[test]
    fn what_is_no_directive_names_its_line() {
        for (text, message) in [
            ("module a\nmodule b", "go.mod:2: repeated module directive"),
            ("go 1.20\ngo 1.21", "go.mod:2: repeated go directive"),
            ("go", "go.mod:1: go takes one argument"),
            ("toolchain 1.26.0", "go.mod:1: invalid toolchain \"1.26.0\": it looks like go1.26.0, or is default"),
            ("require a", "go.mod:1: require takes a module and its version"),
            ("exclude a b c", "go.mod:1: exclude takes a module and its version"),
        ] {
            assert_eq!(GoMod::parse(text, "go.mod").unwrap_err().message(), message, "{text}");
        }
        for text in ["a b", "=> b v1", "a => b", "a => ./b v1", "a =>", "a b c => d v1", "a => b v1 x"] {
            let error = GoMod::parse(&format!("replace {text}"), "go.mod").unwrap_err();
            assert!(error.message().starts_with("go.mod:1: replace takes"), "{text}: {error}");
        }
    }
}
