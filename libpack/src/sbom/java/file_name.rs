//! What the name of an archive tells: `<name>-<version>.jar`.

/// The endings of archives that hold classes (anchore/syft, `archive_parser.go`).
const ENDINGS: [&str; 12] = ["jar", "war", "ear", "par", "sar", "nar", "kar", "far", "rar", "jpi", "hpi", "lpkg"];

/// The name of an archive without its ending; none when it is no archive's.
pub(super) fn stem(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?;
    let (stem, ending) = name.rsplit_once('.')?;
    let known = ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known));
    (known && !stem.is_empty()).then_some(stem)
}

/// Splits a stem into name and version. A version that the archive tells is looked for first, because names have
/// numbers too (`log4j-1.2-api-2.17.1`); else the version is what begins with a digit.
pub(super) fn split<'a>(stem: &'a str, told: &[&str]) -> (&'a str, Option<&'a str>) {
    for version in told.iter().filter(|version| !version.is_empty()) {
        let name = stem.strip_suffix(*version).and_then(|name| name.strip_suffix(['-', '_', '.']));
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            return (name, stem.get(name.len() + 1..));
        }
    }
    for separators in [&['-'][..], &['_', '.'][..]] {
        let places = stem.match_indices(separators).map(|(at, _)| at);
        for at in places.filter(|at| *at > 0) {
            if let (Some(name), Some(rest)) = (stem.get(..at), stem.get(at + 1..))
                && name.contains(char::is_alphabetic)
                && is_version(rest)
            {
                return (name, Some(rest));
            }
        }
    }
    (stem, None)
}

/// `1.0`, `build12`, `rc1`, `r4`.
fn is_version(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let number = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    let build = text.strip_prefix("build").is_some_and(|rest| rest.starts_with(|digit: char| digit.is_ascii_digit()));
    let candidate = text.strip_prefix("rc").or(text.strip_prefix('r')).is_some_and(number);
    text.starts_with(|digit: char| digit.is_ascii_digit()) || build || candidate
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_are_known_by_their_endings() {
        assert_eq!(stem("BOOT-INF/lib/one-1.0.jar"), Some("one-1.0"));
        assert_eq!(stem("ROOT.WAR"), Some("ROOT"));
        for other in [".jar", "one.zip", "jar", "lib.jar/readme", "one.jar.sha1", ""] {
            assert_eq!(stem(other), None, "{other}");
        }
    }

    #[test]
    fn names_end_where_the_version_begins() {
        let cases = [
            ("some-package-4.0.1", "some-package", Some("4.0.1")),
            ("prefix.thing-4", "prefix.thing", Some("4")),
            ("my-http2-server-5", "my-http2-server", Some("5")),
            ("jetpack-build235-rc5", "jetpack", Some("build235-rc5")),
            ("guava-33.0.0-jre", "guava", Some("33.0.0-jre")),
            ("akka-actor_2.13-2.6.20", "akka-actor_2.13", Some("2.6.20")),
            ("org.eclipse.core_3.1.0", "org.eclipse.core", Some("3.1.0")),
            ("catalina", "catalina", None),
            ("tomcat-i18n-de", "tomcat-i18n-de", None),
            ("spring-retry-rcx", "spring-retry-rcx", None),
            ("-1.0", "-1.0", None),
            ("größe-1.0-ä", "größe", Some("1.0-ä")),
        ];
        for (stem, name, version) in cases {
            assert_eq!(split(stem, &[]), (name, version), "{stem}");
        }
    }

    #[test]
    fn a_version_that_the_archive_tells_ends_the_name() {
        let stem = "log4j-1.2-api-2.17.1";
        assert_eq!(split(stem, &["", "2.17.1"]), ("log4j-1.2-api", Some("2.17.1")));
        assert_eq!(split(stem, &["9"]), ("log4j", Some("1.2-api-2.17.1")));
        assert_eq!(split("2.17.1", &["2.17.1"]), ("2.17.1", None));
    }
}
