//! Several components, one plan.

use std::collections::BTreeMap;

use toml::Value;

use super::{Memory, Plan, Require};

/// A component that joined, with its plan.
pub struct Joined<'a> {
    /// The component's name.
    pub name: &'a str,
    /// Whether the group does without it.
    pub optional: bool,
    /// What it offers and wants.
    pub plan: Plan,
}

/// One alternative of the buildpack's plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// Names that the buildpack provides, its own id among them.
    pub provides: Vec<String>,
    /// What it requires, its own id with the [`Memory`] among it.
    pub requires: Vec<Require>,
}

/// The alternatives of a group, in the order in which the lifecycle shall try them: those of the first
/// component vary slowest, as those of the first buildpack of a group do.
///
/// A component that the group does without and whose offers nobody inside wants can be dropped, as the
/// lifecycle would do with an optional buildpack: alternatives without it come last.
///
/// Each requirement carries `by = "<buildpack id>"`, because entries of several buildpacks arrive in
/// one list and only those of others force a build-time layer.
pub fn compose(
    id: &str,
    joined: &[Joined<'_>],
    declined: &BTreeMap<String, String>,
    only_provide: bool,
) -> Vec<Alternative> {
    let wanted: Vec<&str> = joined.iter().flat_map(|one| one.plan.wants()).map(|want| want.name.as_str()).collect();
    let mut choices: Vec<Vec<Option<Vec<String>>>> = vec![Vec::new()];
    for one in joined {
        let mut offers: Vec<_> = one.plan.offers().into_iter().map(Some).collect();
        let satisfied = |names: &Vec<String>| names.iter().all(|name| wanted.contains(&name.as_str()));
        if one.optional && !offers.iter().flatten().any(satisfied) {
            offers.push(None);
        }
        choices = choices
            .iter()
            .flat_map(|start| {
                offers.iter().map(|offer| {
                    let mut choice = start.clone();
                    choice.push(offer.clone());
                    choice
                })
            })
            .collect();
    }
    let mut alternatives = Vec::new();
    for choice in choices {
        let alternative = alternative(id, joined, declined, &choice, only_provide);
        let empty = only_provide && alternative.provides.len() == 1;
        if !empty && !alternatives.contains(&alternative) {
            alternatives.push(alternative);
        }
    }
    alternatives
}

fn alternative(
    id: &str,
    joined: &[Joined<'_>],
    declined: &BTreeMap<String, String>,
    choice: &[Option<Vec<String>>],
    only_provide: bool,
) -> Alternative {
    let mut memory = Memory { declined: declined.clone(), ..Memory::default() };
    let mut requires: Vec<Require> = Vec::new();
    for (one, offer) in joined.iter().zip(choice) {
        let Some(offer) = offer else {
            memory.declined.insert(one.name.to_owned(), "nobody needs what it provides".to_owned());
            continue;
        };
        memory.joined.push(one.name.to_owned());
        for name in offer {
            if !memory.provides.contains(name) {
                memory.provides.push(name.clone());
            }
        }
        if only_provide {
            requires.extend(one.plan.owns().cloned());
        } else {
            requires.extend(one.plan.wants().iter().cloned());
        }
    }
    for require in &mut requires {
        require.metadata.insert("by".to_owned(), Value::String(id.to_owned()));
    }
    let mut provides = vec![id.to_owned()];
    provides.extend(memory.provides.iter().cloned());
    requires.insert(0, Require { name: id.to_owned(), metadata: memory.to_table() });
    Alternative { provides, requires }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(alternatives: &[Alternative]) -> Vec<String> {
        alternatives.iter().map(|one| one.provides[1..].join(" ")).collect()
    }

    fn node() -> Plan {
        Plan::new().alternatives([&[], &["node"], &["node", "npm"]]).requires(Require::new("node").build())
    }

    fn joined(name: &str, optional: bool, plan: Plan) -> Joined<'_> {
        Joined { name, optional, plan }
    }

    #[test]
    fn an_npm_app_first_counts_on_others_for_node() {
        let modules = Plan::new().provides("node_modules").requires(Require::new("npm").build());
        let start = Plan::new().requires(Require::new("node_modules").launch());
        let all = [
            joined("node-engine", false, node()),
            joined("npm-install", false, modules),
            joined("npm-start", true, start),
        ];
        let alternatives = compose("libpack/node", &all, &BTreeMap::new(), false);
        assert_eq!(names(&alternatives), ["node_modules", "node node_modules", "node npm node_modules"]);
        let last = &alternatives[2].requires;
        assert_eq!(last[0].name, "libpack/node");
        let memory = Memory::from_table(&last[0].metadata);
        assert_eq!(memory.joined, ["node-engine", "npm-install", "npm-start"]);
        assert_eq!(memory.provides, ["node", "npm", "node_modules"]);
        assert_eq!(last[1].metadata["by"].as_str(), Some("libpack/node"));
    }

    #[test]
    fn services_come_richest_first_because_an_unused_one_fails_a_required_buildpack() {
        let certificates = Plan::new()
            .alternatives([&["ca-certificates", "ca-certificates-helper"], &["ca-certificates-helper"]])
            .requires(Require::new("ca-certificates-helper"));
        let all = [joined("ca-certificates", true, certificates), joined("node-engine", false, node())];
        assert_eq!(
            names(&compose("x/y", &all, &BTreeMap::new(), false)),
            [
                "ca-certificates ca-certificates-helper",
                "ca-certificates ca-certificates-helper node",
                "ca-certificates ca-certificates-helper node npm",
                "ca-certificates-helper",
                "ca-certificates-helper node",
                "ca-certificates-helper node npm",
            ]
        );
    }

    #[test]
    fn a_provider_wants_nothing_and_always_provides_something() {
        let all = [joined("node-engine", false, node())];
        let alternatives = compose("x/y", &all, &BTreeMap::new(), true);
        assert_eq!(names(&alternatives), ["node", "node npm"]);
        assert!(alternatives.iter().all(|one| one.requires.len() == 1));
    }

    #[test]
    fn a_provider_wants_what_is_its_own() {
        let jdk = Plan::new().provides("jre").own(Require::new("jdk"));
        let all = [joined("jvm", false, jdk), joined("maven", false, Plan::new().provides("maven"))];
        let alternatives = compose("x/y", &all, &BTreeMap::new(), true);
        assert_eq!(names(&alternatives), ["jre jdk maven"]);
        let wants: Vec<_> = alternatives[0].requires.iter().map(|want| want.name.as_str()).collect();
        assert_eq!(wants, ["x/y", "jdk"]);
    }

    #[test]
    fn an_optional_component_that_nobody_needs_is_dropped_last() {
        let all = [joined("watchexec", true, Plan::new().provides("watchexec"))];
        let alternatives = compose("x/y", &all, &BTreeMap::new(), false);
        assert_eq!(names(&alternatives), ["watchexec", ""]);
        let memory = Memory::from_table(&alternatives[1].requires[0].metadata);
        assert_eq!(memory.declined["watchexec"], "nobody needs what it provides");
    }
}
