use std::collections::BTreeMap;
use std::fmt::Display;

use toml::{Table, Value};

/// Everything that shapes a layer's content, field by field, so that the log can name what changed.
///
/// Strings only: integers come back from the lifecycle as floats (heroku/libcnb.rs issue 473).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Key(BTreeMap<String, String>);

impl Key {
    /// An empty key.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field.
    pub fn with(mut self, name: &str, value: impl Display) -> Self {
        self.0.insert(name.to_owned(), value.to_string());
        self
    }

    /// Adds all fields of another key.
    pub fn and(mut self, other: impl Into<Self>) -> Self {
        self.0.extend(other.into().0);
        self
    }

    /// Whether both have a field of one name.
    pub(crate) fn shares_field_with(&self, other: &Self) -> bool {
        self.0.keys().any(|name| other.0.contains_key(name))
    }

    /// The fields as layer metadata.
    pub fn to_table(&self) -> Table {
        self.0.iter().map(|(name, value)| (name.clone(), Value::String(value.clone()))).collect()
    }

    /// Why restored metadata is not of this key; empty when it is.
    pub fn differences(&self, metadata: &Table) -> Vec<String> {
        let mut reasons = Vec::new();
        for (name, value) in &self.0 {
            match metadata.get(name).and_then(Value::as_str) {
                None => reasons.push(format!("{name} is new")),
                Some(old) if old != value => reasons.push(format!("{name} changed: {}", change(old, value))),
                Some(_) => {}
            }
        }
        let gone = metadata.iter().filter(|(name, value)| value.is_str() && !self.0.contains_key(*name));
        reasons.extend(gone.map(|(name, _)| format!("{name} is gone")));
        reasons
    }
}

/// Short values are shown, digests only said to differ.
fn change(old: &str, new: &str) -> String {
    if old.len() > 40 || new.len() > 40 {
        return "its content differs".to_owned();
    }
    format!("{old:?} -> {new:?}")
}

impl<const N: usize> From<[(&str, &str); N]> for Key {
    fn from(fields: [(&str, &str); N]) -> Self {
        fields.into_iter().fold(Self::new(), |key, (name, value)| key.with(name, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_difference_is_named() {
        let key = Key::from([("version", "24.1.0"), ("flags", "launch")]);
        assert!(key.differences(&key.to_table()).is_empty());
        let old: Table = toml::from_str("version = '22.0.0'\nprune = 'true'\n[values]\na = 'b'").unwrap();
        assert_eq!(
            key.differences(&old),
            ["flags is new", r#"version changed: "22.0.0" -> "24.1.0""#, "prune is gone"]
        );
    }
}
