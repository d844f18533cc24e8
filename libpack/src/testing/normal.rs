use std::path::PathBuf;

/// A rig's folders, and the names that a platform gives them.
#[derive(Debug, Clone, Default)]
pub(super) struct Places(pub Vec<(PathBuf, &'static str)>);

impl Places {
    /// The text with the platform's names.
    pub fn hide(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (path, name) in &self.0 {
            text = text.replace(&path.display().to_string(), name);
        }
        let temporary = regex::Regex::new(r#"/[^ '"=\n:]*/libpack-[A-Za-z0-9]{6}"#);
        temporary.map(|pattern| pattern.replace_all(&text, "/tmp/scratch").into_owned()).unwrap_or(text)
    }
}
