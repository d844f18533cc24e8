//! Digests as text.

use std::fmt::Write;

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
    fn bytes_keep_their_leading_zeros() {
        assert_eq!(hexadecimal(&[0, 10, 255]), "000aff");
    }
}
