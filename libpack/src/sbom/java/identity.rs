//! Who an archive is, and who else is in it.

use super::facts::{Facts, Maven};
use super::manifest::Manifest;
use super::pom::Coordinates;
use super::{file_name, groups, licenses};

/// An artifact and how it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    pub coordinates: Coordinates,
    /// Tells apart jars of one artifact: `linux-x86_64`.
    pub classifier: String,
    pub licenses: Vec<String>,
    /// The `pom.properties` that says so.
    pub properties: Option<String>,
}

/// The archive itself, and what was shaded into it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Identities {
    pub own: Option<Identity>,
    pub others: Vec<Identity>,
}

const VERSIONS: [&str; 4] = ["Implementation-Version", "Specification-Version", "Plugin-Version", "Bundle-Version"];

impl Identities {
    /// `stem` is the file's name without its ending; an exploded archive has none.
    pub fn of(stem: Option<&str>, facts: &Facts) -> Self {
        // New Relic's instrumentation is named after what it instruments, which is not there.
        if facts.manifest.get("Weave-Classes").is_some() {
            return Self::default();
        }
        let folder = own_folder(stem, facts);
        let own = folder.and_then(|folder| of_maven(folder, facts)).or_else(|| match stem {
            Some(stem) => Some(of_file(stem, &facts.manifest)),
            None => of_title(&facts.manifest),
        });
        let others = facts.artifacts().filter(|(other, _)| Some(*other) != folder);
        Self {
            others: others.filter_map(|(folder, _)| of_maven(folder, facts)).collect(),
            own: own.map(|own| finish(own, stem, &facts.manifest)),
        }
    }
}

/// Which of the artifacts that Maven tells of is the archive itself.
fn own_folder<'a>(stem: Option<&str>, facts: &'a Facts) -> Option<&'a str> {
    if let Some(stem) = stem {
        let fitting = facts.artifacts().filter_map(|(folder, one)| Some((fit(stem, one)?, folder)));
        if let Some((_, folder)) = fitting.max_by_key(|(fit, _)| *fit) {
            return Some(folder);
        }
    }
    // Under a name of its own, only the manifest can tell.
    let all: Vec<_> = facts.artifacts().collect();
    let title = |one: &Coordinates| facts.manifest.get("Implementation-Title") == Some(&one.artifact);
    let version = |one: &Coordinates| VERSIONS.iter().any(|name| facts.manifest.get(name) == Some(&one.version));
    if let [(folder, one)] = all[..] {
        return (stem.is_none() || title(one) || version(one)).then_some(folder);
    }
    let mut told = all.into_iter().filter(|(_, one)| title(one) && version(one));
    told.next().filter(|_| told.next().is_none()).map(|(folder, _)| folder)
}

/// How well a file's name fits an artifact: the longer the better.
fn fit(stem: &str, one: &Coordinates) -> Option<usize> {
    let (name, _) = file_name::split(stem, &[&one.version]);
    let versioned = stem.strip_prefix(&*one.artifact).and_then(|rest| rest.strip_prefix('-'));
    let versioned = versioned.and_then(|rest| rest.strip_prefix(&*one.version));
    let exact = versioned.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']));
    let grouped = || name.strip_suffix(&*one.artifact).is_some_and(|rest| rest.ends_with('.'));
    // Who packs a jar anew may write `geronimo-interceptor_3.0_spec` with other signs.
    let words = |text: &str| text.replace(['_', '.'], "-");
    (exact || words(stem) == words(&one.artifact) || name == one.artifact || grouped()).then_some(one.artifact.len())
}

fn of_maven(folder: &str, facts: &Facts) -> Option<Identity> {
    let maven = facts.maven.get(folder)?;
    let coordinates = maven.known()?.clone();
    let properties = maven.coordinates.as_ref().map(|_| format!("{folder}/pom.properties"));
    Some(Identity { licenses: of_pom(maven), properties, coordinates, classifier: String::new() })
}

fn of_pom(maven: &Maven) -> Vec<String> {
    maven.pom.iter().flat_map(|pom| &pom.licenses).map(|license| licenses::normalize(license)).collect()
}

fn of_file(stem: &str, manifest: &Manifest) -> Identity {
    let told: Vec<&str> = VERSIONS.iter().filter_map(|name| manifest.get(name)).collect();
    let (artifact, version) = file_name::split(stem, &told);
    let version = version.or(told.first().copied()).unwrap_or_default();
    let coordinates = Coordinates {
        group: groups::of(artifact, manifest),
        artifact: artifact.to_owned(),
        version: version.to_owned(),
    };
    Identity { coordinates, classifier: String::new(), licenses: Vec::new(), properties: None }
}

/// An exploded archive has no name but its title; one of several words is no artifact's.
fn of_title(manifest: &Manifest) -> Option<Identity> {
    let title = manifest.get("Implementation-Title").filter(|title| !title.contains(char::is_whitespace))?;
    let version = manifest.get("Implementation-Version")?;
    Some(of_file(&format!("{title}-{version}"), manifest))
}

/// What only the archive itself has.
fn finish(mut own: Identity, stem: Option<&str>, manifest: &Manifest) -> Identity {
    let told = manifest.first(&["Bundle-License", "Plugin-License-Name"]);
    let told = told.map(licenses::of_bundle).filter(|licenses| !licenses.is_empty());
    own.licenses = told.unwrap_or(own.licenses);
    let one = &own.coordinates;
    let rest = stem.and_then(|stem| stem.strip_prefix(&format!("{}-{}-", one.artifact, one.version)));
    own.classifier = rest.unwrap_or_default().to_owned();
    own
}

#[cfg(test)]
mod tests;
