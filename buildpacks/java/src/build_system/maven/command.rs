//! Maven's arguments (paketo-buildpacks/maven, `maven/build.go`, `configureMaven`).

use std::path::{Path, PathBuf};

use libpack::Result;
use libpack::context::Surroundings;
use libpack::layer::Key;
use libpack::{checksum, fs};

use super::super::arguments::{explicit, words_of};

/// The module that is to run.
pub const MODULE: &str = "BP_MAVEN_BUILT_MODULE";
/// Whether only that module is built, with what it needs.
const MODULE_ONLY: &str = "BP_MAVEN_BUILT_MODULE_ONLY";

/// The arguments, and the files that they name as a part of the key.
pub struct Command {
    pub arguments: Vec<String>,
    pub settings: Key,
}

/// What the arguments are made of.
#[derive(Default)]
struct Given {
    security: Option<PathBuf>,
    settings: Option<PathBuf>,
    pom: Option<String>,
    module: Option<String>,
    build: Vec<String>,
    additional: Vec<String>,
    profiles: Vec<String>,
}

impl Command {
    /// From settings and the binding of the type `maven`.
    pub fn of(around: &Surroundings) -> Result<Self> {
        let mut given = Given {
            pom: explicit(around, "BP_MAVEN_POM_FILE"),
            module: explicit(around, MODULE).filter(|module| !module.is_empty()),
            build: words_of(around, "BP_MAVEN_BUILD_ARGUMENTS")?,
            additional: words_of(around, "BP_MAVEN_ADDITIONAL_BUILD_ARGUMENTS")?,
            profiles: words_of(around, "BP_MAVEN_ACTIVE_PROFILES")?,
            ..Given::default()
        };
        if !around.settings().flag(MODULE_ONLY)? {
            given.module = None;
        }
        match around.bindings().one("maven")? {
            Some(binding) => {
                given.settings = binding.path("settings.xml").map(Path::to_path_buf);
                given.security = binding.path("settings-security.xml").map(Path::to_path_buf);
            }
            None => given.settings = around.setting("BP_MAVEN_SETTINGS_PATH").map(PathBuf::from),
        }
        // Only a file with settings says where its passwords' key lies.
        given.security = given.security.filter(|_| given.settings.is_some());
        let mut settings = Key::new();
        for (field, file) in [("maven-settings", &given.settings), ("maven-settings-security", &given.security)] {
            if let Some(file) = file {
                settings = settings.with(field, content(&around.app().join(file))?);
            }
        }
        Ok(Self { arguments: given.arguments(), settings })
    }
}

/// Nothing of the content but its digest; of a path that Maven will not find either, that.
fn content(file: &Path) -> Result<String> {
    if !file.is_file() {
        return Ok("missing".to_owned());
    }
    Ok(checksum::sha256(&fs::read_bytes(file)?).hex().to_owned())
}

impl Given {
    fn arguments(self) -> Vec<String> {
        let mut all = Vec::new();
        all.extend(self.security.map(|file| format!("-Dsettings.security={}", file.display())));
        all.extend(self.settings.map(|file| format!("--settings={}", file.display())));
        // Nobody answers it here. The additional arguments are not looked at, as in Paketo.
        if !self.build.iter().any(|word| word == "-B" || word == "--batch-mode") {
            all.push("--batch-mode".to_owned());
        }
        all.extend(self.pom.into_iter().flat_map(|pom| ["--file".to_owned(), pom]));
        all.extend(self.module.into_iter().flat_map(|module| ["-pl".to_owned(), module, "-am".to_owned()]));
        all.extend(self.build);
        all.extend(self.additional);
        if !self.profiles.is_empty() {
            all.push("-P".to_owned());
            all.extend(self.profiles);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn arguments_stand_in_paketos_order() {
        let given = Given {
            security: Some("/b/settings-security.xml".into()),
            settings: Some("/b/settings.xml".into()),
            pom: Some("other.xml".to_owned()),
            module: Some("web".to_owned()),
            build: owned(&["-Dmaven.test.skip=true", "package"]),
            additional: owned(&["--offline"]),
            profiles: owned(&["native", "?x"]),
        };
        let line = "-Dsettings.security=/b/settings-security.xml --settings=/b/settings.xml --batch-mode --file other.xml \
                    -pl web -am -Dmaven.test.skip=true package --offline -P native ?x";
        assert_eq!(given.arguments().join(" "), line);
    }

    #[test]
    fn batch_mode_is_said_once() {
        for word in ["-B", "--batch-mode"] {
            let given = Given { build: owned(&["package", word]), ..Given::default() };
            assert_eq!(given.arguments(), ["package", word]);
        }
        let given = Given { build: owned(&["package"]), additional: owned(&["-B"]), ..Given::default() };
        assert_eq!(given.arguments(), ["--batch-mode", "package", "-B"]);
    }
}
