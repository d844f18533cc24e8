//! URIs as they may be shown: without passwords and tokens.

/// Parameters of a query whose values are secrets, as signed URIs carry them.
const SECRET: [&str; 7] = ["token", "sig", "key", "secret", "password", "credential", "auth"];

/// The URI with its password, or a lone user name that may be a token, and secret parameters
/// replaced by `***`.
pub fn masked(uri: &str) -> String {
    let (rest, fragment) = split_keeping(uri, '#');
    let (rest, query) = split_keeping(rest, '?');
    let mut shown = mask_authority(rest);
    if let Some(pairs) = query.strip_prefix('?') {
        let pairs: Vec<String> = pairs.split('&').map(mask_pair).collect();
        shown.push('?');
        shown.push_str(&pairs.join("&"));
    }
    shown + fragment
}

/// The second part begins with the separator.
fn split_keeping(text: &str, separator: char) -> (&str, &str) {
    text.split_at(text.find(separator).unwrap_or(text.len()))
}

fn mask_authority(uri: &str) -> String {
    let Some((scheme, rest)) = uri.split_once("://") else {
        return uri.to_owned();
    };
    let (authority, path) = split_keeping(rest, '/');
    // Passwords that were not encoded may hold an `@` of their own.
    let Some((user_info, host)) = authority.rsplit_once('@') else {
        return uri.to_owned();
    };
    let user = user_info.split_once(':').map_or("***".to_owned(), |(user, _)| format!("{user}:***"));
    format!("{scheme}://{user}@{host}{path}")
}

fn mask_pair(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, _)) if SECRET.iter().any(|secret| name.to_ascii_lowercase().contains(secret)) => {
            format!("{name}=***")
        }
        _ => pair.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        for (uri, shown) in [
            ("https://example.com/a?b=c#d", "https://example.com/a?b=c#d"),
            ("https://user:pass@example.com:8443/a", "https://user:***@example.com:8443/a"),
            ("https://user:p@ss@example.com", "https://user:***@example.com"),
            ("https://t0ken@example.com/a@b", "https://***@example.com/a@b"),
            (
                "https://example.com/a?x=1&X-Amz-Signature=abc&token=d",
                "https://example.com/a?x=1&X-Amz-Signature=***&token=***",
            ),
            ("file:///a/b", "file:///a/b"),
            ("not a uri", "not a uri"),
        ] {
            assert_eq!(masked(uri), shown);
        }
    }
}
