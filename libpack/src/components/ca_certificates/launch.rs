//! The container's start: certificates of the bindings that it got then.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{FILE_VARIABLE, FOLDER_VARIABLE, SYSTEM_FILE};
use crate::Result;
use crate::bindings::Bindings;
use crate::world::Variables;

/// What the start adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// The variables to hand on.
    pub variables: BTreeMap<String, String>,
    /// How many certificates were added.
    pub count: usize,
}

/// Links the certificates of the bindings into a folder that `temporary` makes and that must outlive
/// the helper. Nothing, not even the folder, when no binding brings a certificate: containers with a
/// read-only root start as before. Errors as [`super::link`]; they stop the start.
pub fn trust_at_launch(
    variables: &Variables,
    bindings: &Bindings,
    temporary: impl FnOnce() -> Result<PathBuf>,
) -> Result<Option<Trust>> {
    let paths = super::paths(bindings);
    if paths.is_empty() {
        return Ok(None);
    }
    let folder = temporary()?;
    let links = folder.join("links");
    let count = super::link(&paths, &links, &folder.join("split"))?;
    let links = links.to_string_lossy().into_owned();
    let set = |name| variables.text(name).filter(|value| !value.is_empty());
    let folders = match set(FOLDER_VARIABLE) {
        Some(before) => format!("{before}:{links}"),
        None => links,
    };
    let mut variables = BTreeMap::from([(FOLDER_VARIABLE.to_owned(), folders)]);
    if set(FILE_VARIABLE).is_none() {
        variables.insert(FILE_VARIABLE.to_owned(), SYSTEM_FILE.to_owned());
    }
    Ok(Some(Trust { variables, count }))
}
