//! The real phases of the lifecycle, one after the other, on folders, with a registry in memory: what
//! `pack build --publish` does, without an engine.

mod arguments;

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;
use tempfile::TempDir;

use crate::files;
use crate::image::Image;
use crate::outcome::{Outcome, Phase};
use crate::registry::Registry;
use crate::tools;

/// A platform: an app, buildpacks, an order, and what lasts from build to build.
pub struct Lifecycle {
    root: TempDir,
    registry: Registry,
    api: String,
    layers_name: String,
    image: String,
    run_image: &'static str,
    order: Vec<Vec<Member>>,
    skip_layers: bool,
}

/// A buildpack in the order.
struct Member {
    id: String,
    version: String,
    optional: bool,
}

impl Lifecycle {
    /// A platform that speaks that Platform API, such as `0.13`.
    pub fn new(api: &str) -> Self {
        let root = files::scratch();
        for folder in ["app", "platform/env", "buildpacks", "cache", "home"] {
            std::fs::create_dir_all(root.path().join(folder)).expect("a folder");
        }
        let registry = Registry::start();
        for name in ["run", "other-run"] {
            let labels = json!({
                "io.buildpacks.stack.id": "io.buildpacks.stacks.bookworm",
                "io.buildpacks.base.distro.name": "debian",
                "io.buildpacks.base.distro.version": "12",
                "which": name,
            });
            registry.put_run_image(name, &labels);
        }
        Self {
            root,
            registry,
            api: api.to_owned(),
            layers_name: "layers".to_owned(),
            image: "app".to_owned(),
            run_image: "run",
            order: Vec::new(),
            skip_layers: false,
        }
    }

    /// The app's sources.
    pub fn app(&self) -> PathBuf {
        self.root.path().join("app")
    }

    /// Where the app is built and lies in the image.
    pub fn workspace(&self) -> PathBuf {
        self.root.path().join("workspace")
    }

    /// Where the layers lie while building and in the image.
    pub fn layers(&self) -> PathBuf {
        self.root.path().join(&self.layers_name)
    }

    /// The registry.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Writes a file of the app.
    pub fn file(&mut self, path: &str, content: &str) -> &mut Self {
        files::write(&self.app().join(path), content);
        self
    }

    /// Copies an app.
    pub fn app_from(&mut self, folder: &Path) -> &mut Self {
        files::copy(folder, &self.app());
        files::remove(&self.app().join("node_modules"));
        self
    }

    /// Sets what the user sets with `--env`.
    pub fn env(&mut self, name: &str, value: &str) -> &mut Self {
        files::write(&self.root.path().join("platform/env").join(name), value);
        self
    }

    /// Adds a service binding.
    pub fn binding(&mut self, name: &str, kind: &str, entries: &[(&str, &[u8])]) -> &mut Self {
        let folder = self.root.path().join("platform/bindings").join(name);
        files::write(&folder.join("type"), kind);
        for (key, value) in entries {
            files::write(&folder.join(key), value);
        }
        self
    }

    /// Adds a buildpack whose `detect` and `build` are one executable.
    pub fn executable(&mut self, id: &str, descriptor: &str, executable: &Path) -> &mut Self {
        let folder = self.buildpack_folder(id, "1.0.0");
        files::write(&folder.join("buildpack.toml"), descriptor);
        std::fs::create_dir_all(folder.join("bin")).expect("a folder");
        std::fs::copy(executable, folder.join("bin/build")).expect("a copy");
        std::os::unix::fs::symlink("build", folder.join("bin/detect")).expect("a link");
        self
    }

    /// Adds a packaged buildpack: a folder.
    pub fn package(&mut self, id: &str, version: &str, folder: &Path) -> &mut Self {
        files::copy(folder, &self.buildpack_folder(id, version));
        self
    }

    /// Adds a buildpack of two scripts.
    pub fn scripts(&mut self, id: &str, detect: &str, build: &str) -> &mut Self {
        let folder = self.buildpack_folder(id, "1.0.0");
        let descriptor =
            format!("api = '0.10'\n[buildpack]\nid = '{id}'\nversion = '1.0.0'\n[[targets]]\nos = 'linux'\n");
        files::write(&folder.join("buildpack.toml"), descriptor);
        files::write_program(&folder.join("bin/detect"), detect);
        files::write_program(&folder.join("bin/build"), build);
        self
    }

    /// Adds a group: id, version, whether it is optional.
    pub fn group(&mut self, members: &[(&str, &str, bool)]) -> &mut Self {
        let member = |(id, version, optional): &(&str, &str, bool)| Member {
            id: (*id).to_owned(),
            version: (*version).to_owned(),
            optional: *optional,
        };
        self.order.push(members.iter().map(member).collect());
        self
    }

    /// Replaces the order by one group.
    pub fn only_group(&mut self, members: &[(&str, &str, bool)]) -> &mut Self {
        self.order.clear();
        self.group(members)
    }

    /// Deletes the image.
    pub fn forget_image(&mut self) -> &mut Self {
        self.registry.forget(&self.image);
        self
    }

    /// Deletes the build cache.
    pub fn forget_cache(&mut self) -> &mut Self {
        let cache = self.root.path().join("cache");
        files::remove(&cache);
        std::fs::create_dir(cache).expect("a folder");
        self
    }

    /// What `pack build --clear-cache` does, for the next build.
    pub fn clear_cache(&mut self) -> &mut Self {
        self.skip_layers = true;
        self.forget_cache()
    }

    /// Builds to another image name from now on.
    pub fn image_name(&mut self, name: &str) -> &mut Self {
        name.clone_into(&mut self.image);
        self
    }

    /// Puts the layers elsewhere from now on, as another platform does.
    pub fn layers_folder(&mut self, name: &str) -> &mut Self {
        name.clone_into(&mut self.layers_name);
        self
    }

    /// The image as the registry has it.
    pub fn image(&self) -> Option<Image> {
        Image::read(&self.registry, &self.image)
    }

    /// Moves the image to another run image, as `pack rebase` does.
    pub fn rebase(&mut self) -> Phase {
        self.run_image = "other-run";
        let mut arguments = vec!["-run-image".to_owned(), self.reference(self.run_image)];
        arguments.extend(["-report".to_owned(), self.path("report.toml")]);
        if self.minor() >= 12 {
            // It is not the image that the build knew.
            arguments.push("-force".to_owned());
        }
        arguments.push(self.reference(&self.image));
        self.phase("rebaser", &arguments)
    }

    /// Runs all phases; stops at the first that fails.
    pub fn build(&mut self) -> Outcome {
        self.prepare();
        let mut outcome = Outcome::new(self.layers(), self.workspace(), self.root.path().to_path_buf());
        let _ = self.registry.take_pushed();
        for name in ["analyzer", "detector", "restorer", "builder", "exporter"] {
            let phase = self.phase(name, &self.arguments(name));
            let failed = phase.code != 0;
            outcome.add(phase);
            if name == "restorer" {
                outcome.remember_restored();
            }
            if failed {
                return outcome;
            }
        }
        outcome.finish(self.image(), self.registry.take_pushed());
        self.skip_layers = false;
        outcome
    }

    /// Starts the image's process of that type, or with a command line that the launcher gets, from the
    /// image's own content: see [`Image::unpack`].
    pub fn launcher(&self, process: Option<&str>, arguments: &[&str]) -> Command {
        let program = tools::lifecycle().join("launcher");
        let mut command = Command::new(program);
        self.as_user(&mut command);
        command
            .arg0(process.unwrap_or("launcher"))
            .args(arguments)
            .current_dir(self.workspace())
            .env("CNB_LAYERS_DIR", self.layers())
            .env("CNB_APP_DIR", self.workspace());
        command
    }

    fn prepare(&self) {
        let root = self.root.path();
        for folder in [self.layers(), self.workspace()] {
            files::remove(&folder);
        }
        files::copy(&self.app(), &self.workspace());
        for folder in [self.layers(), root.join("generated")] {
            std::fs::create_dir_all(folder).expect("a folder");
        }
        let run = self.reference(self.run_image);
        files::write(&root.join("run.toml"), format!("[[images]]\nimage = '{run}'\n"));
        files::write(&root.join("stack.toml"), format!("[run-image]\nimage = '{run}'\n"));
        files::write(&root.join("order.toml"), self.order_file());
        for folder in ["home", "cache", "app", "workspace", "generated", &self.layers_name] {
            files::hand_over(&root.join(folder));
        }
        if tools::is_root() {
            std::os::unix::fs::chown(root, Some(tools::USER.0), Some(tools::USER.1)).expect("a change of owner");
        }
    }

    fn buildpack_folder(&self, id: &str, version: &str) -> PathBuf {
        self.root.path().join("buildpacks").join(id.replace('/', "_")).join(version)
    }

    fn phase(&self, name: &str, arguments: &[String]) -> Phase {
        let mut command = Command::new(tools::lifecycle().join(name));
        self.as_user(&mut command);
        command.args(arguments).stdin(Stdio::null());
        let output = command.output().expect("a phase of the lifecycle");
        let text = [output.stdout, output.stderr].concat();
        let log = String::from_utf8_lossy(&text).into_owned();
        Phase { name: name.to_owned(), code: output.status.code().unwrap_or(-1), log }
    }

    /// As the user of our images, with nothing of our environment: what a build sees is what it is given.
    fn as_user(&self, command: &mut Command) {
        let variables = BTreeMap::from([
            ("PATH", "/usr/local/bin:/usr/bin:/bin".to_owned()),
            ("HOME", self.path("home")),
            ("CNB_PLATFORM_API", self.api.clone()),
            ("CNB_STACK_ID", "io.buildpacks.stacks.bookworm".to_owned()),
            ("CNB_NO_COLOR", "true".to_owned()),
            ("CNB_USER_ID", tools::user().0.to_string()),
            ("CNB_GROUP_ID", tools::user().1.to_string()),
        ]);
        command.env_clear().envs(variables).current_dir(self.root.path());
        if tools::is_root() {
            command.uid(tools::USER.0).gid(tools::USER.1);
        }
    }
}
