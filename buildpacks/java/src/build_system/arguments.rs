//! Settings that hold words of a command line.

use libpack::context::Surroundings;
use libpack::settings::words;
use libpack::{Error, Result};

/// The words of a setting or its default. Errors: `java/arguments-invalid`, without the value.
pub fn words_of(around: &Surroundings, setting: &str) -> Result<Vec<String>> {
    split(setting, &around.settings().raw(setting).unwrap_or_default())
}

/// The words of a line that comes from a setting.
pub fn split(setting: &str, line: &str) -> Result<Vec<String>> {
    words::split(line).map_err(|fault| {
        Error::user("java/arguments-invalid", format!("failed to parse {setting}: {fault}"))
            .hint(format!("Write {setting} as words of a shell, with quotes around what has blanks in it."))
    })
}

/// A value that the user set, also when it is empty: a default does not count.
pub fn explicit(around: &Surroundings, setting: &str) -> Option<String> {
    around.variables().text(setting)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_cannot_be_read_names_its_setting_and_not_its_value() {
        assert_eq!(split("BP_X", r#"-Dname="two words" package"#).unwrap(), ["-Dname=two words", "package"]);
        let error = split("BP_X", "-Dpassword='open").unwrap_err();
        assert_eq!((error.id(), error.message().contains("open'")), ("java/arguments-invalid", false));
        assert_eq!(error.message(), "failed to parse BP_X: it has a quote that is not closed");
    }
}
