//! How much of archives within archives is read.

/// Archives within archives within archives.
const DEPTH: usize = 8;
/// Bytes of archives that are in memory at once: one within another, each unpacked.
const MEMORY: u64 = 256 << 20;
/// Bytes of all archives within others together.
const BYTES: u64 = 8 << 30;
/// Archives of all kinds: far more than any application has.
const ARCHIVES: u64 = 100_000;
/// Bytes of one manifest or pom, and of all of them together.
const TEXT: u64 = 1 << 20;
const TEXTS: u64 = 256 << 20;

/// What is left of all that.
#[derive(Debug)]
pub(super) struct Budget {
    depth: usize,
    memory: u64,
    bytes: u64,
    archives: u64,
    texts: u64,
}

impl Budget {
    pub fn new() -> Self {
        Self { depth: DEPTH, memory: MEMORY, bytes: BYTES, archives: ARCHIVES, texts: TEXTS }
    }

    /// Counts an archive; whether there may be one more.
    pub fn archive(&mut self) -> bool {
        let left = self.archives > 0;
        self.archives = self.archives.saturating_sub(1);
        left
    }

    /// How long a text within an archive may be.
    pub fn text(&self) -> u64 {
        TEXT.min(self.texts)
    }

    /// A text of that size was read.
    pub fn took_text(&mut self, size: u64) {
        self.texts = self.texts.saturating_sub(size);
    }

    /// How large an archive within another may be; none where archives lie too deep.
    pub fn room(&self) -> Option<u64> {
        (self.depth > 0).then(|| self.memory.min(self.bytes))
    }

    /// An archive of that size is in memory, until [`leave`](Self::leave).
    pub fn enter(&mut self, size: u64) {
        self.depth = self.depth.saturating_sub(1);
        self.memory = self.memory.saturating_sub(size);
        self.bytes = self.bytes.saturating_sub(size);
    }

    /// It is no longer in memory; that it was read remains.
    pub fn leave(&mut self, size: u64) {
        self.depth += 1;
        self.memory += size;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_in_memory_comes_back_and_what_was_read_does_not() {
        let mut budget = Budget::new();
        budget.enter(MEMORY - 10);
        assert_eq!(budget.room(), Some(10));
        budget.leave(MEMORY - 10);
        assert_eq!(budget.room(), Some(MEMORY));
        let reads = BYTES / MEMORY;
        for _ in 0..reads {
            budget.enter(MEMORY);
            budget.leave(MEMORY);
        }
        assert_eq!(budget.room(), Some(0));
    }

    #[test]
    fn archives_lie_only_so_deep_and_are_only_so_many() {
        let mut budget = Budget::new();
        (0..DEPTH).for_each(|_| budget.enter(1));
        assert_eq!(budget.room(), None);
        budget.leave(1);
        assert!(budget.room().is_some());
        assert_eq!((0..2 * ARCHIVES).filter(|_| budget.archive()).count() as u64, ARCHIVES);
    }

    #[test]
    fn texts_have_an_end_too() {
        let mut budget = Budget::new();
        for _ in 0..TEXTS / TEXT {
            assert_eq!(budget.text(), TEXT);
            budget.took_text(TEXT);
        }
        assert_eq!(budget.text(), 0);
    }
}
