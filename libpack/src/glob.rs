//! Patterns for paths and the names in them, by the rule of Go's `path.Match` (golang/go, `src/path/match.go`):
//! `*`, `?`, `[a-z]`, `[^a-z]`, and a backslash for what they mean literally. A leading dot is nothing
//! special.

mod pattern;

pub use pattern::Pattern;

/// A pattern without a slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glob(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Letter(char),
    /// `?`
    Any,
    /// `*`
    Run,
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Glob {
    /// Reads a pattern; none when Go calls it malformed.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            parts.push(match letter {
                '*' => Part::Run,
                '?' => Part::Any,
                '[' => class(&mut letters)?,
                '\\' => Part::Letter(letters.next()?),
                other => Part::Letter(other),
            });
        }
        Some(Self(parts))
    }

    /// Whether it matches a whole name.
    pub fn matches(&self, name: &str) -> bool {
        let name: Vec<char> = name.chars().collect();
        let (mut part, mut at) = (0, 0);
        // The last `*` and how far it reaches: it takes one more letter whenever the rest does not fit.
        let mut run = None;
        while at < name.len() || part < self.0.len() {
            match self.0.get(part) {
                Some(Part::Run) => {
                    run = Some((part, at));
                    part += 1;
                    continue;
                }
                Some(one) if name.get(at).is_some_and(|letter| one.matches(*letter)) => {
                    part += 1;
                    at += 1;
                    continue;
                }
                _ => {}
            }
            let Some((start, reach)) = run.filter(|(_, reach)| *reach < name.len()) else { return false };
            run = Some((start, reach + 1));
            (part, at) = (start + 1, reach + 1);
        }
        true
    }

    /// The one name that it matches, when it has no wildcard.
    pub fn literal(&self) -> Option<String> {
        let letter = |part: &Part| if let Part::Letter(letter) = part { Some(*letter) } else { None };
        self.0.iter().map(letter).collect()
    }

    /// Whether it is `*`, which matches every name.
    pub fn is_star(&self) -> bool {
        self.0 == [Part::Run]
    }

    /// Whether it is `**`; to Go that is the same as `*`.
    pub fn is_double_star(&self) -> bool {
        self.0 == [Part::Run, Part::Run]
    }
}

impl Part {
    fn matches(&self, letter: char) -> bool {
        match self {
            Self::Letter(own) => *own == letter,
            Self::Any => true,
            Self::Run => false,
            Self::Class { negated, ranges } => {
                ranges.iter().any(|(low, high)| (*low..=*high).contains(&letter)) != *negated
            }
        }
    }
}

type Letters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// What stands between brackets, at least one letter or range.
fn class(letters: &mut Letters<'_>) -> Option<Part> {
    let negated = letters.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    while ranges.is_empty() || letters.next_if_eq(&']').is_none() {
        let low = of_class(letters)?;
        let high = if letters.next_if_eq(&'-').is_some() { of_class(letters)? } else { low };
        ranges.push((low, high));
    }
    Some(Part::Class { negated, ranges })
}

fn of_class(letters: &mut Letters<'_>) -> Option<char> {
    match letters.next()? {
        '-' | ']' => None,
        '\\' => letters.next(),
        letter => Some(letter),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_as_in_go() {
        for (pattern, name, matches) in [
            ("abc", "abc", true),
            ("*", "abc", true),
            ("*", "", true),
            ("*", ".hidden", true),
            ("*c", "abc", true),
            ("a*", "ab", true),
            ("a*b*c*d", "axbxcxd", true),
            ("a*b*c*d", "axbxcxe", false),
            ("*.css", "a.min.css", true),
            ("*.css", "a.css.map", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("ab[c]", "abc", true),
            ("ab[b-d]", "abc", true),
            ("ab[e-g]", "abc", false),
            ("ab[^c]", "abc", false),
            ("ab[^e-g]", "abc", true),
            ("a\\*b", "a*b", true),
            ("a\\*b", "ab", false),
            ("a[^a]b", "a☺b", true),
            ("[\\]a]", "]", true),
            ("[\\-x]", "-", true),
            ("[x\\-]", "-", true),
            ("[!a]", "!", true),
            ("[a-ζ]*", "α", true),
            ("**", "abc", true),
            ("a]", "a]", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(Glob::parse(pattern).unwrap().matches(name), matches, "{pattern} {name}");
        }
    }

    #[test]
    fn what_go_calls_malformed_is_none() {
        for pattern in ["[", "[^", "[^bc", "a[", "a[\\", "a\\", "[]a]", "[-]", "[x-]", "[-x]", "[a-b-c]", "[a-]"] {
            assert_eq!(Glob::parse(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn many_stars_do_not_take_long() {
        let glob = Glob::parse(&"a*".repeat(50)).unwrap();
        assert!(!glob.matches(&"b".repeat(10_000)));
        assert!(!Glob::parse(&format!("{}b", "*a".repeat(50))).unwrap().matches(&"a".repeat(2_000)));
    }
}
