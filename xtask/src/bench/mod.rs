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

use anyhow::{Context, Result, bail};

use crate::home::{Home, workspace};
use crate::product::language::{self, Language};
use crate::product::{self, builder};
use crate::progress::{note, step};
use crate::{setup, trust};
use figures::{Figure, Packages};
use measure::Bench;
use registry::Registry;
use report::UNSEEDED;
use subject::Subject;

/// The samples that are measured unless other apps are named; the targets were set for them.
const SAMPLES: [&str; 3] = ["npm", "go-mod", "java-spring"];
/// The builder whose Go buildpack has no seed.
const UNSEEDED_BUILDER: &str = "libpack-bench/unseeded-builder";

#[derive(clap::Args)]
pub struct Arguments {
    /// The builder to measure [default: ours, made anew]
    #[arg(long, value_name = "IMAGE")]
    builder: Option<String>,
    /// The apps to build: names of samples or folders [default: npm,go-mod,java-spring]
    #[arg(long, value_name = "APP", value_delimiter = ',')]
    app: Vec<String>,
    /// What the rows call the app, when there is one [default: the folder's name]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// A file of the app that the scenario `source` changes [default: server.js, main.go or Main.java]
    #[arg(long, value_name = "FILE")]
    source: Option<String>,
    /// A file of the app that the scenario `dependency` changes [default: package-lock.json, go.mod or pom.xml]
    #[arg(long, value_name = "FILE")]
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
    let subjects = subjects(arguments)?;
    step("bench", "make the floor's builder", || floor::make(&home, &engine))?;
    let ours = match &arguments.builder {
        Some(_) => Vec::new(),
        None => language::ALL.iter().map(|language| Packages::make(*language)).collect::<Result<_>>()?,
    };
    let has_go = subjects.iter().any(|subject| subject.language == Some(Language::Go));
    if !ours.is_empty() {
        builder::make(&home, &engine)?;
        if has_go {
            let package = product::unseeded(Language::Go)?;
            builder::make_with(&home, &engine, UNSEEDED_BUILDER, Language::Go, &package)?;
        }
    }
    let publishes = outputs.contains(&Output::Registry);
    let start = || step("bench", "start a registry on the loopback", || Registry::start(&home, &engine));
    let registry = publishes.then(start).transpose()?;
    let mut flags = trust::flags(trust::binding(&home, &engine)?.as_deref());
    flags.extend(arguments.flags.iter().cloned());
    let bench = Bench { home, engine, registry, flags, repeat: arguments.repeat };
    let mut rows = Vec::new();
    for subject in &subjects {
        for output in &outputs {
            for scenario in scenarios.iter().filter(|scenario| subject.knows(**scenario)) {
                let beside = beside(subject, *scenario, *output, !ours.is_empty());
                rows.extend(bench.measure(&beside, *scenario, *output)?);
            }
        }
    }
    report::add_floor_ratios(&mut rows);
    let path = arguments.json.clone().unwrap_or_else(|| bench.home.join("bench.json"));
    report::print(&rows);
    // Before the figures: what took minutes is not lost when one of them fails.
    crate::home::write(&path, report::json(&rows)?)?;
    let all = figures(&bench, &subjects, &ours, &rows)?;
    figures::print(&all, !ours.is_empty());
    let beside = path.with_extension("figures.json");
    crate::home::write(&beside, figures::json(&all)?)?;
    note("bench", &format!("{} rows in {}, figures in {}", rows.len(), path.display(), beside.display()));
    Ok(())
}

fn figures(bench: &Bench, subjects: &[Subject], ours: &[Packages], rows: &[report::Row]) -> Result<Vec<Figure>> {
    let mut all = figures::of_rows(rows);
    for subject in subjects {
        if let Some(packages) = ours.iter().find(|packages| Some(packages.language) == subject.language) {
            all.extend(figures::measure(bench, subject, packages)?);
        }
    }
    Ok(all)
}

/// The builds that take turns: the floor and the app, and where a seed shows most, the app without it.
fn beside(subject: &Subject, scenario: Scenario, output: Output, is_ours: bool) -> Vec<Subject> {
    let mut all = vec![floor::of(subject), subject.clone()];
    let shows_seed = scenario == Scenario::Cold && output == Output::Engine;
    if is_ours && shows_seed && subject.language == Some(Language::Go) {
        let name = format!("{}{UNSEEDED}", subject.name);
        all.push(Subject { name, builder: UNSEEDED_BUILDER.to_owned(), ..subject.clone() });
    }
    all
}

fn subjects(arguments: &Arguments) -> Result<Vec<Subject>> {
    let apps = if arguments.app.is_empty() { SAMPLES.map(str::to_owned).to_vec() } else { arguments.app.clone() };
    if apps.len() > 1 && (arguments.name.is_some() || arguments.source.is_some() || arguments.dependency.is_some()) {
        bail!("--name, --source and --dependency are of one app: name it with --app");
    }
    apps.iter().map(|app| subject(arguments, app)).collect()
}

fn subject(arguments: &Arguments, app: &str) -> Result<Subject> {
    let sample = workspace().join("samples").join(app);
    let folder = if sample.is_dir() { sample } else { PathBuf::from(app) };
    let folder = folder.canonicalize().with_context(|| format!("no sample and no folder {app}"))?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Subject::new(
        arguments.name.clone().unwrap_or(name),
        folder,
        arguments.builder.clone().unwrap_or_else(|| builder::IMAGE.to_owned()),
        arguments.source.as_deref(),
        arguments.dependency.as_deref(),
    ))
}

fn or_all<T: Copy>(some: &[T], all: &[T]) -> Vec<T> {
    if some.is_empty() { all.to_vec() } else { some.to_vec() }
}
