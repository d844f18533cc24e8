//! `cargo xtask bench`: how long `pack build` takes, beside the floor: the same build with a buildpack that does nothing.

mod floor;
mod measure;
mod phases;
mod registry;
mod report;
mod subject;

use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::home::Home;
use crate::progress::{note, step};
use crate::setup::engine::Engine;
use measure::Bench;
use registry::Registry;
use subject::Subject;

#[derive(clap::Args)]
pub struct Arguments {
    /// The builder to measure; the floor alone without it
    #[arg(long, value_name = "IMAGE", requires = "app")]
    builder: Option<String>,
    /// The folder of the app to build
    #[arg(long, value_name = "FOLDER", requires = "builder")]
    app: Option<PathBuf>,
    /// What the rows call the app [default: the folder's name]
    #[arg(long, value_name = "NAME", requires = "app")]
    name: Option<String>,
    /// A file of the app that the scenario `source` appends an empty line to
    #[arg(long, value_name = "FILE", requires = "app")]
    source: Option<String>,
    /// A file of the app that the scenario `dependency` appends an empty line to
    #[arg(long, value_name = "FILE", requires = "app")]
    dependency: Option<String>,
    /// Builds per row; their median counts
    #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    repeat: u32,
    /// Only these scenarios
    #[arg(long, value_enum, value_delimiter = ',')]
    scenario: Vec<Scenario>,
    /// Only these places for the image
    #[arg(long, value_enum, value_delimiter = ',')]
    output: Vec<Output>,
    /// Where the rows go as JSON [default: bench.json in the state folder]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Further flags for `pack build`, of the measured build and of the floor alike
    #[arg(last = true)]
    flags: Vec<String>,
}

/// What happened since the build before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Scenario {
    /// There was none: no image, no caches
    Cold,
    /// Nothing
    Unchanged,
    /// A source file changed
    Source,
    /// The list of dependencies changed
    Dependency,
}

/// Where the image goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Output {
    /// Into the engine
    Engine,
    /// Into a registry on the loopback
    Registry,
}

/// Measures and reports.
pub fn run(arguments: &Arguments) -> Result<()> {
    let home = Home::find()?;
    let engine = Engine::find(&home).context("no engine answers: run `cargo xtask setup`")?;
    let outputs = or_all(&arguments.output, &[Output::Engine, Output::Registry]);
    let scenarios =
        or_all(&arguments.scenario, &[Scenario::Cold, Scenario::Unchanged, Scenario::Source, Scenario::Dependency]);
    let mut subjects = vec![step("bench", "make the floor's builder", || floor::subject(&home, &engine))?];
    subjects.extend(measured(arguments)?);
    let publishes = outputs.contains(&Output::Registry);
    let start = || step("bench", "start a registry on the loopback", || Registry::start(&home, &engine));
    let registry = publishes.then(start).transpose()?;
    let bench = Bench { home, engine, registry, flags: arguments.flags.clone(), repeat: arguments.repeat };
    let mut rows = Vec::new();
    for output in outputs {
        for scenario in &scenarios {
            for subject in subjects.iter().filter(|subject| subject.knows(*scenario)) {
                rows.push(bench.measure(subject, *scenario, output)?);
            }
        }
    }
    report::add_floor_ratios(&mut rows, &subjects[0].name);
    report::print(&rows);
    let path = arguments.out.clone().unwrap_or_else(|| bench.home.join("bench.json"));
    crate::home::write(&path, report::json(&rows)?)?;
    note("bench", &format!("{} rows in {}", rows.len(), path.display()));
    Ok(())
}

fn measured(arguments: &Arguments) -> Result<Option<Subject>> {
    let (Some(builder), Some(app)) = (&arguments.builder, &arguments.app) else {
        return Ok(None);
    };
    for file in [&arguments.source, &arguments.dependency].into_iter().flatten() {
        if !app.join(file).is_file() {
            bail!("{} has no file {file}", app.display());
        }
    }
    let folder = app.canonicalize().with_context(|| format!("no folder {}", app.display()))?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Some(Subject {
        name: arguments.name.clone().unwrap_or(name),
        builder: builder.clone(),
        app: folder,
        source: arguments.source.clone(),
        dependency: arguments.dependency.clone(),
    }))
}

fn or_all<T: Copy>(some: &[T], all: &[T]) -> Vec<T> {
    if some.is_empty() { all.to_vec() } else { some.to_vec() }
}
