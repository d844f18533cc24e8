//! The floor: a builder whose only buildpack does nothing.

use anyhow::Result;
use serde_json::json;

use super::measure::MARK;
use super::report::FLOOR;
use super::subject::Subject;
use crate::home::{Home, workspace, write};
use crate::pack::pack;
use crate::setup::engine::Engine;
use crate::setup::{images, lifecycle};

const BUILDER: &str = "libpack-bench/floor-builder";

/// Makes the builder anew, so that it has the base images and the lifecycle that are there now.
pub fn make(home: &Home, engine: &Engine) -> Result<()> {
    let config = home.join("bench/floor-builder.toml");
    let builder = json!({
        "buildpacks": [{ "uri": workspace().join("xtask/floor/buildpack") }],
        "order": [{ "group": [{ "id": "libpack/floor" }] }],
        "build": { "image": images::BUILD },
        "run": { "images": [{ "image": images::RUN }] },
        "lifecycle": { "uri": lifecycle::Recipe::main().archive(home) },
    });
    write(&config, toml::to_string(&builder)?)?;
    pack(home, engine, MARK)
        .args(["builder", "create", BUILDER, "--pull-policy", "never", "--config"])
        .arg(&config)
        .run()
}

/// The same app with the builder that does nothing.
pub fn of(subject: &Subject) -> Subject {
    Subject { name: format!("{FLOOR}{}", subject.name), builder: BUILDER.into(), ..subject.clone() }
}
