//! What an image runs on: operating system, architecture, distribution.

use crate::world::Variables;

/// The target of a build, from `CNB_TARGET_*` (buildpacks/spec, buildpack.md, "Targets").
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// `linux`.
    pub os: String,
    /// `amd64` or `arm64`: Go's names.
    pub arch: String,
    /// `v8` and the like; mostly absent.
    pub variant: Option<String>,
    /// The distribution's name (`debian`), when the platform tells it.
    pub distro_name: Option<String>,
    /// The distribution's version (`12`), when the platform tells it.
    pub distro_version: Option<String>,
}

impl Target {
    /// Reads the variables. An empty or missing architecture is the machine's own: lifecycle 0.17
    /// sets it to nothing under Platform API < 0.12. `x86_64` and `aarch64` become Go's names.
    pub fn from_variables(variables: &Variables) -> Self {
        let text = |name| variables.text(name).filter(|value| !value.is_empty());
        let arch = text("CNB_TARGET_ARCH").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
        Self {
            os: text("CNB_TARGET_OS").unwrap_or_else(|| "linux".to_owned()),
            arch: go_arch(&arch).to_owned(),
            variant: text("CNB_TARGET_ARCH_VARIANT"),
            distro_name: text("CNB_TARGET_DISTRO_NAME"),
            distro_version: text("CNB_TARGET_DISTRO_VERSION"),
        }
    }
}

/// Go's name of an architecture.
pub fn go_arch(name: &str) -> &str {
    match name {
        "x86_64" | "x64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipwright_says_x86_64_and_old_lifecycles_say_nothing() {
        let given: Variables = [("CNB_TARGET_ARCH", "x86_64")].into_iter().collect();
        assert_eq!(Target::from_variables(&given).arch, "amd64");
        let empty: Variables = [("CNB_TARGET_ARCH", "")].into_iter().collect();
        assert_eq!(Target::from_variables(&empty).arch, go_arch(std::env::consts::ARCH));
    }
}
