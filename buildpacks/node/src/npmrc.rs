//! Which file npm takes as its global configuration while building.

use std::path::{Path, PathBuf};

use libpack::world::Variables;

/// The variable that names the file.
pub const VARIABLE: &str = "NPM_CONFIG_GLOBALCONFIG";

/// Where the global configuration comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GlobalConfig {
    /// Neither variable nor binding: npm's own place.
    Default,
    /// The user's variable, which reaches npm as it is; a binding beside it is not used.
    Variable {
        /// Whether there is a binding that is not used: worth a line in the log.
        hides_binding: bool,
    },
    /// The key `.npmrc` of the `npmrc` binding: set [`VARIABLE`] to this path for npm and for the
    /// build of later buildpacks. Never for launch: the file holds credentials.
    Binding(PathBuf),
}

/// Decides: the user's variable, in any case as npm reads it, wins over the binding's file.
pub fn global_config(variables: &Variables, binding: Option<&Path>) -> GlobalConfig {
    let given = variables.iter().any(|(name, value)| {
        name.to_str().is_some_and(|name| name.eq_ignore_ascii_case(VARIABLE)) && !value.is_empty()
    });
    match binding {
        _ if given => GlobalConfig::Variable { hides_binding: binding.is_some() },
        Some(path) => GlobalConfig::Binding(path.to_owned()),
        None => GlobalConfig::Default,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_wins_over_the_binding() {
        let binding = Path::new("/bindings/npm/.npmrc");
        let with = |name: &str, value: &str| -> Variables { [(name, value)].into_iter().collect() };
        for name in ["NPM_CONFIG_GLOBALCONFIG", "npm_config_globalconfig"] {
            let decided = global_config(&with(name, "/etc/npmrc"), Some(binding));
            assert_eq!(decided, GlobalConfig::Variable { hides_binding: true });
        }
        let empty = with(VARIABLE, "");
        assert_eq!(global_config(&empty, Some(binding)), GlobalConfig::Binding(binding.into()));
        assert_eq!(global_config(&empty, None), GlobalConfig::Default);
    }
}
