//! Amounts of memory as the JVM's flags write them.

use std::fmt;

pub const KIB: i64 = 1 << 10;
pub const MIB: i64 = 1 << 20;
pub const GIB: i64 = 1 << 30;
pub const TIB: i64 = 1 << 40;

/// An amount in bytes. It prints as its largest unit without a remainder, down to whole KiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub i64);

impl Size {
    /// Digits and at most one letter: `10M`, `512k`, `1073741824`. What is too large counts as the largest.
    pub fn parse(text: &str) -> Option<Self> {
        let (digits, unit) = match text.trim().strip_suffix(|last: char| last.is_ascii_alphabetic()) {
            Some(digits) => (digits, text.trim().chars().last()?),
            None => (text.trim(), 'b'),
        };
        let unit = match unit.to_ascii_lowercase() {
            'k' => KIB,
            'm' => MIB,
            'g' => GIB,
            't' => TIB,
            'b' if digits.len() == text.trim().len() => 1,
            _ => return None,
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Some(Self(digits.parse::<i64>().unwrap_or(i64::MAX).saturating_mul(unit)))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kib = self.0 / KIB;
        if kib == 0 {
            return f.write_str("0");
        }
        for (unit, letter) in [(TIB / KIB, 'T'), (GIB / KIB, 'G'), (MIB / KIB, 'M')] {
            if kib % unit == 0 {
                return write!(f, "{}{letter}", kib / unit);
            }
        }
        write!(f, "{kib}K")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_printed() {
        for (text, bytes, shown) in [
            ("10m", 10 * MIB, "10M"),
            ("1024M", GIB, "1G"),
            ("3t", 3 * TIB, "3T"),
            (" 1536 ", 1536, "1K"),
            ("1023", 1023, "0"),
            ("20000K", 20000 * KIB, "20000K"),
            ("99999999999999999999", i64::MAX, "9007199254740991K"),
        ] {
            assert_eq!(Size::parse(text), Some(Size(bytes)), "{text}");
            assert_eq!(Size(bytes).to_string(), shown);
        }
        for text in ["", "m", "1b", "-1", "1.5g", "1mb", "max"] {
            assert_eq!(Size::parse(text), None, "{text}");
        }
    }
}
