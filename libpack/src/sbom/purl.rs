//! Package URLs (package-url/purl-spec).

use data_encoding::HEXUPPER;

/// The purl of an npm package. The case stays: the registry holds old packages that differ by
/// nothing else. A scope is the namespace, with its `@` as `%40` (anchore/grype#2554: scopes lost).
pub fn npm(name: &str, version: &str) -> Purl {
    match name.split_once('/').filter(|(scope, _)| scope.starts_with('@')) {
        Some((scope, rest)) => Purl::new("npm", rest).namespace(scope),
        None => Purl::new("npm", name),
    }
    .version(version)
}

/// The purl of a Go module: all but the last part of its path is the namespace. The case stays, as
/// syft and the Go command keep it.
pub fn golang(path: &str, version: &str) -> Purl {
    match path.rsplit_once('/') {
        Some((namespace, name)) => Purl::new("golang", name).namespace(namespace),
        None => Purl::new("golang", path),
    }
    .version(version)
}

/// The purl of a Maven artifact. The group is one part of the namespace, with its dots.
pub fn maven(group: &str, artifact: &str, version: &str) -> Purl {
    Purl::new("maven", artifact).namespace(group).version(version)
}

/// The parts of a package URL; [`to_string`](ToString::to_string) encodes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purl {
    kind: String,
    namespace: String,
    name: String,
    version: String,
    qualifiers: Vec<(String, String)>,
}

impl Purl {
    /// A package of a purl type: `npm`, `generic`, `golang`, `maven` …
    pub fn new(kind: &str, name: &str) -> Self {
        Self {
            kind: kind.to_ascii_lowercase(),
            namespace: String::new(),
            name: name.to_owned(),
            version: String::new(),
            qualifiers: Vec::new(),
        }
    }

    /// What stands before the name: a scope, a group, a path.
    pub fn namespace(mut self, namespace: &str) -> Self {
        namespace.trim_matches('/').clone_into(&mut self.namespace);
        self
    }

    /// The version; an empty one is left out.
    pub fn version(mut self, version: &str) -> Self {
        version.clone_into(&mut self.version);
        self
    }

    /// A qualifier; an empty value is left out.
    pub fn qualifier(mut self, key: &str, value: &str) -> Self {
        if !value.is_empty() {
            self.qualifiers.push((key.to_ascii_lowercase(), value.to_owned()));
            self.qualifiers.sort();
        }
        self
    }
}

impl std::fmt::Display for Purl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "pkg:{}/", self.kind)?;
        for segment in self.namespace.split('/').filter(|segment| !segment.is_empty()) {
            write!(f, "{}/", encode(segment, b""))?;
        }
        f.write_str(&encode(&self.name, b""))?;
        if !self.version.is_empty() {
            write!(f, "@{}", encode(&self.version, b""))?;
        }
        for (at, (key, value)) in self.qualifiers.iter().enumerate() {
            let separator = if at == 0 { '?' } else { '&' };
            write!(f, "{separator}{key}={}", encode(value, b"/"))?;
        }
        Ok(())
    }
}

/// Percent-encodes all but what purl-spec leaves as it is, and `also`.
fn encode(text: &str, also: &[u8]) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b".-_~:".contains(&byte) || also.contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&HEXUPPER.encode(&[byte]));
        }
    }
    encoded
}

/// Adds a qualifier to a purl that is already text, before its subpath.
pub(super) fn with_qualifier(purl: &str, key: &str, value: &str) -> String {
    let (base, subpath) = match purl.split_once('#') {
        Some((base, subpath)) => (base, format!("#{subpath}")),
        None => (purl, String::new()),
    };
    let separator = if base.contains('?') { '&' } else { '?' };
    format!("{base}{separator}{key}={value}{subpath}")
}

/// A URL as it may stand in a document: without user info (but for ssh's `git@`) and query, where
/// tokens travel.
pub(super) fn public_url(url: &str) -> String {
    let (address, fragment) = match url.split_once('#') {
        Some((address, fragment)) => (address, Some(fragment)),
        None => (url, None),
    };
    let address = address.split('?').next().unwrap_or_default();
    let mut public = match address.split_once("://") {
        Some((scheme, rest)) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let host = match authority.rsplit_once('@') {
                Some(("git", _)) | None => authority,
                Some((_, host)) => host,
            };
            format!("{scheme}://{host}{path}")
        }
        None => address.to_owned(),
    };
    if let Some(fragment) = fragment {
        public.push('#');
        public.push_str(fragment);
    }
    public
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_a_namespace_grype_2554() {
        assert_eq!(npm("@angular/core", "1.0.0+build").to_string(), "pkg:npm/%40angular/core@1.0.0%2Bbuild");
        assert_eq!(npm("JSONStream", "").to_string(), "pkg:npm/JSONStream");
        assert_eq!(npm("a/b", "1").to_string(), "pkg:npm/a%2Fb@1");
    }

    #[test]
    fn a_go_module_has_the_folders_of_its_path_as_namespace() {
        assert_eq!(
            golang("github.com/BurntSushi/toml", "v1.3.2").to_string(),
            "pkg:golang/github.com/BurntSushi/toml@v1.3.2"
        );
        assert_eq!(golang("stdlib", "1.26.7").to_string(), "pkg:golang/stdlib@1.26.7");
        assert_eq!(golang("a.b/c/v2", "v2.0.0+incompatible").to_string(), "pkg:golang/a.b/c/v2@v2.0.0%2Bincompatible");
    }

    #[test]
    fn a_maven_artifact_has_its_group_as_namespace() {
        let purl = maven("io.netty", "netty-common", "4.1.0.Final").qualifier("classifier", "linux-x86_64");
        assert_eq!(purl.to_string(), "pkg:maven/io.netty/netty-common@4.1.0.Final?classifier=linux-x86_64");
    }

    #[test]
    fn qualifiers_are_sorted_and_encoded() {
        let purl = Purl::new("generic", "x").qualifier("vcs_url", "git+https://a/b@c").qualifier("Arch", "amd64");
        assert_eq!(purl.to_string(), "pkg:generic/x?arch=amd64&vcs_url=git%2Bhttps://a/b%40c");
        assert_eq!(with_qualifier("pkg:a/b?c=d#e", "f", "g"), "pkg:a/b?c=d&f=g#e");
    }

    #[test]
    fn a_public_url_carries_no_secret() {
        assert_eq!(public_url("https://user:token@example.com/a.tgz?sig=1"), "https://example.com/a.tgz");
        assert_eq!(public_url("git+ssh://git@example.com/a.git#abc"), "git+ssh://git@example.com/a.git#abc");
        assert_eq!(public_url("https://git:token@example.com"), "https://example.com");
    }
}
