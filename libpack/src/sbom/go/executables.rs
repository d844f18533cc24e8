//! The modules that are linked into executables.

use serde_json::{Map, Value, json};

use super::build_info::{BuildInfo, Module};
use super::component;
use crate::sbom::{Catalog, Component, Kind, purl};

const FOUND_BY: &str = "go-module-binary-cataloger";
const METADATA: &str = "go-module-buildinfo-entry";
/// What the Go command writes when it does not know a version.
const UNKNOWN: &str = "(devel)";

/// The modules of executables, each with its place as the documents name it. A module that several
/// executables have is one component with several places.
///
/// A replacement from elsewhere stands for the module; one that is a folder has no other name, so the
/// module keeps its own, and its version is that of no release. The main module's version is the
/// linker's, else the one that `-ldflags -X …version=` says, else that of the commit.
pub fn from_executables<'a>(executables: impl IntoIterator<Item = (&'a str, &'a BuildInfo)>) -> Catalog {
    let mut catalog = Catalog::default();
    for (location, info) in executables {
        let library = stdlib(info, location);
        let library_id = library.as_ref().map(Component::id);
        let modules: Vec<Component> = info.modules.iter().map(|module| linked(module, info, location)).collect();
        let main = main(info, location);
        let below = modules.iter().map(Component::id).chain(library_id);
        match main {
            // The linker does not say which module needs which: the main one needs them all.
            Some(main) => {
                let main = below.fold(main, Component::depends_on);
                catalog.direct.push(main.id());
                catalog.components.push(main);
            }
            None => catalog.direct.extend(below),
        }
        catalog.components.extend(modules);
        catalog.components.extend(library);
    }
    catalog
}

fn linked(module: &Module, info: &BuildInfo, location: &str) -> Component {
    let taken = match module.replace.as_deref() {
        Some(folder) if folder.version.is_empty() || folder.version == UNKNOWN => {
            &Module { version: String::new(), sum: None, ..module.clone() }
        }
        Some(remote) => remote,
        None => module,
    };
    let fields = fields(info, taken.sum.as_deref(), false);
    component(&taken.path, &taken.version, location).found_by(FOUND_BY).metadata(METADATA, fields)
}

/// Where there is no module, the import path stands for it, as in syft.
fn main(info: &BuildInfo, location: &str) -> Option<Component> {
    let from_path = || Module { path: info.path.clone(), version: UNKNOWN.to_owned(), ..Module::default() };
    let module = info.main.clone().unwrap_or_else(from_path);
    if module.path.is_empty() {
        return None;
    }
    let known = Some(&module.version).filter(|version| !version.is_empty() && *version != UNKNOWN);
    let version = known.cloned().or_else(|| of_flags(info)).or_else(|| of_commit(info)).unwrap_or_default();
    let fields = fields(info, module.sum.as_deref(), true);
    Some(component(&module.path, &version, location).found_by(FOUND_BY).metadata(METADATA, fields))
}

/// `-X main.version=1.2.3`, in any package of the main module and however the flag is quoted. (With
/// `-trimpath` the Go command does not record the flags.)
fn of_flags(info: &BuildInfo) -> Option<String> {
    let flags = info.setting("-ldflags")?;
    let ours = |name: &str| {
        let rest = info.main.as_ref().and_then(|main| name.strip_prefix(&main.path));
        name.starts_with("main.") || rest.is_some_and(|rest| rest.starts_with(['/', '.']))
    };
    let words = flags.split(|letter: char| letter.is_whitespace() || "'\"".contains(letter));
    words.filter_map(|word| word.split_once('=')).find_map(|(name, value)| {
        let number = value.strip_prefix('v').unwrap_or(value);
        let named = ours(name) && name.to_ascii_lowercase().ends_with("version");
        (named && semver::Version::parse(number).is_ok()).then(|| format!("v{number}"))
    })
}

/// A pseudo-version, as the Go command gives one to a commit without a tag (go.dev/ref/mod,
/// "Pseudo-versions").
fn of_commit(info: &BuildInfo) -> Option<String> {
    let revision = info.setting("vcs.revision").filter(|revision| revision.is_ascii())?;
    let time: jiff::Timestamp = info.setting("vcs.time")?.parse().ok()?;
    let time = time.to_zoned(jiff::tz::TimeZone::UTC).strftime("%Y%m%d%H%M%S");
    Some(format!("v0.0.0-{time}-{}", revision.get(..12).unwrap_or(revision)))
}

fn fields(info: &BuildInfo, sum: Option<&str>, settings: bool) -> Map<String, Value> {
    let mut fields = Map::new();
    if settings && !info.settings.is_empty() {
        let pairs = info.settings.iter().map(|(key, value)| json!({ "key": key, "value": value }));
        fields.insert("goBuildSettings".to_owned(), pairs.collect());
    }
    fields.insert("goCompiledVersion".to_owned(), info.go_version.as_str().into());
    fields.insert("architecture".to_owned(), info.setting("GOARCH").unwrap_or_default().into());
    let main = info.main.as_ref().map_or(&info.path, |main| &main.path);
    let texts = [("h1Digest", sum.unwrap_or_default()), ("mainModule", main)];
    for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        fields.insert(name.to_owned(), text.into());
    }
    fields
}

/// The standard library, which is no module. Vulnerabilities are filed under the name of Go itself.
fn stdlib(info: &BuildInfo, location: &str) -> Option<Component> {
    // `go1.26.7 X:boringcrypto` names experiments behind the version.
    let version = info.go_version.split([' ', '-', '+']).next().filter(|version| version.starts_with("go"))?;
    let number = &version[2..];
    let (release, candidate) = match number.find(|letter: char| letter.is_ascii_alphabetic()) {
        Some(at) => number.split_at(at),
        None => (number, "-"),
    };
    let mut fields = Map::new();
    fields.insert("goCompiledVersion".to_owned(), version.into());
    fields.insert("architecture".to_owned(), "".into());
    let stdlib = Component::new(Kind::Library, "stdlib", version)
        .purl(purl::golang("stdlib", number).to_string())
        .ecosystem("go-module", "go")
        .location(location);
    Some(
        stdlib
            .cpe(format!("cpe:2.3:a:golang:go:{release}:{candidate}:*:*:*:*:*:*"))
            .license("BSD-3-Clause")
            .found_by(FOUND_BY)
            .metadata(METADATA, fields),
    )
}

#[cfg(test)]
mod tests;
