//! The launch helper's part: what `catalina.sh` would make of variables, as options of the JVM, since Tomcat starts
//! without a shell.

use std::collections::BTreeMap;

use libpack::Result;
use libpack::log::at_launch;
use libpack::settings::{parse_bool, words};
use libpack::world::Variables;

/// The helper for access logs.
pub const ACCESS_LOGGING: &str = "access-logging-support";
/// The helper for Tomcat's options.
pub const CATALINA_OPTIONS: &str = "catalina-opts";

const LOGGING_ENABLED: &str = "BPL_TOMCAT_ACCESS_LOGGING_ENABLED";
/// Jars for the class loader that all applications share.
pub const COMMON_JARS: &str = "BPI_TOMCAT_ADDITIONAL_COMMON_JARS";
/// What every JVM reads.
const JVM_OPTIONS: &str = "JAVA_TOOL_OPTIONS";
/// What `catalina.sh` sets where nothing else is.
const JSSE: &str = "-Djdk.tls.ephemeralDHKeySize=2048";

/// Lets the server say each request (paketo-buildpacks/apache-tomcat, `helper/access_logging_support.go`): any value
/// switches it on, except those that say no.
#[allow(clippy::unnecessary_wraps, reason = "a helper may fail")]
pub fn access_logging(variables: &Variables) -> Result<BTreeMap<String, String>> {
    let Some(value) = variables.text(LOGGING_ENABLED) else { return Ok(BTreeMap::new()) };
    if parse_bool(value.trim()) == Some(false) {
        return Ok(BTreeMap::new());
    }
    at_launch("Tomcat Access Logging enabled");
    Ok(with(variables, &["-Daccess.logging.enabled=true".to_owned()]))
}

/// `CATALINA_OPTS` and its like, behind all other options, so that they win.
#[allow(clippy::unnecessary_wraps, reason = "a helper may fail")]
pub fn catalina_options(variables: &Variables) -> Result<BTreeMap<String, String>> {
    let mut options = read(variables, "JSSE_OPTS").unwrap_or_else(|| vec![JSSE.to_owned()]);
    options.push(format!("-D{COMMON_JARS}={}", variables.text(COMMON_JARS).unwrap_or_default()));
    options.extend(
        variables
            .text("CATALINA_TMPDIR")
            .filter(|folder| !folder.is_empty())
            .map(|folder| format!("-Djava.io.tmpdir={folder}")),
    );
    options.extend(read(variables, "CATALINA_OPTS").unwrap_or_default());
    Ok(with(variables, &options))
}

/// The words of a variable, with the values of others in it. One that cannot be read is no reason not to start.
fn read(variables: &Variables, name: &str) -> Option<Vec<String>> {
    let line = variables.text(name).filter(|line| !line.trim().is_empty())?;
    match words::split_expanding(&line, variables) {
        Ok(words) => Some(words),
        Err(fault) => {
            at_launch(&format!("WARNING: {name} is left out: {fault}"));
            None
        }
    }
}

fn with(variables: &Variables, options: &[String]) -> BTreeMap<String, String> {
    let before = variables.text(JVM_OPTIONS).filter(|before| !before.is_empty());
    let all: Vec<String> = before.into_iter().chain(options.iter().map(|option| quoted(option))).collect();
    BTreeMap::from([(JVM_OPTIONS.to_owned(), all.join(" "))])
}

/// As the JVM reads it: blanks part options, and either quote keeps them together (JVM Tool Interface,
/// `JAVA_TOOL_OPTIONS`).
fn quoted(option: &str) -> String {
    if !option.contains(|letter: char| letter.is_whitespace() || letter == '"' || letter == '\'') {
        return option.to_owned();
    }
    // A quote of one kind stands in a pair of the other.
    option.split_inclusive('"').fold(String::new(), |text, piece| {
        let (plain, quote) = piece.strip_suffix('"').map_or((piece, ""), |plain| (plain, "'\"'"));
        let plain = if plain.is_empty() { String::new() } else { format!("\"{plain}\"") };
        text + &plain + quote
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(helper: fn(&Variables) -> Result<BTreeMap<String, String>>, pairs: &[(&str, &str)]) -> Option<String> {
        helper(&pairs.iter().copied().collect()).unwrap().remove(JVM_OPTIONS)
    }

    #[test]
    fn access_logs_are_on_when_set_unless_the_value_says_no() {
        let on = Some("-Xmx1g -Daccess.logging.enabled=true".to_owned());
        for (value, on) in [("true", on.clone()), ("yes", on.clone()), ("", on), ("false", None), ("0", None)] {
            let found = options(access_logging, &[(LOGGING_ENABLED, value), (JVM_OPTIONS, "-Xmx1g")]);
            assert_eq!(found, on, "{value:?}");
        }
        assert_eq!(options(access_logging, &[]), None);
    }

    #[test]
    fn catalina_opts_come_last_with_their_variables_replaced() {
        let found = options(
            catalina_options,
            &[
                (JVM_OPTIONS, "-Xmx1g"),
                ("CATALINA_OPTS", "-Xmx2g -Dhost=${HOSTNAME} '-Dname=two words'"),
                ("HOSTNAME", "box"),
                ("CATALINA_TMPDIR", "/tmp"),
                (COMMON_JARS, "/a/*.jar,/b.jar"),
            ],
        );
        let expected = "-Xmx1g -Djdk.tls.ephemeralDHKeySize=2048 -DBPI_TOMCAT_ADDITIONAL_COMMON_JARS=/a/*.jar,/b.jar \
                        -Djava.io.tmpdir=/tmp -Xmx2g -Dhost=box \"-Dname=two words\"";
        assert_eq!(found.unwrap(), expected);
    }

    #[test]
    fn unset_variables_leave_what_tomcat_needs_and_open_quotes_are_left_out() {
        let bare = "-Djdk.tls.ephemeralDHKeySize=2048 -DBPI_TOMCAT_ADDITIONAL_COMMON_JARS=";
        assert_eq!(options(catalina_options, &[]).as_deref(), Some(bare));
        assert_eq!(options(catalina_options, &[("CATALINA_OPTS", "-Da='b")]).as_deref(), Some(bare));
        assert_eq!(
            options(catalina_options, &[("JSSE_OPTS", "-Dx=1")]).unwrap(),
            "-Dx=1 -DBPI_TOMCAT_ADDITIONAL_COMMON_JARS="
        );
    }

    #[test]
    fn quotes_reach_the_jvm_as_it_reads_them() {
        for (option, text) in [
            ("-Da=b", "-Da=b"),
            ("-Da=b c", "\"-Da=b c\""),
            ("-Da='b'", "\"-Da='b'\""),
            ("-Da=\"b c\"", "\"-Da=\"'\"'\"b c\"'\"'"),
        ] {
            assert_eq!(quoted(option), text);
        }
    }
}
