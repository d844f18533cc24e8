//! Gradle's arguments and the wrapper's properties (paketo-buildpacks/gradle, `gradle/build.go`, `properties.go`).

use std::path::Path;

use libpack::context::Surroundings;
use libpack::layer::Key;
use libpack::{Error, Result, checksum, fs};

use super::super::arguments::{explicit, words_of};
use super::super::properties::overlay;

/// The module that is to run.
pub const MODULE: &str = "BP_GRADLE_BUILT_MODULE";
/// Whether only that module is built, with what it needs.
const MODULE_ONLY: &str = "BP_GRADLE_BUILT_MODULE_ONLY";
/// Which Gradle the wrapper runs.
pub const WRAPPER_PROPERTIES: &str = "gradle/wrapper/gradle-wrapper.properties";
/// The binding that says so too, with the same file.
const WRAPPER_BINDING: &str = "gradle-wrapper";

/// The arguments, what the bindings say, and both as a part of the key.
pub struct Command {
    pub arguments: Vec<String>,
    pub settings: Key,
    pub wrapper_properties: Option<String>,
}

impl Command {
    /// From settings and the bindings of the types `gradle` and `gradle-wrapper`.
    pub fn of(around: &Surroundings) -> Result<Self> {
        let mut settings = Key::new();
        let mut wrapper_properties = None;
        if let Some(binding) = around.bindings().one("gradle")?
            && let Some(content) = binding.entry("gradle.properties")?
        {
            settings = settings.with("gradle-properties", checksum::sha256(content.bytes()).hex());
        }
        if let Some(binding) = around.bindings().one(WRAPPER_BINDING)?
            && let Some(content) = binding.entry("gradle-wrapper.properties")?
        {
            settings = settings.with("gradle-wrapper-properties", checksum::sha256(content.bytes()).hex());
            wrapper_properties = Some(content.text()?.to_owned());
        }
        Ok(Self { arguments: arguments(around)?, settings, wrapper_properties })
    }
}

fn arguments(around: &Surroundings) -> Result<Vec<String>> {
    let mut all = Vec::new();
    if let Some(script) = around.setting("BP_GRADLE_INIT_SCRIPT_PATH") {
        all.extend(["--init-script".to_owned(), script]);
    }
    let module = explicit(around, MODULE).filter(|module| !module.is_empty());
    if let Some(module) = module.filter(|_| around.settings().flag(MODULE_ONLY).unwrap_or_default()) {
        // From a module's folder Gradle runs the tasks of that module, and what they need of others.
        all.extend(["--project-dir".to_owned(), module]);
    }
    around.settings().flag(MODULE_ONLY)?;
    all.extend(words_of(around, "BP_GRADLE_BUILD_ARGUMENTS")?);
    all.extend(words_of(around, "BP_GRADLE_ADDITIONAL_BUILD_ARGUMENTS")?);
    Ok(all)
}

/// Lays the binding's properties over those of the app. Errors: `java/gradle-wrapper-missing`.
pub fn overlay_wrapper_properties(app: &Path, over: &str) -> Result<()> {
    let file = app.join(WRAPPER_PROPERTIES);
    if !file.parent().is_some_and(Path::is_dir) {
        let message =
            format!("a binding of the type `{WRAPPER_BINDING}` is given, but the application has no gradle/wrapper");
        return Err(Error::user("java/gradle-wrapper-missing", message)
            .hint("Run `gradle wrapper` and commit what it makes, or take the binding away."));
    }
    let base = fs::read_text_if_any(&file)?.unwrap_or_default();
    fs::write(&file, overlay(&base, over))
}
