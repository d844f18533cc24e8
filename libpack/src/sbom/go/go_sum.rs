use std::collections::BTreeMap;

use super::go_mod::ModuleVersion;

/// The `h1:` sums of module contents in a `go.sum` (go.dev/ref/mod, "go.sum files"). Those of `go.mod`
/// files alone are left out, and so is what is no line of that form: the Go command checks the file.
pub(super) fn sums(text: &str) -> BTreeMap<ModuleVersion, String> {
    let sum = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [path, version, sum] = words.as_slice() else { return None };
        let whole = !version.ends_with("/go.mod") && sum.starts_with("h1:");
        whole.then(|| (ModuleVersion { path: (*path).to_owned(), version: (*version).to_owned() }, (*sum).to_owned()))
    };
    text.lines().filter_map(sum).collect()
}
