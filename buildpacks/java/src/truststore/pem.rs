//! PEM blocks as leniently as Go's `encoding/pem` reads them: whatever is no block is passed over.

use data_encoding::BASE64;
use x509_parser::certificate::X509CertificateParser;
use x509_parser::nom::Parser as _;

/// The contents of all blocks of a file, also of those that are no certificates: they count in aliases.
pub(super) fn blocks(file: &[u8]) -> Vec<Vec<u8>> {
    let mut blocks = Vec::new();
    let mut open: Option<(&[u8], Vec<u8>)> = None;
    for line in file.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii) {
        if let Some(label) = marker(line, b"BEGIN ") {
            open = Some((label, Vec::new()));
        } else if let Some(end) = marker(line, b"END ") {
            let ended = open.take().filter(|(label, _)| *label == end);
            blocks.extend(ended.and_then(|(_, encoded)| BASE64.decode(&encoded).ok()));
        } else if let Some((_, encoded)) = &mut open {
            // Headers carry a colon, which no Base64 has.
            if !line.contains(&b':') {
                encoded.extend(line.iter().filter(|byte| !byte.is_ascii_whitespace()));
            }
        }
    }
    blocks
}

/// The label between the dashes.
fn marker<'a>(line: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    line.strip_prefix(b"-----")?.strip_prefix(word)?.strip_suffix(b"-----")
}

/// The certificate at the beginning of a block; OpenSSL's `TRUSTED CERTIFICATE` has more behind it.
pub(super) fn certificate(block: &[u8]) -> Option<&[u8]> {
    // Odd extensions must not make a root unusable.
    let mut parser = X509CertificateParser::new().with_deep_parse_extensions(false);
    let (rest, _) = parser.parse(block).ok()?;
    block.get(..block.len() - rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_block_is_passed_over() {
        let file = b"\xef\xbb\xbfSubject: x\n-----BEGIN CERTIFICATE-----\r\nAA\r\nEC\r\n-----END CERTIFICATE-----\r\n\
            -----BEGIN X-----\nAA*C\n-----END X-----\n-----BEGIN A-----\nAAEC\n-----END B-----\n\
            -----BEGIN X509-----\nComment: x\n\nAAED\n-----END X509-----\nrest -----BEGIN Y-----";
        assert_eq!(blocks(file), [[0, 1, 2], [0, 1, 3]]);
        assert!(certificate(&[0, 1, 2]).is_none());
    }
}
