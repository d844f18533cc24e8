//! `lib/modules`, the file that holds the classes of a JVM since Java 9 (openjdk/jdk,
//! `src/java.base/share/native/libjimage/imageFile.hpp`).

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use libpack::{Error, Result};

/// The header: seven numbers of 32 bits.
const HEADER: usize = 28;
/// What the attributes of a location mean.
const END: u8 = 0;
const MODULE: u8 = 1;
const BASE: u8 = 3;
const EXTENSION: u8 = 4;
const KINDS: usize = 8;

/// What the file says of itself, without its content.
pub struct Jimage {
    /// How many classes there are.
    pub classes: u64,
    /// The modules, sorted.
    pub modules: Vec<String>,
}

impl Jimage {
    /// Reads the index of a file. Errors: `java/jimage`.
    pub fn read(path: &Path) -> Result<Self> {
        let refuse = || Error::user("java/jimage", format!("{} is no image of Java modules", path.display()));
        let hint = "The archive of the JVM is damaged, or its row in buildpack.toml names something else.";
        let mut file = File::open(path).map_err(|error| refuse().because(error).hint(hint))?;
        let mut index = Vec::new();
        let header = (&mut file).take(HEADER as u64).read_to_end(&mut index);
        header.map_err(|error| refuse().because(error).hint(hint))?;
        let length = index_length(&index).ok_or_else(|| refuse().hint(hint))?;
        (&mut file).take(length).read_to_end(&mut index).map_err(|error| refuse().because(error).hint(hint))?;
        Self::parse(&index).ok_or_else(|| refuse().hint(hint))
    }

    /// From the file's beginning: header and index.
    fn parse(index: &[u8]) -> Option<Self> {
        let [table, locations, strings] = sizes(index)?;
        let mut rest = index.get(HEADER..)?;
        let mut next = |length: usize| {
            let (part, behind) = rest.split_at_checked(length)?;
            rest = behind;
            Some(part)
        };
        // Where a name would be looked up by its hash: we want them all.
        next(table.checked_mul(4)?)?;
        let offsets = next(table.checked_mul(4)?)?;
        let (locations, strings) = (next(locations)?, next(strings)?);
        let mut image = Self { classes: 0, modules: Vec::new() };
        for offset in offsets.chunks_exact(4) {
            let offset = usize::try_from(u32::from_le_bytes(offset.try_into().ok()?)).ok()?;
            let location = location(locations.get(offset..)?)?;
            let text = |kind: u8| text(strings, location[usize::from(kind)]);
            if text(EXTENSION)? == b"class" {
                image.classes += 1;
                if text(BASE)? == b"module-info" {
                    image.modules.push(String::from_utf8_lossy(text(MODULE)?).into_owned());
                }
            }
        }
        image.modules.sort();
        Some(image)
    }
}

/// The lengths of the table, the locations and the strings.
fn sizes(header: &[u8]) -> Option<[usize; 3]> {
    let number = |at: usize| {
        let bytes = header.get(at * 4..at * 4 + 4)?.try_into().ok()?;
        usize::try_from(u32::from_le_bytes(bytes)).ok()
    };
    // Magic number, version, flags and the count of resources are of no use to us.
    Some([number(4)?, number(5)?, number(6)?])
}

fn index_length(header: &[u8]) -> Option<u64> {
    let [table, locations, strings] = sizes(header)?;
    u64::try_from(table.checked_mul(8)?.checked_add(locations)?.checked_add(strings)?).ok()
}

/// The attributes of a location by kind.
fn location(mut bytes: &[u8]) -> Option<[usize; KINDS]> {
    let mut attributes = [0; KINDS];
    loop {
        let (&head, rest) = bytes.split_first()?;
        let (kind, length) = (head >> 3, usize::from(head & 7) + 1);
        if kind == END {
            return Some(attributes);
        }
        let value = rest.get(..length)?.iter().fold(0_usize, |value, byte| value << 8 | usize::from(*byte));
        *attributes.get_mut(usize::from(kind))? = value;
        bytes = rest.get(length..)?;
    }
}

/// A text of the strings, up to its NUL.
fn text(strings: &[u8], at: usize) -> Option<&[u8]> {
    strings.get(at..)?.split(|byte| *byte == 0).next()
}

/// An image of one class, for the tests of what reads one.
#[cfg(test)]
pub fn sample() -> Vec<u8> {
    let strings = b"\0java.base\0java/lang\0Object\0class\0module-info\0properties\0a\0";
    // Module, base, extension; the second one also has a parent, the third is no class.
    let locations: [&[u8]; 3] = [
        &[MODULE << 3, 1, BASE << 3, 34, EXTENSION << 3, 28, 0],
        &[MODULE << 3, 1, 2 << 3, 11, BASE << 3, 21, EXTENSION << 3, 28, 0],
        &[MODULE << 3 | 1, 0, 1, BASE << 3, 57, EXTENSION << 3, 46, 6 << 3 | 2, 1, 2, 3, 0],
    ];
    let mut offset = 0;
    let numbers = [0xcafe_dada, 1 << 16, 0, 3, 3, u32::try_from(locations.concat().len()).unwrap(), 59];
    let mut image: Vec<u8> = numbers.iter().flat_map(|number: &u32| number.to_le_bytes()).collect();
    image.extend([0; 12]);
    for one in locations {
        image.extend(u32::to_le_bytes(offset));
        offset += u32::try_from(one.len()).unwrap();
    }
    image.extend(locations.concat());
    image.extend(strings);
    image
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_and_modules_are_told_from_resources() {
        let image = Jimage::parse(&sample()).unwrap();
        assert_eq!((image.classes, image.modules), (2, vec!["java.base".to_owned()]));
    }

    #[test]
    fn a_cut_file_is_no_image() {
        let whole = sample();
        for length in 0..whole.len() - 1 {
            assert!(Jimage::parse(&whole[..length]).is_none_or(|image| image.classes < 3), "{length}");
        }
        let scratch = libpack::fs::scratch().unwrap();
        let path = scratch.path().join("modules");
        libpack::fs::write(&path, &whole[..40]).unwrap();
        assert_eq!(Jimage::read(&path).err().unwrap().id(), "java/jimage");
        libpack::fs::write(&path, [&whole[..], b"content of classes"].concat()).unwrap();
        assert_eq!(Jimage::read(&path).unwrap().classes, 2);
    }
}
