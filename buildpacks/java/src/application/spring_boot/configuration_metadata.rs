//! What can be configured in an application, for Spring Cloud Data Flow (spring-projects/spring-boot, "Configuration
//! Metadata"; paketo-buildpacks/spring-boot, `boot/configuration_metadata.go`).

use std::collections::BTreeMap;
use std::path::Path;

use libpack::archive::ZipReader;
use libpack::{Error, Result, fs};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::libraries::{Library, METADATA};

/// The label of all metadata.
const ALL: &str = "org.springframework.boot.spring-configuration-metadata.json";
/// The label of what the application chose for Data Flow.
const CHOSEN: &str = "org.springframework.cloud.dataflow.spring-configuration-metadata.json";
/// The choice; without it there are no labels.
const CHOICE: &str = "META-INF/dataflow-configuration-metadata.properties";

/// The parts that Data Flow reads; what else a file says is left out.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Metadata {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    groups: Vec<Item>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    properties: Vec<Item>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hints: Vec<Item>,
}

/// One group, property or hint with the fields that it has.
type Item = Map<String, Value>;

const FIELDS: [&str; 10] = [
    "name",
    "type",
    "description",
    "sourceType",
    "sourceMethod",
    "defaultValue",
    "deprecation",
    "values",
    "providers",
    "value",
];

/// Both labels, as far as there is something to say.
pub fn labels(app: &Path, folder: &Path, libraries: &[Library]) -> Result<BTreeMap<String, String>> {
    let Some(choice) = fs::read_text_if_any(&app.join(CHOICE))? else { return Ok(BTreeMap::new()) };
    let mut all = Metadata::default();
    all.add(&fs::read_text_if_any(&app.join(METADATA))?.unwrap_or_default());
    for library in libraries.iter().filter(|library| library.has_metadata) {
        let archive = ZipReader::open(&app.join(folder).join(&library.name))?;
        all.add(&archive.and_then(|mut archive| archive.read_text(METADATA)).unwrap_or_default());
    }
    let chosen = all.chosen(&choice);
    let labels = [(ALL, all.label()?), (CHOSEN, chosen.label()?)];
    Ok(labels.into_iter().filter_map(|(label, text)| Some((label.to_owned(), text?))).collect())
}

impl Metadata {
    /// Adds those of one file; one that cannot be read says nothing.
    fn add(&mut self, text: &str) {
        let of_file: Self = serde_json::from_str(text).unwrap_or_default();
        let known = |mut item: Item| {
            item.retain(|field, value| FIELDS.contains(&field.as_str()) && !value.is_null());
            item
        };
        self.groups.extend(of_file.groups.into_iter().map(known));
        self.properties.extend(of_file.properties.into_iter().map(known));
        self.hints.extend(of_file.hints.into_iter().map(known));
    }

    /// What the application chose by class or name; hints follow their properties.
    fn chosen(&self, choice: &str) -> Self {
        let choice = properties(choice);
        let lists = ["configuration-properties.classes", "configuration-properties.names"];
        let names: Vec<&str> =
            lists.iter().filter_map(|list| choice.get(*list)).flat_map(|list| list.split(',')).map(str::trim).collect();
        let text = |item: &Item, field: &str| item.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        let is_chosen = |item: &Item| {
            let of_item = [text(item, "sourceType"), text(item, "name")];
            names.iter().any(|name| !name.is_empty() && of_item.iter().any(|own| own == name))
        };
        let properties: Vec<Item> = self.properties.iter().filter(|item| is_chosen(item)).cloned().collect();
        let has_property = |hint: &Item| properties.iter().any(|property| text(property, "name") == text(hint, "name"));
        Self {
            groups: self.groups.iter().filter(|item| is_chosen(item)).cloned().collect(),
            hints: self.hints.iter().filter(|hint| has_property(hint)).cloned().collect(),
            properties,
        }
    }

    fn label(&self) -> Result<Option<String>> {
        if self.groups.is_empty() && self.properties.is_empty() && self.hints.is_empty() {
            return Ok(None);
        }
        serde_json::to_string(self).map(Some).map_err(|error| {
            Error::bug("java/configuration-metadata", "the configuration metadata cannot be written").because(error)
        })
    }
}

/// A file of Java's properties: a backslash at the end of a line goes on with the next.
fn properties(text: &str) -> BTreeMap<String, String> {
    let joined = text.replace("\r\n", "\n");
    let mut whole = String::new();
    for line in joined.lines() {
        let line = line.trim_start();
        let goes_on = line.strip_suffix('\\');
        whole.push_str(goes_on.unwrap_or(line));
        if goes_on.is_none() {
            whole.push('\n');
        }
    }
    let lines = whole.lines().filter(|line| !line.starts_with(['#', '!']));
    lines
        .filter_map(|line| line.split_once(['=', ':']))
        .map(|(k, v)| (k.trim().to_owned(), v.trim().to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"{
        "groups": [{"name": "server", "type": "S", "sourceType": "S", "unknown": 1}, {"name": "other", "sourceType": "O"}],
        "properties": [
            {"name": "server.port", "sourceType": "S", "defaultValue": 8080},
            {"name": "other.name", "sourceType": "O", "description": "<b> & c"},
            {"name": "other.size", "sourceType": "O"}
        ],
        "hints": [{"name": "server.port", "values": [{"value": 80}]}, {"name": "other.size"}]
    }"#;

    fn labels_of(choice: &str) -> BTreeMap<String, String> {
        let app = tempfile::tempdir().unwrap();
        fs::write(&app.path().join(METADATA), FILE).unwrap();
        fs::write(&app.path().join(CHOICE), choice).unwrap();
        labels(app.path(), Path::new("lib"), &[]).unwrap()
    }

    #[test]
    fn data_flow_gets_what_the_application_chose() {
        let labels = labels_of(
            "# my choice\nconfiguration-properties.classes = S, \\\n    T\nconfiguration-properties.names: other.name\n",
        );
        let expected = r#"{"groups":[{"name":"server","type":"S","sourceType":"S"}],"properties":[{"name":"server.port","sourceType":"S","defaultValue":8080},{"name":"other.name","sourceType":"O","description":"<b> & c"}],"hints":[{"name":"server.port","values":[{"value":80}]}]}"#;
        assert_eq!(labels[CHOSEN], expected);
        assert!(labels[ALL].contains("other.size"));
    }

    #[test]
    fn who_chose_nothing_still_tells_everything() {
        assert_eq!(labels_of("").keys().collect::<Vec<_>>(), [ALL]);
        let app = tempfile::tempdir().unwrap();
        fs::write(&app.path().join(METADATA), FILE).unwrap();
        assert!(labels(app.path(), Path::new("lib"), &[]).unwrap().is_empty(), "without the file of Data Flow");
    }

    #[test]
    fn damaged_metadata_says_nothing() {
        let mut metadata = Metadata::default();
        metadata.add("{\"groups\": 1");
        metadata.add("[]");
        assert_eq!(metadata.label().unwrap(), None);
    }
}
