//! The packages of an application by their paths, and who finds whom.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::sbom::purl::{self, public_url};
use crate::sbom::{Catalog, Component, ComponentId, Hash, Kind};

/// Which packages of a lockfile are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Those that `npm ci --omit=dev` installs. What is there for development or an optional
    /// dependency (`devOptional`) stays: the optional dependency brings it.
    Production,
    /// All.
    All,
}

/// A package at a path such as `node_modules/a/node_modules/b` or `packages/a`.
#[derive(Debug, Default)]
pub(super) struct Package {
    /// Its own name, which an alias hides; else the path tells.
    pub name: Option<String>,
    pub version: String,
    pub licenses: Vec<String>,
    pub integrity: Option<String>,
    /// Where the lock says that it came from.
    pub resolved: Option<String>,
    /// Whether its dependent asked for a URL, not for a version.
    pub by_url: bool,
    /// Whether only development needs it.
    pub dev: bool,
    pub wants: Vec<Want>,
}

/// A dependency as `package.json` has it.
#[derive(Debug)]
pub(super) struct Want {
    pub name: String,
    pub range: String,
    pub dev: bool,
}

/// What lies at a path.
#[derive(Debug)]
pub(super) enum Node {
    Package(Package),
    /// A symbolic link, and the path that it leads to.
    Link {
        target: String,
        dev: bool,
    },
}

/// All paths, and what the application itself wants, if known.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub nodes: BTreeMap<String, Node>,
    pub root: Option<Vec<Want>>,
}

impl Tree {
    /// Turns packages into components and wants into edges.
    pub(super) fn catalog(mut self, scope: Scope, found_by: &str, location: impl Fn(&str) -> String) -> Catalog {
        self.mark_urls();
        let kept = self.kept(scope);
        let components: BTreeMap<&str, Component> = kept
            .iter()
            .map(|(path, package)| {
                let component = component(&self.name_of(path, package), package);
                (*path, component.found_by(found_by).location(location(path)))
            })
            .collect();
        let ids: BTreeMap<&str, ComponentId> =
            components.iter().map(|(path, component)| (*path, component.id())).collect();
        let edges = |path: &str, wants: &[Want]| -> Vec<ComponentId> {
            let wants = wants.iter().filter(|want| scope == Scope::All || !want.dev);
            wants.filter_map(|want| ids.get(self.find(path, &want.name)?)).cloned().collect()
        };
        let mut catalog = Catalog::default();
        for (path, component) in components {
            let wants = kept.get(path).map_or(&[][..], |package| &package.wants);
            let linked = edges(path, wants).into_iter().fold(component, Component::depends_on);
            catalog.components.push(linked);
        }
        catalog.direct = match &self.root {
            Some(wants) => edges("", wants),
            None => without_dependents(&catalog.components),
        };
        catalog
    }

    /// The packages of the scope. A linked folder counts as its links do.
    fn kept(&self, scope: Scope) -> BTreeMap<&str, &Package> {
        let mut links = BTreeMap::<&str, bool>::new();
        for node in self.nodes.values() {
            if let Node::Link { target, dev } = node {
                *links.entry(target).or_insert(true) &= *dev;
            }
        }
        let packages = self.nodes.iter().filter_map(|(path, node)| match node {
            Node::Package(package) => Some((path.as_str(), package)),
            Node::Link { .. } => None,
        });
        let dev = |path: &str, package: &Package| package.dev || links.get(path).copied().unwrap_or(false);
        packages.filter(|(path, package)| scope == Scope::All || !dev(path, package)).collect()
    }

    /// Its own name, else that of its folder in `node_modules`, else that of a link to it, else that
    /// of its folder.
    fn name_of(&self, path: &str, package: &Package) -> String {
        if let Some(name) = &package.name {
            return name.clone();
        }
        let link = || {
            self.nodes.iter().find_map(|(from, node)| match node {
                Node::Link { target, .. } if target == path => module_name(from),
                _ => None,
            })
        };
        let name = module_name(path).or_else(link);
        name.unwrap_or_else(|| path.rsplit('/').next().unwrap_or(path)).to_owned()
    }

    /// Node's rule: `node_modules` of the folder, then of each one above. Links are followed.
    fn find(&self, from: &str, name: &str) -> Option<&str> {
        let mut folder = from;
        loop {
            if !folder.ends_with("node_modules") {
                let separator = if folder.is_empty() { "" } else { "/" };
                if let Some(found) = self.follow(&format!("{folder}{separator}node_modules/{name}")) {
                    return Some(found);
                }
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        }
    }

    fn follow(&self, path: &str) -> Option<&str> {
        let (mut path, mut node) = self.nodes.get_key_value(path)?;
        // Links of links are rare, and a lock may hold a circle.
        for _ in 0..8 {
            match node {
                Node::Package(_) => return Some(path),
                Node::Link { target, .. } => {
                    (path, node) = self.nodes.get_key_value(target.as_str())?;
                }
            }
        }
        None
    }

    /// A package by URL and one of the registry look the same in a lock but for the range that asks.
    fn mark_urls(&mut self) {
        let by_url = |want: &&Want| want.range.starts_with("http://") || want.range.starts_with("https://");
        let mut targets = BTreeSet::new();
        for (path, node) in &self.nodes {
            if let Node::Package(package) = node {
                let wants = package.wants.iter().filter(by_url);
                targets.extend(wants.filter_map(|want| self.find(path, &want.name)).map(str::to_owned));
            }
        }
        let root = self.root.iter().flatten().filter(by_url);
        targets.extend(root.filter_map(|want| self.find("", &want.name)).map(str::to_owned));
        for target in targets {
            if let Some(Node::Package(package)) = self.nodes.get_mut(&target) {
                package.by_url = true;
            }
        }
    }
}

/// `@s/a` of `node_modules/@s/a`; `None` for a path that is not a module's.
pub(super) fn module_name(path: &str) -> Option<&str> {
    let at = path.rfind("node_modules/").filter(|at| *at == 0 || path[..*at].ends_with('/'))?;
    let name = &path[at + "node_modules/".len()..];
    let slashes = name.matches('/').count();
    (!name.is_empty() && slashes == usize::from(name.starts_with('@'))).then_some(name)
}

fn component(name: &str, package: &Package) -> Component {
    let mut purl = purl::npm(name, &package.version);
    if let Some(resolved) = &package.resolved {
        // What the registry serves needs no address: which one served it is the builder's business.
        if resolved.starts_with("git+") || resolved.starts_with("git:") {
            purl = purl.qualifier("vcs_url", &public_url(resolved).replacen('#', "@", 1));
        } else if package.by_url && resolved.starts_with("http") {
            let url = public_url(resolved);
            purl = purl.qualifier("download_url", url.split('#').next().unwrap_or(&url));
        }
    }
    let mut component =
        Component::new(Kind::Library, name, &package.version).purl(purl.to_string()).ecosystem("npm", "javascript");
    for license in &package.licenses {
        component = component.license(license);
    }
    let hashes = package.integrity.iter().flat_map(|integrity| Hash::of_integrity(integrity));
    hashes.fold(component, Component::hash)
}

/// Where nobody says what the application wants, it must be what no package wants.
fn without_dependents(components: &[Component]) -> Vec<ComponentId> {
    let wanted: BTreeSet<&ComponentId> = components.iter().flat_map(|component| &component.depends_on).collect();
    components.iter().map(Component::id).filter(|id| !wanted.contains(id)).collect()
}

/// The dependencies of a `package.json`, or of an entry that is shaped like one.
pub(super) fn wants(manifest: &Value) -> Vec<Want> {
    let lists = ["dependencies", "optionalDependencies", "peerDependencies", "devDependencies"];
    let entries = lists.iter().flat_map(|list| {
        let entries = manifest.get(list).and_then(Value::as_object).into_iter().flatten();
        entries.map(move |(name, range)| Want {
            name: name.clone(),
            range: range.as_str().unwrap_or_default().to_owned(),
            dev: *list == "devDependencies",
        })
    });
    entries.collect()
}

/// The licences of a `package.json`: text, `{type}`, or a list of either; `licenses` is the old name.
pub(super) fn licenses(manifest: &Value) -> Vec<String> {
    let one = |value: &Value| value.as_str().or_else(|| value.get("type")?.as_str()).map(str::to_owned);
    let fields = ["license", "licenses"].iter().filter_map(|key| manifest.get(key));
    let values = fields.flat_map(|field| match field {
        Value::Array(list) => list.iter().collect(),
        single => vec![single],
    });
    values.filter_map(one).collect()
}

/// A field's text, if it is one and says something.
pub(super) fn text(entry: &Value, key: &str) -> Option<String> {
    entry.get(key)?.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}
