use toml::{Table, Value};

/// An entry of the plan that reached the build.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The plan's name.
    pub name: String,
    /// What the one who required it wrote.
    pub metadata: Table,
}

impl Entry {
    /// A text of the metadata; empty counts as absent.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.metadata.get(key).and_then(Value::as_str).filter(|value| !value.is_empty())
    }

    /// A boolean of the metadata; absent is `false`.
    pub fn flag(&self, key: &str) -> bool {
        self.metadata.get(key).and_then(Value::as_bool).unwrap_or_default()
    }
}

/// All entries of one name, from all buildpacks of the group.
#[derive(Debug, Clone, PartialEq)]
pub struct Entries {
    id: String,
    list: Vec<Entry>,
}

/// A version that somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Who: `BP_NODE_VERSION`, `package.json` …
    pub source: String,
    /// Their constraint.
    pub version: String,
}

/// The version that won, and all that were there, in priority order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The winner; `None` when nobody named a version.
    pub chosen: Option<Candidate>,
    /// All, duplicates left out, for the log.
    pub candidates: Vec<Candidate>,
}

impl Choice {
    /// The constraint, empty when nobody named one.
    pub fn constraint(&self) -> &str {
        self.chosen.as_ref().map_or("", |one| one.version.as_str())
    }

    /// Who asked, `<unknown>` when nobody did.
    pub fn source(&self) -> &str {
        self.chosen.as_ref().map_or("<unknown>", |one| one.source.as_str())
    }
}

impl Entries {
    /// The entries called `name`; `id` is ours, to tell our own requirements from others'.
    pub fn of(list: &[Entry], name: &str, id: &str) -> Self {
        let list = list.iter().filter(|entry| entry.name == name).cloned().collect();
        Self { id: id.to_owned(), list }
    }

    /// Whether nobody asks us: either nobody wants it, or an earlier buildpack got the entries.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// One after the other, in plan order.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.list.iter()
    }

    /// Whether the image needs it.
    pub fn launch(&self) -> bool {
        self.list.iter().any(|entry| entry.flag("launch"))
    }

    /// Whether anybody needs it while building.
    pub fn build(&self) -> bool {
        self.list.iter().any(|entry| entry.flag("build"))
    }

    /// Whether another buildpack needs it while building: only then must it lie in a build layer.
    pub fn build_outside(&self) -> bool {
        let ours = |entry: &&Entry| entry.text("by") == Some(self.id.as_str());
        self.list.iter().any(|entry| !ours(&entry) && entry.flag("build"))
    }

    /// Adds a wish that did not travel in the plan.
    pub fn add(&mut self, source: &str, version: &str) {
        let mut metadata = Table::new();
        metadata.insert("version".to_owned(), Value::String(version.to_owned()));
        metadata.insert("version-source".to_owned(), Value::String(source.to_owned()));
        metadata.insert("by".to_owned(), Value::String(self.id.clone()));
        self.list.push(Entry { name: String::new(), metadata });
    }

    /// Whether nobody else wrote one.
    pub fn all_ours(&self) -> bool {
        self.list.iter().all(|entry| entry.text("by") == Some(self.id.as_str()))
    }

    /// Whether we wrote one of them.
    pub fn any_of_ours(&self) -> bool {
        self.list.iter().any(|entry| entry.text("by") == Some(self.id.as_str()))
    }

    /// The version by the priority of its source, highest first; unknown sources come last, and among
    /// equals the plan's order holds (packit's `draft.Planner`, without its unstable sort). Entries
    /// without a version do not take part.
    pub fn pick(&self, priorities: &[&str]) -> Choice {
        let rank = |candidate: &Candidate| {
            priorities.iter().position(|one| *one == candidate.source).unwrap_or(priorities.len())
        };
        let mut candidates: Vec<Candidate> = Vec::new();
        for entry in &self.list {
            let Some(version) = entry.text("version") else { continue };
            let source = entry.text("version-source").unwrap_or("<unknown>").to_owned();
            let candidate = Candidate { source, version: version.to_owned() };
            if !candidates.contains(&candidate) {
                candidates.push(candidate);
            }
        }
        candidates.sort_by_key(rank);
        Choice { chosen: candidates.first().cloned(), candidates }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Require;

    fn entry(require: Require) -> Entry {
        Entry { name: require.name, metadata: require.metadata }
    }

    #[test]
    fn the_highest_source_wins_and_an_entry_without_version_never_does() {
        let list = [
            entry(Require::new("node").build().with("by", "libpack/node")),
            entry(Require::new("node").version("22", "someone")),
            entry(Require::new("node").version("20", ".nvmrc")),
            entry(Require::new("node").version("24", "BP_NODE_VERSION")),
            entry(Require::new("node").version("20", ".nvmrc")),
        ];
        let choice = Entries::of(&list, "node", "libpack/node").pick(&["BP_NODE_VERSION", ".nvmrc"]);
        assert_eq!(choice.constraint(), "24");
        let sources: Vec<_> = choice.candidates.iter().map(|one| one.source.as_str()).collect();
        assert_eq!(sources, ["BP_NODE_VERSION", ".nvmrc", "someone"]);
    }

    #[test]
    fn only_others_make_a_build_layer() {
        let ours = entry(Require::new("node").build().with("by", "libpack/node"));
        let theirs = entry(Require::new("node").build());
        let of = |list: &[Entry]| Entries::of(list, "node", "libpack/node");
        assert!(!of(std::slice::from_ref(&ours)).build_outside());
        assert!(of(&[ours, theirs]).build_outside());
    }
}
