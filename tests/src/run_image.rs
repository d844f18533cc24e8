//! Other run images than the builder's own.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::files;
use crate::pack::{Container, finish, named, succeed};

/// The builder's run image with a file more, as a new release of it has: an image of the engine that goes with it.
pub struct OtherRunImage(String);

impl OtherRunImage {
    /// `path` is the file's, in the image.
    pub fn with_file(path: &str, text: &str) -> Self {
        let scratch = files::scratch();
        let file = scratch.path().join("file");
        files::write(&file, text);
        files::set_mode(&file, 0o644);
        let image = Self::named("run");
        let container = Container(docker(&["create", "--network", "none", &run_image(), "-"]));
        docker(&["cp", &file.display().to_string(), &format!("{}:{path}", container.0)]);
        docker(&["commit", &container.0, &image.0]);
        image
    }

    /// An image without a file in it, no shell and no libc, for a builder that uses `libpack/run`.
    pub fn empty() -> Self {
        let labels = docker(&["image", "inspect", "--format", "{{json .Config.Labels}}", &run_image()]);
        let labels: BTreeMap<String, String> = serde_json::from_str(&labels).expect("labels");
        let scratch = files::scratch();
        let archive = scratch.path().join("empty.tar");
        // Two blocks of nothing end an archive.
        files::write(&archive, [0; 1024]);
        let image = Self::named("empty");
        let mut import = Command::new("docker");
        import.args(["import", "--change", "USER 1002:1000"]);
        for (key, value) in &labels {
            import.args(["--change", &format!("LABEL {key}={value:?}")]);
        }
        succeed(import.arg(&archive).arg(&image.0));
        image
    }

    fn named(kind: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        Self(format!("libpack-test/{kind}-{}-{count}", std::process::id()))
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// As [`App::layers`].
    pub fn layers(&self) -> Vec<String> {
        layers(&self.0)
    }
}

impl Drop for OtherRunImage {
    fn drop(&mut self) {
        let _ = Command::new("docker").args(["image", "rm", "--force", &self.0]).output();
    }
}

/// The run image of the builder.
pub fn run_image() -> String {
    named("LIBPACK_RUN_IMAGE", "libpack/run:bookworm")
}

pub(crate) fn layers(image: &str) -> Vec<String> {
    let text = docker(&["image", "inspect", "--format", "{{join .RootFS.Layers \" \"}}", image]);
    text.split_whitespace().map(str::to_owned).collect()
}

/// What the client says on standard output: ids, without the warnings beside them.
fn docker(arguments: &[&str]) -> String {
    let output = finish(Command::new("docker").args(arguments));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
