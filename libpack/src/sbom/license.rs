//! Licences as the formats tell them apart.

use ::spdx::{Expression, ParseMode};

/// Deprecated ids (`GPL-2.0`, `GPL-2.0+`) are on the list and in many packages.
const MODE: ParseMode = ParseMode {
    allow_slash_as_or_operator: false,
    allow_imprecise_license_names: false,
    allow_postfix_plus_on_gpl: true,
    allow_deprecated: true,
    allow_unknown: false,
};

/// One licence that a package declares.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum License {
    /// An id of the SPDX list.
    Id(String),
    /// An SPDX expression of several ids.
    Expression(String),
    /// Anything else.
    Name(String),
}

impl License {
    /// Tells the three apart. `None` for blank text.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let text = text.to_owned();
        Some(if ::spdx::license_id(&text).is_some_and(|id| id.name == text) {
            Self::Id(text)
        } else if is_expression(&text) {
            Self::Expression(text)
        } else {
            Self::Name(text)
        })
    }

    /// The text as declared.
    pub fn text(&self) -> &str {
        match self {
            Self::Id(text) | Self::Expression(text) | Self::Name(text) => text,
        }
    }

    /// The text, when it is an SPDX id or expression.
    pub(super) fn expression(&self) -> Option<&str> {
        match self {
            Self::Id(text) | Self::Expression(text) => Some(text),
            Self::Name(_) => None,
        }
    }
}

/// A reference to a licence text (`LicenseRef-…`) is of use only in the document that defines it.
fn is_expression(text: &str) -> bool {
    !text.contains("LicenseRef-") && Expression::parse_mode(text, MODE).is_ok()
}

/// Several licences as one expression: all of them apply.
pub(super) fn all_of<'a>(expressions: impl IntoIterator<Item = &'a str>) -> String {
    let parts: Vec<&str> = expressions.into_iter().collect();
    if let [one] = parts.as_slice() {
        return (*one).to_owned();
    }
    parts
        .iter()
        .map(|part| if part.contains(' ') { format!("({part})") } else { (*part).to_owned() })
        .collect::<Vec<_>>()
        .join(" AND ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> &'static str {
        match License::parse(text) {
            Some(License::Id(_)) => "id",
            Some(License::Expression(_)) => "expression",
            Some(License::Name(_)) => "name",
            None => "none",
        }
    }

    #[test]
    fn ids_expressions_and_names_are_told_apart() {
        let cases = [
            ("MIT", "id"),
            ("GPL-2.0", "id"),
            ("GPL-2.0+", "expression"),
            ("Apache-2.0+", "expression"),
            ("(MIT OR Apache-2.0)", "expression"),
            ("GPL-2.0-only WITH Classpath-exception-2.0", "expression"),
            ("mit licence", "name"),
            ("UNLICENSED", "name"),
            ("SEE LICENSE IN licence.txt", "name"),
            ("LicenseRef-mine OR MIT", "name"),
            ("MIT OR", "name"),
            ("  ", "none"),
        ];
        for (text, expected) in cases {
            assert_eq!(kind(text), expected, "{text}");
        }
    }

    #[test]
    fn several_licences_become_one_expression() {
        assert_eq!(all_of(["MIT"]), "MIT");
        assert_eq!(all_of(["MIT", "ISC OR Zlib"]), "MIT AND (ISC OR Zlib)");
    }
}
