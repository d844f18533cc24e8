//! Builds by `pack`, with a clock beside them.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::phases::{Clock, Phases, median, medians, round};
use super::registry::Registry;
use super::report::Row;
use super::subject::Subject;
use super::{Output, Scenario};
use crate::home::{Home, make_folder};
use crate::pack::pack;
use crate::progress::step;
use crate::setup::engine::Engine;
use crate::shell::{Call, call};

/// Marks images and volumes as the bench's, so that they are found again at the end.
pub const MARK: &str = "libpack-bench";

/// What every measurement shares.
pub struct Bench {
    pub home: Home,
    pub engine: Engine,
    pub registry: Option<Registry>,
    pub flags: Vec<String>,
    pub repeat: u32,
}

/// One build.
struct Build {
    seconds: f64,
    phases: Phases,
}

impl Bench {
    /// Plays a scenario as often as asked for and takes the medians. Subjects take turns, so that whatever else the
    /// machine does meets them alike.
    pub fn measure(&self, subjects: &[Subject], scenario: Scenario, output: Output) -> Result<Vec<Row>> {
        let names = subjects.iter().map(|subject| subject.name.as_str()).collect::<Vec<_>>().join(" and ");
        let doing = format!("{} × {names}, {scenario:?}, into the {output:?}", self.repeat).to_lowercase();
        step("bench", &doing, || {
            // What an earlier run left must not warm this one.
            self.clear()?;
            let rows = self.play(subjects, scenario, output);
            self.clear()?;
            rows
        })
    }

    fn play(&self, subjects: &[Subject], scenario: Scenario, output: Output) -> Result<Vec<Row>> {
        make_folder(self.home.path())?;
        let scratch = tempfile::tempdir_in(self.home.path())?;
        let mut series = Vec::new();
        for (index, subject) in subjects.iter().enumerate() {
            let copy = scratch.path().join(index.to_string()).join("app");
            copy_app(&subject.app, &copy)?;
            let image = format!("{MARK}/app-{index}");
            if scenario != Scenario::Cold {
                time(&self.build(subject, &copy, output, &image)?)?;
            }
            series.push((subject, copy, image, Vec::new()));
        }
        for number in 1..=self.repeat {
            for (subject, copy, image, builds) in &mut series {
                subject.change(scenario, copy, number)?;
                if scenario == Scenario::Cold {
                    // A registry keeps what was pushed: only another name finds nothing there.
                    let call = self.build(subject, copy, output, &format!("{image}-{number}"))?;
                    builds.push(time(&call)?);
                    self.clear()?;
                } else {
                    builds.push(time(&self.build(subject, copy, output, image)?)?);
                }
            }
        }
        Ok(series.into_iter().map(|(subject, _, _, builds)| row(subject, scenario, output, builds)).collect())
    }

    /// The call that builds a subject's app to an image; every call of a run has the same flags.
    pub fn build(&self, subject: &Subject, app: &Path, output: Output, image: &str) -> Result<Call> {
        let call = pack(&self.home, &self.engine, MARK)
            .args(["build", "--builder", &subject.builder, "--trust-builder", "--pull-policy", "never"])
            .args(["--network", "host", "--path"])
            .arg(app)
            .args(&self.flags);
        Ok(match (output, &self.registry) {
            (Output::Engine, _) => call.arg(image),
            (Output::Registry, Some(registry)) => call
                .args(["--publish", "--run-image", &registry.run_image()])
                .arg(format!("{}/{image}", registry.address)),
            (Output::Registry, None) => bail!("there is no registry to publish to"),
        })
    }

    /// Removes the images and caches of measured builds, and nobody else's.
    pub fn clear(&self) -> Result<()> {
        let docker = |words: &[&str]| self.engine.docker().args(words);
        let reference = format!("reference={MARK}/app-*");
        let name = format!("name={MARK}_app-");
        let images = docker(&["image", "ls", "--quiet", "--no-trunc", "--filter", &reference]).output()?;
        let volumes = docker(&["volume", "ls", "--quiet", "--filter", &name]).output()?;
        for (kind, names) in [("image", images), ("volume", volumes)] {
            if !names.is_empty() {
                docker(&[kind, "rm", "--force"]).args(names.lines()).run()?;
            }
        }
        Ok(())
    }
}

/// A copy of an app that may be changed.
pub fn copy_app(app: &Path, copy: &Path) -> Result<()> {
    make_folder(copy.parent().unwrap_or(copy))?;
    call("cp").arg("-a").arg(app).arg(copy).run()
}

fn row(subject: &Subject, scenario: Scenario, output: Output, builds: Vec<Build>) -> Row {
    let runs: Vec<f64> = builds.iter().map(|build| round(build.seconds)).collect();
    let phases: Vec<Phases> = builds.into_iter().map(|build| build.phases).collect();
    Row {
        app: subject.name.clone(),
        builder: subject.builder.clone(),
        scenario,
        output,
        seconds: round(median(runs.iter().copied())),
        floor_ratio: None,
        phases: medians(&phases),
        runs,
    }
}

/// Runs a build and reads its output as it comes.
fn time(call: &Call) -> Result<Build> {
    let mut command = call.command();
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let start = Instant::now();
    let mut child = command.spawn().with_context(|| format!("cannot start `{call}`"))?;
    let output = child.stdout.take().context("pack has no output")?;
    let mut errors = child.stderr.take().context("pack has no error output")?;
    let errors = std::thread::spawn(move || {
        let mut text = Vec::new();
        errors.read_to_end(&mut text).map(|_| String::from_utf8_lossy(&text).into_owned())
    });
    let (mut clock, mut lines) = (Clock::default(), Vec::new());
    for line in BufReader::new(output).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        clock.line(&line, start.elapsed());
        lines.push(line);
    }
    let status = child.wait()?;
    let elapsed = start.elapsed();
    if !status.success() {
        let errors = errors.join().ok().and_then(Result::ok).unwrap_or_default();
        let last = lines[lines.len().saturating_sub(20)..].join("\n");
        bail!("`{call}` ended with {status}\n{last}\n{errors}");
    }
    Ok(Build { seconds: elapsed.as_secs_f64(), phases: clock.finish(elapsed) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_is_timed_phase_by_phase_and_a_failed_one_is_no_measurement() {
        let script = "echo '===> DETECTING'; sleep 0.2; echo '===> BUILDING'; echo warning >&2";
        let build = time(&call("sh").args(["-c", script])).unwrap();
        assert!(build.phases["detecting"] >= 0.2 && build.phases["detecting"] <= build.seconds);
        assert!(build.phases.contains_key("building"));
        let error =
            time(&call("sh").args(["-c", "echo built nothing; echo why >&2; exit 51"])).err().unwrap().to_string();
        assert!(error.contains("exit status: 51\nbuilt nothing\nwhy"), "{error}");
    }
}
