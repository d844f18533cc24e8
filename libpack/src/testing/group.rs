//! How the lifecycle resolves the plans of a group (buildpacks/lifecycle, phase/detector.go).

use std::collections::BTreeMap;

use crate::plan::{Alternative, Entry, Require};

/// A buildpack of the group, as far as its plan goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbour {
    id: String,
    optional: bool,
    alternatives: Vec<Alternative>,
}

impl Neighbour {
    /// A buildpack with one alternative.
    pub fn new(id: &str, provides: &[&str], requires: Vec<Require>) -> Self {
        let provides = provides.iter().map(|name| (*name).to_owned()).collect();
        Self { id: id.to_owned(), optional: false, alternatives: vec![Alternative { provides, requires }] }
    }

    /// Adds an alternative.
    pub fn or(mut self, provides: &[&str], requires: Vec<Require>) -> Self {
        let provides = provides.iter().map(|name| (*name).to_owned()).collect();
        self.alternatives.push(Alternative { provides, requires });
        self
    }

    /// The group does without it.
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    pub(super) fn ours(id: &str, alternatives: Vec<Alternative>) -> Self {
        Self { id: id.to_owned(), optional: false, alternatives }
    }
}

/// A group that passed.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    passed: Vec<String>,
    names: BTreeMap<String, Name>,
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Name {
    providers: Vec<String>,
    unused: Vec<String>,
    early: Vec<String>,
    requires: Vec<Require>,
}

impl Resolved {
    /// Whether that buildpack takes part.
    pub fn passes(&self, id: &str) -> bool {
        self.passed.iter().any(|one| one == id)
    }

    /// The entries that reach a buildpack: of two providers of one name the earlier gets all.
    pub fn entries_of(&self, id: &str) -> Vec<Entry> {
        let ours = self.names.iter().filter(|(_, name)| name.providers.first().is_some_and(|first| first == id));
        ours.flat_map(|(name, all)| {
            all.requires.iter().map(|require| Entry { name: name.clone(), metadata: require.metadata.clone() })
        })
        .collect()
    }
}

/// The first combination of alternatives that resolves; those of earlier buildpacks vary slowest.
pub fn resolve(group: &[Neighbour]) -> Option<Resolved> {
    let mut picks = vec![Vec::new()];
    for neighbour in group {
        picks = picks
            .iter()
            .flat_map(|start: &Vec<usize>| {
                (0..neighbour.alternatives.len()).map(|at| {
                    let mut pick = start.clone();
                    pick.push(at);
                    pick
                })
            })
            .collect();
    }
    picks.iter().find_map(|pick| trial(group, pick))
}

fn trial(group: &[Neighbour], pick: &[usize]) -> Option<Resolved> {
    let mut taking: Vec<(&Neighbour, &Alternative)> =
        group.iter().zip(pick).map(|(one, at)| (one, &one.alternatives[*at])).collect();
    loop {
        let names = tally(&taking);
        let failing: Vec<_> = names.values().flat_map(|name| name.early.iter().chain(&name.unused)).cloned().collect();
        if failing.is_empty() {
            let passed: Vec<_> = taking.iter().map(|(one, _)| one.id.clone()).collect();
            return (!passed.is_empty()).then_some(Resolved { passed, names });
        }
        for id in failing {
            let at = taking.iter().position(|(one, _)| one.id == id);
            match at {
                // An optional buildpack is dropped only at its last alternative.
                Some(at) if taking[at].0.optional && taking[at].0.alternatives.last() == Some(taking[at].1) => {
                    taking.remove(at);
                }
                Some(_) => return None,
                None => {}
            }
        }
    }
}

fn tally(taking: &[(&Neighbour, &Alternative)]) -> BTreeMap<String, Name> {
    let mut names: BTreeMap<String, Name> = BTreeMap::new();
    for (one, alternative) in taking {
        for name in &alternative.provides {
            names.entry(name.clone()).or_default().unused.push(one.id.clone());
        }
        for require in &alternative.requires {
            let name = names.entry(require.name.clone()).or_default();
            let used = std::mem::take(&mut name.unused);
            name.providers.extend(used);
            if name.providers.is_empty() {
                name.early.push(one.id.clone());
            } else {
                name.requires.push(require.clone());
            }
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wants(name: &str) -> Vec<Require> {
        vec![Require::new(name)]
    }

    #[test]
    fn the_earlier_of_two_providers_gets_all_entries() {
        let group = [
            Neighbour::new("theirs", &["node"], Vec::new()),
            Neighbour::new("ours", &["node"], wants("node")),
            Neighbour::new("last", &[], wants("node")),
        ];
        let resolved = resolve(&group).unwrap();
        assert_eq!(resolved.entries_of("theirs").len(), 2);
        assert!(resolved.entries_of("ours").is_empty());
    }

    #[test]
    fn an_unused_provide_fails_a_required_buildpack_and_drops_an_optional_one() {
        let unused = Neighbour::new("a", &["x"], Vec::new());
        let other = Neighbour::new("b", &["y"], wants("y"));
        assert_eq!(resolve(&[unused.clone(), other.clone()]), None);
        let resolved = resolve(&[unused.optional(), other]).unwrap();
        assert_eq!(resolved.passed, ["b"]);
    }

    #[test]
    fn a_requirement_before_its_provider_is_unmet() {
        let group = [Neighbour::new("a", &[], wants("x")), Neighbour::new("b", &["x"], Vec::new())];
        assert_eq!(resolve(&group), None);
    }
}
