//! What an archive tells about itself.

use std::collections::BTreeMap;

use super::manifest::Manifest;
use super::pom::{Coordinates, Pom};

const MANIFEST: &str = "META-INF/MANIFEST.MF";
const MAVEN: &str = "META-INF/maven/";

/// The texts in an archive that say whose it is.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub manifest: Manifest,
    /// What Maven left, by its folder; a jar that others were shaded into has theirs too.
    pub maven: BTreeMap<String, Maven>,
}

/// The two files of one artifact.
#[derive(Debug, Default)]
pub(super) struct Maven {
    /// What the `pom.properties` says.
    pub coordinates: Option<Coordinates>,
    pub pom: Option<Pom>,
}

impl Maven {
    /// The `pom.xml` alone is as good as long as nothing in it comes from elsewhere.
    pub fn known(&self) -> Option<&Coordinates> {
        self.coordinates.as_ref().or_else(|| self.pom.as_ref()?.coordinates.as_ref())
    }
}

impl Facts {
    /// Whether an entry of that name is one of the texts.
    pub fn wants(name: &str) -> bool {
        name.eq_ignore_ascii_case(MANIFEST) || in_maven(name, "pom.properties").or(in_maven(name, "pom.xml")).is_some()
    }

    /// Takes in one of the texts.
    pub fn take(&mut self, name: &str, text: &str) {
        if let Some(folder) = in_maven(name, "pom.properties") {
            self.maven.entry(folder.to_owned()).or_default().coordinates = Coordinates::of_properties(text);
        } else if let Some(folder) = in_maven(name, "pom.xml") {
            self.maven.entry(folder.to_owned()).or_default().pom = Pom::parse(text);
        } else {
            self.manifest = Manifest::parse(text);
        }
    }

    /// The artifacts whose coordinates Maven wrote down, with their folders.
    pub fn artifacts(&self) -> impl Iterator<Item = (&str, &Coordinates)> {
        self.maven.iter().filter_map(|(folder, maven)| Some((&**folder, maven.known()?)))
    }
}

/// The folder of a file of Maven's; classes of a war have theirs below `WEB-INF/classes`.
fn in_maven<'a>(path: &'a str, file: &str) -> Option<&'a str> {
    let folder = path.strip_suffix(file)?.strip_suffix('/')?;
    let start = folder.find(MAVEN)?;
    (start == 0 || folder[..start].ends_with('/')).then_some(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_tells_of_the_archive_is_read() {
        for name in
            ["meta-inf/manifest.mf", "META-INF/maven/g/a/pom.xml", "WEB-INF/classes/META-INF/maven/g/a/pom.properties"]
        {
            assert!(Facts::wants(name), "{name}");
        }
        for name in ["x/META-INF/MANIFEST.MF", "pom.xml", "META-INF/maven/pom.xmls", "ÄMETA-INF/maven/g/a/pom.xml", ""]
        {
            assert!(!Facts::wants(name), "{name}");
        }
    }
}
