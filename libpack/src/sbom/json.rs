//! The bytes of JSON documents.

use serde::Serialize as _;
use serde_json::ser::{PrettyFormatter, Serializer};
use serde_json::{Error as JsonError, Value};

use crate::{Error, Result};

/// Sorted keys and the given indent, ended by a newline.
pub(super) fn sorted(mut document: Value, indent: &[u8]) -> Result<Vec<u8>> {
    document.sort_all_objects();
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, PrettyFormatter::with_indent(indent));
    document.serialize(&mut serializer).map_err(unwritable)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// One line, keys as they come, ended by a newline.
pub(super) fn compact(document: &Value) -> Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(document).map_err(unwritable)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn unwritable(error: JsonError) -> Error {
    Error::bug("sbom/unwritable", "the SBOM could not be turned into JSON").because(error)
}
