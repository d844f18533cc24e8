//! The builder that `builder.toml` describes.

use std::path::Path;

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::contract;
use super::language::Language;
use crate::home::{Home, read, workspace, write};
use crate::pack::pack;
use crate::progress::step;
use crate::setup::engine::Engine;
use crate::setup::{images, lifecycle};

/// The builder in the engine.
pub const IMAGE: &str = "libpack/builder:bookworm";
/// The same with the lifecycle of the line before, for tests.
pub const OLDER: &str = "libpack/builder:bookworm-older-lifecycle";

/// Makes the builder of the offline packages, which must be there.
pub fn make(home: &Home, engine: &Engine) -> Result<()> {
    create(home, engine, IMAGE, &published()?, &lifecycle::Recipe::main())
}

/// Makes the builder with the lifecycle of the line before.
pub fn make_older(home: &Home, engine: &Engine) -> Result<()> {
    let recipe = lifecycle::Recipe::older();
    lifecycle::ensure(home, &recipe)?;
    create(home, engine, OLDER, &published()?, &recipe)
}

/// Makes another image of it, in which one language's buildpack is the one in a folder.
pub fn make_with(home: &Home, engine: &Engine, image: &str, language: Language, package: &Path) -> Result<()> {
    let ours = format!("build/{}", language.package());
    let published = published()?.replace(&ours, &package.display().to_string());
    create(home, engine, image, &published, &lifecycle::Recipe::main())
}

fn published() -> Result<String> {
    read(&workspace().join("builder.toml"))
}

fn create(home: &Home, engine: &Engine, image: &str, published: &str, recipe: &lifecycle::Recipe) -> Result<()> {
    let config = home.join("builders").join(image.replace(['/', ':'], "-")).with_extension("toml");
    write(&config, derive(published, &workspace(), &recipe.archive(home))?)?;
    step("builder", &format!("make {image}"), || {
        pack(home, engine, "libpack")
            .args(["builder", "create", image, "--pull-policy", "never", "--config"])
            .arg(&config)
            .run()
    })?;
    let look = |image: &str| engine.docker().args(["image", "inspect", "--format", "{{json .Config}}", image]).output();
    contract::check(&look(image)?, &look(images::RUN)?)
}

/// The published `builder.toml` with the lifecycle that `setup` brought, for machines that cannot fetch the released
/// one. It lies elsewhere, so paths become absolute.
fn derive(published: &str, root: &Path, lifecycle: &Path) -> Result<String> {
    let mut config: Table = toml::from_str(published).context("builder.toml is no TOML")?;
    for kind in ["buildpacks", "extensions"] {
        let modules = config.get_mut(kind).and_then(Value::as_array_mut);
        for module in modules.into_iter().flatten() {
            let uri = module.get_mut("uri");
            if let Some(uri) = uri.filter(|uri| uri.as_str().is_some_and(|uri| !uri.contains(':'))) {
                *uri = root.join(uri.as_str().unwrap_or_default()).display().to_string().into();
            }
        }
    }
    let archive = Table::from_iter([("uri".to_owned(), Value::from(lifecycle.display().to_string()))]);
    config.insert("lifecycle".to_owned(), archive.into());
    Ok(toml::to_string(&config)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_builder_of_this_machine_differs_by_paths_and_lifecycle_only() {
        let published = read(&workspace().join("builder.toml")).unwrap();
        let derived = derive(&published, Path::new("/project"), Path::new("/state/lifecycle.tgz")).unwrap();
        let (mut published, mut derived): (Table, Table) =
            (toml::from_str(&published).unwrap(), toml::from_str(&derived).unwrap());
        assert!(published.remove("lifecycle").is_none(), "a user's machine takes the released lifecycle");
        assert_eq!(derived.remove("lifecycle").unwrap()["uri"].as_str(), Some("/state/lifecycle.tgz"));
        let (theirs, ours) = (published.remove("buildpacks").unwrap(), derived.remove("buildpacks").unwrap());
        assert_eq!(published, derived);
        let uris = |modules: &Value| -> Vec<String> {
            let modules = modules.as_array().unwrap().iter();
            modules.map(|module| module["uri"].as_str().unwrap().to_owned()).collect()
        };
        let absolute: Vec<String> = uris(&theirs).iter().map(|uri| format!("/project/{uri}")).collect();
        assert_eq!(uris(&ours), absolute);
    }

    #[test]
    fn images_and_archives_by_address_stay() {
        let derived = derive("[[buildpacks]]\nuri = 'docker://example.com/one'\n", Path::new("/p"), Path::new("/l"));
        assert!(derived.unwrap().contains("docker://example.com/one"));
    }

    #[test]
    fn platforms_of_every_age_find_the_run_image() {
        // stack.toml and the metadata's `stack` for old platforms, run.toml and `images` for new ones.
        let config: Table = toml::from_str(&read(&workspace().join("builder.toml")).unwrap()).unwrap();
        assert_eq!(config["stack"]["run-image"], config["run"]["images"][0]["image"]);
        assert_eq!(config["stack"]["build-image"], config["build"]["image"]);
        let image = read(&workspace().join("images/build.Dockerfile")).unwrap();
        let id = config["stack"]["id"].as_str().unwrap();
        assert!(image.contains(&format!("LABEL io.buildpacks.stack.id={id}\n")));
    }
}
