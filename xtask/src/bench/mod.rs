//! `cargo xtask bench`: how long `pack build` takes, beside the floor: the same build with a buildpack that does nothing.

mod figures;
mod floor;
mod lifecycle_time;
mod measure;
mod phases;
mod registry;
mod report;
mod subject;

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::home::{Home, workspace};
use crate::product::{self, builder};
use crate::progress::{note, step};
use crate::{setup, trust};
use figures::Packages;
use measure::Bench;
use registry::Registry;
use subject::Subject;

/// The sample that is measured unless another app is named; the targets were set for it.
const SAMPLE: &str = "samples/npm";

#[derive(clap::Args)]
pub struct Arguments {
    /// The builder to measure [default: ours, made anew]
    #[arg(long, value_name = "IMAGE")]
    builder: Option<String>,
    /// The folder of the app to build [default: samples/npm]
    #[arg(long, value_name = "FOLDER")]
    app: Option<PathBuf>,
    /// What the rows call the app [default: the folder's name]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// A file of the app that the scenario `source` appends an empty line to
    #[arg(long, value_name = "FILE", default_value = "server.js")]
    source: String,
    /// A file of the app that the scenario `dependency` appends an empty line to
    #[arg(long, value_name = "FILE", default_value = "package-lock.json")]
    dependency: String,
    /// Builds per row; their median counts
    #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    repeat: u32,
    /// Only these scenarios
    #[arg(long, value_enum, value_delimiter = ',')]
    scenario: Vec<Scenario>,
    /// Only these places for the image
    #[arg(long, value_enum, value_delimiter = ',')]
    output: Vec<Output>,
    /// Where the rows go as JSON, and beside it those of FILE.figures.json [default: bench.json in the state folder]
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
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
    let engine = setup::bring(&home)?;
    let outputs = or_all(&arguments.output, &[Output::Engine, Output::Registry]);
    let scenarios =
        or_all(&arguments.scenario, &[Scenario::Cold, Scenario::Unchanged, Scenario::Source, Scenario::Dependency]);
    step("bench", "make the floor's builder", || floor::make(&home, &engine))?;
    let ours = match &arguments.builder {
        Some(_) => None,
        None => Some(Packages { offline: product::offline()?, plain: product::plain()? }),
    };
    if ours.is_some() {
        builder::make(&home, &engine)?;
    }
    let subject = subject(arguments)?;
    let publishes = outputs.contains(&Output::Registry);
    let start = || step("bench", "start a registry on the loopback", || Registry::start(&home, &engine));
    let registry = publishes.then(start).transpose()?;
    let mut flags = trust::flags(trust::binding(&home, &engine)?.as_deref());
    flags.extend(arguments.flags.iter().cloned());
    let bench = Bench { home, engine, registry, flags, repeat: arguments.repeat };
    let subjects = [floor::of(&subject), subject.clone()];
    let mut rows = Vec::new();
    for output in outputs {
        for scenario in scenarios.iter().filter(|scenario| subject.knows(**scenario)) {
            rows.extend(bench.measure(&subjects, *scenario, output)?);
        }
    }
    report::add_floor_ratios(&mut rows);
    report::print(&rows);
    let mut all = figures::of_rows(&rows);
    if let Some(packages) = &ours {
        all.extend(figures::measure(&bench, &subject, packages)?);
    }
    // They were set for one app: another one may be larger for good reasons.
    let judged = ours.is_some() && arguments.app.is_none();
    figures::print(&all, judged);
    let path = arguments.json.clone().unwrap_or_else(|| bench.home.join("bench.json"));
    let beside = path.with_extension("figures.json");
    crate::home::write(&path, report::json(&rows)?)?;
    crate::home::write(&beside, figures::json(&all)?)?;
    note("bench", &format!("{} rows in {}, figures in {}", rows.len(), path.display(), beside.display()));
    Ok(())
}

fn subject(arguments: &Arguments) -> Result<Subject> {
    let app = arguments.app.clone().unwrap_or_else(|| workspace().join(SAMPLE));
    let folder = app.canonicalize().with_context(|| format!("no folder {}", app.display()))?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let there = |file: &String| folder.join(file).is_file().then(|| file.clone());
    Ok(Subject {
        name: arguments.name.clone().unwrap_or(name),
        builder: arguments.builder.clone().unwrap_or_else(|| builder::IMAGE.to_owned()),
        source: there(&arguments.source),
        dependency: there(&arguments.dependency),
        app: folder,
    })
}

fn or_all<T: Copy>(some: &[T], all: &[T]) -> Vec<T> {
    if some.is_empty() { all.to_vec() } else { some.to_vec() }
}
