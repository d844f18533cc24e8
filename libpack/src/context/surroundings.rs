use std::path::{Path, PathBuf};

use crate::bindings::Bindings;
use crate::descriptor::Descriptor;
use crate::log::Log;
use crate::settings::Settings;
use crate::target::Target;
use crate::world::{Variables, World};
use crate::{Error, Result};

/// What both phases see: the app, what the user set, where and for what we build.
pub struct Surroundings {
    app: PathBuf,
    buildpack: PathBuf,
    variables: Variables,
    settings: Settings,
    bindings: Bindings,
    target: Target,
    descriptor: Descriptor,
    world: World,
    log: Log,
}

impl Surroundings {
    /// From the folders that the lifecycle gives and the process's variables.
    ///
    /// Files of `<platform>/env` are laid over the variables only where the lifecycle did not do it
    /// (`clear-env`).
    pub fn new(
        app: &Path,
        buildpack: &Path,
        platform: &Path,
        variables: Variables,
        descriptor: Descriptor,
        world: World,
    ) -> Result<Self> {
        let variables = with_platform(variables, platform)?;
        let settings = Settings::new(variables.clone(), descriptor.metadata.configurations.clone());
        let level = settings.text("BP_LOG_LEVEL").unwrap_or_default();
        let debug = level.eq_ignore_ascii_case("debug") || settings.text("BP_DEBUG").is_some();
        let log = Log::new(world.output.clone(), debug);
        let bindings = Bindings::read(&variables, platform)?;
        bindings.warnings().iter().for_each(|warning| log.warning(warning));
        let target = Target::from_variables(&variables);
        Ok(Self {
            app: app.to_path_buf(),
            buildpack: buildpack.to_path_buf(),
            variables,
            settings,
            bindings,
            target,
            descriptor,
            world,
            log,
        })
    }

    /// The application's folder.
    pub fn app(&self) -> &Path {
        &self.app
    }

    /// The buildpack's own folder.
    pub fn buildpack(&self) -> &Path {
        &self.buildpack
    }

    /// The value of a setting; empty counts as unset.
    pub fn setting(&self, name: &str) -> Option<String> {
        self.settings.text(name)
    }

    /// All settings, for the other readings of them.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// A variable that is no setting of ours (`NODE_ENV`); empty counts as unset.
    pub fn variable(&self, name: &str) -> Option<String> {
        self.variables.text(name).filter(|value| !value.is_empty())
    }

    /// The variables that the build started with.
    pub fn variables(&self) -> &Variables {
        &self.variables
    }

    /// Service bindings.
    pub fn bindings(&self) -> &Bindings {
        &self.bindings
    }

    /// What the image will run on.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Our `buildpack.toml`.
    pub fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    /// The buildpack's id.
    pub fn id(&self) -> &str {
        &self.descriptor.buildpack.id
    }

    /// The home folder of the user that builds: by the user database, since the JVM goes by it too, else `HOME`.
    pub fn home(&self) -> Option<PathBuf> {
        self.world.home.clone().or_else(|| self.variable("HOME").map(PathBuf::from))
    }

    /// The ports to the outside.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// What people read.
    pub fn log(&self) -> &Log {
        &self.log
    }

    /// `production` unless the platform says otherwise (Buildpack API 0.12's `CNB_EXEC_ENV`, read when set).
    pub fn execution_environment(&self) -> String {
        self.variable("CNB_EXEC_ENV").unwrap_or_else(|| "production".to_owned())
    }

    /// The folder of the app that a setting names; see [`Settings::folder`].
    pub fn folder(&self, setting: &str) -> Result<PathBuf> {
        self.settings.folder(setting, &self.app)
    }
}

/// Lays the user's variables over the process's when the lifecycle did not (`clear-env = true`).
fn with_platform(mut variables: Variables, platform: &Path) -> Result<Variables> {
    let folder = platform.join("env");
    for name in crate::fs::list(&folder)? {
        let path = folder.join(&name);
        let hidden = name.starts_with('.');
        if hidden || variables.get(&name).is_some() || !path.is_file() {
            continue;
        }
        let value = std::fs::read(&path).map_err(|error| {
            Error::user("platform/env", format!("could not read {}", path.display())).because(error)
        })?;
        variables.set(name, String::from_utf8_lossy(&value).into_owned());
    }
    Ok(variables)
}
