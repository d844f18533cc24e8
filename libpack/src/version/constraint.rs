//! Constraints in the grammar of Masterminds semver 3.5.0 (`constraints.go`).

use std::cmp::Ordering;
use std::fmt;

use super::{Version, scan};
use crate::{Error, Result};

/// Longest text that is read, in bytes.
const LONGEST: usize = 512;
/// Most groups between `||`.
const MOST_GROUPS: usize = 32;
/// Go's `\s`, which the grammar is written with.
const BLANKS: [char; 5] = [' ', '\t', '\n', '\r', '\x0c'];

/// What a version has to satisfy: `1.2.*`, `^1.2 || >= 3`, `1.2 - 1.4`.
///
/// `~>` reads as packit reads it (`postal/service.go`): with three numbers it is `~`, else `^`.
#[derive(Debug, Clone)]
pub struct Constraint {
    written: String,
    groups: Vec<Group>,
}

/// Comparators that must all hold.
#[derive(Debug, Clone)]
struct Group {
    comparators: Vec<Comparator>,
    wants_prerelease: bool,
}

#[derive(Debug, Clone)]
struct Comparator {
    operator: Operator,
    given: Given,
    version: semver::Version,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Plain,
    NotEqual,
    Greater,
    Less,
    GreaterOrEqual,
    LessOrEqual,
    Tilde,
    Caret,
}

/// How much of the version was given; the rest is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Given {
    Nothing,
    Major,
    Minor,
    Whole,
}

impl Constraint {
    /// Reads a constraint. The error is `version/constraint`; it names the place that cannot be read.
    pub fn parse(text: &str) -> Result<Self> {
        let refuse = |why: &str| {
            Error::user("version/constraint", format!("{:?} is not a version constraint: {why}", shorten(text)))
                .hint("Write something like 1.2.3, 1.2.*, ~1.2.3, ^1.2, >= 1.2 < 2 or 1.2 || 1.4.")
        };
        if text.len() > LONGEST {
            return Err(refuse(&format!("it is longer than {LONGEST} bytes")));
        }
        let parts: Vec<&str> = text.split("||").collect();
        if parts.len() > MOST_GROUPS {
            return Err(refuse(&format!("it has more than {MOST_GROUPS} parts between ||")));
        }
        let groups = parts.into_iter().map(Group::parse).collect::<Result<_, String>>();
        Ok(Self { written: text.to_owned(), groups: groups.map_err(|why| refuse(&why))? })
    }

    /// Whether the version satisfies one of the groups. A prerelease does so only when its group names one.
    pub fn matches(&self, version: &Version) -> bool {
        let version = version.semver();
        self.groups.iter().any(|group| {
            (version.pre.is_empty() || group.wants_prerelease)
                && group.comparators.iter().all(|comparator| comparator.matches(version))
        })
    }

    /// What was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl std::str::FromStr for Constraint {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::parse(text)
    }
}

/// Keeps a message readable when somebody sets a whole file as a version.
fn shorten(text: &str) -> String {
    const SHOWN: usize = 80;
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    text.chars().take(SHOWN).chain("…".chars()).collect()
}

impl Group {
    fn parse(text: &str) -> Result<Self, String> {
        let mut rest = text.trim_start_matches(BLANKS);
        if rest.is_empty() {
            return Err("there is nothing to compare with".to_owned());
        }
        let mut comparators = Vec::new();
        loop {
            rest = take_comparators(rest, &mut comparators)?;
            if rest.is_empty() {
                break;
            }
            let next = rest.trim_start_matches(BLANKS);
            let after_comma = next.strip_prefix(',').map(|after| after.trim_start_matches(BLANKS));
            match after_comma {
                Some("") => return Err("nothing follows the last comma".to_owned()),
                Some(after) => rest = after,
                None if next.is_empty() => break,
                None if next.len() == rest.len() => {
                    return Err(format!("{rest:?} does not belong to a version"));
                }
                None => rest = next,
            }
        }
        let wants_prerelease = comparators.iter().any(|comparator| !comparator.version.pre.is_empty());
        Ok(Self { comparators, wants_prerelease })
    }
}

/// Takes one comparator, or the two that a range with a hyphen stands for.
fn take_comparators<'a>(text: &'a str, into: &mut Vec<Comparator>) -> Result<&'a str, String> {
    let (operator, symbol, after) = operator(text);
    let unreadable = |at: &str| format!("{at:?} is not a version");
    let first = scan::version(after.trim_start_matches(BLANKS)).ok_or_else(|| unreadable(text))?;
    let rest = first.rest;
    let Some(upper) = upper_end(rest).filter(|_| symbol.is_empty()) else {
        let operator = if symbol == "~>" { pessimistic(&first) } else { operator };
        into.push(Comparator::new(operator, &first)?);
        return Ok(rest);
    };
    into.push(Comparator::new(Operator::GreaterOrEqual, &first)?);
    into.push(Comparator::new(Operator::LessOrEqual, &upper)?);
    Ok(upper.rest)
}

/// What follows ` - `.
fn upper_end(rest: &str) -> Option<scan::Scanned<'_>> {
    let hyphen = rest.trim_start_matches(BLANKS);
    let after = hyphen.strip_prefix('-')?;
    let upper = after.trim_start_matches(BLANKS);
    (hyphen.len() < rest.len() && upper.len() < after.len()).then(|| scan::version(upper)).flatten()
}

fn operator(text: &str) -> (Operator, &'static str, &str) {
    const OPERATORS: [(&str, Operator); 11] = [
        ("!=", Operator::NotEqual),
        (">=", Operator::GreaterOrEqual),
        ("=>", Operator::GreaterOrEqual),
        ("<=", Operator::LessOrEqual),
        ("=<", Operator::LessOrEqual),
        ("~>", Operator::Caret),
        (">", Operator::Greater),
        ("<", Operator::Less),
        ("=", Operator::Plain),
        ("~", Operator::Tilde),
        ("^", Operator::Caret),
    ];
    OPERATORS
        .into_iter()
        .find_map(|(symbol, operator)| Some((operator, symbol, text.strip_prefix(symbol)?)))
        .unwrap_or((Operator::Plain, "", text))
}

/// packit counts the dots of the whole text, so those of a prerelease count too.
fn pessimistic(scanned: &scan::Scanned<'_>) -> Operator {
    let numbers = scanned.numbers.iter().flatten().count();
    let dots = |part: Option<&str>| part.map_or(0, |text| text.matches('.').count());
    if numbers - 1 + dots(scanned.pre) + dots(scanned.build) == 2 { Operator::Tilde } else { Operator::Caret }
}

impl Comparator {
    fn new(operator: Operator, scanned: &scan::Scanned<'_>) -> Result<Self, String> {
        let is_open = |position: Option<&str>| matches!(position, None | Some("x" | "X" | "*"));
        let [major, minor, patch] = scanned.numbers;
        let given = match (is_open(major), is_open(minor), is_open(patch)) {
            (true, _, _) => Given::Nothing,
            (false, true, _) => Given::Major,
            (false, false, true) => Given::Minor,
            (false, false, false) => Given::Whole,
        };
        let read = |needed: Given, position: Option<&str>| match position.filter(|_| given as u8 >= needed as u8) {
            Some(text) => scan::number(text).ok_or_else(|| format!("{text:?} is not a number or a wildcard")),
            None => Ok(0),
        };
        let pre = scanned.pre.unwrap_or_default();
        let version = semver::Version {
            pre: semver::Prerelease::new(pre).map_err(|_| format!("{pre:?} is not a prerelease"))?,
            ..semver::Version::new(read(Given::Major, major)?, read(Given::Minor, minor)?, read(Given::Whole, patch)?)
        };
        Ok(Self { operator, given, version })
    }

    fn matches(&self, version: &semver::Version) -> bool {
        let order = version.cmp_precedence(&self.version);
        match self.operator {
            Operator::Plain if self.given == Given::Whole => order.is_eq(),
            Operator::Plain | Operator::Tilde => order.is_ge() && self.same_line(version),
            Operator::Caret => order.is_ge() && self.compatible(version),
            Operator::NotEqual => self.differs(version),
            Operator::Less => order.is_lt(),
            Operator::GreaterOrEqual => order.is_ge(),
            Operator::Greater => self.is_below(version, order),
            Operator::LessOrEqual => self.reaches(version, order),
        }
    }

    /// `~`: `constraintTilde`, with its special case that `~0.0.0` takes everything.
    fn same_line(&self, version: &semver::Version) -> bool {
        let own = &self.version;
        let zero = (own.major, own.minor, own.patch) == (0, 0, 0);
        match self.given {
            Given::Nothing | Given::Whole if zero => true,
            Given::Major => version.major == own.major,
            _ => (version.major, version.minor) == (own.major, own.minor),
        }
    }

    /// `^`: `constraintCaret`; below 1.0.0 the first number that is not zero decides.
    fn compatible(&self, version: &semver::Version) -> bool {
        let own = &self.version;
        if own.major > 0 || self.given == Given::Major || version.major != own.major {
            return version.major == own.major;
        }
        if own.minor > 0 || self.given == Given::Minor || version.minor != own.minor {
            return version.minor == own.minor;
        }
        version.patch == own.patch
    }

    /// `!=`: a partial version names a whole line.
    fn differs(&self, version: &semver::Version) -> bool {
        let own = &self.version;
        match self.given {
            Given::Major => version.major != own.major,
            Given::Minor => (version.major, version.minor, &version.pre) != (own.major, own.minor, &own.pre),
            Given::Nothing | Given::Whole => version.cmp_precedence(own).is_ne(),
        }
    }

    /// `>`: a partial version names a whole line, and what is greater lies above it.
    fn is_below(&self, version: &semver::Version, order: Ordering) -> bool {
        let own = &self.version;
        match self.given {
            Given::Nothing | Given::Whole => order.is_gt(),
            Given::Major => version.major > own.major,
            Given::Minor => (version.major, version.minor) > (own.major, own.minor),
        }
    }

    /// `<=`: a partial version names a whole line, and all of it belongs.
    fn reaches(&self, version: &semver::Version, order: Ordering) -> bool {
        let own = &self.version;
        match self.given {
            Given::Whole => order.is_le(),
            Given::Major => version.major <= own.major,
            Given::Nothing | Given::Minor => (version.major, version.minor) <= (own.major, own.minor),
        }
    }
}

#[cfg(test)]
mod tests;
