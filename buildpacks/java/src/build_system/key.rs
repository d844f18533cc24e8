//! What the result of a build depends on, as the key of the layer that holds it (paketo-buildpacks/libbs,
//! `application.go`). Paketo's leaves out the tool, the environment and which files the user keeps.

use std::path::Path;

use libpack::context::BuildCx;
use libpack::layer::Key;
use libpack::world::Variables;
use libpack::{Result, checksum, fs};

use super::Build;

/// Variables that the tools and their JVMs read.
const SHAPING: [&str; 10] = [
    "GRADLE_OPTS",
    "JAVA_OPTS",
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "MAVEN_ARGS",
    "MAVEN_CONFIG",
    "MAVEN_OPTS",
    "NODE_ENV",
    "NODE_OPTIONS",
    "SOURCE_DATE_EPOCH",
];
/// Properties of a project from the environment (Gradle, "Project properties").
const GRADLE_PROPERTIES: &str = "ORG_GRADLE_PROJECT_";

/// The key. What may hold a credential is there as a digest only.
pub fn of(cx: &BuildCx<'_>, build: &Build) -> Result<Key> {
    Ok(Key::new()
        .with("sources", sources(cx.app())?)
        .with("build-tool", &build.program.identity)
        .with("build-jdk", build.jdk.identity())
        .with("arguments", digest(&build.arguments.join("\0")))
        .with("artifact-pattern", build.artifact.text())
        .with("kept-files", build.kept.text())
        .with("build-variables", digest(&format!("{:?}", shaping(&cx.environment()))))
        .and(build.further.clone()))
}

/// The app without its history, which differs between two clones of one commit.
fn sources(app: &Path) -> Result<String> {
    let names = fs::list(app)?.into_iter().filter(|name| name != ".git").collect::<Vec<_>>();
    fs::digest(app, &names)
}

fn shaping(environment: &Variables) -> Vec<(String, String)> {
    let text = |value: &std::ffi::OsStr| value.to_string_lossy().into_owned();
    let shapes = |name: &str| SHAPING.contains(&name) || name.starts_with(GRADLE_PROPERTIES);
    let all = environment.iter().map(|(name, value)| (text(name), text(value)));
    all.filter(|(name, value)| shapes(name) && !value.is_empty()).collect()
}

/// The SHA-256 of a text, in hex digits.
pub fn digest(text: &str) -> String {
    checksum::sha256(text.as_bytes()).hex().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_the_tools_count_and_others_do_not() {
        let given = [
            ("MAVEN_OPTS", "-Xmx1g"),
            ("ORG_GRADLE_PROJECT_token", "x"),
            ("JAVA_TOOL_OPTIONS", ""),
            ("PATH", "/bin"),
            ("MVNW_REPOURL", "https://mirror.example"),
        ];
        let names: Vec<_> = shaping(&given.into_iter().collect()).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["MAVEN_OPTS", "ORG_GRADLE_PROJECT_token"]);
    }

    #[test]
    fn history_does_not_count() {
        let app = tempfile::tempdir().unwrap();
        fs::write(&app.path().join("pom.xml"), "<project/>").unwrap();
        let before = sources(app.path()).unwrap();
        fs::write(&app.path().join(".git/HEAD"), "ref").unwrap();
        assert_eq!(sources(app.path()).unwrap(), before);
        fs::write(&app.path().join(".mvn/jvm.config"), "-Xmx1g").unwrap();
        assert_ne!(sources(app.path()).unwrap(), before);
    }
}
