//! A reader with an allowance, so that no archive can make us read without end.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

/// How many bytes may still be read. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Allowance {
    left: Rc<Cell<u64>>,
    exceeded: Rc<Cell<bool>>,
}

impl Allowance {
    /// Allows this many from now on, whatever was left.
    pub fn set(&self, bytes: u64) {
        self.left.set(bytes);
    }

    /// Whether a read was refused.
    pub fn is_exceeded(&self) -> bool {
        self.exceeded.get()
    }
}

/// Reads as long as the allowance lasts.
pub(super) struct Meter<R> {
    inner: R,
    allowance: Allowance,
}

impl<R: Read> Meter<R> {
    pub fn new(inner: R, allowance: Allowance) -> Self {
        Self { inner, allowance }
    }
}

impl<R: Read> Read for Meter<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.allowance.left.get();
        if left == 0 && !buffer.is_empty() {
            self.allowance.exceeded.set(true);
            return Err(io::Error::other("the archive goes on longer than it may"));
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let count = self.inner.read(&mut buffer[..most])?;
        self.allowance.left.set(left - count as u64);
        Ok(count)
    }
}

/// Going somewhere costs nothing.
impl<R: Seek> Seek for Meter<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
