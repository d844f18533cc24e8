//! `conf/catalina.properties`: where Tomcat looks for classes.

use super::options::COMMON_JARS;

/// Where it lies below `CATALINA_HOME` and `CATALINA_BASE`.
pub const PATH: &str = "conf/catalina.properties";
/// What all applications and Tomcat itself share.
const COMMON: &str = "common.loader";

/// The text with the jars that are named at launch in front of the common class path.
pub fn with_common_jars(text: &str) -> String {
    let line = |line: &str| match value_of_common(line) {
        Some(value) if !value.contains(COMMON_JARS) => format!("{COMMON}=${{{COMMON_JARS}}},{value}"),
        _ => line.to_owned(),
    };
    text.split_inclusive('\n').map(line).collect()
}

/// What stands behind the name, with the line's end.
fn value_of_common(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix(COMMON)?.trim_start_matches([' ', '\t']);
    rest.strip_prefix(['=', ':']).map(|value| value.trim_start_matches([' ', '\t']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_jars_stand_first_and_nothing_else_changes() {
        let text = "# common.loader=x\n  common.loader = \"${catalina.base}/lib\",\\\n  \"${catalina.home}/lib\"\nserver.loader=\n";
        let expected = "# common.loader=x\ncommon.loader=${BPI_TOMCAT_ADDITIONAL_COMMON_JARS},\"${catalina.base}/lib\",\\\n  \
                        \"${catalina.home}/lib\"\nserver.loader=\n";
        assert_eq!(with_common_jars(text), expected);
        assert_eq!(with_common_jars(expected), expected);
        assert_eq!(with_common_jars("common.loaders=x"), "common.loaders=x");
    }
}
