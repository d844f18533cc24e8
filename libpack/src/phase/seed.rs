use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::component::{Buildpack, Seed};
use crate::context::{SeedCx, Session, Surroundings};
use crate::dependency::{Dependencies, Dependency};
use crate::descriptor::Descriptor;
use crate::layer::Store;
use crate::plan::Memory;
use crate::source::Sources;
use crate::world::{Variables, World};
use crate::{Error, Result, fs};

/// What the packager gives for a seed.
pub struct SeedInput {
    /// The packaged buildpack's folder, with the dependency that it carries.
    pub buildpack: PathBuf,
    /// Its `buildpack.toml`.
    pub descriptor: Descriptor,
    /// The seed's id in `[[metadata.seeds]]`.
    pub id: String,
    /// The exact version of the dependency that it is made from.
    pub version: String,
    /// The folder to fill; it is made.
    pub out: PathBuf,
}

/// Makes a seed for the machine that it runs on. Of `variables`, only `PATH` reaches it: what else a
/// publisher has set must not shape what is published.
///
/// The errors are `seed/unknown`, those of the choice of a dependency, and the seed's own.
pub fn seed(buildpack: &Buildpack, input: SeedInput, variables: &Variables, world: World) -> Result<()> {
    let (make, from) = find(buildpack, &input.descriptor, &input.id)?;
    let scratch = fs::scratch()?;
    let around = surroundings(&input.buildpack, scratch.path(), input.descriptor, variables, world)?;
    let dependency = choose(&around, &from, &input.version)?;
    let sources = Sources::new(&input.buildpack, around.target(), scratch.path().join("tmp"));
    let store = Store::open(&scratch.path().join("layers"))?;
    let executable = PathBuf::new();
    let session = Session::new(around, Vec::new(), Memory::default(), store, sources, executable, Vec::new())?;
    fs::create_dir(&input.out)?;
    make(&SeedCx::new(&Arc::new(session), &dependency, &input.out))
}

/// The function, and the id of the dependency that the descriptor names for it.
fn find(buildpack: &Buildpack, descriptor: &Descriptor, id: &str) -> Result<(Seed, String)> {
    let make = buildpack.seeds.iter().find(|(known, _)| *known == id).map(|(_, make)| *make);
    let fact = descriptor.metadata.seeds.iter().find(|seed| seed.id == id);
    make.zip(fact.map(|fact| fact.from.clone())).ok_or_else(|| {
        Error::bug("seed/unknown", format!("{} makes no seed called {id}", buildpack.id))
            .hint("Name it in [[metadata.seeds]] of buildpack.toml and in the code: Buildpack::seed.")
    })
}

/// Of the machine, with nothing of the publisher but the `PATH`.
fn surroundings(
    buildpack: &Path,
    scratch: &Path,
    descriptor: Descriptor,
    variables: &Variables,
    world: World,
) -> Result<Surroundings> {
    let folder = |name: &str| scratch.join(name);
    for name in ["work", "home", "tmp", "layers"] {
        fs::create_dir(&folder(name))?;
    }
    let mut clean: Variables = [("HOME", folder("home")), ("TMPDIR", folder("tmp"))].into_iter().collect();
    if let Some(path) = variables.get("PATH") {
        clean.set("PATH", path);
    }
    Surroundings::new(&folder("work"), buildpack, &folder("platform"), clean, descriptor, world)
}

fn choose(around: &Surroundings, id: &str, version: &str) -> Result<Dependency> {
    let all = Dependencies::from_descriptor(around.descriptor())?;
    Ok(all.resolve(id, &format!("= {version}"), around.target(), None)?.dependency)
}
