//! Single figures beside the rows, and what they should reach.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde::Serialize;

use super::lifecycle_time::{Seconds, timers};
use super::measure::{Bench, MARK, copy_app};
use super::phases::{median, round};
use super::report::{FLOOR, Row};
use super::subject::Subject;
use super::{Output, Scenario};
use crate::home::write;
use crate::progress::step;
use crate::setup::images;
use crate::shell::call;

/// Calls of one executable per figure; their median counts.
const CALLS: usize = 20;
/// A helper that answers from its environment alone.
const HELPER: &str = "optimize-memory";

/// The Node.js buildpack as it was packaged for this run.
pub struct Packages {
    pub offline: PathBuf,
    pub plain: PathBuf,
}

/// One figure.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    #[serde(rename = "figure")]
    pub name: String,
    pub value: f64,
    /// `floors` (times as long as the floor), `s`, `ms`, `MB` (10⁶ bytes).
    pub unit: &'static str,
    /// At most this, for the npm sample.
    pub reach: Option<f64>,
}

/// The ratios that have a target.
pub fn of_rows(rows: &[Row]) -> Vec<Figure> {
    let targets = [
        (Scenario::Cold, Output::Engine, 12.0),
        (Scenario::Unchanged, Output::Engine, 5.5),
        (Scenario::Cold, Output::Registry, 10.0),
        (Scenario::Unchanged, Output::Registry, 1.6),
    ];
    let mut figures = Vec::new();
    for (scenario, output, reach) in targets {
        let fits = |row: &&Row| !row.app.starts_with(FLOOR) && row.scenario == scenario && row.output == output;
        if let Some(value) = rows.iter().find(fits).and_then(|row| row.floor_ratio) {
            let name = format!("{scenario:?}, {output:?}").to_lowercase();
            figures.push(Figure { name, value, unit: "floors", reach: Some(reach) });
        }
    }
    figures
}

/// What is measured apart from the rows.
pub fn measure(bench: &Bench, subject: &Subject, packages: &Packages) -> Result<Vec<Figure>> {
    let figure = |name: &str, value: f64, unit, reach| Figure { name: name.into(), value, unit, reach };
    step("bench", "figures", || {
        bench.clear()?;
        let built = unchanged(bench, subject);
        bench.clear()?;
        let (phases, image) = built?;
        Ok(vec![
            figure("detect + restore + build, unchanged", phases, "s", Some(0.3)),
            figure("app image over the run image", image, "MB", Some(145.0)),
            figure(
                "node buildpack without dependencies",
                megabytes(files(&packages.plain.join("bin"))?),
                "MB",
                Some(8.0),
            ),
            figure("detect of the Node group", detect(subject, &packages.offline)?, "ms", Some(15.0)),
            figure("start of a launch helper", helper(&packages.plain)?, "ms", None),
        ])
    })
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

/// Milliseconds from the launcher's call of a helper to its end, with those of the shell that opens descriptor 3 for it.
fn helper(package: &Path) -> Result<f64> {
    let scratch = tempfile::tempdir()?;
    let link = scratch.path().join(HELPER);
    std::os::unix::fs::symlink(package.join("bin/helper"), &link)?;
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
        // `bin/detect` is a link to `bin/build`.
        bytes += entry?.metadata()?.len();
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
    println!("{:<38} {:>12}  reach", "figure", "measured");
    for figure in figures {
        println!("{:<38} {:>12}  {}", figure.name, told(figure.value, figure.unit), verdict(figure, judged));
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
    fn a_link_to_the_one_executable_is_not_counted_twice() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("build"), vec![0; 1000]).unwrap();
        std::os::unix::fs::symlink("build", folder.path().join("detect")).unwrap();
        let bytes = files(folder.path()).unwrap();
        assert!((1000..1100).contains(&bytes), "{bytes}");
    }
}
