//! Spring Cloud Bindings: a library that turns service bindings into properties of Spring.

use std::path::PathBuf;

use libpack::Result;
use libpack::context::BuildCx;
use libpack::plan::{Candidate, Choice};
use libpack::sbom::{Sbom, Subject};
use libpack::version::Version;

use super::libraries::{Library, is_version_of};
use super::number;
use crate::application::flags;

/// Whether to leave it out.
pub const DISABLED: &str = "BP_SPRING_CLOUD_BINDINGS_DISABLED";
/// Which one.
pub const VERSION: &str = "BP_SPRING_CLOUD_BINDINGS_VERSION";
/// The row, the layer and the launch helper.
const NAME: &str = "spring-cloud-bindings";
/// Its name among the libraries and in its layer: without the version, so that another one changes this layer alone.
pub const LINK: &str = "spring-cloud-bindings.jar";

/// Whether it is to be added: not when the application has it.
pub fn are_wanted(cx: &BuildCx<'_>, libraries: &[Library]) -> Result<bool> {
    if libraries.iter().any(|library| is_version_of(&library.name, NAME)) {
        cx.log().process("A Spring Cloud Bindings library was found in the Spring Boot libs - not adding another one");
        return Ok(false);
    }
    Ok(!cx.settings().flag(DISABLED)?)
}

/// Where it will lie.
pub fn target(cx: &BuildCx<'_>) -> PathBuf {
    cx.layer_path(NAME).join(LINK)
}

/// Adds it, in the line that fits the version of Spring Boot unless the user names one.
pub fn add(cx: &BuildCx<'_>, boot: &str) -> Result<()> {
    let chosen = match cx.variable(VERSION) {
        Some(version) => Candidate { source: VERSION.to_owned(), version },
        None => Candidate { source: "Spring-Boot-Version".to_owned(), version: line(boot).to_owned() },
    };
    let dependency = cx.resolve(NAME, &Choice { chosen: Some(chosen.clone()), candidates: vec![chosen] })?;
    cx.layer(NAME).flags(flags(cx)).keyed_by(dependency.key()).create(|layer| {
        layer.install_file(&dependency, LINK)?;
        let subject = Subject::directory(layer.path().display().to_string());
        layer.describe(Sbom::of_component(subject, dependency.component()));
        Ok(())
    })?;
    cx.helper(NAME)
}

/// Boot 2 and 3.0.0 take the first line.
fn line(boot: &str) -> &'static str {
    let first = Version::parse("3.0.0").ok().zip(number(boot)).is_none_or(|(last, boot)| boot <= last);
    if first { "1.*" } else { "2.*" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_follows_the_version_of_spring_boot() {
        for (boot, expected) in [
            ("2.7.18", "1.*"),
            ("3.0.0", "1.*"),
            ("3.0.1", "2.*"),
            ("3.1", "2.*"),
            ("4.0.6.RELEASE", "2.*"),
            ("x", "1.*"),
        ] {
            assert_eq!(line(boot), expected, "{boot}");
        }
        assert!(is_version_of("spring-cloud-bindings-2.0.4.jar", NAME));
        assert!(!is_version_of("spring-cloud-bindings-extra-2.0.4.jar", NAME));
    }
}
