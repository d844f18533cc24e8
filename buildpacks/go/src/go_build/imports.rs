//! What the sources of an app import, as far as it decides which packages of the standard library a build
//! needs. A change inside of a function changes nothing here.

use std::collections::BTreeSet;
use std::path::Path;

use libpack::{Result, checksum, fs};
use walkdir::WalkDir;

use crate::targets::is_go;

/// A digest of all that the Go files of an app import and of its `go.sum` files, 64 hex digits.
pub fn digest(app: &Path) -> Result<String> {
    let mut all = BTreeSet::new();
    let walk = WalkDir::new(app).into_iter().filter_entry(|entry| entry.file_name() != ".git").flatten();
    for file in walk.filter(|entry| entry.file_type().is_file()) {
        let name = file.file_name().to_string_lossy();
        if is_go(&name) {
            // What is no UTF-8 is no Go either, and the compiler says so.
            all.extend(imports(&String::from_utf8_lossy(&fs::read_bytes(file.path())?)));
        } else if name == "go.sum" {
            all.insert(fs::read_text(file.path())?);
        }
    }
    let all = all.into_iter().collect::<Vec<_>>().join("\n");
    Ok(checksum::sha256(all.as_bytes()).hex().to_owned())
}

/// What stands in quotes before the first declaration. A comment may add to it, which costs nothing.
fn imports(source: &str) -> Vec<String> {
    let declares = |line: &&str| ["func ", "type ", "var ", "const "].iter().any(|word| line.starts_with(word));
    let lines = source.lines().take_while(|line| !declares(line));
    let quoted = lines.filter_map(|line| line.split(['"', '`']).nth(1));
    quoted.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_imported_counts() {
        let app = fs::scratch().unwrap();
        let of = |source: &str| {
            fs::write(&app.path().join("cmd/web/main.go"), source).unwrap();
            digest(app.path()).unwrap()
        };
        let first = of("package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"one\") }\n");
        assert_eq!(first, of("package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Println(\"two\") }\n"));
        let block = "package main\n\nimport (\n\tf \"fmt\"\n\t\"net/http\" // for \"that\"\n)\n\nfunc main() {}\n";
        assert_ne!(first, of(block));
        assert_eq!(imports(block), ["fmt", "net/http"]);
    }
}
