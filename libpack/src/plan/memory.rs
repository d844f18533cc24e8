use std::collections::BTreeMap;

use toml::{Table, Value};

/// What detect leaves for build. The plan is the only channel between the phases, so it travels as the
/// metadata of a requirement of the buildpack's own id, one for each alternative: so `build` knows
/// which one the lifecycle took.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Memory {
    /// The names of the components that joined, in their order.
    pub joined: Vec<String>,
    /// What we provide in this alternative.
    pub provides: Vec<String>,
    /// Why the others stayed away.
    pub declined: BTreeMap<String, String>,
}

impl Memory {
    /// As plan metadata.
    pub fn to_table(&self) -> Table {
        let list = |names: &[String]| Value::Array(names.iter().map(|name| Value::String(name.clone())).collect());
        let mut table = Table::new();
        table.insert("joined".to_owned(), list(&self.joined));
        table.insert("provides".to_owned(), list(&self.provides));
        let declined: Table = self.declined.iter().map(|(k, v)| (k.clone(), Value::String(v.clone()))).collect();
        table.insert("declined".to_owned(), Value::Table(declined));
        table
    }

    /// From plan metadata; what is missing or foreign is empty.
    pub fn from_table(table: &Table) -> Self {
        let list = |key: &str| {
            let values = table.get(key).and_then(Value::as_array).into_iter().flatten();
            values.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let declined = table.get("declined").and_then(Value::as_table).into_iter().flatten();
        Self {
            joined: list("joined"),
            provides: list("provides"),
            declined: declined.filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned()))).collect(),
        }
    }
}
