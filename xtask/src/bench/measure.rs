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
use crate::home::Home;
use crate::pack::pack;
use crate::progress::step;
use crate::setup::engine::Engine;
use crate::shell::{Call, call};

/// Marks images and volumes as ours, so that they are found again at the end.
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
    /// Plays a scenario as often as asked for and takes the medians.
    pub fn measure(&self, subject: &Subject, scenario: Scenario, output: Output) -> Result<Row> {
        let doing = format!("{} × {}, {scenario:?}, into the {output:?}", self.repeat, subject.name).to_lowercase();
        let builds = step("bench", &doing, || {
            let builds = self.play(subject, scenario, output);
            // What an earlier scenario left must not warm the next one.
            self.clear()?;
            builds
        })?;
        let runs: Vec<f64> = builds.iter().map(|build| round(build.seconds)).collect();
        let phases: Vec<Phases> = builds.into_iter().map(|build| build.phases).collect();
        Ok(Row {
            app: subject.name.clone(),
            builder: subject.builder.clone(),
            scenario,
            output,
            seconds: round(median(runs.iter().copied())),
            floor_ratio: None,
            phases: medians(&phases),
            runs,
        })
    }

    fn play(&self, subject: &Subject, scenario: Scenario, output: Output) -> Result<Vec<Build>> {
        let scratch = tempfile::tempdir_in(self.home.path())?;
        let copy = scratch.path().join("app");
        call("cp").arg("-a").arg(&subject.app).arg(&copy).run()?;
        if scenario != Scenario::Cold {
            self.build(subject, &copy, output, "again")?;
        }
        (1..=self.repeat)
            .map(|number| {
                subject.change(scenario, &copy)?;
                let cold = format!("cold-{number}");
                self.build(subject, &copy, output, if scenario == Scenario::Cold { &cold } else { "again" })
            })
            .collect()
    }

    fn build(&self, subject: &Subject, app: &Path, output: Output, tag: &str) -> Result<Build> {
        let image = format!("{MARK}/app:{tag}");
        let mut call = pack(&self.home, &self.engine, MARK)
            .args(["build", "--builder", &subject.builder, "--trust-builder", "--pull-policy", "never"])
            .args(["--network", "host", "--path"])
            .arg(app)
            .args(&self.flags);
        call = match (output, &self.registry) {
            (Output::Engine, _) => call.arg(image),
            (Output::Registry, Some(registry)) => call
                .args(["--publish", "--run-image", &registry.run_image()])
                .arg(format!("{}/{image}", registry.address)),
            (Output::Registry, None) => bail!("there is no registry to publish to"),
        };
        time(&call)
    }

    /// Removes the images and caches of measured builds.
    fn clear(&self) -> Result<()> {
        let docker = |words: &[&str]| self.engine.docker().args(words);
        let images = docker(&["image", "ls", "--quiet", "--filter", &format!("reference={MARK}/app")]).output()?;
        let volumes = docker(&["volume", "ls", "--quiet", "--filter", &format!("name={MARK}_app")]).output()?;
        for (kind, names) in [("image", images), ("volume", volumes)] {
            if !names.is_empty() {
                docker(&[kind, "rm", "--force"]).args(names.lines()).run()?;
            }
        }
        Ok(())
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
