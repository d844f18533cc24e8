//! Single figures beside the rows, and what they should reach.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde::Serialize;

use super::lifecycle_time::{Seconds, timers};
use super::measure::{Bench, MARK, copy_app};
use super::phases::{median, round};
use super::report::Row;
use super::subject::Subject;
use super::{Output, Scenario};
use crate::home::{make_folder, write};
use crate::product::{self, language::Language};
use crate::progress::step;
use crate::setup::images;
use crate::shell::call;

/// Calls of one executable per figure; their median counts.
const CALLS: usize = 20;
/// The targets: app, scenario, output, times as long as the floor.
const TARGETS: [(&str, Scenario, Output, f64); 7] = [
    ("npm", Scenario::Cold, Output::Engine, 12.0),
    ("npm", Scenario::Unchanged, Output::Engine, 5.5),
    ("npm", Scenario::Cold, Output::Registry, 10.0),
    ("npm", Scenario::Unchanged, Output::Registry, 1.6),
    ("go-mod", Scenario::Cold, Output::Engine, 14.0),
    ("go-mod", Scenario::Unchanged, Output::Engine, 2.0),
    ("go-mod", Scenario::Source, Output::Engine, 8.0),
];

/// A buildpack as it was packaged for this run.
pub struct Packages {
    pub language: Language,
    pub offline: PathBuf,
    pub plain: PathBuf,
}

impl Packages {
    /// Packages the buildpack.
    pub fn make(language: Language) -> Result<Self> {
        Ok(Self { language, offline: product::offline(language)?, plain: product::plain(language)? })
    }

    /// What the sample runs at launch; for Node.js all but the helper that looks for the app's modules.
    fn helpers(&self) -> &'static [&'static str] {
        match self.language {
            Language::Node => &["ca-certificates-helper", "optimize-memory", "inspector"],
            Language::Go => &["ca-certificates-helper"],
            Language::Java => &["ca-certificates-helper", "java-opts", "memory-calculator", "nmt"],
        }
    }

    /// At most this many megabytes for the sample's image over the run image.
    fn image_reach(&self) -> Option<f64> {
        (self.language == Language::Node).then_some(145.0)
    }
}

/// One figure.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    #[serde(rename = "figure")]
    pub name: String,
    pub value: f64,
    /// `floors` (times as long as the floor), `s`, `ms`, `MB` (10⁶ bytes).
    pub unit: &'static str,
    /// At most this, for the sample that it was set for.
    pub reach: Option<f64>,
}

/// The ratios that have a target.
pub fn of_rows(rows: &[Row]) -> Vec<Figure> {
    let mut figures = Vec::new();
    for (app, scenario, output, reach) in TARGETS {
        let fits = |row: &&Row| row.app == app && row.scenario == scenario && row.output == output;
        if let Some(value) = rows.iter().find(fits).and_then(|row| row.floor_ratio) {
            let name = format!("{app}: {scenario:?}, {output:?}").to_lowercase();
            figures.push(Figure { name, value, unit: "floors", reach: Some(reach) });
        }
    }
    figures
}

/// What is measured of a subject apart from the rows.
pub fn measure(bench: &Bench, subject: &Subject, packages: &Packages) -> Result<Vec<Figure>> {
    // They were set for the samples: another app may be larger for good reasons.
    let is_sample = TARGETS.iter().any(|(app, ..)| *app == subject.name);
    let figure = |name: &str, value: f64, unit, reach: Option<f64>| Figure {
        name: format!("{}: {name}", subject.name),
        value,
        unit,
        reach: reach.filter(|_| is_sample),
    };
    step("bench", &format!("figures of {}", subject.name), || {
        bench.clear()?;
        let built = unchanged(bench, subject);
        bench.clear()?;
        let (phases, image) = built?;
        let mut figures = vec![
            figure("detect + restore + build, unchanged", phases, "s", Some(0.3)),
            figure("image over the run image", image, "MB", packages.image_reach()),
            figure("executables of the buildpack", megabytes(files(&packages.plain.join("bin"))?), "MB", Some(8.0)),
            figure("detect of the group", detect(subject, &packages.offline)?, "ms", Some(15.0)),
            figure("launch helpers", helper(packages)?, "ms", None),
        ];
        for (seed, bytes) in seeds(&packages.offline)? {
            figures.push(figure(&seed, megabytes(bytes), "MB", None));
        }
        Ok(figures)
    })
}

/// The seeds in a package, each with the bytes that it adds.
fn seeds(package: &Path) -> Result<Vec<(String, u64)>> {
    let place = package.join("seeds");
    let mut found = Vec::new();
    for id in names(&place)? {
        for version in names(&place.join(&id))? {
            let bytes = files(&place.join(&id).join(&version))?;
            found.push((format!("seed {id} {version}"), bytes));
        }
    }
    Ok(found)
}

/// The names in a folder, sorted; none when it is missing.
fn names(folder: &Path) -> Result<Vec<String>> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(Vec::new()) };
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

/// By the lifecycle's own clock the seconds of detect, restore and build when nothing changed, and the image's size.
/// The lifecycle tells its times in verbose builds only, so they are builds of their own and no row.
fn unchanged(bench: &Bench, subject: &Subject) -> Result<(f64, f64)> {
    let scratch = tempfile::tempdir_in(bench.home.path())?;
    let copy = scratch.path().join("app");
    copy_app(&subject.app, &copy)?;
    let image = format!("{MARK}/app-figures");
    let build = bench.build(subject, &copy, Output::Engine, &image)?.arg("--verbose");
    build.run()?;
    let mut sums = Vec::new();
    for _ in 0..bench.repeat {
        let times = timers(&build.output()?);
        let of =
            |phase: &str| times.get(phase).copied().with_context(|| format!("the lifecycle told no time of {phase}"));
        let sum: Seconds =
            ["Detector", "Restorer", "Builder"].iter().map(|phase| of(phase)).sum::<Result<Seconds>>()?;
        sums.push(sum);
    }
    let size = |name: &str| -> Result<u64> {
        Ok(bench.engine.docker().args(["image", "inspect", "--format", "{{.Size}}", name]).output()?.parse()?)
    };
    Ok((round(median(sums)), megabytes(size(&image)?.saturating_sub(size(images::RUN)?))))
}

/// Milliseconds that `bin/detect` takes on the app: all components of the group.
fn detect(subject: &Subject, package: &Path) -> Result<f64> {
    let scratch = tempfile::tempdir()?;
    let platform = scratch.path().join("platform");
    write(&platform.join("env/BP_LOG_LEVEL"), "INFO")?;
    let plan = scratch.path().join("plan.toml");
    let call = call(package.join("bin/detect"))
        .arg(&platform)
        .arg(&plan)
        .env("CNB_PLATFORM_DIR", &platform)
        .env("CNB_BUILD_PLAN_PATH", &plan)
        .env("CNB_BUILDPACK_DIR", package)
        .env("CNB_TARGET_OS", "linux")
        .env("CNB_TARGET_ARCH", "amd64")
        .env("CNB_TARGET_DISTRO_NAME", "debian")
        .env("CNB_TARGET_DISTRO_VERSION", "12")
        .dir(&subject.app);
    let time = milliseconds(|| call.run())?;
    if !plan.is_file() {
        bail!("`{call}` wrote no plan");
    }
    Ok(time)
}

/// Milliseconds of the helpers' one executable, called as in an image, with those of the shell that opens descriptor 3
/// as the launcher does.
fn helper(packages: &Packages) -> Result<f64> {
    let layer = tempfile::tempdir()?;
    write(&layer.path().join("helpers"), packages.helpers().join("\n"))?;
    let link = layer.path().join("exec.d/libpack");
    make_folder(&layer.path().join("exec.d"))?;
    std::os::unix::fs::symlink(packages.plain.join("bin/helper"), &link)?;
    let call = call("sh").args(["-c", "exec \"$0\" 3>/dev/null"]).arg(&link);
    milliseconds(|| call.run())
}

fn milliseconds(work: impl Fn() -> Result<()>) -> Result<f64> {
    let mut times = Vec::new();
    for _ in 0..CALLS {
        let start = Instant::now();
        work()?;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(round(median(times)))
}

fn files(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder).with_context(|| format!("no folder {}", folder.display()))? {
        let entry = entry?;
        // `bin/detect` is a link to `bin/build`.
        let metadata = entry.metadata()?;
        bytes += if metadata.is_dir() { files(&entry.path())? } else { metadata.len() };
    }
    Ok(bytes)
}

#[allow(clippy::cast_precision_loss, reason = "sizes of files")]
fn megabytes(bytes: u64) -> f64 {
    (bytes as f64 / 100_000.0).round() / 10.0
}

/// The figures as JSON.
pub fn json(figures: &[Figure]) -> Result<String> {
    Ok(serde_json::to_string_pretty(figures)? + "\n")
}

/// The figures as a table for people, against what they should reach when they are judged.
pub fn print(figures: &[Figure], judged: bool) {
    println!("{:<48} {:>12}  reach", "figure", "measured");
    for figure in figures {
        println!("{:<48} {:>12}  {}", figure.name, told(figure.value, figure.unit), verdict(figure, judged));
    }
    println!();
}

fn told(value: f64, unit: &str) -> String {
    if unit == "floors" { format!("{value:.1} ×") } else { format!("{value} {unit}") }
}

fn verdict(figure: &Figure, judged: bool) -> String {
    match figure.reach.filter(|_| judged) {
        Some(reach) if figure.value <= reach => format!("≤ {}", told(reach, figure.unit)),
        Some(reach) => format!("≤ {}: MISSED", told(reach, figure.unit)),
        None => "-".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_over_its_target_is_named() {
        let figure = |value| Figure { name: "cold".into(), value, unit: "floors", reach: Some(12.0) };
        assert_eq!(verdict(&figure(12.0), true), "≤ 12.0 ×");
        assert_eq!(verdict(&figure(12.1), true), "≤ 12.0 ×: MISSED");
        assert_eq!(verdict(&figure(12.1), false), "-");
    }

    #[test]
    fn a_target_is_for_its_own_app_and_not_for_the_floor() {
        let row = |app: &str, floor_ratio| Row {
            app: app.into(),
            builder: "builder".into(),
            scenario: Scenario::Cold,
            output: Output::Engine,
            seconds: 1.0,
            floor_ratio: Some(floor_ratio),
            phases: std::collections::BTreeMap::new(),
            runs: vec![1.0],
        };
        let rows = [row("floor:go-mod", 1.0), row("go-mod", 13.0), row("go-mod:unseeded", 40.0), row("shop", 99.0)];
        let figures = of_rows(&rows);
        assert_eq!(figures.len(), 1);
        assert_eq!(
            (figures[0].name.as_str(), told(figures[0].value, "floors")),
            ("go-mod: cold, engine", "13.0 ×".into())
        );
        assert_eq!(verdict(&figures[0], true), "≤ 14.0 ×");
    }

    #[test]
    fn a_seed_is_as_large_as_its_files() {
        let package = tempfile::tempdir().unwrap();
        assert_eq!(seeds(package.path()).unwrap(), []);
        for (file, bytes) in [("b/1.2.3-amd64/x/y", 5000), ("a/1.2.3-amd64/x", 7000), ("a/1.2.4-amd64/x", 1)] {
            write(&package.path().join("seeds").join(file), vec![0; bytes]).unwrap();
        }
        let found = seeds(package.path()).unwrap();
        let found: Vec<_> = found.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
        assert_eq!(found, [("seed a 1.2.3-amd64", 7000), ("seed a 1.2.4-amd64", 1), ("seed b 1.2.3-amd64", 5000)]);
    }

    #[test]
    fn a_link_to_the_one_executable_is_not_counted_twice() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("build"), vec![0; 1000]).unwrap();
        std::os::unix::fs::symlink("build", folder.path().join("detect")).unwrap();
        let bytes = files(folder.path()).unwrap();
        assert!((1000..1100).contains(&bytes), "{bytes}");
    }
}
