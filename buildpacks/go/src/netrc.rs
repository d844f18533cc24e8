//! Logins for hosts of private modules, from a binding of type `netrc`.

use std::path::PathBuf;

use libpack::context::Surroundings;
use libpack::{Error, Result};

/// The binding's type.
const TYPE: &str = "netrc";
/// The names that its file may have.
const NAMES: [&str; 2] = [".netrc", "netrc"];

/// The file for `NETRC`, which Go and git read; the user's own variable stands above it.
/// Errors: `binding/ambiguous`, `binding/entry-missing`.
pub fn file(around: &Surroundings) -> Result<Option<PathBuf>> {
    let Some(binding) = around.bindings().one(TYPE)? else { return Ok(None) };
    let found = NAMES.iter().find_map(|name| binding.path(name));
    found.map(|path| Some(path.to_path_buf())).ok_or_else(|| {
        Error::user(
            "binding/entry-missing",
            format!("unable to find `.netrc` from binding `{}` of the type `{TYPE}`", binding.name),
        )
        .hint("Add an entry with the name `.netrc`: lines of `machine HOST login NAME password WORD`.")
    })
}
