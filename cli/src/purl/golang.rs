//! `pkg:golang/host/path@version`: a module's zip from the first proxy of `go env GOPROXY`.

use libpack::{Error, Result};
use packageurl::PackageUrl;

use super::Location;

pub fn locate(purl: &PackageUrl<'_>, version: &str) -> Result<Location> {
    let proxies = super::ask("go", &["env", "GOPROXY"])?;
    let first = proxies.split([',', '|']).next().unwrap_or_default().trim();
    if !first.contains("://") {
        return Err(Error::user("purl/no-proxy", format!("GOPROXY is `{proxies}`, and modules come from a proxy"))
            .hint("Set GOPROXY to a list that begins with the URL of a module proxy, or give the dependency a `uri`."));
    }
    Ok(super::base(first).join(&path(purl, version)))
}

/// The path of a module's zip (go.dev/ref/mod, "GOPROXY protocol").
fn path(purl: &PackageUrl<'_>, version: &str) -> String {
    let host = purl
        .namespace()
        .map(|host| format!("{host}/"))
        .unwrap_or_default();
    let module = escape(&format!("{host}{}", purl.name()));
    format!("{module}/@v/{}.zip", escape(version))
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
    use std::str::FromStr as _;

    use super::*;

    #[test]
    fn the_toolchain_is_a_module_like_any_other() {
        let text = "pkg:golang/golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64";
        let purl = PackageUrl::from_str(text).unwrap();
        assert_eq!(
            path(&purl, purl.version().unwrap()),
            "golang.org/toolchain/@v/v0.0.1-go1.26.8.linux-amd64.zip"
        );
        assert_eq!(escape("example.com/BurntSushi"), "example.com/!burnt!sushi");
    }
}
