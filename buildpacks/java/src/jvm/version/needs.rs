//! What the build files of an app need: a first build fails with `invalid target release` where nobody looks
//! there (paketo-buildpacks/bellsoft-liberica#711, paketo-buildpacks/maven#217).

use std::ffi::OsStr;
use std::path::Path;

use libpack::archive::ZipReader;
use libpack::context::Surroundings;
use libpack::{Result, fs};

use super::explicit::of_manifest;
use super::major;
use crate::manifest::Manifest;
use crate::project;

/// How a file says its need.
type Reader = fn(&str) -> Option<u64>;

/// The files in the app folder, beside the POM, which may lie elsewhere.
const READERS: [(&str, Reader); 5] = [
    ("build.gradle", of_gradle),
    ("build.gradle.kts", of_gradle),
    (".java-version", |text| of_name(text.lines().next()?.trim())),
    (".tool-versions", of_tool_versions),
    ("system.properties", of_system_properties),
];

/// A lower bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The file that says it.
    pub source: String,
    /// The major version.
    pub major: u64,
}

impl Need {
    /// All that there are. What cannot be read says nothing: its tool will complain.
    pub fn all(around: &Surroundings) -> Result<Vec<Self>> {
        let app = around.app();
        let text = |path: &Path| -> Option<String> {
            let bytes = path.is_file().then(|| fs::read_bytes(path).ok())??;
            Some(String::from_utf8_lossy(&bytes).into_owned())
        };
        let mut needs = Vec::new();
        let mut add = |source: &str, major: Option<u64>| {
            needs.extend(major.map(|major| Self { source: source.to_owned(), major }));
        };
        add("pom.xml", text(&project::pom(around)).and_then(|text| of_pom(&text)));
        for (file, read) in READERS {
            add(file, text(&app.join(file)).and_then(|text| read(&text)));
        }
        for name in fs::list(app)? {
            add(&name, of_archive(&app.join(&name))?);
        }
        Ok(needs)
    }
}

/// The Java that made an archive that can be started. A wrapper's own archive and a library cannot.
fn of_archive(path: &Path) -> Result<Option<u64>> {
    let kind = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    if !["jar", "war"].contains(&kind) || !path.is_file() {
        return Ok(None);
    }
    let Some(mut archive) = ZipReader::open(path)? else { return Ok(None) };
    let manifest = Manifest::of_archive(&mut archive);
    let runs = kind == "war" || manifest.get("Main-Class").is_some();
    Ok(of_manifest(&manifest).filter(|_| runs))
}

/// `maven.compiler.release`, `java.version` or `maven.compiler.target` of the properties, which may name one
/// another.
fn of_pom(text: &str) -> Option<u64> {
    let text = without_comments(text);
    let properties: String =
        text.split("<properties>").skip(1).filter_map(|part| part.split("</properties>").next()).collect();
    let property = |name: &str| {
        let (_, rest) = properties.split_once(&format!("<{name}>"))?;
        Some(rest.split('<').next()?.trim())
    };
    let number = |name: &str| {
        let value = property(name)?;
        match value.strip_prefix("${").and_then(|name| name.strip_suffix('}')) {
            Some(other) => major(property(other)?),
            None => major(value),
        }
    };
    ["maven.compiler.release", "java.version", "maven.compiler.target"].iter().find_map(|name| number(name))
}

fn without_comments(text: &str) -> String {
    let mut parts = text.split("<!--");
    let first = parts.next().unwrap_or_default().to_owned();
    first + &parts.filter_map(|part| part.split_once("-->").map(|(_, rest)| rest)).collect::<String>()
}

/// `languageVersion = JavaLanguageVersion.of(21)`, `jvmToolchain(21)`.
fn of_gradle(text: &str) -> Option<u64> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let call = |line: &str| {
        let arguments = ["JavaLanguageVersion.of(", "jvmToolchain("].iter().find_map(|name| line.split_once(name))?.1;
        major(arguments.trim_start_matches([' ', '"', '\'']))
    };
    lines.filter_map(call).max()
}

/// `java temurin-21.0.2+13`, of asdf and mise.
fn of_tool_versions(text: &str) -> Option<u64> {
    text.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        (words.next() == Some("java")).then(|| words.next().and_then(of_name)).flatten()
    })
}

/// `java.runtime.version=21`, of Heroku.
fn of_system_properties(text: &str) -> Option<u64> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(['=', ':'])?;
        (key.trim() == "java.runtime.version").then(|| of_name(value.trim())).flatten()
    })
}

/// A version with a vendor before it: `21`, `temurin-21.0.2+13`, `openjdk64-1.8.0.292`, `graalvm-ce-java17-22.3.0`.
fn of_name(name: &str) -> Option<u64> {
    let of_graal = || name.split('-').find_map(|part| major(part.strip_prefix("java")?));
    of_graal().or_else(|| name.split('-').find_map(major))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pom_says_it_in_its_properties() {
        let pom = |properties: &str| of_pom(&format!("<project><properties>{properties}</properties></project>"));
        assert_eq!(pom("<java.version>25</java.version>"), Some(25));
        assert_eq!(pom("<java.version> 1.8 </java.version>"), Some(8));
        let release = "<maven.compiler.release>${java.version}</maven.compiler.release>";
        assert_eq!(pom(&format!("<java.version>25</java.version>{release}")), Some(25));
        assert_eq!(pom(&format!("{release}<maven.compiler.target>17</maven.compiler.target>")), Some(17));
        assert_eq!(pom("<!-- <java.version>25</java.version> --><x>1</x>"), None);
        assert_eq!(of_pom("<dependency><java.version>25</java.version></dependency>"), None);
    }

    #[test]
    fn gradle_says_it_in_its_toolchain() {
        assert_eq!(of_gradle("java {\n  toolchain {\n    languageVersion = JavaLanguageVersion.of(25)\n"), Some(25));
        assert_eq!(of_gradle("kotlin {\n  jvmToolchain(17)\n}"), Some(17));
        assert_eq!(of_gradle("languageVersion = JavaLanguageVersion.of('21')"), Some(21));
        assert_eq!(of_gradle("// jvmToolchain(25)\nsourceCompatibility = '17'"), None);
        assert_eq!(of_gradle("jvmToolchain(libs.versions.java)"), None);
    }

    #[test]
    fn files_of_version_managers_name_a_vendor_too() {
        for (name, wanted) in [
            ("21", Some(21)),
            ("temurin-21.0.2+13.0.LTS", Some(21)),
            ("openjdk64-1.8.0.292", Some(8)),
            ("graalvm-ce-java17-22.3.0", Some(17)),
            ("system", None),
        ] {
            assert_eq!(of_name(name), wanted, "{name}");
        }
        assert_eq!(of_tool_versions("nodejs 22.1.0\njava zulu-17.0.9 # ours\n"), Some(17));
        assert_eq!(of_system_properties("maven.version=3.9.1\njava.runtime.version = 21\n"), Some(21));
    }
}
