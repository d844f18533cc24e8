//! Checksums of what is installed: `sha256:…`, `sha512:…`, or a bare one, which is SHA-256
//! (paketo-buildpacks/packit `postal`).

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256, Sha512};

use crate::{Error, Result};

/// Large enough that the calls do not show beside the hash.
const BUFFER: usize = 256 * 1024;

/// The hash functions that a descriptor may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Algorithm {
    /// `sha256`.
    Sha256,
    /// `sha512`.
    Sha512,
}

impl Algorithm {
    /// The name in front of the colon.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    fn digits(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Sha512 => 128,
        }
    }
}

/// A checksum; its digits are lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Checksum {
    algorithm: Algorithm,
    hex: String,
}

impl Checksum {
    /// Reads `sha256:<hex>`, `sha512:<hex>` or a bare SHA-256. Blanks around it and upper case are
    /// fine. The errors are `checksum/algorithm` and `checksum/invalid`.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let (algorithm, hex) = match text.split_once(':') {
            None => (Algorithm::Sha256, text),
            Some((name, hex)) => (algorithm(name, text)?, hex),
        };
        if hex.len() != algorithm.digits() || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let wanted = algorithm.digits();
            let message =
                format!("{text:?} is not a {} checksum: it needs {wanted} hexadecimal digits", algorithm.name());
            return Err(Error::user("checksum/invalid", message)
                .hint("Compare it with the checksum that the publisher gives; write sha512:… for a SHA-512."));
        }
        Ok(Self { algorithm, hex: hex.to_ascii_lowercase() })
    }

    /// The hash function.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The digits alone, as folders of packages and mappings are named.
    pub fn hex(&self) -> &str {
        &self.hex
    }

    /// A hasher of the same kind.
    pub fn hasher(&self) -> Hasher {
        Hasher::new(self.algorithm)
    }

    /// Reads to the end and compares. The error is `checksum/mismatch`.
    pub fn verify(&self, reader: impl Read) -> Result<()> {
        let mut hashing = HashingReader::new(reader, self.algorithm);
        io::copy(&mut io::BufReader::with_capacity(BUFFER, &mut hashing), &mut io::sink())
            .map_err(|error| unreadable(&error))?;
        self.compare(&hashing.finish())
    }

    /// Compares with what was computed. The error is `checksum/mismatch` and shows both.
    pub fn compare(&self, actual: &Self) -> Result<()> {
        if self == actual {
            return Ok(());
        }
        Err(Error::user("checksum/mismatch", format!("the checksum does not match: expected {self}, got {actual}")))
    }
}

fn algorithm(name: &str, text: &str) -> Result<Algorithm> {
    [Algorithm::Sha256, Algorithm::Sha512].into_iter().find(|known| known.name().eq_ignore_ascii_case(name)).ok_or_else(
        || {
            Error::user("checksum/algorithm", format!("the checksum {text:?} names an unknown algorithm"))
                .hint("Use sha256:<hex> or sha512:<hex>.")
        },
    )
}

fn unreadable(error: &io::Error) -> Error {
    Error::network("checksum/unreadable", format!("could not read to the end: {error}"))
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.name(), self.hex)
    }
}

impl std::str::FromStr for Checksum {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

impl serde::Serialize for Checksum {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Computes a checksum from pieces.
#[derive(Debug, Clone)]
pub enum Hasher {
    /// SHA-256.
    Sha256(Sha256),
    /// SHA-512.
    Sha512(Sha512),
}

impl Hasher {
    /// One that has seen nothing.
    pub fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sha256 => Self::Sha256(Sha256::new()),
            Algorithm::Sha512 => Self::Sha512(Sha512::new()),
        }
    }

    /// Takes the next piece.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(hasher) => hasher.update(bytes),
            Self::Sha512(hasher) => hasher.update(bytes),
        }
    }

    /// The checksum of all pieces.
    pub fn finish(self) -> Checksum {
        match self {
            Self::Sha256(hasher) => Checksum { algorithm: Algorithm::Sha256, hex: HEXLOWER.encode(&hasher.finalize()) },
            Self::Sha512(hasher) => Checksum { algorithm: Algorithm::Sha512, hex: HEXLOWER.encode(&hasher.finalize()) },
        }
    }
}

/// Hashes what is read through it.
#[derive(Debug)]
pub struct HashingReader<R> {
    inner: R,
    hasher: Hasher,
    seen: u64,
}

impl<R: Read> HashingReader<R> {
    /// Hashes everything that is read from here on.
    pub fn new(inner: R, algorithm: Algorithm) -> Self {
        Self { inner, hasher: Hasher::new(algorithm), seen: 0 }
    }

    /// Bytes that were read so far.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// The checksum of what was read.
    pub fn finish(self) -> Checksum {
        self.hasher.finish()
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        self.seen += count as u64;
        Ok(count)
    }
}

/// The checksum of bytes.
pub fn sha256(bytes: &[u8]) -> Checksum {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(bytes);
    hasher.finish()
}

/// The checksum of a file. The error is `checksum/unreadable` and names it.
pub fn sha256_file(path: &Path) -> Result<Checksum> {
    hash_file(path, Algorithm::Sha256)
}

/// The checksum of a file with the given algorithm. The error is `checksum/unreadable` and names it.
pub fn hash_file(path: &Path, algorithm: Algorithm) -> Result<Checksum> {
    let mut hasher = Hasher::new(algorithm);
    let mut buffer = vec![0; BUFFER];
    let mut hash = || -> io::Result<()> {
        let mut file = File::open(path)?;
        loop {
            match file.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => hasher.update(&buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    };
    hash().map_err(|error| {
        Error::user("checksum/unreadable", format!("could not read {}", path.display())).because(error)
    })?;
    Ok(hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn all_spellings_of_a_checksum_are_one() {
        let wanted = format!("sha256:{EMPTY}");
        for text in
            [EMPTY.to_owned(), wanted.clone(), format!(" {wanted}\n"), EMPTY.to_uppercase(), format!("SHA256:{EMPTY}")]
        {
            assert_eq!(Checksum::parse(&text).unwrap().to_string(), wanted);
        }
        let long = format!("sha512:{}", "ab".repeat(64));
        assert_eq!(Checksum::parse(&long).unwrap().to_string(), long);
    }

    #[test]
    fn a_checksum_of_the_wrong_kind_or_length_is_refused() {
        let long = "ab".repeat(64);
        for (text, id) in [
            ("md5:0123", "checksum/algorithm"),
            ("", "checksum/invalid"),
            ("sha256:", "checksum/invalid"),
            (&format!("sha256:{long}"), "checksum/invalid"),
            (&long, "checksum/invalid"),
            (&format!("sha512:{EMPTY}"), "checksum/invalid"),
            (&EMPTY.replace('e', "g"), "checksum/invalid"),
        ] {
            assert_eq!(Checksum::parse(text).unwrap_err().id(), id, "{text}");
        }
    }

    #[test]
    fn bytes_are_compared_at_the_end_and_both_sums_are_shown() {
        let empty = Checksum::parse(EMPTY).unwrap();
        empty.verify(&b""[..]).unwrap();
        let error = empty.verify(&b"x"[..]).unwrap_err();
        assert_eq!(error.id(), "checksum/mismatch");
        assert!(error.message().contains(EMPTY));
        assert!(error.message().contains(sha256(b"x").hex()));
    }

    #[test]
    fn a_file_hashes_like_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        crate::fs::write(&path, vec![7; 600_000]).unwrap();
        assert_eq!(sha256_file(&path).unwrap(), sha256(&vec![7; 600_000]));
        let missing = sha256_file(&folder.path().join("missing")).unwrap_err();
        assert!(missing.message().contains("missing"));
    }

    #[test]
    fn sha512_agrees_with_the_standard() {
        let mut reader = HashingReader::new(&b"abc"[..], Algorithm::Sha512);
        io::copy(&mut reader, &mut io::sink()).unwrap();
        assert_eq!(reader.seen(), 3);
        assert!(reader.finish().hex().starts_with("ddaf35a193617abacc417349ae204131"));
    }
}
