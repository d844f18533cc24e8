use super::Dependency;
use crate::layer::Key;
use crate::sbom::{self, Kind};

impl Dependency {
    /// As a component of an SBOM.
    pub fn component(&self) -> sbom::Component {
        let mut component = sbom::Component::new(Kind::Library, &self.name, self.version.as_str());
        if let Some(purl) = self.purls.first() {
            component = component.purl(purl);
        }
        component = self.cpes.iter().fold(component, sbom::Component::cpe);
        let hash = self.checksum.as_ref().and_then(|checksum| sbom::Hash::parse(&checksum.to_string()).ok());
        if let Some(hash) = hash {
            component = component.hash(hash);
        }
        let licenses = self.licenses.iter().filter_map(|license| license.id.as_deref());
        licenses.fold(component, sbom::Component::license)
    }

    /// As a part of a layer's key: `<id>-sha`, with the checksum where there is one.
    pub fn key(&self) -> Key {
        let checksum = self.checksum.as_ref().map_or_else(|| self.version.to_string(), ToString::to_string);
        Key::new().with("dependency-sha", checksum).with("version", &self.version)
    }
}
