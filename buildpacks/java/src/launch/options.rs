//! The variables that steps read and write: `JAVA_TOOL_OPTIONS`, which the JVM reads itself, and `BPL_*`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use libpack::log::at_launch;
use libpack::settings::parse_bool;
use libpack::world::Variables;

/// What a step sets.
pub type Set = BTreeMap<String, String>;

/// The flags of the JVM, whoever starts it.
pub const OPTIONS: &str = "JAVA_TOOL_OPTIONS";
/// Set where something may be done less well than it could: fail as Paketo's helpers do.
pub const STRICT: &str = "BPL_JVM_STRICT_MEMORY";

/// The flags so far.
pub fn flags(variables: &Variables) -> Vec<String> {
    tokens(&variables.text(OPTIONS).unwrap_or_default())
}

/// Whether there is a flag that starts so.
pub fn has(variables: &Variables, start: &str) -> bool {
    flags(variables).iter().any(|flag| flag.starts_with(start))
}

/// A text behind the flags so far, as it is.
pub fn append(variables: &Variables, text: &str) -> Set {
    let before = variables.text(OPTIONS).filter(|before| !before.is_empty());
    let joined = before.map_or_else(|| text.to_owned(), |before| format!("{before} {text}"));
    Set::from([(OPTIONS.to_owned(), joined)])
}

/// Flags behind those so far, quoted where they must be.
pub fn append_flags<T: AsRef<str>>(variables: &Variables, flags: &[T]) -> Set {
    let flags: Vec<_> = flags.iter().map(|flag| quoted(flag.as_ref())).collect();
    append(variables, &flags.join(" "))
}

fn quoted(flag: &str) -> String {
    if !flag.contains(char::is_whitespace) {
        return flag.to_owned();
    }
    let quote = if flag.contains('"') { '\'' } else { '"' };
    format!("{quote}{flag}{quote}")
}

/// The flags of a text as the JVM reads it: white space separates, quotes of both kinds group and go away, and
/// nothing else means anything (hotspot, `arguments.cpp`, `parse_options_buffer`). A text with an open quote, which
/// stops the JVM, is split at white space.
pub fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut token: Option<String> = None;
    let mut open: Option<char> = None;
    for letter in text.chars() {
        match open {
            Some(quote) if letter == quote => open = None,
            None if letter.is_ascii_whitespace() => tokens.extend(token.take()),
            None if matches!(letter, '"' | '\'') => {
                open = Some(letter);
                token.get_or_insert_default();
            }
            _ => token.get_or_insert_default().push(letter),
        }
    }
    if open.is_some() {
        return text.split_whitespace().map(str::to_owned).collect();
    }
    tokens.extend(token);
    tokens
}

/// The value of a setting; empty counts as not set.
pub fn setting(variables: &Variables, name: &str) -> Option<String> {
    variables.text(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// A switch that is off unless it says on: what is no boolean is off (libpak, `sherpa.ResolveBool`).
pub fn is_on(variables: &Variables, name: &str) -> bool {
    setting(variables, name).and_then(|value| parse_bool(&value)).unwrap_or(false)
}

/// Where temporary files go, as Go's `os.TempDir` says.
pub fn temporary(variables: &Variables) -> PathBuf {
    variables.get("TMPDIR").filter(|path| !path.is_empty()).map_or_else(|| PathBuf::from("/tmp"), PathBuf::from)
}

/// A line that must not be missed, of a start that goes on.
pub fn warn(text: &str) {
    at_launch(&format!("WARNING: {text}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_read_as_the_jvm_reads_them() {
        assert_eq!(tokens(" -a\t-b \n"), ["-a", "-b"]);
        assert_eq!(tokens(r#"-Da="b c" '-Dd=e "f"' """#), ["-Da=b c", "-Dd=e \"f\"", ""]);
        let shell = r"-Dhttp.nonProxyHosts=a|b(c) -Dx=\n; -Xmx300m";
        assert_eq!(tokens(shell), ["-Dhttp.nonProxyHosts=a|b(c)", r"-Dx=\n;", "-Xmx300m"]);
        assert_eq!(tokens("-Dx='a b -Xmx1g"), ["-Dx='a", "b", "-Xmx1g"]);
    }

    #[test]
    fn what_is_appended_comes_last_and_is_quoted_where_it_has_blanks() {
        let variables: Variables = [(OPTIONS, "-Da=b")].into_iter().collect();
        let set = append_flags(&variables, &["-Dc=d e", "-Df=\"g h\""]);
        assert_eq!(set[OPTIONS], r#"-Da=b "-Dc=d e" '-Df="g h"'"#);
        assert_eq!(tokens(&set[OPTIONS]), ["-Da=b", "-Dc=d e", "-Df=\"g h\""]);
        assert_eq!(append(&Variables::default(), "-x  -y")[OPTIONS], "-x  -y");
    }
}
