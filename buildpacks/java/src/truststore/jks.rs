//! Java's own format of key stores (openjdk/jdk, `sun/security/provider/JavaKeyStore.java`).

use std::collections::BTreeSet;

use sha1::{Digest as _, Sha1};

use super::Certificate;

const MAGIC: [u8; 4] = [0xfe, 0xed, 0xfe, 0xed];
/// With which every JVM's truststore is sealed, and no secret.
const PASSWORD: &str = "changeit";
/// What Java mixes into its seal.
const SALT: &[u8] = b"Mighty Aphrodite";
/// 1980-01-01T00:00:01Z in milliseconds, so that equal certificates give equal bytes.
const CREATED: u64 = 315_532_801_000;
const PRIVATE_KEY: u32 = 1;
const TRUSTED_CERTIFICATE: u32 = 2;

/// An entry: its alias in Java's UTF-8, and all its bytes.
struct Entry<'a> {
    alias: &'a [u8],
    raw: &'a [u8],
}

/// Whether a file is of this format.
pub(super) fn is_one(file: &[u8]) -> bool {
    file.starts_with(&MAGIC)
}

/// The store with the certificates behind what it holds, in place of entries of the same aliases; or why it
/// cannot be read.
pub(super) fn merge(file: &[u8], certificates: &[Certificate]) -> Result<Vec<u8>, String> {
    let damaged = || "it is damaged".to_owned();
    let (content, seal) = file.split_last_chunk::<20>().ok_or_else(damaged)?;
    if sealed(content) != *seal {
        return Err(format!("its password is not {PASSWORD:?}, or it is damaged"));
    }
    let mut reader = Reader(content);
    let (_, version, count) = (reader.number(), reader.number(), reader.number());
    let (Some(version @ 1..=2), Some(count)) = (version, count) else { return Err(damaged()) };
    let entries: Option<Vec<Entry<'_>>> = (0..count).map(|_| reader.entry(version)).collect();
    let entries = entries.filter(|_| reader.0.is_empty()).ok_or_else(damaged)?;

    let added: Vec<Vec<u8>> = certificates.iter().map(|one| java_text(&one.alias.to_lowercase())).collect();
    let replaced: BTreeSet<&[u8]> = added.iter().map(Vec::as_slice).collect();
    let kept: Vec<_> = entries.iter().filter(|entry| !replaced.contains(entry.alias)).collect();
    let mut new = Vec::from(MAGIC);
    new.extend(version.to_be_bytes());
    new.extend(length(kept.len() + certificates.len()));
    new.extend(kept.iter().flat_map(|entry| entry.raw));
    for (alias, certificate) in added.iter().zip(certificates) {
        new.extend(TRUSTED_CERTIFICATE.to_be_bytes());
        new.extend(alias);
        new.extend(CREATED.to_be_bytes());
        if version == 2 {
            new.extend(java_text("X.509"));
        }
        new.extend(length(certificate.der.len()));
        new.extend(&certificate.der);
    }
    new.extend(sealed(&new));
    Ok(new)
}

fn sealed(content: &[u8]) -> [u8; 20] {
    let mut hash = Sha1::new();
    PASSWORD.encode_utf16().for_each(|unit| hash.update(unit.to_be_bytes()));
    hash.update(SALT);
    hash.update(content);
    hash.finalize().into()
}

/// A length, which Java reads as 32 bits.
fn length(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes()
}

/// `DataOutput.writeUTF`: UTF-8 of UTF-16 units, and NUL in two bytes, with 16 bits of length before it.
fn java_text(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for unit in text.encode_utf16() {
        let low = |shift: u16| u8::try_from(unit >> shift & 0x3f).unwrap_or_default() | 0x80;
        match unit {
            1..=0x7f => bytes.push(u8::try_from(unit).unwrap_or_default()),
            0 | 0x80..=0x7ff => bytes.extend([u8::try_from(unit >> 6).unwrap_or_default() | 0xc0, low(0)]),
            _ => bytes.extend([u8::try_from(unit >> 12).unwrap_or_default() | 0xe0, low(6), low(0)]),
        }
    }
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes()[..], &bytes].concat()
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    /// A text with its length, as [`java_text`] writes it.
    fn text(&mut self) -> Option<&'a [u8]> {
        let length = u16::from_be_bytes(self.0.get(..2)?.try_into().ok()?);
        self.take(2 + usize::from(length))
    }

    fn block(&mut self) -> Option<()> {
        let length = usize::try_from(self.number()?).ok()?;
        self.take(length).map(drop)
    }

    fn certificate(&mut self, version: u32) -> Option<()> {
        if version == 2 {
            self.text()?;
        }
        self.block()
    }

    fn entry(&mut self, version: u32) -> Option<Entry<'a>> {
        let begin = self.0;
        let kind = self.number()?;
        let alias = self.text()?;
        self.take(8)?;
        match kind {
            PRIVATE_KEY => {
                self.block()?;
                (0..self.number()?).try_for_each(|_| self.certificate(version))?;
            }
            TRUSTED_CERTIFICATE => self.certificate(version)?,
            _ => return None,
        }
        Some(Entry { alias, raw: begin.get(..begin.len() - self.0.len())? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_java_writes_them() {
        assert_eq!(java_text("a\0\u{e9}\u{20ac}"), b"\0\x08a\xc0\x80\xc3\xa9\xe2\x82\xac");
        assert_eq!(java_text("\u{1f600}"), b"\0\x06\xed\xa0\xbd\xed\xb8\x80");
    }
}
