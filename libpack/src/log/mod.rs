//! What people read during a build: Paketo's words and indents (spec of packit's `scribe`), so that
//! who can read a Paketo log can read ours.

mod duration;

use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

pub use duration::go_duration;

use crate::world::Output;

/// Writes lines at packit's five levels, two blanks each. Cloning is cheap.
#[derive(Clone)]
pub struct Log {
    output: Arc<dyn Output>,
    debug: bool,
}

impl Log {
    /// A log onto a port; `debug` as `BP_LOG_LEVEL=DEBUG` asks.
    pub fn new(output: Arc<dyn Output>, debug: bool) -> Self {
        Self { output, debug }
    }

    /// A log that keeps its lines until [`Block::release`]: a job in the background prints as one piece.
    pub fn block(&self) -> (Self, Block) {
        let kept = Arc::new(Kept::default());
        let log = Self { output: Arc::clone(&kept) as Arc<dyn Output>, debug: self.debug };
        (log, Block { kept, target: Arc::clone(&self.output) })
    }

    /// Column 0: the buildpack's or the component's name.
    pub fn title(&self, text: impl AsRef<str>) {
        self.lines(0, text.as_ref());
    }

    /// Level 1: a step.
    pub fn process(&self, text: impl AsRef<str>) {
        self.lines(1, text.as_ref());
    }

    /// Level 2: a part of a step.
    pub fn subprocess(&self, text: impl AsRef<str>) {
        self.lines(2, text.as_ref());
    }

    /// Level 3: what is done in it.
    pub fn action(&self, text: impl AsRef<str>) {
        self.lines(3, text.as_ref());
    }

    /// Level 4: what a child says.
    pub fn detail(&self, text: impl AsRef<str>) {
        self.lines(4, text.as_ref());
    }

    /// Level 2, only with `BP_LOG_LEVEL=DEBUG`.
    pub fn debug(&self, text: impl AsRef<str>) {
        if self.debug {
            self.lines(2, text.as_ref());
        }
    }

    /// A line that must not be missed: level 1, marked.
    pub fn warning(&self, text: impl AsRef<str>) {
        self.lines(1, &format!("WARNING: {}", text.as_ref()));
    }

    /// `Completed in 2.517s`, level 3.
    pub fn completed(&self, took: Duration) {
        self.action(format!("Completed in {}", go_duration(took)));
    }

    /// Ends a block.
    pub fn blank(&self) {
        self.output.write("\n");
    }

    fn lines(&self, level: usize, text: &str) {
        let mut block = String::new();
        for line in text.lines() {
            if !line.is_empty() {
                block.push_str(&"  ".repeat(level));
                block.push_str(line);
            }
            block.push('\n');
        }
        self.output.write(&block);
    }
}

/// A line of a launch helper. It goes to standard error: standard output is the app's.
pub fn at_launch(text: &str) {
    use std::io::Write as _;
    // A reader that is gone is no reason not to start.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Lines that wait for their turn.
pub struct Block {
    kept: Arc<Kept>,
    target: Arc<dyn Output>,
}

impl Block {
    /// Prints the lines and forgets them.
    pub fn release(&self) {
        let text = std::mem::take(&mut *lock(&self.kept.0));
        if !text.is_empty() {
            self.target.write(&text);
        }
    }
}

#[derive(Default)]
struct Kept(Mutex<String>);

impl Output for Kept {
    fn write(&self, text: &str) {
        lock(&self.0).push_str(text);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_a_text_is_indented_and_a_block_waits_for_its_release() {
        let page = Arc::new(Kept::default());
        let log = Log::new(page.clone(), false);
        let (inner, block) = log.block();
        inner.action("two\nlines");
        log.title("Node");
        block.release();
        log.debug("unseen");
        assert_eq!(*lock(&page.0), "Node\n      two\n      lines\n");
    }
}
