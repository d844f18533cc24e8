//! What can be told about a built image without running it.

use std::path::Path;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

use super::MARK;
use crate::home::{Home, make_folder, read};
use crate::pack::pack;
use crate::setup::engine::Engine;
use crate::setup::images;

/// A built image.
#[derive(Debug)]
pub struct Image {
    name: String,
    /// `web (default): npm start`
    pub processes: Vec<String>,
}

#[derive(Deserialize)]
struct Process {
    r#type: String,
    command: Words,
    /// The lifecycle writes `null` where there are none.
    args: Option<Vec<String>>,
}

/// A list, or before Platform API 0.10 one string.
#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    One(String),
    Many(Vec<String>),
}

impl Image {
    /// Looks at the labels of an image in the engine.
    pub fn inspect(engine: &Engine, name: &str) -> Result<Self> {
        let text = engine.docker().args(["image", "inspect", "--format", "{{json .Config}}", name]).output()?;
        Ok(Self { name: name.to_owned(), processes: processes(&text)? })
    }

    /// Names and versions from the image's bills of materials, in order.
    pub fn components(&self, home: &Home, engine: &Engine) -> Result<Vec<String>> {
        make_folder(home.path())?;
        let scratch = tempfile::tempdir_in(home.path())?;
        pack(home, engine, MARK).args(["sbom", "download", &self.name, "--output-dir"]).arg(scratch.path()).run()?;
        let mut all = Vec::new();
        collect(scratch.path(), &mut all)?;
        all.sort();
        all.dedup();
        Ok(all)
    }

    /// Bytes that the image has over the one that it runs on.
    pub fn over_run_image(&self, engine: &Engine) -> Result<u64> {
        Ok(bytes(engine, &self.name)?.saturating_sub(bytes(engine, images::RUN)?))
    }
}

fn bytes(engine: &Engine, image: &str) -> Result<u64> {
    let size = engine.docker().args(["image", "inspect", "--format", "{{.Size}}", image]).output()?;
    size.parse().with_context(|| format!("{image} has the size {size}"))
}

/// The processes in the label that the lifecycle writes (buildpacks/spec, platform.md, `io.buildpacks.build.metadata`);
/// the default one is the entrypoint.
fn processes(config: &str) -> Result<Vec<String>> {
    let config: Value = serde_json::from_str(config)?;
    let label = config["Labels"]["io.buildpacks.build.metadata"].as_str().context("the image has no processes")?;
    let mut label: Value = serde_json::from_str(label)?;
    let processes: Vec<Process> = serde_json::from_value(label["processes"].take())?;
    let entrypoint = config["Entrypoint"][0].as_str().unwrap_or_default();
    Ok(processes
        .into_iter()
        .map(|process| {
            let default = if entrypoint == format!("/cnb/process/{}", process.r#type) { " (default)" } else { "" };
            let words = match process.command {
                Words::One(word) => vec![word],
                Words::Many(words) => words,
            };
            format!("{}{default}: {}", process.r#type, [words, process.args.unwrap_or_default()].concat().join(" "))
        })
        .collect())
}

fn collect(folder: &Path, all: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, all)?;
        } else if path.to_string_lossy().ends_with("sbom.cdx.json") {
            all.extend(listed(&read(&path)?).with_context(|| format!("{} cannot be read", path.display()))?);
        }
    }
    Ok(())
}

/// Names and versions in a CycloneDX document.
fn listed(document: &str) -> Result<Vec<String>> {
    let document: Value = serde_json::from_str(document)?;
    let components = document["components"].as_array().map_or(&[][..], Vec::as_slice);
    let text = |component: &Value, key: &str| component[key].as_str().unwrap_or_default().to_owned();
    Ok(components
        .iter()
        .map(|component| format!("{} {}", text(component, "name"), text(component, "version")).trim().to_owned())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_behind_the_entrypoint_is_the_default() {
        let label = r#"{"processes":[{"type":"web","command":["node"],"args":["server.js"],"direct":true},
            {"type":"task","command":"run","args":null}]}"#;
        let config = serde_json::json!({
            "Entrypoint": ["/cnb/process/web"], "Labels": { "io.buildpacks.build.metadata": label },
        });
        assert_eq!(processes(&config.to_string()).unwrap(), ["web (default): node server.js", "task: run"]);
        assert!(processes("{}").is_err());
    }

    #[test]
    fn bills_of_materials_are_found_below_every_buildpack() {
        let folder = tempfile::tempdir().unwrap();
        let document = r#"{"components":[{"name":"express","version":"5.1.0"},{"name":"files"}]}"#;
        crate::home::write(&folder.path().join("layers/sbom/launch/one/node/sbom.cdx.json"), document).unwrap();
        crate::home::write(&folder.path().join("layers/sbom/launch/one/node/sbom.spdx.json"), "{}").unwrap();
        let mut all = Vec::new();
        collect(folder.path(), &mut all).unwrap();
        assert_eq!(all, ["express 5.1.0", "files"]);
    }
}
