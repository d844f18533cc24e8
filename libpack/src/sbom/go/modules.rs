//! The modules that a `go.mod` asks for.

use serde_json::Map;

use super::component;
use super::go_mod::{GoMod, Replacement};
use super::go_sum::sums;
use crate::sbom::Catalog;

const FOUND_BY: &str = "go-module-file-cataloger";
const METADATA: &str = "go-module-entry";

/// The modules that a `go.mod` requires, directly or not, with the sums of its `go.sum` (empty text
/// where there is none). `location` is the path of the `go.mod` as the documents name it.
///
/// A module that is replaced by another one is listed as that; one that is replaced by a folder is
/// part of the app under its own name, without a version. A version that is excluded is never taken.
pub fn from_go_mod(go_mod: &GoMod, go_sum: &str, location: &str) -> Catalog {
    let sums = sums(go_sum);
    let mut catalog = Catalog::default();
    for required in go_mod.require.iter().filter(|one| !go_mod.exclude.contains(&one.module)) {
        let taken = match go_mod.replacement(&required.module) {
            Some(Replacement::Module(other)) => Some(other),
            Some(Replacement::Folder(_)) => None,
            None => Some(&required.module),
        };
        let (path, version) = taken.map_or((&*required.module.path, ""), |taken| (&*taken.path, &*taken.version));
        let sum = taken.and_then(|taken| sums.get(taken));
        let fields: Map<_, _> = sum.map(|sum| ("h1Digest".to_owned(), sum.as_str().into())).into_iter().collect();
        let found = component(path, version, location).found_by(FOUND_BY).metadata(METADATA, fields);
        if !required.indirect {
            catalog.direct.push(found.id());
        }
        catalog.components.push(found);
    }
    catalog
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(text: &str, sums: &str) -> Vec<String> {
        let catalog = from_go_mod(&GoMod::parse(text, "go.mod").unwrap(), sums, "go.mod");
        let line = |one: &crate::sbom::Component| {
            let sum = one.metadata.as_ref().and_then(|metadata| metadata.fields.get("h1Digest"));
            let direct = if catalog.direct.contains(&one.id()) { "" } else { " indirect" };
            let sum = sum.and_then(|sum| sum.as_str()).map_or(String::new(), |sum| format!(" {sum}"));
            format!("{}{sum}{direct}", one.package_url().unwrap())
        };
        catalog.components.iter().map(line).collect()
    }

    #[test]
    fn required_modules_have_the_sum_of_their_content() {
        let text = "module m\nrequire (\n\ta.b/c v1.0.0\n\td.e/f/v2 v2.1.0 // indirect\n)\n";
        let sums = "a.b/c v1.0.0 h1:whole=\na.b/c v1.0.0/go.mod h1:file=\nd.e/f/v2 v2.0.0 h1:old=\nnonsense\n";
        assert_eq!(listed(text, sums), ["pkg:golang/a.b/c@v1.0.0 h1:whole=", "pkg:golang/d.e/f/v2@v2.1.0 indirect"]);
    }

    #[test]
    fn replacements_are_what_is_linked_and_what_is_excluded_is_not() {
        let text = "require (\n\ta.b/c v1.0.0\n\ta.b/d v1.0.0\n\ta.b/e v1.0.0\n\ta.b/f v1.0.0\n)\n\
                    replace a.b/c => fork.example/c v1.0.1\nreplace a.b/d => ../d\nreplace a.b/unused => x.y/z v9.0.0\n\
                    exclude a.b/e v1.0.0\nexclude a.b/f v0.9.0\n";
        assert_eq!(
            listed(text, "fork.example/c v1.0.1 h1:fork=\n"),
            ["pkg:golang/fork.example/c@v1.0.1 h1:fork=", "pkg:golang/a.b/d", "pkg:golang/a.b/f@v1.0.0"]
        );
    }
}
