//! `pkg:golang/host/path@version`: a module's zip from the first proxy of `go env GOPROXY`.

use super::Location;
use libpack::{Error, Result};

pub fn locate(purl: &str, version: &str) -> Result<Location> {
    let proxies = super::ask("go", &["env", "GOPROXY"])?;
    let first = proxies.split([',', '|']).next().unwrap_or_default().trim();
    if !first.contains("://") {
        return Err(Error::user("purl/no-proxy", format!("GOPROXY is `{proxies}`, and modules come from a proxy"))
            .hint(
                "Set GOPROXY to a list that begins with the URL of a module proxy, or give the dependency a `uri`.",
            ));
    }
    Ok(super::base(first).join(&path(purl, version)))
}

/// The path of a module's zip (go.dev/ref/mod, "GOPROXY protocol"). The module is taken from the
/// purl as it is written: purl's own rule makes it lower-case, and proxies tell the cases apart.
fn path(purl: &str, version: &str) -> String {
    let module = purl.split(['@', '?', '#']).next().unwrap_or_default();
    let module = module.split_once('/').map_or("", |(_, module)| module);
    format!("{}/@v/{}.zip", escape(module.trim_matches('/')), escape(version))
}

/// Upper-case letters become `!` and the lower-case letter, so that file systems without case agree.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        if letter.is_ascii_uppercase() {
            escaped.push('!');
        }
        escaped.push(letter.to_ascii_lowercase());
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_toolchain_is_a_module_like_any_other() {
        let purl = "pkg:golang/golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64";
        assert_eq!(
            path(purl, "v0.0.1-go1.26.8.linux-amd64"),
            "golang.org/toolchain/@v/v0.0.1-go1.26.8.linux-amd64.zip"
        );
    }

    #[test]
    fn upper_case_letters_are_escaped_as_proxies_want_them() {
        assert_eq!(
            path("pkg:golang/example.com/BurntSushi/toml@v1.3.2?type=module", "v1.3.2"),
            "example.com/!burnt!sushi/toml/@v/v1.3.2.zip"
        );
    }
}
