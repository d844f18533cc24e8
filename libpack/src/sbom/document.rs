//! The model that all formats are written from.

use std::collections::{BTreeMap, BTreeSet};

use super::{Component, ComponentId};

/// What a document describes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub(super) path: String,
    pub(super) directory: bool,
}

impl Subject {
    /// A folder: a layer, the application.
    pub fn directory(path: impl Into<String>) -> Self {
        Self { path: path.into(), directory: true }
    }

    /// A single file.
    pub fn file(path: impl Into<String>) -> Self {
        Self { path: path.into(), directory: false }
    }

    /// The word that syft has for it.
    pub(super) fn word(&self) -> &'static str {
        if self.directory { "directory" } else { "file" }
    }

    pub(super) fn id(&self) -> ComponentId {
        ComponentId::of(&["subject", self.word(), &self.path])
    }
}

/// What a cataloger found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    /// The components, each with its edges. Equal ones may come several times.
    pub components: Vec<Component>,
    /// Those that the subject itself asks for.
    pub direct: Vec<ComponentId>,
    /// Files that should tell of components and cannot be read, for the log: their components are named after
    /// the files.
    pub unread: Vec<String>,
}

/// A subject and what it is made of: each component once, sorted by name, version and id; edges
/// only between components that are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sbom {
    pub(super) subject: Subject,
    pub(super) components: Vec<Component>,
    pub(super) direct: Vec<ComponentId>,
}

impl Sbom {
    /// Puts the finds in order.
    pub fn new(subject: Subject, catalog: Catalog) -> Self {
        let mut by_id = BTreeMap::<ComponentId, Component>::new();
        for component in catalog.components {
            match by_id.get_mut(&component.id()) {
                Some(known) => known.absorb(component),
                None => drop(by_id.insert(component.id(), component)),
            }
        }
        let ids: BTreeSet<ComponentId> = by_id.keys().cloned().collect();
        let direct: BTreeSet<_> = catalog.direct.into_iter().filter(|id| ids.contains(id)).collect();
        let mut components: Vec<(ComponentId, Component)> = by_id.into_iter().collect();
        for (own, component) in &mut components {
            component.depends_on.retain(|id| id != own && ids.contains(id));
            component.settle();
        }
        components.sort_by(|(id, left), (other, right)| {
            (&left.name, &left.version, id).cmp(&(&right.name, &right.version, other))
        });
        Self {
            subject,
            components: components.into_iter().map(|(_, component)| component).collect(),
            direct: direct.into_iter().collect(),
        }
    }

    /// A document of one dependency, as every layer with a toolchain has it.
    pub fn of_component(subject: Subject, component: Component) -> Self {
        let direct = vec![component.id()];
        Self::new(subject, Catalog { components: vec![component], direct, ..Catalog::default() })
    }

    /// The components of both, about the subject of this one.
    pub fn and(self, other: Self) -> Self {
        let components = self.components.into_iter().chain(other.components).collect();
        let direct = self.direct.into_iter().chain(other.direct).collect();
        Self::new(self.subject, Catalog { components, direct, ..Catalog::default() })
    }

    /// The components in the order of the documents.
    pub fn components(&self) -> &[Component] {
        &self.components
    }
}
