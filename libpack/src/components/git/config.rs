//! A configuration for git that takes the place of the user's and includes it (git, git-config).

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::BINDING_TYPE;
use crate::bindings::{Binding, Bindings};
use crate::world::Variables;
use crate::{Error, Result};

/// The entries of a binding: what git reads, and for which addresses.
const CREDENTIALS: &str = "credentials";
const CONTEXT: &str = "context";

/// Files of credentials by context; the empty context is every address.
pub(super) struct Credentials(BTreeMap<String, PathBuf>);

impl Credentials {
    /// Of all bindings of the type. The files stay where they are, and are not read here. Fails with
    /// `git/credentials-ambiguous`, `git/context` and `binding/entry-missing`.
    pub fn of(bindings: &Bindings) -> Result<Self> {
        let mut seen = BTreeMap::<String, &Binding>::new();
        let mut files = BTreeMap::new();
        for binding in bindings.of_type(BINDING_TYPE) {
            let context = context(binding)?;
            let path = binding.require_path(CREDENTIALS)?;
            let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
            // A context may hold a user name, so it is not shown.
            if let Some(other) = seen.insert(context.clone(), binding) {
                let names = format!("`{}` and `{}`", other.name, binding.name);
                return Err(Error::user(
                    "git/credentials-ambiguous",
                    format!("the bindings {names} of the type `{BINDING_TYPE}` are for the same context"),
                )
                .hint("Keep one binding per context, and one without a context at most."));
            }
            files.insert(context, path);
        }
        Ok(Self(files))
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }
}

fn context(binding: &Binding) -> Result<String> {
    let Some(secret) = binding.entry(CONTEXT)? else { return Ok(String::new()) };
    let context = secret.text()?;
    if context.chars().any(char::is_control) {
        let name = &binding.name;
        return Err(Error::user("git/context", format!("the context of the binding `{name}` is more than one line"))
            .hint("Write an address such as https://example.com into `context`, or leave it out."));
    }
    Ok(context.to_owned())
}

/// The file, as text.
pub(super) struct Config<'a> {
    includes: Vec<PathBuf>,
    app: PathBuf,
    credentials: &'a Credentials,
}

impl<'a> Config<'a> {
    /// For a build in `app` whose children have these variables.
    pub fn new(app: &Path, variables: &Variables, credentials: &'a Credentials) -> Self {
        let app = app.canonicalize().unwrap_or_else(|_| app.to_owned());
        Self { includes: of_user(variables), app, credentials }
    }
}

/// The files that git would read without ours. What is missing it passes over.
fn of_user(variables: &Variables) -> Vec<PathBuf> {
    let folder = |name: &str| variables.get(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(own) = variables.get("GIT_CONFIG_GLOBAL") {
        return Some(PathBuf::from(own)).filter(|path| path.is_absolute()).into_iter().collect();
    }
    let home = folder("HOME");
    let settings = folder("XDG_CONFIG_HOME").or_else(|| home.as_ref().map(|home| home.join(".config")));
    let settings = settings.map(|folder| folder.join("git/config"));
    settings.into_iter().chain(home.map(|home| home.join(".gitconfig"))).collect()
}

impl fmt::Display for Config<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for path in &self.includes {
            writeln!(f, "[include]\n\tpath = {}", quoted(&path.to_string_lossy()))?;
        }
        // The platform's user need not be the one who builds, and git trusts only its own user's files.
        writeln!(f, "[safe]\n\tdirectory = {}", quoted(&self.app.to_string_lossy()))?;
        for (context, path) in &self.credentials.0 {
            let section = if context.is_empty() { String::new() } else { format!(" {}", quoted(context)) };
            // Git also asks to store and to forget.
            let path = path.to_string_lossy();
            let helper = format!("!f() {{ test \"$1\" = get && cat {}; }}; f", shell_words::quote(&path));
            writeln!(f, "[credential{section}]\n\thelper = {}", quoted(&helper))?;
        }
        Ok(())
    }
}

fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
