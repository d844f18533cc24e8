//! Property files of Java (`java.util.Properties`, "load"), as far as one laid over another needs them: values stay
//! as they are written.

/// The pairs of a file in its order: names without escapes, values as they are written.
fn pairs(text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let mut line = line.trim_start().to_owned();
        if line.is_empty() || line.starts_with(['#', '!']) {
            continue;
        }
        while continues(&line) {
            line.pop();
            line.push_str(lines.next().unwrap_or_default().trim_start());
        }
        pairs.push(pair(&line));
    }
    pairs
}

/// Whether the next line belongs to it: the last backslash is not escaped itself.
fn continues(line: &str) -> bool {
    line.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

fn pair(line: &str) -> (String, String) {
    let mut name = String::new();
    let mut letters = line.char_indices();
    let mut end = line.len();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => name.extend(letters.next().map(|(_, escaped)| escaped)),
            '=' | ':' | ' ' | '\t' | '\u{c}' => {
                end = at;
                break;
            }
            other => name.push(other),
        }
    }
    let rest = line[end..].trim_start();
    let value = rest.strip_prefix(['=', ':']).unwrap_or(rest).trim_start();
    (name, value.to_owned())
}

/// A file with the values of another laid over it, name by name.
pub fn overlay(base: &str, over: &str) -> String {
    let mut merged = pairs(base);
    for (name, value) in pairs(over) {
        match merged.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => *old = value,
            None => merged.push((name, value)),
        }
    }
    let line = |(name, value): &(String, String)| [&*escaped(name), "=", value, "\n"].concat();
    merged.iter().map(line).collect()
}

fn escaped(name: &str) -> String {
    let special = |letter: char| matches!(letter, '=' | ':' | ' ' | '\t' | '\\' | '#' | '!');
    name.chars().flat_map(|letter| special(letter).then_some('\\').into_iter().chain([letter])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_is_laid_over_another_name_by_name() {
        let base = "#Sat\r\ndistributionBase=GRADLE_USER_HOME\r\ndistributionUrl=https\\://services.example/a.zip\r\n\
                    networkTimeout: 10000\n";
        let over = "! ours\ndistributionUrl = https\\://mirror.example/\\\n    b.zip\nvalidate url\n";
        assert_eq!(
            overlay(base, over),
            "distributionBase=GRADLE_USER_HOME\ndistributionUrl=https\\://mirror.example/b.zip\nnetworkTimeout=10000\n\
             validate=url\n"
        );
    }

    #[test]
    fn escapes_in_names_and_values_stay() {
        assert_eq!(overlay("a\\ b=c\\\\\nempty\n", ""), "a\\ b=c\\\\\nempty=\n");
    }
}
