//! Bindings of Cloud Foundry: `VCAP_SERVICES`, one JSON text with the services of an app and their
//! credentials. Facts: paketo-buildpacks/packit `servicebindings`, buildpacks/libcnb `bindings.go`.
//!
//! They are laid out as folders before anybody reads them: for the time of a phase, and at launch for the app,
//! whose libraries know folders only.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::folder::Found;
use super::{Binding, Secret};
use crate::world::Variables;
use crate::{Error, Result, fs, log};

/// The helper that lays services out when the image starts: [`helper`].
pub const HELPER: &str = "vcap-bindings";

const TEXT: &str = "VCAP_SERVICES";
const FILE: &str = "VCAP_SERVICES_FILE_PATH";
const ROOT: &str = "SERVICE_BINDING_ROOT";

/// One service of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Service {
    name: String,
    kind: String,
    /// The label, where the credentials name another type.
    label: Option<String>,
    provider: String,
    entries: BTreeMap<String, Secret>,
}

/// The services' JSON text; none when no variable names one. What is set counts, also when it is empty.
/// `fs/failed` when the file cannot be read.
pub(super) fn text(variables: &Variables) -> Result<Option<String>> {
    if let Some(text) = variables.text(TEXT) {
        return Ok(Some(text));
    }
    let file = variables.get(FILE).filter(|path| !path.is_empty());
    file.map(|path| fs::read_text(Path::new(path))).transpose()
}

/// Lays the services of a text out below `root` and gives them as bindings. `binding/vcap-invalid` when the text
/// is no JSON.
pub(super) fn lay_out(text: &str, root: &Path) -> Result<Found> {
    let mut found = Found::default();
    for service in parse(text, &mut found.warnings)? {
        let folder = root.join(&service.name);
        let mut files = BTreeMap::new();
        for (key, secret) in &service.entries {
            let path = folder.join(key);
            fs::write(&path, secret.bytes())?;
            files.insert(key.clone(), path);
        }
        fs::write(&folder.join("type"), &service.kind)?;
        fs::write(&folder.join("provider"), &service.provider)?;
        let Service { name, kind, label, provider, .. } = service;
        found.bindings.push(Binding { name, kind, label, provider: Some(provider), dir: None, files });
    }
    found.bindings.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(found)
}

/// Lays the services out in a folder of the container's own and names it in `SERVICE_BINDING_ROOT`, for
/// [`crate::component::Buildpack::helpers`]. Bindings that are there as folders stay the only ones. An app starts
/// without its bindings rather than not at all: what goes wrong is a warning.
pub fn helper(variables: &Variables) -> Result<BTreeMap<String, String>> {
    let place = variables.get("TMPDIR").filter(|path| !path.is_empty()).map_or(PathBuf::from("/tmp"), PathBuf::from);
    Ok(at_launch(variables, &place).unwrap_or_else(|error| {
        log::at_launch(&format!("WARNING: The services of {TEXT} are not laid out as bindings: {}", why(&error)));
        BTreeMap::new()
    }))
}

fn why(error: &Error) -> String {
    std::iter::once(error.message().to_owned()).chain(error.causes()).collect::<Vec<_>>().join(": ")
}

fn at_launch(variables: &Variables, place: &Path) -> Result<BTreeMap<String, String>> {
    let is_set = |name| variables.get(name).is_some();
    let text = if is_set(ROOT) || is_set("CNB_BINDINGS") { None } else { text(variables)? };
    let Some(text) = text else { return Ok(BTreeMap::new()) };
    // The folder must outlive this program: nobody but the container's end removes it.
    let root = fs::private_scratch(place)?;
    let found = lay_out(&text, root.path())?;
    found.warnings.iter().for_each(|warning| log::at_launch(&format!("WARNING: {warning}")));
    if found.bindings.is_empty() {
        return Ok(BTreeMap::new());
    }
    log::at_launch(&format!("Laid out {} service(s) of {TEXT} as bindings", found.bindings.len()));
    Ok(BTreeMap::from([(ROOT.to_owned(), root.keep().to_string_lossy().into_owned())]))
}

fn parse(text: &str, warnings: &mut Vec<String>) -> Result<Vec<Service>> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let invalid = |what: String| {
        Error::user("binding/vcap-invalid", format!("{TEXT} {what}"))
            .hint("Give a JSON object with a list of services for each offering, or leave the variable unset.")
    };
    // Of the cause only the place is shown: not even a piece of the text belongs into a log.
    let value: Value = serde_json::from_str(text)
        .map_err(|error| invalid(format!("is not JSON at line {}, column {}", error.line(), error.column())))?;
    let Value::Object(offerings) = value else { return Err(invalid("is not a JSON object".to_owned())) };
    let mut taken = BTreeSet::new();
    let mut services = Vec::new();
    for (offering, list) in &offerings {
        let Some(list) = list.as_array() else {
            warnings.push(format!("Offering `{offering}` of {TEXT} is ignored: it is not a list of services"));
            continue;
        };
        for service in list.iter().filter_map(Value::as_object) {
            let mut service = read_service(offering, service, warnings);
            let base = service.name.clone();
            for number in 2.. {
                if taken.insert(service.name.clone()) {
                    break;
                }
                service.name = format!("{base}-{number}");
            }
            services.push(service);
        }
    }
    Ok(services)
}

fn read_service(offering: &str, service: &Map<String, Value>, warnings: &mut Vec<String>) -> Service {
    let word = |value: Option<&Value>| {
        value.and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let label = word(service.get("label")).unwrap_or_else(|| offering.to_owned());
    let name = folder_name(&word(service.get("name")).unwrap_or_else(|| label.clone()));
    let none = Map::new();
    let credentials = service.get("credentials").and_then(Value::as_object).unwrap_or(&none);
    let mut entries = BTreeMap::new();
    for (key, value) in credentials {
        // Files of these names say what the binding is.
        if matches!(key.as_str(), "type" | "provider") {
            continue;
        }
        if !is_file_name(key) {
            warnings.push(format!("A key of service `{name}` of {TEXT} is left out: it cannot be a file's name"));
            continue;
        }
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        entries.insert(key.clone(), Secret::new(&name, key, text));
    }
    let provider = word(credentials.get("provider")).unwrap_or_else(|| offering.to_owned());
    match word(credentials.get("type")) {
        Some(kind) => Service { name, kind, label: Some(label), provider, entries },
        None => Service { name, kind: label, label: None, provider, entries },
    }
}

fn is_file_name(key: &str) -> bool {
    !key.is_empty() && key.len() <= 255 && !key.starts_with("..") && key != "." && !key.contains(['/', '\0'])
}

/// The name of a service as a folder that readers of bindings list.
fn folder_name(name: &str) -> String {
    let safe: String =
        name.chars().map(|letter| if matches!(letter, '/' | '\0') { '-' } else { letter }).take(60).collect();
    if safe.starts_with('.') { format!("-{safe}") } else { safe }
}

#[cfg(test)]
mod tests;
