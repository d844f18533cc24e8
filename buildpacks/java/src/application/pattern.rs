//! Settings that are patterns of paths below the app folder.

use std::path::PathBuf;

use libpack::context::Surroundings;
use libpack::glob::Pattern;
use libpack::{Error, Result};

/// What the setting finds, sorted; nothing when it is not set. The error is `java/pattern`.
pub fn find(around: &Surroundings, setting: &str) -> Result<Vec<PathBuf>> {
    let Some(text) = around.setting(setting) else { return Ok(Vec::new()) };
    let pattern = Pattern::parse(&text).ok_or_else(|| {
        Error::user("java/pattern", format!("syntax error in pattern {text:?} of {setting}"))
            .hint("Close each `[` with a `]`, write `\\[` for the bracket itself, and stay inside the app folder.")
    })?;
    pattern.find(around.app())
}
