//! `.sdkmanrc` and the manifest of an exploded archive: where an app names its Java by Paketo's rules.

use std::path::Path;

use libpack::{Error, Result, fs};

use super::major;
use crate::manifest::Manifest;

/// SDKMAN's file.
pub const SDKMANRC: &str = ".sdkmanrc";

/// The major version of the line `java=21.0.5-tem`. The vendor in it does not count: `BP_JVM_VENDOR` does.
/// Errors: `java/sdkmanrc`.
pub fn sdkmanrc(app: &Path) -> Result<Option<u64>> {
    let Some(text) = fs::read_text_if_any(&app.join(SDKMANRC))? else { return Ok(None) };
    let version = java_of(&text)?;
    let unreadable = |version: &str| refuse(&format!("it names the Java version {version:?}"));
    version.map(|version| major(&version).ok_or_else(|| unreadable(&version))).transpose()
}

fn java_of(text: &str) -> Result<Option<String>> {
    let mut java = None;
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        let (key, value) = line.split_once('=').ok_or_else(|| refuse(&format!("the line {line:?} has no `=`")))?;
        if java.is_none() && key.trim().eq_ignore_ascii_case("java") {
            java = Some(value.trim().split('-').next().unwrap_or_default().to_owned());
        }
    }
    Ok(java)
}

fn refuse(reason: &str) -> Error {
    Error::user("java/sdkmanrc", format!("{SDKMANRC} cannot be read: {reason}"))
        .hint("Write lines such as `java=21.0.5-tem`, or set BP_JVM_VERSION and remove the file.")
}

/// The major version that made an exploded archive: `Build-Jdk-Spec`, else `Build-Jdk`.
pub fn manifest(app: &Path) -> Result<Option<u64>> {
    Ok(of_manifest(&Manifest::of_folder(app)?))
}

/// As [`manifest`], of any manifest.
pub fn of_manifest(manifest: &Manifest) -> Option<u64> {
    manifest.get("Build-Jdk-Spec").or_else(|| manifest.get("Build-Jdk")).and_then(major)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_for_java_counts() {
        let java = |text| java_of(text).unwrap();
        assert_eq!(java("# SDKMAN\n\nmaven=3.9.1\nJava = 21.0.5-tem # ours\njava=17\n").as_deref(), Some("21.0.5"));
        assert_eq!(java("java=1.8.0_302\r\n").as_deref(), Some("1.8.0_302"));
        assert_eq!(java("#java=17\n"), None);
        let error = java_of("java 17\n").unwrap_err();
        assert_eq!(error.message(), ".sdkmanrc cannot be read: the line \"java 17\" has no `=`");
    }

    #[test]
    fn a_manifest_names_the_java_that_made_it() {
        let of = |text| of_manifest(&Manifest::parse(text));
        assert_eq!(of("Build-Jdk-Spec: 17\nBuild-Jdk: 21.0.1\n"), Some(17));
        assert_eq!(of("Build-Jdk: 1.8.0_181\n"), Some(8));
        assert_eq!(of("Main-Class: App\n"), None);
    }
}
