//! What shapes the modules that npm installs: the inputs of the key by which their layer is re-used.

use std::path::Path;

use libpack::Result;
use libpack::world::Variables;

use crate::npm_process::{Inputs, Lock};
use crate::package_json::PackageJson;
use crate::workspace::Links;

/// The files that shape what npm installs, relative to the project's folder, sorted, only those
/// that are there: manifest, lock, npm's settings, and the manifests of linked packages. The key
/// takes their names and contents, as a digest only: `.npmrc` may hold credentials.
pub fn shaping_files(project: &Path, lock: Option<Lock>, links: &Links) -> Vec<String> {
    let own = ["package.json", ".npmrc"].into_iter().chain(lock.map(Lock::file)).map(str::to_owned);
    let linked = links.folders().into_iter().map(|folder| format!("{folder}/package.json"));
    let mut files: Vec<String> = own.chain(linked).filter(|file| project.join(file).is_file()).collect();
    files.sort();
    files.dedup();
    files
}

/// npm's settings in the environment, as `(lower-case name, value)`: they shape the outcome too.
/// Only a digest of them may be kept: they may hold credentials. Log level, cache and the path of
/// the global configuration are ours and shape nothing.
pub fn shaping_variables(variables: &Variables) -> Vec<(String, String)> {
    const SHAPELESS: [&str; 3] = ["npm_config_loglevel", "npm_config_cache", "npm_config_globalconfig"];
    let text = |value: &std::ffi::OsStr| value.to_string_lossy().into_owned();
    let mut found: Vec<_> = variables
        .iter()
        .map(|(name, value)| (text(name), text(value)))
        .map(|(name, value)| (if name == "NODE_ENV" { name } else { name.to_lowercase() }, value))
        .filter(|(name, _)| name == "NODE_ENV" || name.starts_with("npm_config_"))
        .filter(|(name, _)| !SHAPELESS.contains(&name.as_str()))
        .collect();
    found.sort();
    found
}

/// What npm runs in the app's own folders while it installs, as `<folder>: <what>`: the scripts of
/// the project and of linked packages, and their native addons. Where there is any, an install may
/// write beside `node_modules`, and skipping it needs a replay of what it wrote.
/// Errors: `node/package-json-invalid`.
pub fn scripts_in_app(project: &Path, links: &Links) -> Result<Vec<String>> {
    const SCRIPTS: [&str; 6] = ["preinstall", "install", "postinstall", "preprepare", "prepare", "postprepare"];
    let mut found = Vec::new();
    for folder in std::iter::once(".".to_owned()).chain(links.folders()) {
        let path = project.join(&folder);
        let Some(package) = PackageJson::read(&path)? else {
            continue;
        };
        let scripts = SCRIPTS.iter().filter(|name| package.scripts.contains_key(**name));
        found.extend(scripts.map(|name| format!("{folder}: {name}")));
        if path.join("binding.gyp").is_file() && !package.scripts.contains_key("install") {
            found.push(format!("{folder}: binding.gyp"));
        }
    }
    Ok(found)
}

/// Whether an install may compile native addons: npm marks packages that run scripts in its lock, also
/// those that only have a `binding.gyp`. Without a lock nobody knows.
/// Errors: `fs/failed`.
pub fn may_compile(project: &Path) -> Result<bool> {
    let inputs = Inputs::find(project);
    let Some(lock) = inputs.lock else { return Ok(true) };
    let lock = libpack::fs::read_text_if_any(&project.join(lock.file()))?.unwrap_or_default();
    let tells = lock.contains("\"packages\"");
    let runs_scripts = !tells || lock.contains("\"hasInstallScript\"");
    Ok(inputs.node_modules || runs_scripts || project.join("binding.gyp").is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::tests::project;

    const LOCK: &str = r#"{"lockfileVersion":3,"packages":{"":{},
        "node_modules/a":{"resolved":"packages/a","link":true},"packages/a":{},
        "node_modules/gone":{"resolved":"packages/gone","link":true},
        "node_modules/b":{"version":"1.0.0"}}}"#;

    #[test]
    fn whatever_shapes_the_modules_is_in_the_key() {
        let folder = project(&[
            ("package.json", "{}"),
            ("package-lock.json", LOCK),
            (".npmrc", "ignore-scripts=true"),
            ("packages/a/package.json", "{}"),
            ("packages/b/package.json", "{}"),
            ("server.js", ""),
        ]);
        let links = Links::parse(LOCK).unwrap();
        let files = shaping_files(folder.path(), Some(Lock::Package), &links);
        assert_eq!(files, [".npmrc", "package-lock.json", "package.json", "packages/a/package.json"]);
    }

    #[test]
    fn npm_settings_in_the_environment_are_in_the_key() {
        let variables: Variables = [
            ("NPM_CONFIG_LOGLEVEL", "info"),
            ("npm_config_OMIT", "optional"),
            ("NPM_CONFIG_LEGACY_PEER_DEPS", "true"),
            ("NODE_ENV", "development"),
            ("PATH", "/bin"),
        ]
        .into_iter()
        .collect();
        let expected =
            [("NODE_ENV", "development"), ("npm_config_legacy_peer_deps", "true"), ("npm_config_omit", "optional")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(shaping_variables(&variables), expected);
    }

    #[test]
    fn what_an_install_runs_in_the_app_is_known() {
        let folder = project(&[
            ("package.json", r#"{"scripts":{"postinstall":"node gen.js","start":"x"}}"#),
            ("packages/a/package.json", "{}"),
            ("packages/a/binding.gyp", "{}"),
        ]);
        let links = Links::parse(LOCK).unwrap();
        let found = scripts_in_app(folder.path(), &links).unwrap();
        assert_eq!(found, [".: postinstall", "packages/a: binding.gyp"]);
    }
}
