//! The flags of `go build`: `BP_GO_BUILD_FLAGS`, `BP_GO_BUILD_LDFLAGS`, and the defaults behind them
//! (paketo-buildpacks/go-build, `build_configuration_parser.go`, `go_build_process.go`).

use libpack::settings::words::{Fault, split_expanding};
use libpack::world::Variables;
use libpack::{Error, Result};

/// The setting with all flags.
pub const FLAGS: &str = "BP_GO_BUILD_FLAGS";
/// The setting with the value of `-ldflags`.
pub const LDFLAGS: &str = "BP_GO_BUILD_LDFLAGS";

/// What stands between `go build` and the packages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildFlags {
    /// The words, the user's first.
    pub words: Vec<String>,
    /// Whether `CGO_ENABLED=0` goes with them, so that the executables need no loader.
    pub without_cgo: bool,
}

impl BuildFlags {
    /// The user's flags and what they leave open: `-buildmode pie` (`default` and no cgo for an image
    /// without a libc, `is_static`) and `-trimpath`.
    pub fn complete(mut words: Vec<String>, is_static: bool) -> Self {
        let names = |words: &[String], flag: &str| words.iter().any(|word| word.starts_with(flag));
        let without_cgo = is_static && !names(&words, "-buildmode");
        if !names(&words, "-buildmode") {
            let mode = if is_static { "default" } else { "pie" };
            words.extend(["-buildmode".to_owned(), mode.to_owned()]);
        }
        if !names(&words, "-trimpath") {
            words.push("-trimpath".to_owned());
        }
        Self { words, without_cgo }
    }
}

/// The words of the two settings; a value of `None` is one that is not set. `variables` are those of
/// the build, earlier buildpacks' among them. Errors: `go/flags-invalid`.
pub fn user_flags(flags: Option<&str>, ldflags: Option<&str>, variables: &Variables) -> Result<Vec<String>> {
    let mut words = match flags {
        Some(text) => split_expanding(text, variables).map_err(|fault| unreadable(FLAGS, fault))?,
        None => Vec::new(),
    };
    let Some(ldflags) = ldflags else { return Ok(words) };
    let line = format!("-ldflags=\"{ldflags}\"");
    let mut read = split_expanding(&line, variables).map_err(|fault| unreadable(LDFLAGS, fault))?;
    let (Some(word), true) = (read.pop(), read.is_empty()) else { return Err(several_words(ldflags)) };
    let mut replaced = false;
    for one in words.iter_mut().filter(|one| one.starts_with("-ldflags")) {
        one.clone_from(&word);
        replaced = true;
    }
    if !replaced {
        words.push(word);
    }
    Ok(words)
}

/// The value of a flag in the two forms that Go reads, `-mod=vendor` and `-mod vendor`, with one dash
/// or two; of several the last.
pub fn value_of<'a>(words: &'a [String], flag: &str) -> Option<&'a str> {
    let mut value = None;
    for (at, word) in words.iter().enumerate() {
        let Some(rest) = word.strip_prefix('-') else { continue };
        match rest.strip_prefix('-').unwrap_or(rest).strip_prefix(flag) {
            Some("") => value = words.get(at + 1).map(String::as_str).or(value),
            Some(rest) => value = rest.strip_prefix('=').or(value),
            None => {}
        }
    }
    value
}

/// The build tags that the flags set; Go reads commas between them, and blanks as it did before 1.13.
pub fn tags(words: &[String]) -> Vec<String> {
    let value = value_of(words, "tags").unwrap_or_default();
    value.split([',', ' ']).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

/// The value stays out of the message: variables may have brought a secret into it.
fn unreadable(setting: &str, fault: Fault) -> Error {
    Error::user("go/flags-invalid", format!("failed to parse {setting}: invalid command line string: {fault}"))
        .hint(format!("Quote in {setting} as in a shell: `-tags=a -ldflags=\"-X 'main.name=a b'\"`."))
}

fn several_words(value: &str) -> Error {
    let message = format!("{LDFLAGS} value ({value}) could not be parsed: value contains multiple words");
    Error::user("go/flags-invalid", message)
        .hint("It is put between double quotes, so use single ones in it: `-s -w -X 'main.name=a b'`.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(flags: Option<&str>, ldflags: Option<&str>) -> Result<Vec<String>> {
        let pairs = [("V", "a b"), ("W", "x"), ("FIRST", "first-flag"), ("SECOND", "second-flag")];
        user_flags(flags, ldflags, &pairs.into_iter().collect())
    }

    fn owned(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn both_settings_become_words_with_variables_replaced() {
        let flags = r#"-buildmode=default -tags=paketo -ldflags="-X main.variable=some-value" -a=$FIRST -b=${SECOND}"#;
        let words = ["-buildmode=default", "-tags=paketo", "-ldflags=-X main.variable=some-value"];
        let others = ["-a=first-flag", "-b=second-flag"];
        assert_eq!(read(Some(flags), None).unwrap(), [words.as_slice(), &others].concat());
        assert!(read(None, None).unwrap().is_empty());
        assert!(read(Some(""), None).unwrap().is_empty());
    }

    #[test]
    fn the_linkers_setting_replaces_each_of_the_flags_or_comes_last() {
        for (flags, ldflags, expected) in [
            (None, "-s -w", vec!["-ldflags=-s -w"]),
            (None, "", vec!["-ldflags="]),
            (None, r#"-X "main.v=1""#, vec!["-ldflags=-X main.v=1"]),
            (None, "-X main.v=$V", vec!["-ldflags=-X main.v=a b"]),
            (None, "-X main.v='$V'", vec!["-ldflags=-X main.v='a b'"]),
            (Some("-v -a"), "-s", vec!["-v", "-a", "-ldflags=-s"]),
            (Some("-ldflags=-w -v -ldflags=-x"), "-s", vec!["-ldflags=-s", "-v", "-ldflags=-s"]),
        ] {
            assert_eq!(read(flags, Some(ldflags)).unwrap(), expected, "{ldflags}");
        }
    }

    #[test]
    fn a_linker_value_of_several_words_is_named() {
        let error = read(None, Some("\"spaces in quotes\"")).unwrap_err();
        assert_eq!(error.id(), "go/flags-invalid");
        let text =
            "BP_GO_BUILD_LDFLAGS value (\"spaces in quotes\") could not be parsed: value contains multiple words";
        assert_eq!(error.message(), text);
        assert!(error.next_step().unwrap().contains("single"));
    }

    #[test]
    fn a_line_that_cannot_be_read_names_its_setting_and_not_its_value() {
        for (flags, ldflags, setting) in [
            (Some("\""), None, FLAGS),
            (Some("a(b)"), None, FLAGS),
            (Some(r"-X=it\'s"), None, FLAGS),
            (None, Some("\""), LDFLAGS),
        ] {
            let error = read(flags, ldflags).unwrap_err();
            assert_eq!(error.id(), "go/flags-invalid");
            let start = format!("failed to parse {setting}: invalid command line string");
            assert!(error.message().starts_with(&start), "{error}");
        }
    }

    #[test]
    fn defaults_stand_behind_what_the_user_left_open() {
        let complete = |words: &[&str], is_static| BuildFlags::complete(owned(words), is_static);
        for (words, is_static, expected, without_cgo) in [
            (vec![], false, vec!["-buildmode", "pie", "-trimpath"], false),
            (vec!["-v"], false, vec!["-v", "-buildmode", "pie", "-trimpath"], false),
            (vec!["-buildmode=exe"], false, vec!["-buildmode=exe", "-trimpath"], false),
            (vec!["-buildmode", "exe"], false, vec!["-buildmode", "exe", "-trimpath"], false),
            (vec!["-trimpath=false"], false, vec!["-trimpath=false", "-buildmode", "pie"], false),
            (vec![], true, vec!["-buildmode", "default", "-trimpath"], true),
            (vec!["-buildmode=pie"], true, vec!["-buildmode=pie", "-trimpath"], false),
        ] {
            let flags = complete(&words, is_static);
            assert_eq!(flags, BuildFlags { words: owned(&expected), without_cgo }, "{words:?}");
        }
    }

    #[test]
    fn a_flags_value_is_found_in_each_form() {
        for (words, value) in [
            (vec!["-mod=vendor"], Some("vendor")),
            (vec!["--mod=vendor"], Some("vendor")),
            (vec!["-mod", "vendor"], Some("vendor")),
            (vec!["-mod=mod", "-v", "-mod=vendor"], Some("vendor")),
            (vec!["-modfile=x", "-mode"], None),
            (vec!["mod=vendor", "-mod"], None),
            (vec!["-mod="], Some("")),
        ] {
            assert_eq!(value_of(&owned(&words), "mod"), value, "{words:?}");
        }
    }

    #[test]
    fn tags_are_parted_by_commas_or_blanks() {
        assert_eq!(tags(&owned(&["-tags=a,b"])), ["a", "b"]);
        assert_eq!(tags(&owned(&["-tags", "a b"])), ["a", "b"]);
        assert!(tags(&owned(&["-v", "-tags="])).is_empty());
    }
}
