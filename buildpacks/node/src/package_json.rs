//! `package.json`, read as tolerantly as npm does.
//!
//! A field of a foreign type (the legacy list form of `engines`, a script that is no text) is left
//! out with a warning instead of an error.

use std::collections::BTreeMap;
use std::path::Path;

use libpack::{Error, Result};
use serde_json::{Map, Value};

/// What the buildpack needs to know of a `package.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackageJson {
    /// `name`.
    pub name: Option<String>,
    /// `version`.
    pub version: Option<String>,
    /// `engines.node`, a constraint.
    pub engines_node: Option<String>,
    /// `engines.npm`, a constraint.
    pub engines_npm: Option<String>,
    /// `packageManager`, such as `npm@11.4.2+sha512.…`.
    pub package_manager: Option<String>,
    /// `main`, a path relative to the file's folder.
    pub main: Option<String>,
    /// `type`: `module` or `commonjs`.
    pub module_type: Option<String>,
    /// Whether `dependencies` names any package.
    pub has_dependencies: bool,
    /// Whether `devDependencies` names any package.
    pub has_dev_dependencies: bool,
    /// `scripts`, by name.
    pub scripts: BTreeMap<String, String>,
    /// What was left out and why: lines for the log.
    pub warnings: Vec<String>,
}

/// The scripts that start the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartScripts {
    /// `prestart`.
    pub before: Option<String>,
    /// The start script.
    pub start: String,
    /// `poststart`.
    pub after: Option<String>,
}

impl StartScripts {
    /// Leaves only the start script; tells whether there was anything else.
    pub fn drop_hooks(&mut self) -> bool {
        let hooks = [self.before.take(), self.after.take()];
        hooks.iter().any(Option::is_some)
    }
}

impl PackageJson {
    /// Reads `<project>/package.json`; none when there is no such file.
    pub fn read(project: &Path) -> Result<Option<Self>> {
        let path = project.join("package.json");
        let text = libpack::fs::read_text_if_any(&path)?;
        text.map(|text| Self::parse(&text)).transpose()
    }

    /// Reads the text. A byte order mark in front is accepted, as npm does.
    /// Errors: `node/package-json-invalid` for anything but one JSON object.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let value = serde_json::from_str(text).map_err(|error| syntax_error(text, &error))?;
        let Value::Object(root) = value else {
            let message = format!("package.json holds {}, not an object", kind(&value));
            return Err(Error::user("node/package-json-invalid", message)
                .hint("Start the file with `{`; `npm init -y` writes a minimal one."));
        };
        Ok(Self::from_object(&root))
    }

    fn from_object(root: &Map<String, Value>) -> Self {
        let mut warnings = Vec::new();
        let engines = object(root, "engines", &mut warnings);
        let scripts = object(root, "scripts", &mut warnings);
        Self {
            name: text(root, "name", "", &mut warnings),
            version: text(root, "version", "", &mut warnings),
            engines_node: engines.and_then(|engines| text(engines, "node", "engines.", &mut warnings)),
            engines_npm: engines.and_then(|engines| text(engines, "npm", "engines.", &mut warnings)),
            package_manager: text(root, "packageManager", "", &mut warnings),
            main: text(root, "main", "", &mut warnings),
            module_type: text(root, "type", "", &mut warnings),
            has_dependencies: object(root, "dependencies", &mut warnings).is_some_and(|all| !all.is_empty()),
            has_dev_dependencies: object(root, "devDependencies", &mut warnings).is_some_and(|all| !all.is_empty()),
            scripts: scripts.map(|scripts| all_texts(scripts, &mut warnings)).unwrap_or_default(),
            warnings,
        }
    }

    /// The scripts that start the app: the one named `requested` (`BP_NPM_START_SCRIPT`), else
    /// `start`; before and after it always `prestart` and `poststart`. None when
    /// there is no start script or it is empty.
    /// Errors: `node/start-script-unknown` when the requested one does not exist.
    pub fn start_scripts(&self, requested: Option<&str>) -> Result<Option<StartScripts>> {
        // `start` is the setting's default: it may be missing.
        let requested = requested.filter(|name| !name.is_empty() && *name != "start");
        if let Some(name) = requested.filter(|name| !self.scripts.contains_key(*name)) {
            let known = self.scripts.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            let known = if known.is_empty() { "none".to_owned() } else { known };
            let message = format!("no script entry with name \"{name}\" exists");
            return Err(Error::user("node/start-script-unknown", message).hint(format!(
                "Set BP_NPM_START_SCRIPT to one of the scripts in package.json ({known}) or unset it."
            )));
        }
        let script = |name: &str| self.scripts.get(name).filter(|line| !line.trim().is_empty()).cloned();
        Ok(script(requested.unwrap_or("start")).map(|start| StartScripts {
            before: script("prestart"),
            start,
            after: script("poststart"),
        }))
    }
}

fn syntax_error(text: &str, error: &serde_json::Error) -> Error {
    let id = "node/package-json-invalid";
    if text.trim().is_empty() {
        return Error::user(id, "package.json is empty")
            .hint("Write at least `{}` into it; `npm init -y` writes a minimal one.");
    }
    let line = text.lines().nth(error.line().saturating_sub(1)).unwrap_or_default();
    let message = format!(
        "package.json is not valid JSON at line {}, column {}: {}",
        error.line(),
        error.column(),
        reason(error)
    );
    Error::user(id, message).hint(hint(line, &error.to_string()))
}

/// The parser's words without the position, which the message names already.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(reason, _)| reason.to_owned())
}

fn hint(line: &str, error: &str) -> &'static str {
    let line = line.trim_start();
    if ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|marker| line.starts_with(marker)) {
        "Resolve the merge conflict that the file still holds."
    } else if line.starts_with("//") || line.starts_with("/*") {
        "Remove the comment: JSON has none."
    } else if error.starts_with("trailing comma") {
        "Remove the comma before the closing bracket, which may stand at the end of the line above."
    } else {
        "Mend the file there; `npm pkg get name` in its folder tells when npm can read it."
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn ignored(name: &str, expected: &str, value: &Value) -> String {
    format!("package.json: \"{name}\" is {}, not {expected}: ignored", kind(value))
}

/// A text field; an empty one counts as absent, `prefix` is for the warning.
fn text(from: &Map<String, Value>, key: &str, prefix: &str, warnings: &mut Vec<String>) -> Option<String> {
    match from.get(key)? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Null => None,
        other => {
            warnings.push(ignored(&format!("{prefix}{key}"), "a text", other));
            None
        }
    }
}

fn object<'a>(from: &'a Map<String, Value>, key: &str, warnings: &mut Vec<String>) -> Option<&'a Map<String, Value>> {
    match from.get(key)? {
        Value::Object(object) => Some(object),
        Value::Null => None,
        other => {
            warnings.push(ignored(key, "an object", other));
            None
        }
    }
}

fn all_texts(from: &Map<String, Value>, warnings: &mut Vec<String>) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for (key, value) in from {
        if let Value::String(line) = value {
            texts.insert(key.clone(), line.clone());
        } else {
            warnings.push(ignored(&format!("scripts.{key}"), "a text", value));
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_need_is_read() {
        let package = PackageJson::parse(
            r#"{"name":"@acme/shop","version":"1.2.3","type":"module","main":"lib/index.js",
                "packageManager":"npm@11.4.2","engines":{"node":" >=20 ","npm":"11.x"},
                "dependencies":{"express":"^5"},"devDependencies":{},
                "scripts":{"start":"node server.js","build":"tsc"}}"#,
        )
        .unwrap();
        assert_eq!(package.name.as_deref(), Some("@acme/shop"));
        assert_eq!(package.version.as_deref(), Some("1.2.3"));
        assert_eq!(package.module_type.as_deref(), Some("module"));
        assert_eq!(package.main.as_deref(), Some("lib/index.js"));
        assert_eq!(package.package_manager.as_deref(), Some("npm@11.4.2"));
        assert_eq!(package.engines_node.as_deref(), Some(">=20"));
        assert_eq!(package.engines_npm.as_deref(), Some("11.x"));
        assert!(package.has_dependencies && !package.has_dev_dependencies);
        assert_eq!(package.scripts["build"], "tsc");
        assert!(package.warnings.is_empty());
    }

    #[test]
    fn a_foreign_type_is_left_out_with_a_warning() {
        let package = PackageJson::parse(
            r#"{"engines":["node >= 0.8"],"scripts":{"start":"node .","x":1},"main":false,"dependencies":[]}"#,
        )
        .unwrap();
        assert_eq!(package.engines_node, None);
        assert_eq!(package.scripts.len(), 1);
        assert_eq!(
            package.warnings,
            [
                "package.json: \"engines\" is a list, not an object: ignored",
                "package.json: \"main\" is a boolean, not a text: ignored",
                "package.json: \"dependencies\" is a list, not an object: ignored",
                "package.json: \"scripts.x\" is a number, not a text: ignored",
            ]
        );
    }

    #[test]
    fn a_byte_order_mark_is_accepted() {
        assert_eq!(PackageJson::parse("\u{feff}{\"name\":\"a\"}").unwrap().name.as_deref(), Some("a"));
    }

    #[test]
    fn invalid_json_names_the_place_and_the_next_step() {
        let cases = [
            ("{\n  \"name\": \"a\",\n}", "line 3, column 1", "comma"),
            ("{\n  // the name\n  \"name\": \"a\"\n}", "line 2, column 3", "comment"),
            ("{\n<<<<<<< HEAD\n}", "line 2, column 1", "merge conflict"),
            ("{\"name\" \"a\"}", "line 1, column 9", "Mend"),
            (" \n", "is empty", "npm init"),
        ];
        for (text, place, step) in cases {
            let error = PackageJson::parse(text).unwrap_err();
            assert_eq!(error.id(), "node/package-json-invalid");
            assert!(error.message().contains(place), "{}", error.message());
            assert!(error.next_step().unwrap().contains(step), "{text}: {:?}", error.next_step());
            assert_eq!(error.message().matches("line").count(), usize::from(place.contains("line")));
        }
    }

    #[test]
    fn anything_but_an_object_is_told_as_what_it_is() {
        for (text, what) in [("[]", "a list"), ("null", "null"), ("\"x\"", "a text"), ("3", "a number")] {
            let error = PackageJson::parse(text).unwrap_err();
            assert_eq!(error.message(), format!("package.json holds {what}, not an object"));
        }
    }

    #[test]
    fn a_named_start_script_keeps_the_pre_and_post_scripts_of_start() {
        let package = PackageJson::parse(
            r#"{"scripts":{"start":"node a","dev":"node b","prestart":"echo 1","poststart":"","predev":"no"}}"#,
        )
        .unwrap();
        let started = |name| package.start_scripts(name).unwrap().unwrap();
        assert_eq!(started(None).start, "node a");
        assert_eq!(started(Some("")).start, "node a");
        assert_eq!(
            started(Some("dev")),
            StartScripts { before: Some("echo 1".into()), start: "node b".into(), after: None }
        );
    }

    #[test]
    fn a_start_script_that_was_asked_for_must_exist() {
        let package = PackageJson::parse(r#"{"scripts":{"dev":"x","start":" "}}"#).unwrap();
        assert_eq!(package.start_scripts(None).unwrap(), None);
        let error = package.start_scripts(Some("prod")).unwrap_err();
        assert_eq!(error.id(), "node/start-script-unknown");
        assert_eq!(error.message(), "no script entry with name \"prod\" exists");
        assert!(error.next_step().unwrap().contains("(dev, start)"));
    }

    #[test]
    fn under_tini_only_the_start_script_is_left() {
        let text = r#"{"scripts":{"prestart":"echo a","start":"node a.js"}}"#;
        let mut scripts = PackageJson::parse(text).unwrap().start_scripts(None).unwrap().unwrap();
        assert!(scripts.drop_hooks());
        assert_eq!(scripts, StartScripts { before: None, start: "node a.js".to_owned(), after: None });
        assert!(!scripts.drop_hooks());
    }
}
