//! Environment changes: what components do to variables, applied during the build and written as files
//! that the lifecycle applies in the same way (buildpacks/spec, buildpack.md, "Environment").

mod folders;

pub use folders::{EnvFile, folders};

use crate::world::Variables;

/// When a change holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// For later steps and buildpacks.
    Build,
    /// When the image starts.
    Launch,
    /// In both.
    Both,
}

impl Scope {
    /// Whether a change of this scope holds in `when` (`Build` or `Launch`).
    pub fn covers(self, when: Self) -> bool {
        self == Self::Both || self == when
    }
}

/// What is done to the old value. The order of the variants is the order in which the lifecycle reads
/// the files of one folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Old value, delimiter, new value.
    Append,
    /// New value if there is none, or an empty one.
    Default,
    /// New value.
    Override,
    /// New value, delimiter, old value.
    Prepend,
}

/// One change of one variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When it holds.
    pub scope: Scope,
    /// The variable.
    pub name: String,
    /// What is done.
    pub action: Action,
    /// With what.
    pub value: String,
    /// Between old and new, for append and prepend.
    pub delimiter: String,
    /// The layer that the change speaks of: later buildpacks see it while building only if they see
    /// that layer.
    pub about: Option<String>,
}

impl Change {
    /// Applies the change as the lifecycle would (buildpacks/lifecycle, env/env.go).
    pub fn apply(&self, variables: &mut Variables) {
        let old = variables.text(&self.name).unwrap_or_default();
        let joined = |first: &str, second: &str| format!("{first}{}{second}", self.delimiter);
        let new = match self.action {
            Action::Default if !old.is_empty() => return,
            Action::Append if !old.is_empty() => joined(&old, &self.value),
            Action::Prepend if !old.is_empty() => joined(&self.value, &old),
            _ => self.value.clone(),
        };
        variables.set(&self.name, new);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_fills_an_empty_value_and_a_delimiter_needs_two_sides() {
        let change = |action, value: &str| Change {
            scope: Scope::Both,
            name: "N".to_owned(),
            action,
            value: value.to_owned(),
            delimiter: ":".to_owned(),
            about: None,
        };
        let mut variables: Variables = [("N", "")].into_iter().collect();
        change(Action::Append, "b").apply(&mut variables);
        change(Action::Default, "x").apply(&mut variables);
        change(Action::Prepend, "a").apply(&mut variables);
        assert_eq!(variables.text("N").as_deref(), Some("a:b"));
        change(Action::Override, "c").apply(&mut variables);
        assert_eq!(variables.text("N").as_deref(), Some("c"));
    }
}
