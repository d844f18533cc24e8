//! An entry of Go's build cache: which output an action gave
//! (golang/go, `src/cmd/go/internal/cache/cache.go`).

use std::path::{Path, PathBuf};

use libpack::archive::MODIFIED;

/// `v1 <action> <output> <size> <time>\n`, the numbers 20 wide, the time in nanoseconds.
pub struct Entry<'a> {
    before_time: &'a str,
    output: &'a str,
}

impl<'a> Entry<'a> {
    /// None when it is of another form, or not of this action.
    pub fn parse(text: &'a str, action: &str) -> Option<Self> {
        let before_time = text.strip_suffix('\n')?.get(..153)?;
        let mut fields = text.split_ascii_whitespace();
        let (version, of, output) = (fields.next()?, fields.next()?, fields.next()?);
        let is_hash = output.len() == 64 && output.bytes().all(|byte| byte.is_ascii_hexdigit());
        (version == "v1" && of == action && is_hash && text.len() == 175).then_some(Self { before_time, output })
    }

    /// Where the output lies in the cache.
    pub fn output(&self) -> PathBuf {
        Path::new(&self.output[..2]).join(format!("{}-d", self.output))
    }

    /// With the time that packages give to all files: only `go test` reads it.
    pub fn stamped(&self) -> String {
        format!("{} {:20}\n", self.before_time, u128::from(MODIFIED) * 1_000_000_000)
    }
}
