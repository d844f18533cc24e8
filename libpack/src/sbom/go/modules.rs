//! The modules that a `go.mod` asks for.

use std::collections::BTreeMap;

use super::component;
use super::go_mod::{GoMod, GoWork, ModuleVersion, Replacement, Require};
use super::go_sum::{self, sums};
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
    let taken = |required: &ModuleVersion| go_mod.replacement(required).cloned();
    let mut catalog = Catalog::default();
    for required in go_mod.require.iter().filter(|one| !go_mod.exclude.contains(&one.module)) {
        add(&mut catalog, required, taken(&required.module), &sums, location);
    }
    catalog
}

/// The modules that those of a workspace require together: each in its highest version, as the Go
/// command takes it. `modules` are the `go.mod` of the workspace with their places; `sums` is the text of
/// all their `go.sum` and of `go.work.sum`. The modules of the workspace are the app, not its parts.
pub fn from_go_work(work: &GoWork, modules: &[(&GoMod, &str)], sums: &str) -> Catalog {
    let sums = go_sum::sums(sums);
    let own = |path: &str| modules.iter().any(|(one, _)| one.module.as_deref() == Some(path));
    let excluded = |module: &ModuleVersion| modules.iter().any(|(one, _)| one.exclude.contains(module));
    let all = || modules.iter().flat_map(|(go_mod, at)| go_mod.require.iter().map(move |one| (*go_mod, *at, one)));
    let mut highest = BTreeMap::<&str, &str>::new();
    for (_, _, required) in all().filter(|(_, _, one)| !own(&one.module.path) && !excluded(&one.module)) {
        let version = highest.entry(&required.module.path).or_insert(&required.module.version);
        if order(&required.module.version) > order(version) {
            *version = &required.module.version;
        }
    }
    let mut catalog = Catalog::default();
    for (go_mod, location, required) in all() {
        let Some(version) = highest.get(&*required.module.path) else { continue };
        let module = ModuleVersion { path: required.module.path.clone(), version: (*version).to_owned() };
        let taken = work.replacement(&module).or_else(|| go_mod.replacement(&module)).cloned();
        add(&mut catalog, &Require { module, indirect: required.indirect }, taken, &sums, location);
    }
    catalog
}

fn add(
    catalog: &mut Catalog,
    required: &Require,
    replacement: Option<Replacement>,
    sums: &BTreeMap<ModuleVersion, String>,
    location: &str,
) {
    let taken = match replacement {
        Some(Replacement::Module(other)) => other,
        Some(Replacement::Folder(_)) => ModuleVersion { version: String::new(), ..required.module.clone() },
        None => required.module.clone(),
    };
    let sum = sums.get(&taken).map(|sum| ("h1Digest".to_owned(), sum.as_str().into()));
    let found = component(&taken.path, &taken.version, location).found_by(FOUND_BY);
    let found = found.metadata(METADATA, sum.into_iter().collect());
    if !required.indirect {
        catalog.direct.push(found.id());
    }
    catalog.components.push(found);
}

/// Versions of modules are semantic ones behind a `v`; others come first.
fn order(version: &str) -> Option<semver::Version> {
    semver::Version::parse(version.strip_prefix('v')?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(text: &str, sums: &str) -> Vec<String> {
        lines(&from_go_mod(&GoMod::parse(text, "go.mod").unwrap(), sums, "go.mod"))
    }

    fn lines(catalog: &Catalog) -> Vec<String> {
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

    #[test]
    fn a_workspace_takes_the_highest_version_and_is_no_part_of_itself() {
        let read = |text: &str| GoMod::parse(text, "go.mod").unwrap();
        let api =
            read("module x.y/api\nrequire (\n\ta.b/c v1.9.0\n\tx.y/shared v0.0.0\n\ta.b/d v1.0.0 // indirect\n)\n");
        let web = read("module x.y/web\nrequire a.b/c v1.10.0 // indirect\nreplace a.b/d => ../d\n");
        let shared = read("module x.y/shared\n");
        let work = GoWork::parse("use ./api\nreplace a.b/d v1.0.0 => fork.example/d v1.0.1\n", "go.work").unwrap();
        let modules = [(&api, "api/go.mod"), (&web, "web/go.mod"), (&shared, "shared/go.mod")];
        let catalog = from_go_work(&work, &modules, "a.b/c v1.10.0 h1:c=\nfork.example/d v1.0.1 h1:d=\n");
        assert_eq!(
            lines(&catalog),
            [
                "pkg:golang/a.b/c@v1.10.0 h1:c=",
                "pkg:golang/fork.example/d@v1.0.1 h1:d= indirect",
                "pkg:golang/a.b/c@v1.10.0 h1:c=",
            ]
        );
    }
}
