//! One line for each thing that is found or done; a spinner with the elapsed time while it lasts on a terminal.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};

/// Says what was found or decided.
pub fn note(topic: &str, text: &str) {
    println!("{topic:<10} {text}");
}

/// Does something that may take a while, and says how long it took.
pub fn step<T>(topic: &str, doing: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    let spinner = std::io::stdout().is_terminal().then(|| spin(topic, doing));
    if spinner.is_none() {
        note(topic, &format!("{doing} …"));
    }
    let result = work();
    if let Some(spinner) = spinner {
        spinner.finish_and_clear();
    }
    let outcome = if result.is_ok() { "done" } else { "failed" };
    note(topic, &format!("{doing}: {outcome} in {}", seconds(start.elapsed())));
    result
}

fn spin(topic: &str, doing: &str) -> ProgressBar {
    let spinner = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{prefix:<10} {spinner} {msg} {elapsed}") {
        spinner.set_style(style);
    }
    spinner.set_prefix(topic.to_owned());
    spinner.set_message(doing.to_owned());
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}

/// A duration for people: `0.4 s`, `1 min 12 s`.
pub fn seconds(time: Duration) -> String {
    if time < Duration::from_mins(1) {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {} s", time.as_secs() / 60, time.as_secs() % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_time_is_told_in_minutes() {
        assert_eq!(seconds(Duration::from_millis(449)), "0.4 s");
        assert_eq!(seconds(Duration::from_secs(72)), "1 min 12 s");
    }
}
