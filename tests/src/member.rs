//! Buildpacks that are nothing but a plan, in the real detector and in the rig's model of it.

use std::collections::BTreeMap;

use libpack::plan::Require;
use libpack::testing::{Neighbour, resolve};

use crate::files;
use crate::lifecycle::Lifecycle;

/// A buildpack of a group: its alternatives as what each provides and requires.
#[derive(Debug, Clone)]
pub struct Planned {
    id: String,
    optional: bool,
    alternatives: Vec<(Vec<String>, Vec<String>)>,
}

/// Who takes part, and the names of the entries that reach each.
pub type Parts = BTreeMap<String, Vec<String>>;

impl Planned {
    /// A buildpack with one alternative.
    pub fn new(id: &str, provides: &[&str], requires: &[&str]) -> Self {
        Self { id: format!("plan/{id}"), optional: false, alternatives: Vec::new() }.or(provides, requires)
    }

    /// Adds an alternative.
    pub fn or(mut self, provides: &[&str], requires: &[&str]) -> Self {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        self.alternatives.push((own(provides), own(requires)));
        self
    }

    /// The group does without it.
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Another optionality, for all groups of three.
    pub fn with_optional(mut self, optional: bool) -> Self {
        self.optional = optional;
        self
    }

    fn neighbour(&self) -> Neighbour {
        let mut made: Option<Neighbour> = None;
        for (provides, requires) in &self.alternatives {
            let provides: Vec<&str> = provides.iter().map(String::as_str).collect();
            let requires = requires.iter().map(|name| Require::new(name).with("from", self.id.as_str())).collect();
            made = Some(match made {
                None => Neighbour::new(&self.id, &provides, requires),
                Some(made) => made.or(&provides, requires),
            });
        }
        let made = made.expect("an alternative");
        if self.optional { made.optional() } else { made }
    }

    /// The plan as `detect` writes it.
    fn plan(&self) -> String {
        let mut lines = Vec::new();
        for (at, (provides, requires)) in self.alternatives.iter().enumerate() {
            let table = if at == 0 { "" } else { "or." };
            if at > 0 {
                lines.push("[[or]]".to_owned());
            }
            lines.extend(provides.iter().map(|name| format!("[[{table}provides]]\nname = '{name}'")));
            for name in requires {
                lines.push(format!("[[{table}requires]]\nname = '{name}'"));
                lines.push(format!("[{table}requires.metadata]\nfrom = '{}'\n", self.id));
            }
        }
        lines.join("\n") + "\n"
    }
}

/// What the rig says of a group; `None` when it does not pass.
pub fn in_rig(group: &[Planned]) -> Option<Parts> {
    let neighbours: Vec<_> = group.iter().map(Planned::neighbour).collect();
    let resolved = resolve(&neighbours)?;
    let part = |one: &Planned| {
        let entries = resolved.entries_of(&one.id);
        let entries = entries.iter().map(|entry| format!("{} from {}", entry.name, entry.metadata["from"]));
        (one.id.clone(), sorted(entries.map(|entry| entry.replace('"', "")).collect()))
    };
    Some(group.iter().filter(|one| resolved.passes(&one.id)).map(part).collect())
}

/// What the real detector and builder do with it.
pub fn in_lifecycle(api: &str, group: &[Planned]) -> Option<Parts> {
    let mut real = Lifecycle::new(api);
    real.file("source.txt", "one");
    for one in group {
        let detect = format!("#!/bin/sh\ncat >\"$2\" <<'PLAN'\n{}PLAN\n", one.plan());
        real.scripts(&one.id, &detect, "#!/bin/sh\nmkdir -p \"$1/seen\"\ncp \"$3\" \"$1/seen/plan\"\n");
    }
    let members: Vec<_> = group.iter().map(|one| (one.id.as_str(), "1.0.0", one.optional)).collect();
    let outcome = real.group(&members).build();
    match outcome.failure() {
        Some(("detector", 20)) => return None,
        failure => assert_eq!(failure, None, "{}", outcome.all()),
    }
    let mut parts = Parts::new();
    for one in group {
        let folder = outcome.folder(&one.id);
        if !folder.join("seen/plan").is_file() {
            continue;
        }
        let plan: toml::Table = toml::from_str(&files::read(&folder.join("seen/plan"))).expect("a plan");
        let entries = plan.get("entries").and_then(toml::Value::as_array).into_iter().flatten();
        let entries = entries.map(|entry| {
            let text = |value: &toml::Value| value.as_str().unwrap_or_default().to_owned();
            format!("{} from {}", text(&entry["name"]), text(&entry["metadata"]["from"]))
        });
        parts.insert(one.id.clone(), sorted(entries.collect()));
    }
    Some(parts)
}

fn sorted(mut list: Vec<String>) -> Vec<String> {
    list.sort();
    list
}
