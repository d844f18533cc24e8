//! A file that is read here and there.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt as _;

/// How much is read at once, in bytes.
const SIZE: usize = 256 * 1024;

/// A file of which a piece is in memory. Other than with `BufReader`, going somewhere costs nothing
/// until something is read there, and nothing at all within the piece: an archive of small files is
/// gone through in steps of a few bytes.
pub(super) struct Window {
    file: File,
    length: u64,
    at: u64,
    piece: Box<[u8]>,
    /// How much of the piece is filled, and where that lies in the file.
    filled: usize,
    start: u64,
}

impl Window {
    pub fn new(file: File) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self { file, length, at: 0, piece: vec![0; SIZE].into_boxed_slice(), filled: 0, start: 0 })
    }

    /// What is known of the file from here on.
    fn known(&self) -> &[u8] {
        let inside = self.at.checked_sub(self.start).and_then(|inside| usize::try_from(inside).ok());
        inside.and_then(|inside| self.piece[..self.filled].get(inside..)).unwrap_or_default()
    }
}

impl Read for Window {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.known().is_empty() {
            self.filled = 0;
            self.filled = self.file.read_at(&mut self.piece, self.at)?;
            self.start = self.at;
        }
        let count = self.known().read(buffer)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Window {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(step) => self.length.checked_add_signed(step),
            SeekFrom::Current(step) => self.at.checked_add_signed(step),
        };
        self.at = at.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "there is nothing before the start"))?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn every_place_reads_as_the_file_has_it() {
        let bytes: Vec<u8> = (0..700_000_u32).map(|number| (number % 251) as u8).collect();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        let mut window = Window::new(file).unwrap();
        for at in [0, 5, 699_990, 262_143, 262_144, 3, 300_000, 700_000] {
            assert_eq!(window.seek(SeekFrom::Start(at)).unwrap(), at);
            let mut some = Vec::new();
            window.by_ref().take(20).read_to_end(&mut some).unwrap();
            let from = usize::try_from(at).unwrap();
            assert_eq!(some, bytes[from..bytes.len().min(from + 20)]);
        }
        assert_eq!(window.seek(SeekFrom::End(-10)).unwrap(), 699_990);
        assert_eq!(window.seek(SeekFrom::Current(-90)).unwrap(), 699_900);
        assert_eq!(window.seek(SeekFrom::Current(-699_901)).unwrap_err().kind(), io::ErrorKind::InvalidInput);
        window.seek(SeekFrom::Start(0)).unwrap();
        let mut all = Vec::new();
        window.read_to_end(&mut all).unwrap();
        assert_eq!(all, bytes);
    }
}
