//! The text of one version, cut into its parts.

/// Parts of a version as written; numbers may also be wildcards.
pub(super) struct Scanned<'a> {
    /// Major, minor and patch, as far as they are there.
    pub numbers: [Option<&'a str>; 3],
    /// After `-`, without it.
    pub pre: Option<&'a str>,
    /// After `+`, without it.
    pub build: Option<&'a str>,
    /// What does not belong to the version any more.
    pub rest: &'a str,
}

/// Takes a version from the front of the text; `None` when there is none.
pub(super) fn version(text: &str) -> Option<Scanned<'_>> {
    let mut rest = text.strip_prefix('v').unwrap_or(text);
    let mut numbers = [None; 3];
    for (index, slot) in numbers.iter_mut().enumerate() {
        let after_dot = if index == 0 { Some(rest) } else { rest.strip_prefix('.') };
        let Some((number, after)) = after_dot.and_then(|after| run(after, is_position)) else {
            break;
        };
        *slot = Some(number);
        rest = after;
    }
    numbers[0]?;
    let (pre, rest) = suffix(rest, '-');
    let (build, rest) = suffix(rest, '+');
    Some(Scanned { numbers, pre, build, rest })
}

/// The number of a position; leading zeros are fine, wildcards and too large ones are not.
pub(super) fn number(text: &str) -> Option<u64> {
    text.parse().ok()
}

fn is_position(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, 'x' | 'X' | '*')
}

fn is_identifier(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-'
}

fn run(text: &str, allowed: fn(char) -> bool) -> Option<(&str, &str)> {
    let end = text.find(|c| !allowed(c)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// Identifiers with dots between them, after a marker.
fn suffix(text: &str, marker: char) -> (Option<&str>, &str) {
    let Some(start) = text.strip_prefix(marker) else {
        return (None, text);
    };
    let Some((_, mut rest)) = run(start, is_identifier) else {
        return (None, text);
    };
    while let Some((_, after)) = rest.strip_prefix('.').and_then(|next| run(next, is_identifier)) {
        rest = after;
    }
    (Some(&start[..start.len() - rest.len()]), rest)
}
