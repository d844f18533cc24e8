//! Where people say which Node.js they want: `BP_NODE_VERSION`, `package.json`, `.nvmrc`,
//! `.node-version`.

use libpack::{Error, Result};

/// The setting.
pub const SETTING: &str = "BP_NODE_VERSION";
/// `engines.node`.
pub const PACKAGE_JSON: &str = "package.json";
/// nvm's file.
pub const NVMRC: &str = ".nvmrc";
/// The file of nodenv, fnm and others.
pub const NODE_VERSION: &str = ".node-version";

/// Who wins, first to last; any other source comes after them
/// (paketo-buildpacks/libnodejs, `resolve_node_version.go`).
pub const PRIORITY: [&str; 4] = [SETTING, PACKAGE_JSON, NVMRC, NODE_VERSION];

/// The long-term-support lines that have a name (nodejs/Release, `schedule.json`).
const LTS_LINES: [(&str, u32); 11] = [
    ("argon", 4),
    ("boron", 6),
    ("carbon", 8),
    ("dubnium", 10),
    ("erbium", 12),
    ("fermium", 14),
    ("gallium", 16),
    ("hydrogen", 18),
    ("iron", 20),
    ("jod", 22),
    ("krypton", 24),
];

/// Words for "whatever is newest".
const NEWEST: [&str; 4] = ["node", "stable", "current", "latest"];

/// What a parser of this module needs to know from outside.
#[derive(Clone, Copy)]
pub struct Known<'a> {
    /// The newest long-term-support line that the buildpack carries, such as 24.
    pub newest_lts: u32,
    /// Whether a text is a version constraint.
    pub is_constraint: &'a dyn Fn(&str) -> bool,
}

/// The requests of setting and files as `(source, constraint)`, in the order in which node-engine
/// puts them into the plan. The setting is taken as it is: a bad one is told when the version is
/// chosen.
/// Errors: `node/version-file-invalid`.
pub fn requests(
    setting: Option<&str>,
    nvmrc: Option<&str>,
    node_version: Option<&str>,
    known: Known<'_>,
) -> Result<Vec<(&'static str, String)>> {
    let mut found = Vec::new();
    if let Some(text) = nvmrc {
        found.push((NVMRC, parse_nvmrc(text, known)?));
    }
    if let Some(text) = setting.filter(|text| !text.is_empty()) {
        found.push((SETTING, text.to_owned()));
    }
    if let Some(text) = node_version {
        found.push((NODE_VERSION, parse_node_version(text, known)?));
    }
    Ok(found)
}

/// The constraint in the text of a `.nvmrc`: a version, a constraint, or one of nvm's aliases.
/// Errors: `node/version-file-invalid`.
pub fn parse_nvmrc(text: &str, known: Known<'_>) -> Result<String> {
    let wish = single_line(NVMRC, text)?;
    if NEWEST.contains(&wish.as_str()) {
        return Ok("*".to_owned());
    }
    if let Some(name) = wish.strip_prefix("lts/") {
        return lts_line(name, known.newest_lts)
            .map(|line| format!("{line}.*"))
            .ok_or_else(|| unknown_alias(&wish, known.newest_lts));
    }
    let plain = without_v(&wish);
    if (known.is_constraint)(plain) {
        return Ok(plain.to_owned());
    }
    Err(if plain.starts_with(|first: char| first.is_ascii_alphabetic()) {
        unknown_alias(&wish, known.newest_lts)
    } else {
        invalid(NVMRC, &wish).hint(WRITE_A_VERSION)
    })
}

/// The constraint in the text of a `.node-version`, which has no aliases.
/// Errors: `node/version-file-invalid`.
pub fn parse_node_version(text: &str, known: Known<'_>) -> Result<String> {
    let wish = single_line(NODE_VERSION, text)?;
    let plain = without_v(&wish);
    if (known.is_constraint)(plain) {
        return Ok(plain.to_owned());
    }
    let hint = if wish.starts_with("lts/") || NEWEST.contains(&wish.as_str()) {
        "Write a version such as `24` or `24.18.1`: aliases stand in .nvmrc only."
    } else {
        WRITE_A_VERSION
    };
    Err(invalid(NODE_VERSION, &wish).hint(hint))
}

const WRITE_A_VERSION: &str = "Write a version such as `24` or `24.18.1`, or a constraint such as `~24.18`.";

/// `*`, a name, or `-n`: the n-th line before the newest.
fn lts_line(name: &str, newest: u32) -> Option<u32> {
    if name == "*" {
        return Some(newest);
    }
    if let Some(steps) = name.strip_prefix('-') {
        let steps: usize = steps.parse().ok()?;
        let mut older = LTS_LINES.iter().rev().map(|(_, line)| *line).filter(|line| *line < newest);
        return if steps == 0 { Some(newest) } else { older.nth(steps - 1) };
    }
    LTS_LINES.iter().find(|(known, _)| *known == name).map(|(_, line)| *line)
}

/// The one line that is neither blank nor a comment, in lower case.
fn single_line(source: &str, text: &str) -> Result<String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines = text
        .lines()
        .map(|line| line.split_once('#').map_or(line, |(before, _)| before).trim())
        .filter(|line| !line.is_empty());
    let Some(line) = lines.next() else {
        return Err(invalid(source, "").hint(format!("Write a version such as `24` into {source}, or delete it.")));
    };
    if let Some(second) = lines.next() {
        return Err(
            invalid(source, &format!("{line}\\n{second}")).hint(format!("Keep one line with a version in {source}."))
        );
    }
    Ok(line.to_lowercase())
}

fn without_v(wish: &str) -> &str {
    wish.strip_prefix('v').unwrap_or(wish)
}

fn invalid(source: &str, wish: &str) -> Error {
    let message = format!("invalid version constraint specified in {source}: \"{wish}\"");
    Error::user("node/version-file-invalid", message)
}

fn unknown_alias(wish: &str, newest_lts: u32) -> Error {
    let names = LTS_LINES.map(|(name, _)| format!("lts/{name}")).join(", ");
    invalid(NVMRC, wish).hint(format!(
        "Write a version such as `{newest_lts}`, or one of the aliases lts/*, lts/-1, {names}, {}.",
        NEWEST.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Enough of the grammar for these tests: the real one is libpack's.
    fn looks_right(text: &str) -> bool {
        text == "x" || text.starts_with(|c: char| c.is_ascii_digit() || "^~<>=*".contains(c))
    }

    const KNOWN: Known<'_> = Known { newest_lts: 24, is_constraint: &looks_right };

    #[test]
    fn nvmrc_says_it_in_many_ways() {
        let cases = [
            ("24", "24"),
            ("v22.23.2\n", "22.23.2"),
            ("V20\r\n", "20"),
            ("  >=20 <23  ", ">=20 <23"),
            ("x", "x"),
            ("node", "*"),
            ("Stable", "*"),
            ("current", "*"),
            ("latest", "*"),
            ("lts/*", "24.*"),
            ("LTS/*\n", "24.*"),
            ("lts/iron", "20.*"),
            ("lts/Jod", "22.*"),
            ("lts/krypton", "24.*"),
            ("lts/argon", "4.*"),
            ("lts/-0", "24.*"),
            ("lts/-1", "22.*"),
            ("lts/-2", "20.*"),
            ("# what we run\n\n  22 # until June\n\n", "22"),
            ("\u{feff}22", "22"),
        ];
        for (text, constraint) in cases {
            assert_eq!(parse_nvmrc(text, KNOWN).unwrap(), constraint, "{text:?}");
        }
    }

    #[test]
    fn the_newest_long_term_line_is_the_one_we_carry() {
        let known = Known { newest_lts: 26, ..KNOWN };
        assert_eq!(parse_nvmrc("lts/*", known).unwrap(), "26.*");
        assert_eq!(parse_nvmrc("lts/-1", known).unwrap(), "24.*");
    }

    #[test]
    fn an_alias_that_nobody_knows_lists_those_we_know() {
        for alias in ["lts/zinc", "lts/-99", "lts/", "iojs", "system", "default", "lts"] {
            let error = parse_nvmrc(alias, KNOWN).unwrap_err();
            assert_eq!(error.id(), "node/version-file-invalid");
            let message = format!("invalid version constraint specified in .nvmrc: \"{alias}\"");
            assert_eq!(error.message(), message);
            let hint = error.next_step().unwrap();
            assert!(hint.contains("lts/krypton") && hint.contains("lts/*") && hint.contains("stable"), "{hint}");
        }
    }

    #[test]
    fn an_empty_or_doubled_file_is_an_error() {
        for text in ["", " \n", "# only a comment\n", "20\n22\n", "!!"] {
            assert_eq!(parse_nvmrc(text, KNOWN).unwrap_err().id(), "node/version-file-invalid");
            assert_eq!(parse_node_version(text, KNOWN).unwrap_err().id(), "node/version-file-invalid");
        }
    }

    #[test]
    fn node_version_takes_versions_but_no_aliases() {
        assert_eq!(parse_node_version("v24.18.1\n", KNOWN).unwrap(), "24.18.1");
        assert_eq!(parse_node_version("~22", KNOWN).unwrap(), "~22");
        let error = parse_node_version("lts/*", KNOWN).unwrap_err();
        assert_eq!(error.message(), "invalid version constraint specified in .node-version: \"lts/*\"");
        assert!(error.next_step().unwrap().contains(".nvmrc only"));
    }

    #[test]
    fn the_setting_beats_the_manifest_and_both_beat_the_files() {
        assert_eq!(PRIORITY, ["BP_NODE_VERSION", "package.json", ".nvmrc", ".node-version"]);
    }

    #[test]
    fn requests_stand_in_the_order_of_the_plan() {
        let all = requests(Some("not checked"), Some("lts/jod"), Some("v20"), KNOWN).unwrap();
        let expected = [(NVMRC, "22.*"), (SETTING, "not checked"), (NODE_VERSION, "20")];
        assert_eq!(all, expected.map(|(source, text)| (source, text.to_owned())));
        assert!(requests(Some(""), None, None, KNOWN).unwrap().is_empty());
    }

    #[test]
    fn no_text_makes_it_panic_and_every_result_passed_the_check() {
        let pieces = ["", "v", "lts/", "lts/-", "-", "*", "#", "\n", "24", " ", "x", "é", "node", "<"];
        for one in pieces {
            for two in pieces {
                for three in pieces {
                    let text = format!("{one}{two}{three}");
                    for parsed in [parse_nvmrc(&text, KNOWN), parse_node_version(&text, KNOWN)].into_iter().flatten() {
                        assert!(looks_right(&parsed), "{text:?} became {parsed:?}");
                    }
                }
            }
        }
    }
}
