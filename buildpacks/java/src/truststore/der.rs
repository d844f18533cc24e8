//! The little of DER that a PKCS#12 file without secrets needs (ITU-T X.690).

/// `SEQUENCE`.
pub(super) const SEQUENCE: u8 = 0x30;
/// `SET`.
pub(super) const SET: u8 = 0x31;
/// `OCTET STRING`.
pub(super) const OCTETS: u8 = 0x04;
/// `OBJECT IDENTIFIER`.
pub(super) const OID: u8 = 0x06;
/// `BMPString`: UTF-16.
pub(super) const BMP: u8 = 0x1e;
/// An explicit tag `[0]`.
pub(super) const TAG_0: u8 = 0xa0;

/// One element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    /// With its tag and length.
    pub(super) raw: &'a [u8],
}

impl<'a> Element<'a> {
    /// The element that `bytes` is, whole.
    pub(super) fn whole(bytes: &'a [u8], tag: u8) -> Option<Self> {
        let element = Self::first(bytes)?;
        (element.tag == tag && element.raw.len() == bytes.len()).then_some(element)
    }

    /// The elements inside it.
    pub(super) fn children(self) -> Option<Vec<Self>> {
        let mut rest = self.content;
        let mut children = Vec::new();
        while !rest.is_empty() {
            let child = Self::first(rest)?;
            children.push(child);
            rest = rest.get(child.raw.len()..)?;
        }
        Some(children)
    }

    fn first(bytes: &'a [u8]) -> Option<Self> {
        let (&tag, &short) = (bytes.first()?, bytes.get(1)?);
        let (begin, length) = if short < 0x80 {
            (2, usize::from(short))
        } else {
            let digits = usize::from(short & 0x7f);
            // Without digits the length is indefinite, which DER does not know.
            let long = bytes.get(2..2 + digits).filter(|long| (1..=4).contains(&long.len()))?;
            (2 + digits, long.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)))
        };
        let end = begin.checked_add(length)?;
        Some(Self { tag, content: bytes.get(begin..end)?, raw: bytes.get(..end)? })
    }
}

/// An element of parts that are written one after the other.
pub(super) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut bytes = vec![tag];
    if let Some(short) = u8::try_from(length).ok().filter(|short| *short < 0x80) {
        bytes.push(short);
    } else {
        let digits = length.to_be_bytes();
        let digits = &digits[digits.iter().take_while(|digit| **digit == 0).count()..];
        bytes.push(0x80 | u8::try_from(digits.len()).unwrap_or_default());
        bytes.extend(digits);
    }
    bytes.extend(parts.concat());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_any_size_read_back_and_cut_ones_do_not() {
        for length in [0, 1, 127, 128, 255, 256, 65_535, 65_536] {
            let content = vec![7; length];
            let bytes = element(SEQUENCE, &[&content]);
            assert_eq!(Element::whole(&bytes, SEQUENCE).unwrap().content, content);
            assert!(Element::whole(&bytes, SET).is_none());
            assert!(Element::whole(&bytes[..bytes.len() - 1], SEQUENCE).is_none());
        }
        for broken in
            [&[][..], &[0x30], &[0x30, 0x80, 0, 0], &[0x30, 0x85, 0, 0, 0, 0, 0], &[0x30, 0x84, 255, 255, 255, 255]]
        {
            assert!(Element::whole(broken, SEQUENCE).is_none(), "{broken:?}");
        }
        let nested = element(SEQUENCE, &[&element(SET, &[]), &element(OID, &[&[1]])]);
        let children = Element::whole(&nested, SEQUENCE).unwrap().children().unwrap();
        assert_eq!(children.iter().map(|child| child.tag).collect::<Vec<_>>(), [SET, OID]);
    }
}
