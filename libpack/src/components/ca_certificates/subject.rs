//! The hash under which OpenSSL looks a certificate up in a folder: the first four bytes of the
//! SHA-1 of the canonical subject name, little-endian (`X509_NAME_hash`, openssl/openssl
//! `crypto/x509/x_name.c`; paketo-buildpacks/ca-certificates `cacerts/`).
//!
//! Where Paketo and OpenSSL differ we follow OpenSSL, since it is the one that looks up: only ASCII
//! letters are lower-cased, and a value that is no text stays as it is.

use sha1::{Digest as _, Sha1};
use x509_parser::asn1_rs::{Any, Tag, ToDer as _};
use x509_parser::certificate::X509CertificateParser;
use x509_parser::nom::Parser as _;
use x509_parser::x509::{AttributeTypeAndValue, RelativeDistinguishedName, X509Name};

/// The hash of a certificate in DER; none when it is not exactly one certificate.
pub(super) fn hash(der: &[u8]) -> Option<u32> {
    // Extensions do not matter here, and odd ones must not make a trusted root unusable.
    let mut parser = X509CertificateParser::new().with_deep_parse_extensions(false);
    let (rest, certificate) = parser.parse(der).ok()?;
    if !rest.is_empty() {
        return None;
    }
    let sum = Sha1::digest(canonical_name(certificate.subject())?);
    let first: [u8; 4] = sum.get(..4)?.try_into().ok()?;
    Some(u32::from_le_bytes(first))
}

/// The SETs of the name one after the other, without the SEQUENCE around them.
fn canonical_name(name: &X509Name) -> Option<Vec<u8>> {
    let sets: Option<Vec<Vec<u8>>> = name.iter_rdn().map(canonical_set).collect();
    Some(sets?.concat())
}

fn canonical_set(set: &RelativeDistinguishedName) -> Option<Vec<u8>> {
    let members: Option<Vec<Vec<u8>>> = set.iter().map(canonical_attribute).collect();
    let mut members = members?;
    // DER sorts the members of a SET by their bytes, and canonical values may sort differently.
    members.sort();
    Some(tagged(SET, &members.concat()))
}

fn canonical_attribute(attribute: &AttributeTypeAndValue) -> Option<Vec<u8>> {
    let mut content = tagged(OID, attribute.attr_type().as_bytes());
    let value = attribute.attr_value();
    if is_text(value.tag()) {
        content.extend(tagged(UTF8_STRING, canonical_text(&text(value)?).as_bytes()));
    } else {
        content.extend(value.to_der_vec_raw().ok()?);
    }
    Some(tagged(SEQUENCE, &content))
}

/// The string types that OpenSSL brings into one form (its `ASN1_MASK_CANON`).
fn is_text(tag: Tag) -> bool {
    matches!(
        tag,
        Tag::Utf8String
            | Tag::BmpString
            | Tag::UniversalString
            | Tag::PrintableString
            | Tag::T61String
            | Tag::Ia5String
            | Tag::VisibleString
    )
}

fn text(value: &Any) -> Option<String> {
    let bytes = value.as_bytes();
    match value.tag() {
        Tag::Utf8String => String::from_utf8(bytes.to_vec()).ok(),
        Tag::BmpString => wide(bytes.as_chunks::<2>(), |two| u32::from(u16::from_be_bytes(two))),
        Tag::UniversalString => wide(bytes.as_chunks::<4>(), u32::from_be_bytes),
        // OpenSSL takes the 8-bit types for Latin-1.
        _ => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
    }
}

fn wide<const N: usize>((units, rest): (&[[u8; N]], &[u8]), number: impl Fn([u8; N]) -> u32) -> Option<String> {
    if !rest.is_empty() {
        return None;
    }
    units.iter().map(|unit| char::from_u32(number(*unit))).collect()
}

/// Trimmed, runs of white space as one space, ASCII letters in lower case.
fn canonical_text(text: &str) -> String {
    let words: Vec<&str> =
        text.split([' ', '\t', '\n', '\x0b', '\x0c', '\r']).filter(|word| !word.is_empty()).collect();
    words.join(" ").to_ascii_lowercase()
}

// First bytes of DER elements; 0x20 marks those that contain others.
const OID: u8 = 0x06;
const UTF8_STRING: u8 = 0x0c;
const SEQUENCE: u8 = 0x10 | 0x20;
const SET: u8 = 0x11 | 0x20;

/// A DER element.
fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut element = vec![tag];
    let length = content.len().to_be_bytes();
    let significant: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    match significant.as_slice() {
        [] => element.push(0),
        [short] if *short < 0x80 => element.push(*short),
        long => {
            element.push(0x80 | u8::try_from(long.len()).unwrap_or(u8::MAX));
            element.extend(long);
        }
    }
    element.extend(content);
    element
}

#[cfg(test)]
mod tests {
    use super::super::pem;
    use super::*;

    fn hash_of(file: &str) -> Option<u32> {
        let blocks = pem::blocks(file.as_bytes()).unwrap();
        hash(&blocks[0].der)
    }

    macro_rules! fixture {
        ($name:literal) => {
            include_str!(concat!("../../../tests/fixtures/ca-certificates/", $name, ".pem"))
        };
    }

    /// The expected values are the output of `openssl x509 -noout -subject_hash` (3.0.19) for each
    /// file. Paketo's own vectors (paketo-buildpacks/ca-certificates `cacerts/testdata`) agree:
    /// `Go_Daddy_Class_2_CA` f081611a, `SecureTrust_CA` and its duplicate f39fc864,
    /// `USERTrust_ECC_CA_extra_whitespace` f30dd6ad.
    #[test]
    fn hashes_are_those_of_openssl() {
        for (name, file, expected) in [
            ("plain", fixture!("plain"), "9a0d1403"),
            ("blanks of all kinds", fixture!("blanks"), "29ef8e8e"),
            ("a SET of three", fixture!("multi-valued"), "e4bd63a0"),
            ("capitals beyond ASCII", fixture!("not-ascii"), "fe138e7b"),
            ("BMPString", fixture!("bmp"), "04fd9ebd"),
            ("T61String", fixture!("teletex"), "23aaeb71"),
            ("NumericString, which is no text to OpenSSL", fixture!("numeric"), "507bcbff"),
            ("empty subject", fixture!("no-subject"), "eea339da"),
        ] {
            let hash = hash_of(file).map(|hash| format!("{hash:08x}"));
            assert_eq!(hash.as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn bytes_that_are_not_one_certificate_have_no_hash() {
        let mut der = pem::blocks(fixture!("plain").as_bytes()).unwrap().remove(0).der;
        assert_eq!(hash(&der[..der.len() - 1]), None);
        der.push(0);
        assert_eq!(hash(&der), None);
        assert_eq!(hash(b""), None);
    }

    #[test]
    fn long_contents_take_the_long_form_of_a_length() {
        assert_eq!(tagged(4, &[0; 127])[..2], [4, 127]);
        assert_eq!(tagged(4, &[0; 128])[..3], [4, 0x81, 128]);
        assert_eq!(tagged(4, &[0; 300])[..4], [4, 0x82, 1, 44]);
        assert_eq!(tagged(4, &[]), [4, 0]);
    }

    #[test]
    fn text_of_four_bytes_a_letter_is_read() {
        let any = Any::from_tag_and_data(Tag::UniversalString, &[0, 0, 0, 65, 0, 1, 0xf6, 0]);
        assert_eq!(text(&any).as_deref(), Some("A😀"));
        let odd = Any::from_tag_and_data(Tag::UniversalString, &[0, 0, 0]);
        assert_eq!(text(&odd), None);
    }
}
