//! The base images: Debian roots made from packages alone, with the environment, labels and user of `images/`.

use std::path::Path;

use anyhow::{Context, Result, bail};

use super::debian;
use super::engine::Engine;
use crate::digest;
use crate::home::{Home, make_folder, read, workspace};
use crate::progress::{note, step};
use crate::shell::call;

/// What buildpacks run in.
pub const BUILD: &str = "libpack/build:bookworm";
/// What apps run on.
pub const RUN: &str = "libpack/run:bookworm";
/// The digest of what an image was made from; an image without our digest is replaced.
const RECIPE_LABEL: &str = "libpack.recipe";
const SUITE: &str = "bookworm";

/// Brings both base images.
pub fn ensure(home: &Home, engine: &Engine) -> Result<()> {
    let folder = workspace().join("images");
    for (kind, image) in [("build", BUILD), ("run", RUN)] {
        let recipe = Recipe::read(&folder, kind)?;
        if label(engine, image).is_some_and(|found| found == recipe.digest) {
            note("images", &format!("{image} is there, {}", size(engine, image)?));
            continue;
        }
        debian::ensure("mmdebstrap", &["mmdebstrap"])?;
        step("images", &format!("make {image}"), || make(home, engine, &folder, &recipe, image))?;
        note("images", &format!("{image} has {}", size(engine, image)?));
    }
    Ok(())
}

/// What an image is made from.
#[derive(Debug)]
struct Recipe {
    packages: Vec<String>,
    /// Dockerfile lines that say what the image carries beside files.
    changes: Vec<String>,
    /// The user id of `USER`.
    user: String,
    digest: String,
}

impl Recipe {
    fn read(folder: &Path, kind: &str) -> Result<Self> {
        let names = [format!("{kind}.packages"), format!("{kind}.Dockerfile"), "dpkg.cfg".into(), "finish.sh".into()];
        let texts = names.iter().map(|name| read(&folder.join(name))).collect::<Result<Vec<_>>>()?;
        let changes: Vec<String> = texts[1].lines().filter(|line| is_change(line)).map(str::to_owned).collect();
        let user = changes.iter().find_map(|line| line.strip_prefix("USER ")?.split(':').next());
        Ok(Self {
            packages: packages(&texts[0]),
            user: user.with_context(|| format!("{} has no USER", names[1]))?.to_owned(),
            digest: digest::of(texts.iter().map(String::as_bytes).chain([SUITE.as_bytes()])),
            changes,
        })
    }
}

fn is_change(line: &str) -> bool {
    ["ENV ", "LABEL ", "USER "].iter().any(|instruction| line.starts_with(instruction))
}

fn packages(text: &str) -> Vec<String> {
    let names = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

fn make(home: &Home, engine: &Engine, folder: &Path, recipe: &Recipe, image: &str) -> Result<()> {
    if !debian::is_root()? {
        bail!("making {image} needs root: run `cargo xtask setup` as root, or `docker build` as images/README.md says");
    }
    make_folder(home.path())?;
    let scratch = tempfile::tempdir_in(home.path())?;
    let root = scratch.path().join("root.tar");
    call("mmdebstrap")
        .args(["--quiet", "--variant=minbase"])
        // A root that is merged from its first file on, as in Debian's own images.
        .arg("--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr")
        .arg(format!("--include={}", recipe.packages.join(",")))
        .arg(format!("--dpkgopt={}", folder.join("dpkg.cfg").display()))
        .arg(format!("--customize-hook=copy-in {} /tmp", crate::shell::quote(folder.join("finish.sh").as_os_str())))
        .arg(format!("--customize-hook=chroot \"$1\" sh /tmp/finish.sh {}", recipe.user))
        // mmdebstrap copies them from this machine; an engine brings its own.
        .arg("--customize-hook=rm -f \"$1/etc/resolv.conf\" \"$1/etc/hostname\"")
        .arg(SUITE)
        .arg(&root)
        // The same packages make the same bytes.
        .env("SOURCE_DATE_EPOCH", "315532801")
        .run()?;
    let changes = recipe.changes.iter().flat_map(|line| ["--change", line]);
    engine
        .docker()
        .arg("import")
        .args(changes)
        .args(["--change", &format!("LABEL {RECIPE_LABEL}={}", recipe.digest)])
        .arg(&root)
        .arg(image)
        .run()
}

fn label(engine: &Engine, image: &str) -> Option<String> {
    let format = format!("{{{{index .Config.Labels \"{RECIPE_LABEL}\"}}}}");
    engine.docker().args(["image", "inspect", "--format", &format, image]).output().ok()
}

fn size(engine: &Engine, image: &str) -> Result<String> {
    let bytes: u64 = engine.docker().args(["image", "inspect", "--format", "{{.Size}}", image]).output()?.parse()?;
    Ok(format!("{} MB", bytes / 1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipes() -> [Recipe; 2] {
        ["build", "run"].map(|kind| Recipe::read(&workspace().join("images"), kind).unwrap())
    }

    #[test]
    fn both_images_say_the_same_stack_and_distro() {
        for recipe in recipes() {
            for line in [
                "LABEL io.buildpacks.stack.id=io.buildpacks.stacks.bookworm",
                "LABEL io.buildpacks.base.distro.name=debian",
                "LABEL io.buildpacks.base.distro.version=12",
            ] {
                assert!(recipe.changes.iter().any(|change| change == line), "{line}");
            }
            assert!(recipe.packages.iter().any(|package| package == "bash"));
        }
    }

    #[test]
    fn users_are_numeric_not_root_and_differ_by_the_user_only() {
        let users = recipes().map(|recipe| {
            let user = recipe.changes.iter().find_map(|line| line.strip_prefix("USER ")).unwrap().to_owned();
            let ids: Vec<u32> = user.split(':').map(|id| id.parse().unwrap()).collect();
            (ids[0], ids[1])
        });
        assert_ne!(users[0].0, users[1].0);
        assert_eq!(users[0].1, users[1].1);
        assert!(users.iter().all(|(user, group)| *user > 0 && *group > 0));
        let [build, _] = recipes();
        assert!(build.changes.contains(&format!("ENV CNB_USER_ID={}", users[0].0)));
        assert!(build.changes.contains(&format!("ENV CNB_GROUP_ID={}", users[0].1)));
    }

    #[test]
    fn nothing_in_a_dockerfile_is_lost_on_the_way_without_docker_build() {
        for kind in ["build", "run"] {
            let text = read(&workspace().join(format!("images/{kind}.Dockerfile"))).unwrap();
            let user = &recipes()[usize::from(kind == "run")].user;
            assert!(text.contains(&format!("sh /tmp/finish.sh {user}\n")));
            for line in text.lines().filter(|line| !is_change(line)) {
                let known = ["#", "ARG BASE", "FROM ", "COPY ", "RUN apt-get"];
                assert!(known.iter().any(|start| line.starts_with(start)), "setup does not know: {line}");
            }
        }
    }

    #[test]
    fn a_list_of_packages_carries_reasons() {
        assert_eq!(packages("# head\nbash  # shell\n\ncurl\n"), ["bash", "curl"]);
    }
}
