//! Which compression an archive has: its first bytes tell, never its name.

use std::io::{self, BufReader, Read};

use liblzma::stream::{CONCATENATED, Stream};

use crate::{Error, Result};

/// Large enough that reading does not show beside decompression, in bytes.
const BUFFER: usize = 256 * 1024;
/// What an xz archive may ask for, in bytes: `xz -9` needs 65 MiB. (zstd limits itself to 128 MiB.)
const XZ_MEMORY: u64 = 512 << 20;
/// The most of a tar archive that is looked at before it is believed: one header.
const HEADER: usize = 512;

/// An archive of which the first bytes were looked at.
pub(super) struct Peeked<R> {
    start: Vec<u8>,
    rest: BufReader<R>,
}

impl<R: Read> Peeked<R> {
    pub fn new(reader: R) -> Result<Self> {
        let mut rest = BufReader::with_capacity(BUFFER, reader);
        let mut start = Vec::with_capacity(HEADER);
        rest.by_ref()
            .take(HEADER as u64)
            .read_to_end(&mut start)
            .map_err(|error| Error::network("archive/damaged", "the archive cannot be read").because(error))?;
        Ok(Self { start, rest })
    }

    /// An entry, or the end of an archive that has none (APPNOTE.TXT 4.3.7, 4.3.16).
    pub fn is_zip(&self) -> bool {
        matches!(self.start.as_slice(), [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..])
    }

    /// Puts back what was looked at.
    pub fn whole(self) -> io::Chain<io::Cursor<Vec<u8>>, BufReader<R>> {
        io::Cursor::new(self.start).chain(self.rest)
    }
}

/// The plain tar stream within.
pub(super) fn plain<'a>(archive: Peeked<impl Read + 'a>) -> Result<Box<dyn Read + 'a>> {
    match *archive.start.as_slice() {
        [0x1f, 0x8b, ..] => Ok(Box::new(flate2::bufread::MultiGzDecoder::new(archive.whole()))),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => {
            let stream = Stream::new_stream_decoder(XZ_MEMORY, CONCATENATED)
                .map_err(|error| Error::bug("archive/damaged", "the xz archive cannot be opened").because(error))?;
            Ok(Box::new(liblzma::bufread::XzDecoder::new_stream(archive.whole(), stream)))
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => match zstd::Decoder::with_buffer(archive.whole()) {
            Ok(decoder) => Ok(Box::new(decoder)),
            Err(error) => Err(Error::bug("archive/damaged", "the zstd archive cannot be opened").because(error)),
        },
        _ if is_tar(&archive.start) => Ok(Box::new(archive.whole())),
        _ => Err(unknown(&archive.start)),
    }
}

/// The header's checksum adds up, or the archive is empty and begins with its end mark.
fn is_tar(start: &[u8]) -> bool {
    let Ok(block) = <&[u8; HEADER]>::try_from(start) else {
        return false;
    };
    let header = tar::Header::from_byte_slice(block);
    let sum: u32 = block[..148].iter().chain(&block[156..]).map(|byte| u32::from(*byte)).sum::<u32>() + 8 * 32;
    block.iter().all(|byte| *byte == 0) || header.cksum().is_ok_and(|wanted| wanted == sum)
}

fn unknown(start: &[u8]) -> Error {
    let what = match *start {
        [] => "it is empty",
        [b'B', b'Z', b'h', ..] => "it is compressed with bzip2, which cannot be unpacked here",
        _ if start.trim_ascii_start().first() == Some(&b'<') => "it is a web page",
        _ => "its first bytes are those of no known format",
    };
    Error::user(
        "archive/unknown-format",
        format!("this is no archive that can be unpacked (tar, plain or with gzip, xz or zstd; zip): {what}"),
    )
    .hint("Look at what the URI serves: a proxy or a login page may have answered in its place.")
}
