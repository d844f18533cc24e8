//! The real pack with a real engine: `pack` and `docker` on PATH, our builder in the engine.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::http::{free_port, get};
use crate::run_image::{OtherRunImage, layers};
use crate::{files, tools};

/// The builder that `cargo xtask test` leaves in the engine, unless another is named.
fn builder() -> String {
    named("LIBPACK_BUILDER", "libpack/builder:bookworm")
}

/// The same builder with the lifecycle of the line before.
pub fn older_builder() -> String {
    named("LIBPACK_OLDER_BUILDER", "libpack/builder:bookworm-older-lifecycle")
}

pub(crate) fn named(variable: &str, otherwise: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| otherwise.to_owned())
}

/// An app that pack builds; its image and caches go with it.
pub struct App {
    root: TempDir,
    image: String,
    builder: String,
    buildpacks: Vec<String>,
    variables: Vec<String>,
    network: &'static str,
    run_image: Option<String>,
}

impl App {
    /// A sample under an image name of its own.
    pub fn sample(sample: &str, name: &str) -> Self {
        let root = files::scratch();
        files::copy(&tools::sample(sample), &root.path().join("app"));
        files::remove(&root.path().join("app/node_modules"));
        if let Some(bundle) = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"].iter().find_map(std::env::var_os) {
            let folder = root.path().join("bindings/ca");
            files::write(&folder.join("type"), "ca-certificates");
            files::write(&folder.join("bundle.pem"), std::fs::read(bundle).expect("a bundle of certificates"));
        }
        let image = format!("libpack-test/{name}-{}", std::process::id());
        let (buildpacks, variables) = (Vec::new(), Vec::new());
        Self { root, image, builder: builder(), buildpacks, variables, network: "host", run_image: None }
    }

    /// The app's sources.
    pub fn folder(&self) -> PathBuf {
        self.root.path().join("app")
    }

    /// The image's name.
    pub fn image(&self) -> &str {
        &self.image
    }

    /// Uses another builder.
    pub fn builder(mut self, builder: &str) -> Self {
        builder.clone_into(&mut self.builder);
        self
    }

    /// Uses these buildpacks instead of the builder's order: ids of the builder, or folders.
    pub fn buildpacks(mut self, buildpacks: &[&str]) -> Self {
        self.buildpacks = buildpacks.iter().map(|one| (*one).to_owned()).collect();
        self
    }

    /// Sets a variable of the build.
    pub fn env(mut self, variable: &str) -> Self {
        self.variables.push(variable.to_owned());
        self
    }

    /// Adds a service binding, or replaces the one of that name.
    pub fn binding(self, name: &str, kind: &str, entries: &[(&str, &str)]) -> Self {
        let folder = self.root.path().join("bindings").join(name);
        files::write(&folder.join("type"), kind);
        for (key, value) in entries {
            files::write(&folder.join(key), value);
        }
        self
    }

    /// Builds without any network.
    pub fn without_network(mut self) -> Self {
        self.network = "none";
        self
    }

    /// Puts the app on another run image.
    pub fn on(mut self, run_image: &OtherRunImage) -> Self {
        self.run_image = Some(run_image.name().to_owned());
        self
    }

    /// Runs `pack build` and returns its log; fails the test when it fails.
    pub fn build(&self) -> String {
        succeed(&mut self.build_command())
    }

    /// Runs `pack build` without any cache, which must fail, and returns its log.
    pub fn clean_failure(&self) -> String {
        let output = self.build_command().arg("--clear-cache").output().expect("pack");
        let log = text(&output);
        assert!(!output.status.success(), "it was built:\n{log}");
        log
    }

    fn build_command(&self) -> Command {
        let mut command = self.pack("build");
        command.arg(&self.image).args(["--builder", &self.builder, "--trust-builder", "--trust-extra-buildpacks"]);
        command.args(["--pull-policy", "never", "--network", self.network, "--path"]).arg(self.folder());
        command.args(self.run_image.iter().flat_map(|image| ["--run-image", image]));
        for buildpack in &self.buildpacks {
            command.args(["--buildpack", buildpack]);
        }
        for variable in self.variables.iter().chain(&npm_registry()) {
            command.args(["--env", variable]);
        }
        for name in files::folders(&self.root.path().join("bindings")) {
            let folder = self.root.path().join("bindings").join(&name);
            command.arg("--volume").arg(format!("{}:/platform/bindings/{name}", folder.display()));
        }
        command
    }

    /// Moves the image to another run image.
    pub fn rebase(&self, run_image: &str) -> String {
        let mut command = self.pack("rebase");
        succeed(command.arg(&self.image).args(["--run-image", run_image, "--pull-policy", "never", "--force"]))
    }

    /// The files of `pack sbom download`.
    pub fn sbom(&self) -> Vec<String> {
        let folder = self.root.path().join("sbom");
        files::remove(&folder);
        succeed(self.pack("sbom").arg("download").arg(&self.image).arg("--output-dir").arg(&folder));
        files::list(&folder).into_iter().collect()
    }

    /// The digests of the image's layers, the run image's first.
    pub fn layers(&self) -> Vec<String> {
        layers(&self.image)
    }

    /// Runs a program of the image to its end and returns what it wrote.
    pub fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("docker");
        command.args(["run", "--rm", "--network", "host", "--entrypoint", "launcher", &self.image]);
        succeed(command.args(arguments))
    }

    /// Runs the image's default process to its end and returns what it wrote.
    pub fn output(&self) -> String {
        succeed(Command::new("docker").args(["run", "--rm", "--network", "host", &self.image]))
    }

    /// Starts the image's default process and returns what it answers over HTTP.
    pub fn answer(&self) -> String {
        self.answer_with(&[])
    }

    /// The same with further flags of `docker run`.
    pub fn answer_with(&self, flags: &[&str]) -> String {
        let port = free_port();
        let mut command = Command::new("docker");
        command.args(["run", "--rm", "--detach", "--network", "host", "--env", &format!("PORT={port}")]);
        command.args(flags).arg(&self.image);
        let container = Container(succeed(&mut command).trim().to_owned());
        let answer = get(port);
        drop(container);
        answer
    }

    fn pack(&self, verb: &str) -> Command {
        let mut command = Command::new("pack");
        // Caches of our own, which nobody else's builds touch.
        command.env("PACK_VOLUME_KEY", self.image.replace('/', "-")).arg(verb);
        command
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = Command::new("docker").args(["image", "rm", "--force", &self.image]).output();
        let filter = format!("name=pack-cache-{}_", self.image.replace('/', "_"));
        let volumes = Command::new("docker").args(["volume", "ls", "--quiet", "--filter", &filter]).output();
        let volumes = volumes.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
        for volume in volumes.lines() {
            let _ = Command::new("docker").args(["volume", "rm", volume]).output();
        }
    }
}

pub(crate) struct Container(pub(crate) String);

impl Drop for Container {
    fn drop(&mut self) {
        let _ = Command::new("docker").args(["rm", "--force", &self.0]).output();
    }
}

/// Where this machine's npm fetches from, when it is not the default.
fn npm_registry() -> Vec<String> {
    let output = Command::new("npm").args(["config", "get", "registry"]).output();
    let known = output.ok().filter(|output| output.status.success());
    known
        .map(|output| format!("NPM_CONFIG_REGISTRY={}", String::from_utf8_lossy(&output.stdout).trim()))
        .into_iter()
        .collect()
}

pub(crate) fn succeed(command: &mut Command) -> String {
    text(&finish(command))
}

pub(crate) fn finish(command: &mut Command) -> Output {
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => panic!("{} cannot be started ({error}): run `cargo xtask test`", command.get_program().display()),
    };
    assert!(output.status.success(), "{command:?} failed:\n{}", text(&output));
    output
}

fn text(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes)).concat()
}

/// Packages a buildpack of this workspace, without dependencies, and returns the folder.
pub fn package(folder: &Path, out: &Path) -> PathBuf {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--package", "libpack-cli", "--", "package"]).arg(folder);
    command.args(["--profile", "dev", "--format", "folder", "--out"]).arg(out).current_dir(tools::workspace());
    succeed(&mut command);
    let mut made = std::fs::read_dir(out).expect("a package");
    made.next().expect("a package").expect("a package").path()
}
