//! A sequence of changes as env folders.
//!
//! The lifecycle reads the files of one folder by name (`X.append`, `X.default`, `X.override`,
//! `X.prepend`), and each variable has one delimiter there. What one folder cannot say in the order in
//! which the components asked goes into the next one.

use std::collections::BTreeMap;

use super::{Action, Change, Scope};

/// A file of an env folder: its name below `env.build` or `env.launch`, and its content.
pub type EnvFile = (String, String);

/// The files that hold `when`, folder by folder.
pub fn folders(changes: &[Change], when: Scope) -> Vec<Vec<EnvFile>> {
    let mut folders: Vec<BTreeMap<String, Vec<Change>>> = Vec::new();
    let mut newest: BTreeMap<&str, usize> = BTreeMap::new();
    for change in changes.iter().filter(|change| change.scope.covers(when)) {
        let at = newest.entry(&change.name).or_default();
        if folders.get(*at).and_then(|all| all.get(&change.name)).is_some_and(|all| !fits(all, change)) {
            *at += 1;
        }
        if folders.len() <= *at {
            folders.resize_with(*at + 1, BTreeMap::new);
        }
        add(folders[*at].entry(change.name.clone()).or_default(), change);
    }
    folders.iter().map(|folder| once(folder.values().flatten().flat_map(files).collect())).collect()
}

/// Whether the folder says "these, then this".
fn fits(before: &[Change], change: &Change) -> bool {
    let order = before.last().is_none_or(|last| last.action <= change.action);
    let joins = |one: &Change| matches!(one.action, Action::Append | Action::Prepend);
    let delimiter =
        !joins(change) || before.iter().filter(|one| joins(one)).all(|one| one.delimiter == change.delimiter);
    order && delimiter
}

/// Adds a change, or merges it into the one of its kind.
fn add(before: &mut Vec<Change>, change: &Change) {
    match before.last_mut() {
        Some(last) if last.action == change.action => match change.action {
            Action::Append => last.value = format!("{}{}{}", last.value, change.delimiter, change.value),
            Action::Prepend => last.value = format!("{}{}{}", change.value, change.delimiter, last.value),
            Action::Override => last.value.clone_from(&change.value),
            // The first default stands, unless it was empty.
            Action::Default if last.value.is_empty() => last.value.clone_from(&change.value),
            Action::Default => {}
        },
        _ => before.push(change.clone()),
    }
}

fn files(change: &Change) -> Vec<EnvFile> {
    let suffix = match change.action {
        Action::Append => "append",
        Action::Default => "default",
        Action::Override => "override",
        Action::Prepend => "prepend",
    };
    let mut files = vec![(format!("{}.{suffix}", change.name), change.value.clone())];
    if matches!(change.action, Action::Append | Action::Prepend) && !change.delimiter.is_empty() {
        files.push((format!("{}.delim", change.name), change.delimiter.clone()));
    }
    files
}

/// `X.append` and `X.prepend` share `X.delim`.
fn once(mut files: Vec<EnvFile>) -> Vec<EnvFile> {
    files.sort();
    files.dedup();
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Variables;

    fn change(name: &str, action: Action, value: &str, delimiter: &str) -> Change {
        Change {
            scope: Scope::Launch,
            name: name.to_owned(),
            action,
            value: value.to_owned(),
            delimiter: delimiter.to_owned(),
            about: None,
        }
    }

    /// What the lifecycle makes of the folders: files by name, folder by folder.
    fn read(folders: &[Vec<EnvFile>], variables: &mut Variables) {
        for folder in folders {
            let delimiter = |name: &str| {
                let wanted = format!("{name}.delim");
                folder.iter().find(|file| file.0 == wanted).map_or("", |file| &file.1)
            };
            for (file, value) in folder {
                let (name, suffix) = file.rsplit_once('.').unwrap();
                let action = match suffix {
                    "append" => Action::Append,
                    "default" => Action::Default,
                    "override" => Action::Override,
                    "prepend" => Action::Prepend,
                    _ => continue,
                };
                change(name, action, value, delimiter(name)).apply(variables);
            }
        }
    }

    #[test]
    fn folders_say_what_the_components_asked_in_their_order() {
        use Action::{Append, Default, Override, Prepend};
        let sequences: &[&[(Action, &str, &str)]] = &[
            &[(Default, "a", ""), (Append, "b", ":")],
            &[(Append, "a", ":"), (Default, "b", "")],
            &[(Append, "a", ":"), (Append, "b", ":"), (Prepend, "c", ":"), (Prepend, "d", ":")],
            &[(Append, "a", ":"), (Prepend, "b", ",")],
            &[(Prepend, "a", ":"), (Override, "b", ""), (Default, "c", "")],
            &[(Default, "a", ""), (Default, "b", ""), (Append, " c", " ")],
            &[(Default, "", ""), (Default, "b", "")],
        ];
        for sequence in sequences {
            for start in [None, Some(""), Some("old")] {
                let start: Variables = start.map(|value| ("N", value)).into_iter().collect();
                let changes: Vec<_> =
                    sequence.iter().map(|(action, value, by)| change("N", *action, value, by)).collect();
                let (mut wanted, mut got) = (start.clone(), start);
                for one in &changes {
                    one.apply(&mut wanted);
                }
                read(&folders(&changes, Scope::Launch), &mut got);
                assert_eq!(got.text("N"), wanted.text("N"), "{sequence:?}");
            }
        }
    }

    #[test]
    fn a_plain_set_of_changes_needs_one_folder() {
        let changes = [
            change("NODE_HOME", Action::Default, "/layers/node", ""),
            change("PATH", Action::Prepend, "/a", ":"),
            change("PATH", Action::Prepend, "/b", ":"),
        ];
        let folders = folders(&changes, Scope::Launch);
        assert_eq!(folders.len(), 1);
        assert_eq!(folders[0][1], ("PATH.delim".to_owned(), ":".to_owned()));
        assert_eq!(folders[0][2], ("PATH.prepend".to_owned(), "/b:/a".to_owned()));
    }
}
