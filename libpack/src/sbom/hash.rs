//! Checksums of components.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use data_encoding::HEXLOWER;

use crate::{Error, Result};

/// The algorithms that all three formats know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// MD5, 128 bits.
    Md5,
    /// SHA-1, 160 bits.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

impl Algorithm {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "md5" => Self::Md5,
            "sha1" => Self::Sha1,
            "sha256" => Self::Sha256,
            "sha384" => Self::Sha384,
            "sha512" => Self::Sha512,
            _ => return None,
        })
    }

    /// The name in checksums and integrity values: `sha256`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// Length of a value in bytes.
    fn length(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// A checksum whose value has the length that its algorithm asks for, in lower-case hex.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hash {
    algorithm: Algorithm,
    hex: String,
}

impl Hash {
    /// Reads `<algorithm>:<hex>`, where no algorithm means SHA-256 (paketo-buildpacks/packit `postal`).
    /// Fails with `sbom/hash-invalid`.
    pub fn parse(text: &str) -> Result<Self> {
        let (name, hex) = text.split_once(':').unwrap_or(("sha256", text));
        Algorithm::parse(&name.to_ascii_lowercase())
            .filter(|algorithm| hex.len() == algorithm.length() * 2)
            .filter(|_| hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .map(|algorithm| Self { algorithm, hex: hex.to_ascii_lowercase() })
            .ok_or_else(|| {
                Error::user("sbom/hash-invalid", format!("{text:?} is not a checksum"))
                    .hint("Write it as `sha256:` or `sha512:` and the value in hex.")
            })
    }

    /// The hashes of a Subresource Integrity value (`sha512-<base64> sha1-<base64>`). What is not
    /// one is left out: an integrity value is npm's to check, here it only informs.
    pub fn of_integrity(text: &str) -> Vec<Self> {
        text.split_ascii_whitespace().filter_map(Self::of_integrity_item).collect()
    }

    fn of_integrity_item(item: &str) -> Option<Self> {
        let (name, value) = item.split_once('-')?;
        let algorithm = Algorithm::parse(name)?;
        let value = value.split('?').next()?;
        let bytes = engine().decode(value).ok()?;
        (bytes.len() == algorithm.length()).then(|| Self { algorithm, hex: HEXLOWER.encode(&bytes) })
    }

    /// A value that was just computed.
    pub(super) fn of_digest(algorithm: Algorithm, digest: &[u8]) -> Self {
        Self { algorithm, hex: HEXLOWER.encode(digest) }
    }

    /// The algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The value in lower-case hex.
    pub fn hex(&self) -> &str {
        &self.hex
    }

    /// The value as a Subresource Integrity value.
    pub(super) fn integrity(&self) -> String {
        // It was checked when it was read.
        let bytes = HEXLOWER.decode(self.hex.as_bytes()).unwrap_or_default();
        format!("{}-{}", self.algorithm.name(), engine().encode(bytes))
    }
}

/// Standard alphabet; the padding is written, and may be missing.
fn engine() -> GeneralPurpose {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&alphabet::STANDARD, config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checksum_without_algorithm_is_sha256() {
        let hash = Hash::parse(&"AB".repeat(32)).unwrap();
        assert_eq!((hash.algorithm(), hash.hex()), (Algorithm::Sha256, "ab".repeat(32).as_str()));
    }

    #[test]
    fn a_value_of_the_wrong_length_or_alphabet_is_refused() {
        for text in ["sha512:abcd", "sha256:", "crc32:00000000", &format!("sha256:{}", "zz".repeat(32))] {
            assert_eq!(Hash::parse(text).unwrap_err().id(), "sbom/hash-invalid", "{text}");
        }
    }

    #[test]
    fn an_integrity_value_goes_to_hex_and_back() {
        let text = "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=";
        let hashes = Hash::of_integrity(text);
        assert_eq!(hashes[0].hex(), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
        assert_eq!(hashes[0].integrity(), text);
    }

    #[test]
    fn of_several_integrity_values_the_readable_ones_stay() {
        let text = "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=?opt sha3-AAAA sha512-AAAA nonsense";
        let names: Vec<_> = Hash::of_integrity(text).iter().map(|hash| hash.algorithm().name()).collect();
        assert_eq!(names, ["sha1"]);
    }
}
