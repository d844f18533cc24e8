//! Digests as text.

use std::fmt::Write;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// SHA-256 over several texts, as hexadecimal; where one ends and the next begins counts.
pub fn of<'a>(texts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update(text.len().to_le_bytes());
        hasher.update(text);
    }
    hexadecimal(&hasher.finalize())
}

/// SHA-256 of a file, as hexadecimal.
pub fn of_file(path: &Path) -> Result<String> {
    let context = || format!("cannot read {}", path.display());
    let mut file = File::open(path).with_context(context)?;
    let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer).with_context(context)? {
            0 => return Ok(hexadecimal(&hasher.finalize())),
            length => hasher.update(&buffer[..length]),
        }
    }
}

/// Lower-case hexadecimal.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_only_join_to_the_same_have_another_digest() {
        assert_ne!(of([b"ab".as_slice(), b"c"]), of([b"a".as_slice(), b"bc"]));
    }

    #[test]
    fn a_file_has_the_digest_that_sha256sum_tells() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("empty");
        crate::home::write(&file, "").unwrap();
        assert_eq!(of_file(&file).unwrap(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert!(of_file(&folder.path().join("none")).is_err());
    }

    #[test]
    fn bytes_keep_their_leading_zeros() {
        assert_eq!(hexadecimal(&[0, 10, 255]), "000aff");
    }
}
