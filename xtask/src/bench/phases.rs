//! Which phase of the lifecycle took how long, read from the headings in pack's output as they arrive.

use std::collections::BTreeMap;
use std::time::Duration;

/// Seconds by phase: `start` (pack before the first heading), `analyzing`, `detecting`, …
pub type Phases = BTreeMap<String, f64>;

/// Collects headings with the time since the start of the build.
#[derive(Debug, Default)]
pub struct Clock {
    headings: Vec<(String, Duration)>,
}

impl Clock {
    /// Looks at a line that came after `time`.
    pub fn line(&mut self, line: &str, time: Duration) {
        if let Some(heading) = line.strip_prefix("===> ") {
            self.headings.push((heading.trim().to_lowercase(), time));
        }
    }

    /// The phases of a build that ended after `time`; the last phase has pack's own end in it.
    pub fn finish(self, time: Duration) -> Phases {
        let mut phases = Phases::new();
        let mut current = ("start".to_owned(), Duration::ZERO);
        for next in self.headings.into_iter().chain([("end".to_owned(), time)]) {
            let (name, begun) = std::mem::replace(&mut current, next);
            *phases.entry(name).or_default() += current.1.saturating_sub(begun).as_secs_f64();
        }
        phases
    }
}

/// The middle of the values; of the two middle ones their mean.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => values[count / 2],
        count => f64::midpoint(values[count / 2 - 1], values[count / 2]),
    }
}

/// The median of each phase.
pub fn medians(runs: &[Phases]) -> Phases {
    let mut names: Vec<&String> = runs.iter().flat_map(BTreeMap::keys).collect();
    names.sort();
    names.dedup();
    // A phase that a run did not have took it no time.
    let of = |name: &String| median(runs.iter().map(|run| run.get(name).copied().unwrap_or(0.0)));
    names.into_iter().map(|name| (name.clone(), round(of(name)))).collect()
}

/// To milliseconds: what is below is noise.
pub fn round(seconds: f64) -> f64 {
    (seconds * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phase_lasts_until_the_next_heading() {
        let mut clock = Clock::default();
        let seconds = Duration::from_secs;
        clock.line("===> ANALYZING", seconds(2));
        clock.line("Image with name \"app\" not found", seconds(3));
        clock.line("===> EXPORTING", seconds(5));
        let phases = clock.finish(seconds(11));
        let expected = [("analyzing", 3.0), ("exporting", 6.0), ("start", 2.0)];
        assert_eq!(phases, expected.map(|(name, seconds)| (name.to_owned(), seconds)).into());
    }

    #[test]
    fn one_slow_run_does_not_move_the_median() {
        let of = |values: &[f64]| format!("{}", median(values.iter().copied()));
        assert_eq!((of(&[1.0, 9.0, 2.0]), of(&[1.0, 2.0])), ("2".into(), "1.5".into()));
        let run = |building: f64| Phases::from([("building".to_owned(), building)]);
        assert_eq!(medians(&[run(1.0), run(30.0), run(2.0)]), run(2.0));
    }
}
