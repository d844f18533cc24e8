//! `package-lock.json` and `npm-shrinkwrap.json` (npm/cli, docs: package-lock-json).

use serde_json::{Map, Value};

use super::tree::{Node, Package, Tree, Want, licenses, text, wants};
use crate::target::{Target, go_arch};
use crate::{Error, Result};

/// Reads a lockfile of any version. Version 2 holds the packages twice; the paths of `packages` are
/// the better half. With a target, what npm leaves out there is left out.
pub(super) fn read(lock: &str, location: &str, target: Option<&Target>) -> Result<Tree> {
    let lock: Value = serde_json::from_str(lock.trim_start_matches('\u{feff}'))
        .map_err(|error| invalid(location, "it is not JSON that can be read").because(error))?;
    let lock = lock.as_object().ok_or_else(|| invalid(location, "it holds no object"))?;
    match (lock.get("packages"), lock.get("dependencies")) {
        (Some(packages), _) => of_packages(object(packages, location, "packages")?, location, target),
        (None, Some(dependencies)) => of_dependencies(object(dependencies, location, "dependencies")?, location),
        // npm writes no list at all for an application without dependencies.
        (None, None) if lock.contains_key("lockfileVersion") || lock.contains_key("name") => Ok(Tree::default()),
        (None, None) => Err(invalid(location, "it has neither `packages` nor `dependencies`")),
    }
}

fn invalid(location: &str, what: &str) -> Error {
    Error::user("sbom/lock-invalid", format!("{location} is not a lockfile that npm wrote: {what}"))
        .hint("Run `npm install` and commit the lockfile that it writes.")
}

/// A path without a name would become a component without one.
fn named<'a>(path: &str, entry: &'a Value, location: &str) -> Result<&'a Map<String, Value>> {
    if path.ends_with('/') {
        return Err(invalid(location, &format!("`{path}` has no name")));
    }
    object(entry, location, path)
}

fn object<'a>(value: &'a Value, location: &str, what: &str) -> Result<&'a Map<String, Value>> {
    value.as_object().ok_or_else(|| invalid(location, &format!("`{what}` is not an object")))
}

/// Versions 2 and 3: paths to packages, `""` being the application.
fn of_packages(packages: &Map<String, Value>, location: &str, target: Option<&Target>) -> Result<Tree> {
    let mut tree = Tree::default();
    for (path, entry) in packages {
        named(path, entry, location)?;
        if path.is_empty() {
            tree.root = Some(wants(entry));
            continue;
        }
        if target.is_some_and(|target| is_foreign(entry, target)) {
            continue;
        }
        let node = if flag(entry, "link") {
            let target = text(entry, "resolved");
            let target = target.ok_or_else(|| invalid(location, &format!("`{path}` links to nothing")))?;
            let target = target.strip_prefix("file:").unwrap_or(&target).trim_start_matches("./").to_owned();
            Node::Link { target, dev: flag(entry, "dev") }
        } else {
            Node::Package(package(entry))
        };
        tree.nodes.insert(path.clone(), node);
    }
    Ok(tree)
}

fn package(entry: &Value) -> Package {
    Package {
        name: text(entry, "name"),
        version: text(entry, "version").unwrap_or_default(),
        licenses: licenses(entry),
        integrity: text(entry, "integrity"),
        resolved: text(entry, "resolved"),
        by_url: false,
        dev: development_only(entry),
        wants: wants(entry),
    }
}

/// npm leaves out an optional package that is made for another system; one that is not optional
/// ends its run. Version 1 of the lockfile does not tell.
fn is_foreign(entry: &Value, target: &Target) -> bool {
    let optional = flag(entry, "optional") || flag(entry, "devOptional");
    optional && !(admits(entry.get("os"), &target.os) && admits(entry.get("cpu"), &target.arch))
}

/// npm's rule for `os` and `cpu`: `!x` forbids, and where something is named it must be ours.
fn admits(list: Option<&Value>, ours: &str) -> bool {
    let names: Vec<&str> = match list {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(name)) => vec![name],
        _ => Vec::new(),
    };
    let (forbidden, allowed): (Vec<&str>, Vec<&str>) = names.iter().partition(|name| name.starts_with('!'));
    let is_ours = |name: &str| name == "any" || go_arch(name) == ours;
    !forbidden.iter().any(|name| is_ours(&name[1..]))
        && (allowed.is_empty() || allowed.iter().any(|name| is_ours(name)))
}

fn flag(entry: &Value, key: &str) -> bool {
    entry.get(key).and_then(Value::as_bool).unwrap_or_default()
}

fn development_only(entry: &Value) -> bool {
    flag(entry, "dev") && !flag(entry, "devOptional")
}

/// Version 1: packages in packages. What the application wants is not in it.
fn of_dependencies(dependencies: &Map<String, Value>, location: &str) -> Result<Tree> {
    let mut tree = Tree::default();
    let mut open = vec![(String::new(), dependencies)];
    while let Some((above, dependencies)) = open.pop() {
        for (name, entry) in dependencies {
            let path = format!("{above}node_modules/{name}");
            named(&path, entry, location)?;
            if let Some(nested) = entry.get("dependencies") {
                open.push((format!("{path}/"), object(nested, location, &path)?));
            }
            tree.nodes.insert(path, Node::Package(package_of_version_1(entry)));
        }
    }
    Ok(tree)
}

/// `version` is also where git, URL, file and alias stand.
fn package_of_version_1(entry: &Value) -> Package {
    let version = text(entry, "version").unwrap_or_default();
    let requires = entry.get("requires").and_then(Value::as_object).into_iter().flatten();
    let wants = requires.map(|(name, range)| Want {
        name: name.clone(),
        range: range.as_str().unwrap_or_default().to_owned(),
        dev: false,
    });
    let mut package = Package {
        integrity: text(entry, "integrity"),
        resolved: text(entry, "resolved"),
        dev: development_only(entry),
        wants: wants.collect(),
        ..Package::default()
    };
    let alias = version.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@'));
    if let Some((name, real)) = alias.filter(|(name, _)| !name.is_empty()) {
        package.name = Some(name.to_owned());
        real.clone_into(&mut package.version);
    } else if version.contains("://") || version.starts_with("github:") {
        package.by_url = true;
        package.resolved = Some(version);
    } else if !version.starts_with("file:") {
        package.version = version;
    }
    package
}

#[cfg(test)]
mod tests;
