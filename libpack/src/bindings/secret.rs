//! A value that must never be read in a log.

use std::fmt;

use crate::{Error, Result};

/// The bytes of one binding entry. Its `Debug` shows where it comes from, never what it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    binding: String,
    key: String,
    bytes: Vec<u8>,
}

impl Secret {
    /// A value with the names of its binding and key, for messages.
    pub fn new(binding: impl Into<String>, key: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { binding: binding.into(), key: key.into(), bytes: bytes.into() }
    }

    /// The bytes as they were given.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The value as text, without the white space around it (paketo-buildpacks/packit `servicebindings`, servicebinding.io).
    /// `binding/not-text` when it is not UTF-8.
    pub fn text(&self) -> Result<&str> {
        // The cause is left out on purpose: not even the place of a wrong byte belongs into a log.
        std::str::from_utf8(&self.bytes).map(str::trim).map_err(|_| {
            Error::user(
                "binding/not-text",
                format!("entry `{}` of binding `{}` is not text in UTF-8", self.key, self.binding),
            )
            .hint("Store the entry as plain UTF-8 text.")
        })
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({}/{}, hidden)", self.binding, self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_debug_nor_an_error_shows_the_value() {
        let secret = Secret::new("db", "password", b"canary\xff".to_vec());
        let error = secret.text().unwrap_err();
        assert_eq!(error.id(), "binding/not-text");
        for shown in [format!("{secret:?}"), format!("{error:?}"), error.to_string()] {
            assert!(!shown.contains("canary") && shown.contains("password"), "{shown}");
        }
    }

    #[test]
    fn text_comes_without_the_line_end_that_editors_add() {
        assert_eq!(Secret::new("a", "b", "  token\r\n").text().unwrap(), "token");
    }
}
