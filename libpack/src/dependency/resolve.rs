//! The choice of one row: id, constraint, target, stack (paketo-buildpacks/packit
//! `postal/service.go`, Paketo RFC 0059).

use std::collections::BTreeSet;

use super::{Dependencies, Dependency, Distro};
use crate::target::Target;
use crate::version::{Constraint, Version};
use crate::{Error, Result};

/// A chosen row, and the constraint that chose it.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// The row.
    pub dependency: Dependency,
    /// What was asked for, after `default` was replaced.
    pub constraint: String,
}

/// How closely a row was made for the target; a larger one wins.
type Closeness = (u8, bool, bool, bool);

impl Dependencies {
    /// Chooses the highest version that satisfies the constraint and runs on the target; among rows
    /// of one version the one that was made most closely for it.
    ///
    /// An empty constraint or `default` is the descriptor's default version, else any. No stack, or
    /// a row without stacks, matches any. The errors are `version/constraint`,
    /// `dependency/version-unknown` and `dependency/ambiguous`.
    pub fn resolve(&self, id: &str, constraint_text: &str, target: &Target, stack: Option<&str>) -> Result<Resolved> {
        let asked = match constraint_text.trim() {
            "" | "default" => self.default_versions.get(id).map_or("*", String::as_str),
            given => given,
        };
        let constraint = Constraint::parse(asked)?;
        let fitting: Vec<(Closeness, &Dependency)> = self
            .rows
            .iter()
            .filter(|row| row.id == id)
            .filter_map(|row| Some((row.closeness(target, stack)?, row)))
            .collect();
        let matching = fitting.iter().filter(|(_, row)| constraint.matches(&row.version));
        let best = matching.clone().max_by_key(|(closeness, row)| (&row.version, *closeness));
        let Some((closeness, best)) = best else {
            return Err(self.unknown(id, asked, target, stack, &fitting));
        };
        let twin = matching
            .clone()
            .find(|(other, row)| row.version == best.version && other == closeness && row.checksum != best.checksum);
        if twin.is_some() {
            return Err(Error::bug("dependency/ambiguous", format!("two rows for {id} {} fit {} equally", best.version, describe(target)))
                .hint("Remove one of the rows from buildpack.toml, or say with os, arch, distros or stacks where each belongs."));
        }
        Ok(Resolved { dependency: (*best).clone(), constraint: asked.to_owned() })
    }

    fn unknown(
        &self,
        id: &str,
        asked: &str,
        target: &Target,
        stack: Option<&str>,
        fitting: &[(Closeness, &Dependency)],
    ) -> Error {
        let here: BTreeSet<&Version> = fitting.iter().map(|(_, row)| &row.version).collect();
        let mut place = describe(target);
        if let Some(stack) = stack {
            place = format!("{place}, stack {stack}");
        }
        let carried = if here.is_empty() {
            let elsewhere = self.rows.iter().any(|row| row.id == id);
            format!("this buildpack carries {} for this target", if elsewhere { "others, but none" } else { "none" })
        } else {
            let newest_first: Vec<&str> = here.iter().rev().map(|version| version.as_str()).collect();
            format!("this buildpack carries {}", newest_first.join(", "))
        };
        Error::user("dependency/version-unknown", format!("no version of {id} satisfies {asked:?} on {place}: {carried}"))
            .hint("Ask for one of the versions that are carried, or use a release of the buildpack that carries the one you need.")
    }
}

/// `linux/amd64 (debian 12)`.
fn describe(target: &Target) -> String {
    let platform = format!("{}/{}", target.os, target.arch);
    match (&target.distro_name, &target.distro_version) {
        (None, _) => platform,
        (Some(name), None) => format!("{platform} ({name})"),
        (Some(name), Some(version)) => format!("{platform} ({name} {version})"),
    }
}

impl Dependency {
    /// `None` when the row is for something else.
    fn closeness(&self, target: &Target, stack: Option<&str>) -> Option<Closeness> {
        let fits = |given: Option<&String>, actual: &str| given.is_none_or(|given| given == actual);
        if !fits(self.os.as_ref(), &target.os) || !fits(self.arch.as_ref(), &target.arch) {
            return None;
        }
        let distro = if self.distros.is_empty() {
            0
        } else {
            self.distros.iter().filter_map(|distro| distro.closeness(target)).max()?
        };
        let any_stack = self.stacks.is_empty() || self.stacks.iter().any(|id| id == "*");
        let this_stack = stack.is_some_and(|stack| self.stacks.iter().any(|id| id == stack));
        if !any_stack && !this_stack && stack.is_some() {
            return None;
        }
        Some((distro, self.arch.is_some(), self.os.is_some(), this_stack))
    }
}

impl Distro {
    /// What the platform does not tell cannot be what a row insists on.
    fn closeness(&self, target: &Target) -> Option<u8> {
        let fits = |given: Option<&String>, actual: Option<&String>| given.is_none() || given == actual;
        (fits(self.name.as_ref(), target.distro_name.as_ref())
            && fits(self.version.as_ref(), target.distro_version.as_ref()))
        .then(|| u8::from(self.name.is_some()) + u8::from(self.version.is_some()))
    }
}
