//! Bars on a terminal, plain lines elsewhere.

use std::time::{Duration, Instant};

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// One piece of long work.
pub struct Task {
    title: String,
    bar: ProgressBar,
    started: Instant,
}

impl Task {
    /// Begins work on a known or unknown number of bytes.
    pub fn bytes(title: impl Into<String>, total: Option<u64>) -> Self {
        let template = match total {
            Some(_) => "{msg} {wide_bar} {bytes}/{total_bytes} {eta}",
            None => "{spinner} {msg} {bytes}",
        };
        Self::begin(title.into(), ProgressBar::new(total.unwrap_or_default()), template)
    }

    /// Begins work that cannot be measured.
    pub fn spinner(title: impl Into<String>) -> Self {
        let task = Self::begin(title.into(), ProgressBar::no_length(), "{spinner} {msg} {elapsed}");
        task.bar.enable_steady_tick(Duration::from_millis(120));
        task
    }

    fn begin(title: String, bar: ProgressBar, template: &str) -> Self {
        bar.set_draw_target(ProgressDrawTarget::stderr());
        if bar.is_hidden() {
            eprintln!("{title}");
        }
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(title.clone());
        Self { title, bar, started: Instant::now() }
    }

    /// Counts bytes.
    pub fn advance(&self, bytes: usize) {
        self.bar.inc(bytes as u64);
    }

    /// Lets other output pass: the bar comes back with the next tick.
    pub fn line(&self, text: &str) {
        self.bar.suspend(|| eprintln!("{text}"));
    }

    /// Ends the work with a line that says how long it took.
    pub fn done(self, result: &str) {
        let seconds = self.started.elapsed().as_secs_f32();
        self.bar.finish_and_clear();
        if self.bar.is_hidden() {
            eprintln!("  {result} ({seconds:.1} s)");
        } else {
            eprintln!("{} {result} ({seconds:.1} s)", self.title);
        }
    }
}

/// A size for people.
pub fn size(bytes: u64) -> String {
    HumanBytes(bytes).to_string()
}
