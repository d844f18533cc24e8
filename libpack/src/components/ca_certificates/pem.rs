//! Splitting a file into its PEM blocks, as strictly as Go's `encoding/pem` does in Paketo's
//! ca-certificates (paketo-buildpacks/ca-certificates `cacerts/`): text before and between blocks is ignored, only white space
//! may follow the last.

use data_encoding::BASE64;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// One block.
pub(super) struct Block {
    pub(super) label: String,
    pub(super) der: Vec<u8>,
}

impl Block {
    /// The block as a certificate file of its own; the label is forced.
    pub(super) fn to_certificate_file(&self) -> String {
        let encoded = BASE64.encode(&self.der);
        let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
        let mut rest = encoded.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(64));
            text.push_str(line);
            text.push('\n');
            rest = after;
        }
        text + "-----END CERTIFICATE-----\n"
    }
}

/// The blocks of a file, at least one, or what is wrong with it. Never quotes the content: somebody
/// may have put a private key there.
pub(super) fn blocks(bytes: &[u8]) -> Result<Vec<Block>, String> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let mut blocks = Vec::new();
    let mut open: Option<Open> = None;
    let mut text_since_last = false;
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let line = line.trim_ascii_end();
        match open.take() {
            None => {
                if let Some(label) = marker(line, "BEGIN") {
                    open = Some(Open { label, begun: index + 1, encoded: Vec::new() });
                } else {
                    text_since_last |= !is_blank(line);
                }
            }
            Some(block) if marker(line, "END").is_some_and(|label| label == block.label) => {
                blocks.push(block.close()?);
                text_since_last = false;
            }
            Some(mut block) => {
                block.take_line(line);
                open = Some(block);
            }
        }
    }
    match open {
        Some(block) => Err(format!("the block that begins in line {} has no end", block.begun)),
        None if blocks.is_empty() => Err("there is no PEM block in it".into()),
        None if text_since_last => Err("text follows its last PEM block".into()),
        None => Ok(blocks),
    }
}

/// Whether software that reads the file itself (OpenSSL) finds its only block: same label, no
/// byte-order mark before it.
pub(super) fn readable_in_place(bytes: &[u8], blocks: &[Block]) -> bool {
    !bytes.starts_with(BYTE_ORDER_MARK) && matches!(blocks, [only] if only.label == "CERTIFICATE")
}

struct Open {
    label: String,
    begun: usize,
    encoded: Vec<u8>,
}

impl Open {
    /// Headers (`DEK-Info: …`, RFC 1421) carry a colon, which no Base64 has.
    fn take_line(&mut self, line: &[u8]) {
        if !line.contains(&b':') {
            self.encoded.extend(line.iter().filter(|byte| !byte.is_ascii_whitespace()));
        }
    }

    fn close(self) -> Result<Block, String> {
        let begun = self.begun;
        let der =
            BASE64.decode(&self.encoded).map_err(|_| format!("the block that begins in line {begun} is not Base64"))?;
        Ok(Block { label: self.label, der })
    }
}

/// White space as Unicode has it, which is what Go trims: vertical tabs were seen in the field.
fn is_blank(line: &[u8]) -> bool {
    std::str::from_utf8(line).is_ok_and(|text| text.trim().is_empty())
}

/// The label of a `-----BEGIN X-----` or `-----END X-----` line.
fn marker(line: &[u8], word: &str) -> Option<String> {
    let label = std::str::from_utf8(line).ok()?;
    let label = label.strip_prefix("-----")?.strip_prefix(word)?.strip_prefix(' ')?;
    Some(label.strip_suffix("-----")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----";

    fn fault(text: &str) -> String {
        blocks(text.as_bytes()).err().unwrap()
    }

    #[test]
    fn text_before_and_between_and_white_space_after_are_ignored() {
        let text =
            format!("Subject: x\n{ONE}\r\n\n# second\n{}\n \t\r\n\x0c\n\x0b\n\u{a0}\n", ONE.replace('\n', "\r\n"));
        let blocks = blocks(text.as_bytes()).unwrap();
        assert_eq!(blocks.len(), 2);
        assert!(blocks.iter().all(|block| block.der == [0, 1, 2]));
    }

    #[test]
    fn what_is_not_pem_is_named_by_its_line() {
        assert_eq!(fault(""), "there is no PEM block in it");
        assert_eq!(fault("hello"), "there is no PEM block in it");
        assert_eq!(fault(&format!("{ONE}\nrest")), "text follows its last PEM block");
        assert_eq!(
            fault("\n-----BEGIN CERTIFICATE-----\nAAEC\n-----END OTHER-----\n"),
            "the block that begins in line 2 has no end"
        );
        assert_eq!(fault(&ONE.replace("AAEC", "AA*C")), "the block that begins in line 1 is not Base64");
        assert_eq!(blocks(b"\xff\x00\x30\x82").err().unwrap(), "there is no PEM block in it");
    }

    #[test]
    fn headers_and_a_byte_order_mark_do_not_hide_a_block() {
        let text = ONE.replace("\nAAEC", "\nComment: x\n\nAAEC");
        assert_eq!(blocks(text.as_bytes()).unwrap()[0].der, [0, 1, 2]);
        let marked = [BYTE_ORDER_MARK, ONE.as_bytes()].concat();
        let found = blocks(&marked).unwrap();
        assert!(!readable_in_place(&marked, &found));
        assert!(readable_in_place(ONE.as_bytes(), &found));
        let trusted = ONE.replace("CERTIFICATE", "X CERTIFICATE");
        let found = blocks(trusted.as_bytes()).unwrap();
        assert!(!readable_in_place(trusted.as_bytes(), &found));
    }

    #[test]
    fn a_rewritten_block_reads_back_the_same() {
        let block = Block { label: "X509 CERTIFICATE".into(), der: (0..=255).collect() };
        let text = block.to_certificate_file();
        assert!(text.lines().all(|line| line.len() <= 64));
        let again = blocks(text.as_bytes()).unwrap();
        assert_eq!((again[0].label.as_str(), &again[0].der), ("CERTIFICATE", &block.der));
    }
}
