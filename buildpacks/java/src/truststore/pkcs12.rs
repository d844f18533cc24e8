//! PKCS#12 without a password, as JVMs since 18 come with (RFC 7292; openjdk/jdk,
//! `sun/security/pkcs12/PKCS12KeyStore.java`).

use std::collections::BTreeSet;

use super::Certificate;
use super::der::{BMP, Element, OCTETS, OID, SEQUENCE, SET, TAG_0, element};

/// `1.2.840.113549.1.7.1`: what follows is plain.
const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01];
/// `1.2.840.113549.1.12.10.1.3`: a bag with a certificate.
const CERTIFICATE_BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x03];
/// `1.2.840.113549.1.9.22.1`: an X.509 certificate.
const X509: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x16, 0x01];
/// `1.2.840.113549.1.9.20`: the attribute that is the alias.
const FRIENDLY_NAME: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x14];
/// `2.16.840.1.113894.746875.1.1`: the attribute without which Java does not trust a certificate.
const TRUSTED_KEY_USAGE: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x86, 0xf9, 0x66, 0xad, 0xca, 0x7b, 0x01, 0x01];
/// `2.5.29.37.0`: for any usage.
const ANY_USAGE: &[u8] = &[0x55, 0x1d, 0x25, 0x00];

/// The store with the certificates behind what it holds, in place of entries of the same aliases; or why it
/// cannot be read.
pub(super) fn merge(file: &[u8], certificates: &[Certificate]) -> Result<Vec<u8>, String> {
    let unknown = || "it is neither JKS nor PKCS#12".to_owned();
    let parts = Element::whole(file, SEQUENCE).and_then(Element::children).ok_or_else(unknown)?;
    let (version, safe) = match parts[..] {
        [version, safe] => (version, safe),
        [_, _, _] => return Err("it is sealed with a password".to_owned()),
        _ => return Err(unknown()),
    };
    let names: Vec<String> = certificates.iter().map(|one| one.alias.to_lowercase()).collect();
    let replaced: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    let mut contents = plain(safe).and_then(|safe| kept(safe, &replaced)).ok_or_else(unknown)?;
    if !certificates.is_empty() {
        let bags: Vec<Vec<u8>> = names.iter().zip(certificates).map(|(name, one)| bag(name, &one.der)).collect();
        contents.push(data(&joined(&bags)));
    }
    Ok(element(SEQUENCE, &[version.raw, &data(&joined(&contents))]))
}

fn joined(parts: &[Vec<u8>]) -> Vec<u8> {
    element(SEQUENCE, &parts.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// A `ContentInfo` of plain bytes.
fn data(content: &[u8]) -> Vec<u8> {
    element(SEQUENCE, &[&element(OID, &[DATA]), &element(TAG_0, &[&element(OCTETS, &[content])])])
}

/// The bytes in a `ContentInfo`, when they are plain.
fn plain(info: Element<'_>) -> Option<&[u8]> {
    let [kind, content] = info.children()?[..] else { return None };
    if (kind.tag, kind.content, content.tag) != (OID, DATA, TAG_0) {
        return None;
    }
    Element::whole(content.content, OCTETS).map(|octets| octets.content)
}

/// The `ContentInfo`s of a safe without the bags of these aliases, each byte for byte where nothing goes.
fn kept(safe: &[u8], replaced: &BTreeSet<&str>) -> Option<Vec<Vec<u8>>> {
    let mut contents = Vec::new();
    for info in Element::whole(safe, SEQUENCE)?.children()? {
        // What is encrypted is left to those who have its password.
        let Some(plain) = plain(info) else {
            contents.push(info.raw.to_vec());
            continue;
        };
        let bags = Element::whole(plain, SEQUENCE)?.children()?;
        let stays = |bag: &&Element<'_>| alias(**bag).is_none_or(|alias| !replaced.contains(alias.as_str()));
        let staying: Vec<&[u8]> = bags.iter().filter(stays).map(|bag| bag.raw).collect();
        if staying.len() == bags.len() {
            contents.push(info.raw.to_vec());
        } else if !staying.is_empty() {
            contents.push(data(&element(SEQUENCE, &staying)));
        }
    }
    Some(contents)
}

/// The alias of a certificate's bag, in lower case as Java compares it. None when it has none.
fn alias(bag: Element<'_>) -> Option<String> {
    let [kind, _, attributes] = bag.children()?[..] else { return None };
    if kind.content != CERTIFICATE_BAG || attributes.tag != SET {
        return None;
    }
    for attribute in attributes.children()? {
        let [name, values] = attribute.children()?[..] else { continue };
        if name.content == FRIENDLY_NAME {
            let text = Element::whole(values.content, BMP)?.content;
            let units = text.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            return Some(char::decode_utf16(units).map(|letter| letter.unwrap_or('\u{fffd}')).collect::<String>())
                .map(|alias| alias.to_lowercase());
        }
    }
    None
}

/// A bag with a trusted certificate.
fn bag(alias: &str, certificate: &[u8]) -> Vec<u8> {
    let content = element(SEQUENCE, &[&element(OID, &[X509]), &element(TAG_0, &[&element(OCTETS, &[certificate])])]);
    let name: Vec<u8> = alias.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let attribute = |name: &[u8], value: &[u8]| element(SEQUENCE, &[&element(OID, &[name]), &element(SET, &[value])]);
    let mut attributes =
        [attribute(FRIENDLY_NAME, &element(BMP, &[&name])), attribute(TRUSTED_KEY_USAGE, &element(OID, &[ANY_USAGE]))];
    // DER sorts the members of a SET.
    attributes.sort();
    let attributes: Vec<&[u8]> = attributes.iter().map(Vec::as_slice).collect();
    element(SEQUENCE, &[&element(OID, &[CERTIFICATE_BAG]), &element(TAG_0, &[&content]), &element(SET, &attributes)])
}
